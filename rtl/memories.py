"""The one place where a core's memories are made, with most of their ports, but for small queues (`amaranth.lib.fifo`).

What the attributes `no_rw_check` and `uninitialised` say here reaches synthesis through `rtl.convert` alone: Amaranth's own
RTLIL keeps the old word of each such read, and its Verilog and RTLIL both give every memory initial contents.
"""

from amaranth.hdl import Module, ValueLike
from amaranth.lib.memory import Memory


def ram(shape, depth: int, init=(), block: bool = False, at_once: bool = False) -> Memory:
    """A memory whose reads in the clock of a write to the same word mean nothing, and cost nothing, but where `at_once`.

    In simulation such a read gives the old word. No result depends on it (tests.cosim.test_collisions), and so the synthesis
    need not make a block RAM behave so: on an ECP5 that would be a register and a multiplexer for every bit of a word.

    Args:
        block: in block RAM, however small it is. at_once: read in the clock of its address, so in LUTs: there a read in the
            clock of a write does give the old word. Without the mark, at which yosys stops in such a memory.
    """
    attributes = ({} if at_once else {"no_rw_check": 1}) | ({"ram_style": "block"} if block else {})
    return Memory(shape=shape, depth=depth, init=list(init), attrs=attributes)


def write(m: Module, memory: Memory, en: ValueLike, at: ValueLike, word: ValueLike | dict[str, ValueLike]) -> None:
    """A port of its own, by which `word`, whole or by field, is written at `at` where `en`."""
    port = memory.write_port()
    m.d.comb += port.en.eq(en), port.addr.eq(at)
    if isinstance(word, dict):
        m.d.comb += [port.data[name].eq(value) for name, value in word.items()]
    else:
        m.d.comb += port.data.eq(word)


def read(m: Module, memory: Memory, at: ValueLike, en: ValueLike = 1, domain: str = "sync"):
    """What a port of its own gives of the word at `at`, of the last clock in which `en` was; domain: "comb": at once."""
    port = memory.read_port(domain=domain)
    m.d.comb += port.addr.eq(at)
    if domain == "sync":
        m.d.comb += port.en.eq(en)
    return port.data


BLOCK = 1 << 14
"""Words of 16 bits of an iCE40's large memories, which have one port and hold anything at first."""


def one_port_memory(shape, words: int) -> Memory:
    """A memory of which one port, of one address, is to be used: a read or a write in a clock.

    From an eighth of a `BLOCK` on it is whole blocks, so that synthesis for an iCE40 takes its large memories. Nothing
    depends on what those hold at first, nor on what such a port gives after a write, before it reads again.
    """
    if words < BLOCK >> 3:
        return Memory(shape=shape, depth=words, init=[], attrs={"no_rw_check": 1})
    depth = -(-words // BLOCK) * BLOCK
    return Memory(shape=shape, depth=depth, init=[], attrs={"no_rw_check": 1, "uninitialised": 1})
