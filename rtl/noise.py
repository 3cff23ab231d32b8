"""Rounding noise of one sample and layer: a hash of (seed, stream, n, c) in four steps (docs/arithmetic.md, step 7)."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.formats import NOISE_BITS

GOLDEN_RATIO = 0x9E3779B9


class Noise(wiring.Component):
    """Starts at `start`, not before `ready`, with what is on its inputs; four clocks later the byte of the network is new.

    Args:
        forward, backward: the streams of the two networks, l for W, 32 + l for Theta.
    """

    def __init__(self, forward: int, backward: int):
        self.streams = forward, backward
        super().__init__(
            {
                "start": In(1),
                "apical": In(1),
                "seed": In(32),
                "n": In(32),
                "c": In(6),
                "basal_byte": Out(NOISE_BITS),
                "apical_byte": Out(NOISE_BITS),
                "ready": Out(1, init=1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        z, n, c, apical = Signal(32), Signal(32), Signal(6), Signal()
        count = Signal(range(5))
        forward, backward = self.streams
        total, a, b, step = (Signal(32) for _ in range(4))
        m.d.comb += [
            total.eq(z + GOLDEN_RATIO),
            a.eq(total ^ (total << 13)[:32]),
            b.eq(a ^ (a >> 17)),
            step.eq(b ^ (b << 5)[:32]),
        ]
        with m.If(self.ready):  # all the time, and `start` ends it: it comes late, and has but one place to go to
            m.d.sync += [
                z.eq(self.seed ^ Mux(self.apical, backward << 26, forward << 26)),
                apical.eq(self.apical),
                n.eq(self.n),
                c.eq(self.c),
                count.eq(0),
                self.ready.eq(~self.start),
            ]
        with m.Else():
            m.d.sync += z.eq(step ^ Mux(count == 0, n, Mux(count == 1, c, 0))), count.eq(count + 1)
            with m.If(count == 3):
                m.d.sync += self.ready.eq(1)
                with m.If(apical):
                    m.d.sync += self.apical_byte.eq(step)
                with m.Else():
                    m.d.sync += self.basal_byte.eq(step)
        return m
