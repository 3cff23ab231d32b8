"""A byte that goes out on the line comes in from it."""

from amaranth.hdl import Array, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.bus.uart import MIN_DIVISOR, Receiver, Transmitter
from rtl.checks import holds, never
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof


class Line(wiring.Component):
    """A transmitter and a receiver of the same rate."""

    i: In(stream.Signature(8))
    valid: Out(1)
    byte: Out(8)
    error: Out(1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.transmitter, m.submodules.receiver = sends, hears = Transmitter(MIN_DIVISOR), Receiver(MIN_DIVISOR)
        wiring.connect(m, wiring.flipped(self.i), sends.i)
        m.d.comb += [
            hears.rx.eq(sends.tx),
            self.valid.eq(hears.o.valid),
            self.byte.eq(hears.o.payload),
            self.error.eq(hears.error),
        ]
        return m


def whole(bench: Bench, block: Line) -> None:
    """The last byte that was taken is the one that comes; one comes for each."""
    m = bench.m
    bench.assume(~bench.ports[1])  # a reset in the midst of a byte breaks it
    bytes_, sent, came = Array(Signal(8, name=f"byte{i}") for i in range(2)), Signal(2), Signal(2)
    with m.If(block.valid):
        m.d.sync += came.eq(came + 1)
        holds(m, "the byte that was sent, once", (came != sent) & (block.byte == bytes_[came[0]]))
    with m.If(block.i.valid & block.i.ready):
        m.d.sync += sent.eq(sent + 1), bytes_[sent[0]].eq(block.i.payload)
        never(m, "a byte is lost", (sent - came)[:2] > 1)
    never(m, "a byte without a stop bit", block.error)


def alone(bench: Bench, block: Transmitter) -> None:
    """Its own assertions."""


PROOFS = (
    Proof(
        "bus/uart",
        "a byte sent with the fewest clocks a bit is received, once and without an error",
        Line,
        whole,
        depth=56,
        bounded="a byte takes 41 clocks, and 4 to where it is told",
        bugs=56,
        mutants=(
            Mutant("high bit first", "bus/uart.py", "Cat(self.o.payload[1:], rx)", "Cat(rx, self.o.payload[:7])"),
            Mutant("samples at edges", "bus/uart.py", "timer.eq(self.divisor // 2 - 1)", "timer.eq(self.divisor - 1)"),
            Mutant("no stop bit", "bus/uart.py", "shift.eq(Cat(self.i.payload, 1))", "shift.eq(self.i.payload)"),
        ),
    ),
    Proof(
        "bus/uart: line",
        "the line is high between bytes, and no byte has more bits than its frame",
        lambda: Transmitter(MIN_DIVISOR),
        alone,
        depth=42,
        mutants=(Mutant("one bit less", "bus/uart.py", "left.eq(FRAME_BITS)", "left.eq(FRAME_BITS - 2)"),),
        bugs=50,
    ),
)
