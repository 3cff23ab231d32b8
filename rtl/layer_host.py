"""A layer's side of the host port: picks the memory, the word and the lane."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from amaranth.hdl import Array, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from golden.config import ADDRESS_BITS

INDEX_BITS, MEMORY_BITS, LAYER_BITS, DATA_BITS = ADDRESS_BITS, 4, 4, 32
READ_LATENCY = 2
"""Clocks from a layer's host address to its data."""

MEMORIES = ("weights", "theta", "counts", "flags", "sums", "scalar_sums", "norms", "apical", "samples", "position")
"""What a layer holds, in the order of the address field `memory`."""


def layer_host_signature() -> wiring.Signature:
    """One access a clock, only while the core is idle. index = word x 2^lane_bits + lane; read: `READ_LATENCY` later."""
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
    """One memory's ports: `select`, `write` (a bit a lane) to drive, and what `read` gives a clock later, by lane."""

    memory: str
    lanes: int
    select: Value
    write: Value
    read: object
    signed: bool = False


def connect(m: Module, host, windows: list[Window], index_ports: list[tuple[Value, int]]):
    """Drives every window from the layer's host port, and gathers what they read.

    `index_ports` are the blocks' address inputs with their lanes. Signed values are extended to 32 bits. A word takes two
    clocks: one lane of every four, a block RAM's output, is registered, then come the rest of the lanes and the memories.
    """
    for port, lanes in index_ports:
        m.d.comb += port.eq(host.index >> ceil_log2(lanes))
    memory, index, quad = Signal.like(host.memory), Signal.like(host.index), Signal.like(host.index)
    m.d.sync += memory.eq(host.memory), index.eq(host.index), quad.eq(index >> 2)
    answers = []
    for window in windows:
        code = MEMORIES.index(window.memory)
        chosen = host.select & (host.memory == code)
        lane_bits = ceil_log2(window.lanes)
        lane = host.index[:lane_bits] if lane_bits else 0
        if window.select is not None:
            m.d.comb += window.select.eq(chosen)
        m.d.comb += window.write.eq(Mux(chosen & host.write, 1 << lane if lane_bits else 1, 0))
        words = [Value.cast(window.read[p]) for p in range(window.lanes)] if lane_bits else [Value.cast(window.read)]
        words = [word.as_signed() if window.signed else word for word in words]
        shape = Value.cast(words[0]).shape()
        held, chosen_then = [], Signal(name=f"chosen_{window.memory}")
        for q in range(0, window.lanes, 4):
            held.append(Signal(shape, name=f"{window.memory}{q}"))
            m.d.sync += held[-1].eq(Array(words[q : q + 4])[index[: min(lane_bits, 2)]] if lane_bits else words[0])
        m.d.sync += chosen_then.eq(memory == code)
        answer = Signal(DATA_BITS, name=f"answer_{window.memory}")
        value = Array(held)[quad[: lane_bits - 2]] if len(held) > 1 else held[0]
        with m.If(chosen_then):
            m.d.comb += answer.eq(value)
        answers.append(answer)
    if answers:
        m.d.comb += host.read.eq(reduce(or_, answers))
