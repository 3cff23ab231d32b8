"""1/sqrt(N) by a normalising shift and a table of 48 entries (docs/arithmetic.md, step 5)."""

import math

from amaranth import Cat, Const, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.hdl import constant, signals

MANTISSA_BITS = 8
SHIFT_BASE = 8
"""1/sqrt(N) ~ t / 2^(8 + place)."""

TABLE = tuple(255 if m == 16 else min(255, round(1024 / math.sqrt(m + 0.5))) for m in range(16, 64))
"""t for m = 16..63; all are 128 or more, so the top bit of t says N > 0."""


class Rsqrt(wiring.Component):
    """One 1/sqrt a clock, without flow control.

    Args:
        bits: width of N, 1 or more. latency: 2, or 1 without a register behind the table.

    Members:
        n (In, bits): N.
        t (Out, 8): mantissa 129..255, `latency` clocks later; 0 where N = 0.
        place (Out): index of N's highest base-4 digit that is not 0: 1/sqrt(N) ~ t / 2^(8 + place), so s = 8 + place and
            x = place - 2 of the contract (step 5). 0 where N = 0.
    """

    latency = 2

    def __init__(self, bits: int, latency: int = latency):
        self.places, self.latency = (bits + 1) // 2, latency  # digits
        super().__init__({"n": In(bits), "t": Out(MANTISSA_BITS), "place": Out(range(self.places))})

    def elaborate(self, platform):
        m = Module()
        padded = Cat(Const(0, 4), self.n)  # the two digits below the first are 0: N < 16 moves to the left
        mantissa, place = signals(mantissa=6, place=range(self.places))
        m.d.sync += [mantissa.eq(0), place.eq(0)]
        for p in range(self.places):  # the highest digit that is not 0 comes last and wins
            with m.If(self.n[2 * p : 2 * p + 2].any()):
                m.d.sync += [mantissa.eq(padded[2 * p : 2 * p + 6]), place.eq(p)]
        domain = m.d.sync if self.latency == 2 else m.d.comb
        # Below 16 there is N = 0 only.
        domain += [self.t.eq(constant((0,) * 16 + TABLE, mantissa)), self.place.eq(place)]
        return m
