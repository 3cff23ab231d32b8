"""Serial line to bytes and back: 8 data bits, no parity, one stop bit, low bit first; a bit takes `divisor` clocks."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.hdl import signals

MIN_DIVISOR = 4
"""With fewer clocks a bit the middle of a bit is too far from where it is sampled."""
FRAME_BITS = 10
"""Start, 8 data, stop."""


def _check(divisor: int) -> None:
    if divisor < MIN_DIVISOR:
        raise ValueError(f"divisor: found {divisor}; allowed is {MIN_DIVISOR} or more clocks a bit")


class Receiver(wiring.Component):
    """Line to bytes. A start bit must still be low in its middle; all bits are sampled in their middles.

    Args:
        divisor: clocks a bit, at least `MIN_DIVISOR` (else ValueError). The sender may be off by 3 %; with the fewest clocks
            by 1.5 %.

    Members:
        rx: In, the line, asynchronous, high while nothing is sent.
        o: Out, stream of bytes that does not wait.
        error: Out, pulse: a byte had no stop bit and is dropped. Nothing is received until the line is high again.
    """

    def __init__(self, divisor: int):
        _check(divisor)
        self.divisor = divisor
        super().__init__({"rx": In(1, init=1), "o": Out(stream.Signature(8, always_ready=True)), "error": Out(1)})

    def elaborate(self, platform):
        m = Module()
        rx = Signal(init=1)
        m.submodules.synchroniser = FFSynchronizer(self.rx, rx, init=1)
        timer, bit = signals(timer=range(self.divisor), bit=range(8))
        sample = Signal()
        m.d.comb += sample.eq(timer == 0)
        m.d.sync += timer.eq(timer - 1), self.o.valid.eq(0), self.error.eq(0)
        with m.If(sample):
            m.d.sync += timer.eq(self.divisor - 1)
        with m.FSM():
            with m.State("idle"), m.If(~rx):
                m.d.sync += timer.eq(self.divisor // 2 - 1)
                m.next = "start"
            with m.State("start"), m.If(sample):
                m.next = "data"
                with m.If(rx):
                    m.next = "idle"
            with m.State("data"), m.If(sample):
                m.d.sync += self.o.payload.eq(Cat(self.o.payload[1:], rx)), bit.eq(bit + 1)
                with m.If(bit == 7):
                    m.next = "stop"
            with m.State("stop"), m.If(sample):
                m.d.sync += self.o.valid.eq(rx), self.error.eq(~rx)
                # From the stop bit's middle on the next start bit may come: a faster sender loses nothing.
                m.next = "idle"
                with m.If(~rx):
                    m.next = "broken"
            with m.State("broken"), m.If(rx):
                m.next = "idle"
        return m


class Transmitter(wiring.Component):
    """Bytes to line, one after the other with `FRAME_BITS` bits and one clock each.

    Args:
        divisor: clocks a bit, at least `MIN_DIVISOR` (else ValueError).

    Members:
        i: In, stream of bytes. tx: Out, the line, a register.
    """

    def __init__(self, divisor: int):
        _check(divisor)
        self.divisor = divisor
        super().__init__({"i": In(stream.Signature(8)), "tx": Out(1, init=1)})

    def elaborate(self, platform):
        m = Module()
        timer, left = signals(timer=range(self.divisor), left=range(FRAME_BITS + 1))
        shift = Signal(FRAME_BITS - 1, init=-1)
        m.d.comb += self.i.ready.eq(left == 0)
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += self.tx.eq(0), shift.eq(Cat(self.i.payload, 1)), left.eq(FRAME_BITS), timer.eq(self.divisor - 1)
        with m.Elif((left != 0) & (timer == 0)):
            m.d.sync += Cat(self.tx, shift).eq(Cat(shift, 1)), left.eq(left - 1), timer.eq(self.divisor - 1)
        with m.Elif(left != 0):
            m.d.sync += timer.eq(timer - 1)
        never(m, "the line is low between bytes", (left == 0) & ~self.tx)
        never(m, "more bits than a byte has on the line", left > FRAME_BITS)
        return m
