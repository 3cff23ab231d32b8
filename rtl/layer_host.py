"""A layer's side of the host port: picks the memory, the word and the lane."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from amaranth.hdl import Array, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.fixed import gated
from rtl.interface.memory_map import DATA_BITS, INDEX_BITS, MEMORIES, MEMORY_BITS

SLOWEST = 4
"""Clocks from an address to its word, at the window that takes longest. An index goes to the others so much later that all
words come at once."""
READ_LATENCY, WRITE_AT = SLOWEST + 5, SLOWEST + 2
"""An access's `select` stays for `READ_LATENCY` + 1 clocks, the data is there in the last one; `write` comes in clock
`WRITE_AT`, as its lane is known two clocks later."""


def layer_host_signature() -> wiring.Signature:
    """One access, only while the core is idle: all but `write`, a pulse, and `read` stay (`READ_LATENCY`). Reads of one
    memory may follow each other in every clock, as `index` and `read` alone go on then.

    A layer's memories are the host's until two clocks after it; a sample that begins just then reads its first word later.

    index = word x 2^lane_bits + lane.
    """
    return wiring.Signature(
        {
            "select": Out(1),
            "write": Out(1),
            "memory": Out(MEMORY_BITS),
            "index": Out(INDEX_BITS),
            "data": Out(DATA_BITS),
            "read": In(DATA_BITS),
        }
    )


@dataclass
class Window:
    """One memory: `select`, `write` (a bit a lane) to drive, and `read`, its words, when `connect`'s index is theirs.

    memories: by what names the host asks for it. lane_at: the index's bit where the lane begins.
    """

    memories: tuple[str, ...]
    lanes: int
    select: Value | None
    write: Value
    read: object
    signed: bool = False
    lane_at: int = 0

    def lane(self, index: Value) -> Value:
        """The lane of an index; no bits where there is but one lane."""
        return index[self.lane_at : self.lane_at + ceil_log2(self.lanes)]


def connect(m: Module, host, index: Value, windows: list[Window]):
    """Drives every window's `select` and `write` from the layer's host port, and gathers what they read.

    `index`: that of the words which the windows give now. Signed values are extended to 32 bits. All that is on the way
    has a register, as the host is in no hurry: the request; a write's lane; one lane of every four, as a block RAM's output
    takes long; the lane; and the memory.
    """
    answers = []
    select, write, memory = (Signal.like(getattr(host, name), name=f"host_{name}") for name in ("select", "write", "memory"))
    later = Signal.like(index)
    m.d.sync += later.eq(index)
    # 0 while another layer is asked, or the synthesis would make one register of all layers', as they are the same.
    m.d.sync += select.eq(host.select), write.eq(host.select & host.write), memory.eq(gated(host.memory, host.select))
    for window in windows:
        name, lane, several = window.memories[0], window.lane(index), window.lanes > 1
        chosen, answer = Signal(name=f"chosen_{name}"), Signal(DATA_BITS, name=f"answer_{name}")
        here, lanes = (Signal(window.lanes, name=f"{use}_{name}") for use in ("lane", "write"))
        m.d.sync += chosen.eq(select & is_any(memory, window.memories))
        if several:
            m.d.sync += here.eq(1 << lane)
        m.d.sync += lanes.eq(Mux(chosen & write, here if several else 1, 0))
        m.d.comb += window.write.eq(lanes)
        if window.select is not None:
            m.d.comb += window.select.eq(chosen)
        words = [Value.cast(window.read[p]) for p in range(window.lanes)] if several else [Value.cast(window.read)]
        words = [word.as_signed() if window.signed else word for word in words]
        held = []
        for q in range(0, window.lanes, 4):
            held.append(Signal(words[0].shape(), name=f"{name}{q}"))
            m.d.sync += held[-1].eq(Array(words[q : q + 4])[lane[:2]] if several else words[0])
        m.d.sync += answer.eq(Array(held)[window.lane(later)[2:]] if len(held) > 1 else held[0])
        with m.If(~chosen):
            m.d.sync += answer.eq(0)
        answers.append(answer)
    if answers:
        m.d.sync += host.read.eq(reduce(or_, answers))


def is_any(memory: Value, names: tuple[str, ...]) -> Value:
    """Whether the address field `memory` is that of one of these."""
    return reduce(or_, (memory == MEMORIES.index(name) for name in names))
