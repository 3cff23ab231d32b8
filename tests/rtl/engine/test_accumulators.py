"""Accumulators, clock by clock in Amaranth's own simulator: what was under way when a reset came adds to no sum."""

from amaranth.hdl import Module, ResetInserter, Signal
from amaranth.sim import Simulator

from golden.config import Config
from rtl.engine.accumulators import accumulate
from rtl.engine.formats import EngineFormat
from rtl.pipeline import Pipeline

FORM = EngineFormat(Config(sizes=(4, 3, 2), lanes=1), (0, 1, 2), 1)


def test_a_reset_of_one_clock_leaves_nothing_of_a_row():
    m = Module()
    p = Pipeline(m, "row", reset=("train", "last"))
    train, last, reset = Signal(FORM.planes), Signal(), Signal()
    p.define_all(0, train=train, last=last, stored0=Signal(FORM.weight_bits, init=1 << FORM.weight_bits - 2))
    sums = [[Signal(16, name=f"total{t}")] for t in range(FORM.planes)]
    accumulate(m, p, FORM, sums)
    found = []

    async def testbench(ctx):
        for wait in range(1, FORM.stored + 4):
            ctx.set(train, -1)  # a row that every step sends
            await ctx.tick()
            ctx.set(train, 0)
            await ctx.tick().repeat(wait)
            ctx.set(reset, 1)
            await ctx.tick()
            ctx.set(reset, 0)
            await ctx.tick().repeat(FORM.stored + 4)
            ctx.set(last, 1)  # of a group that nothing was sent to
            await ctx.tick()
            ctx.set(last, 0)
            await ctx.tick().repeat(FORM.stored + 2)
            found.append([ctx.get(total) for (total,) in sums])

    simulator = Simulator(ResetInserter(reset)(m))
    simulator.add_clock(1e-8)
    simulator.add_testbench(testbench)
    simulator.run()
    assert found == [[0] * FORM.planes] * (FORM.stored + 3)
