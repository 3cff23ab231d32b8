"""`Pipeline`: a value is read where it is, and as many clocks later as stages lie between."""

from itertools import pairwise

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import holds
from rtl.pipeline import Pipeline
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof


class Stages(wiring.Component):
    """A value from stage 1 to stages 1 and 4, and whether one is valid on its way."""

    value: In(8)
    valid: In(1)
    at_1: Out(8)
    at_4: Out(8)
    valid_4: Out(1)
    any: Out(1)

    def elaborate(self, platform):
        m = Module()
        p = Pipeline(m, "p")
        p.define("value", 1, self.value)
        p.define("valid", 1, self.valid)
        with m.If(self.valid):  # read where a condition holds, it moves all the same
            m.d.comb += self.at_4.eq(p.at("value", 4))
        with m.Else():
            m.d.comb += self.at_4.eq(p.at("value", 4))
        m.d.comb += [self.at_1.eq(p.at("value", 1)), self.valid_4.eq(p.at("valid", 4)), self.any.eq(p.any("valid", 1, 4))]
        return m


def rules(bench: Bench, block: Stages) -> None:
    """Against registers one by one; those of `value` have no reset."""
    m = bench.m
    values = [block.value, *(Signal(8, name=f"value{i}", reset_less=True) for i in range(3))]
    valid = [block.valid, *(Signal(name=f"valid{i}") for i in range(3))]
    m.d.sync += [later.eq(sooner) for sooner, later in pairwise(values)]
    m.d.sync += [later.eq(sooner) for sooner, later in pairwise(valid)]
    holds(m, "it is read in its own stage in the same clock", block.at_1 == block.value)
    holds(m, "three stages later it is what it was three clocks ago", block.at_4 == values[3])
    holds(m, "valid is reset, and goes the same way", block.valid_4 == valid[3])
    holds(m, "any is one of them", block.any == (valid[0] | valid[1] | valid[2] | valid[3]))


PROOFS = (
    Proof(
        "pipeline",
        "a value stays with its clock, whatever condition it is read under",
        Stages,
        rules,
        depth=4,
        mutants=(
            Mutant("no register", "pipeline.py", "_registers.d.sync += register", "_registers.d.comb += register"),
            Mutant("all is reset", "pipeline.py", "reset_less=name not in self.reset", "reset_less=False"),
            Mutant("any but the last", "pipeline.py", "range(first + 1, last + 1)", "range(first + 1, last)"),
        ),
    ),
)
