"""`rtl.fixed` for all numbers of 20 bits, against what docs/arithmetic.md says of `sat` and `rnd`."""

from amaranth.hdl import Module, Mux, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl import fixed
from rtl.checks import holds
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

BITS, TO = 20, 9


class Arithmetic(wiring.Component):
    """All of it at once."""

    value: In(signed(BITS))
    shift: In(5)
    on: In(1)
    over: Out(1)
    saturated: Out(signed(TO))
    clipped: Out(signed(TO))
    gated: Out(signed(BITS))
    rounded: Out(signed(BITS + 1))
    rounded_by_5: Out(signed(BITS))

    def elaborate(self, platform):
        m = Module()
        m.d.comb += [
            self.over.eq(fixed.overflows(self.value, TO)),
            self.saturated.eq(fixed.saturate(self.value, TO)),
            self.clipped.eq(fixed.clipped(self.value, TO, self.on)),
            self.gated.eq(fixed.gated(self.value, self.on)),
            self.rounded.eq(fixed.round_shift(self.value, self.shift)),
            self.rounded_by_5.eq(fixed.round_shift(self.value, 5)),
        ]
        return m


def rules(bench: Bench, block: Arithmetic) -> None:
    """By comparisons, and by a division that leaves less than half: |value - q 2^shift| <= 2^shift / 2, a half goes up."""
    m, value = bench.m, block.value
    low, high = -(1 << TO - 1), (1 << TO - 1) - 1
    limited = Mux(value < low, low, Mux(value > high, high, value))
    holds(m, "overflows says whether saturate changes something", block.over == (limited != value))
    holds(m, "saturate clips", block.saturated == limited)
    holds(m, "clipped is saturate where it is on, else 0", block.clipped == Mux(block.on, limited, 0))
    holds(m, "gated is the value where it is on, else 0", block.gated == Mux(block.on, value, 0))
    for rounded, shift in ((block.rounded, block.shift), (block.rounded_by_5, 5)):
        left = (value << 1) - ((rounded << 1) << shift)  # twice what the quotient leaves
        holds(m, "round_shift leaves less than half, or a half below", (-left <= 1 << shift) & (left < 1 << shift))


PROOFS = (
    Proof(
        "fixed",
        "saturate, overflows, clipped, gated, round_shift: all values of 20 bits, all shifts of 5",
        Arithmetic,
        rules,
        depth=1,
        bugs=1,
        mutants=(
            Mutant("saturates a bit late", "fixed.py", "value[-1], value[bits - 1 : -1]", "value[-1], value[bits:-1]"),
            Mutant("the wrong limit", "fixed.py", "Cat((~value[-1]).replicate(bits - 1), value[-1])", "value[-bits:]"),
            Mutant("a half goes down", "fixed.py", "(as_signed(value) + 1)", "as_signed(value)"),
            Mutant("clips upwards only", "fixed.py", "over & value[-1])", "over & value[0])"),
        ),
    ),
)
