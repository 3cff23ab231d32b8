from amaranth.hdl import Module, Signal, signed
from amaranth.sim import Simulator

from rtl.hdl import selected


def test_the_wanted_value_is_there_a_clock_later_and_0_where_none_is_wanted():
    m, values, wanted = Module(), [Signal(signed(5), name=f"value{i}") for i in range(3)], Signal(3)
    found = Signal(signed(5))
    m.d.comb += found.eq(selected(m, "one", values, list(wanted)))

    async def bench(ctx):
        for numbers in ((3, -4, 15), (-1, 0, -16)):
            for value, number in zip(values, numbers, strict=True):
                ctx.set(value, number)
            for mask, expected in ((1, numbers[0]), (2, numbers[1]), (4, numbers[2]), (0, 0)):
                ctx.set(wanted, mask)
                await ctx.tick()
                assert ctx.get(found) == expected

    simulator = Simulator(m)
    simulator.add_clock(1e-8)
    simulator.add_testbench(bench)
    simulator.run()
