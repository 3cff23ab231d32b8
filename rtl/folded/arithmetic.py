"""The one arithmetic unit of the folded engine: a total, two factors, and what leaves."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.fixed import saturate
from rtl.folded.microcode import Fit, Total
from rtl.formats import ERROR_BITS, NOISE_BITS, SUM_BITS

WORD_BITS = 32


def xorshift32(z):
    """Marsaglia's xorshift32: wires and three layers of XOR."""
    z = (z ^ (z << 13))[:32]
    z = z ^ (z >> 17)
    return (z ^ (z << 5))[:32]


class Arithmetic(wiring.Component):
    """total, signed: a sum of an operand or itself and a product or the operand, or what a shift or a hash makes of it.

    Args:
        total_bits: of total, 34 or more. left_bits, right_bits: of the factors, signed. weight_bits: of a weight master.

    Members:
        what: In. x: In, the operand. left, right: In, the factors: their product counts a clock later.
        counted: In, the counter is 0: HALVE_COUNTED holds.
        fit: In. result: Out, signed 32 bits, of total as `fit` says. clipped: Out, total >> 8 does not fit a weight.
        negative, zero, large: Out, of total.
    """

    def __init__(self, total_bits: int, left_bits: int, right_bits: int, weight_bits: int):
        self.weight_bits = weight_bits
        super().__init__(
            {
                "what": In(Total),
                "x": In(signed(WORD_BITS)),
                "left": In(signed(left_bits)),
                "right": In(signed(right_bits)),
                "counted": In(1),
                "fit": In(Fit),
                "total": Out(signed(total_bits)),
                "result": Out(signed(WORD_BITS)),
                "clipped": Out(1),
                "negative": Out(1),
                "zero": Out(1),
                "large": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        total, bits = self.total, len(self.total)
        base, addend, term = (Signal(signed(bits), name=name) for name in ("base", "addend", "term"))
        product, minus = Signal(signed(bits)), Signal()
        m.d.sync += product.eq(self.left * self.right)
        m.d.comb += [
            minus.eq(self._is(Total.LESS_X, Total.LESS_AB, Total.X_LESS_AB)),
            addend.eq(Mux(self._is(Total.X, Total.ADD_X, Total.LESS_X), self.x, product)),
            term.eq(addend ^ minus.replicate(bits)),
        ]
        with m.If(self._is(Total.ADD_X, Total.LESS_X, Total.ADD_AB, Total.LESS_AB)):
            m.d.comb += base.eq(total)
        with m.If(self._is(Total.X_ADD_AB, Total.X_LESS_AB)):
            m.d.comb += base.eq(self.x)
        with m.Switch(self.what):
            with m.Case(Total.HOLD):
                pass
            with m.Case(Total.HALVE):
                m.d.sync += total.eq(total >> 1)
            with m.Case(Total.HALVE_COUNTED):
                m.d.sync += total.eq(Mux(self.counted, total, total >> 1))
            with m.Case(Total.HASH):
                m.d.sync += total.eq(xorshift32(total[:32]))
            with m.Case(Total.XOR):
                m.d.sync += total.eq(total ^ self.x)
            with m.Case(Total.AND):
                m.d.sync += total.eq(total & self.x)
            with m.Default():
                m.d.sync += total.eq(base + term + minus)
        m.d.comb += self.negative.eq(total[-1]), self.zero.eq(total == 0), self.large.eq(total[6:].any())
        self._result(m, total)
        return m

    def _is(self, *totals: Total):
        return self.what.as_value().matches(*(total.value for total in totals))

    def _result(self, m, total):
        weight = total >> NOISE_BITS
        clipped = weight[self.weight_bits - 1 :]
        m.d.comb += self.clipped.eq(clipped.any() & ~clipped.all())
        with m.Switch(self.fit):
            with m.Case(Fit.LOW):
                m.d.comb += self.result.eq(total)
            for fit, bits in ((Fit.ERROR, ERROR_BITS), (Fit.B16, 16), (Fit.SUM, SUM_BITS)):
                with m.Case(fit):
                    m.d.comb += self.result.eq(saturate(total, bits))
            with m.Case(Fit.WEIGHT):
                m.d.comb += self.result.eq(saturate(weight, self.weight_bits))
