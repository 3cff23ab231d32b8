"""An assertion of the design that fails: both simulators end there and say which; Amaranth's own does; hardware has none."""

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from cosim.assertions import SAYS
from cosim.build import build
from cosim.elaborate import verilog
from cosim.runner import BenchError, run
from cosim.simulators import SIMULATORS
from rtl.checks import holds
from tests.cosim.counter import BENCH


class Below(wiring.Component):
    """What does not like it that the counter is 12 or more."""

    count: In(16)

    def elaborate(self, platform):
        m = Module()
        before = Signal(16)
        m.d.sync += before.eq(self.count)
        with m.If(before[3]):
            holds(m, 'above "11": 100%', ~before[2])
        return m


class Counter(wiring.Component):
    """As tests.cosim.counter, with such a part."""

    step: In(8)
    count: Out(16)

    def elaborate(self, platform):
        m = Module()
        m.submodules.below = below = Below()
        m.d.sync += self.count.eq(self.count + self.step)
        m.d.comb += below.count.eq(self.count)
        return m


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_an_assertion_that_fails_ends_the_simulation_and_is_named(simulator, tmp_path):
    built = build(verilog(Counter(), "counter"), "counter", simulator)
    run(built, BENCH, {"step": 1, "clocks": 11}, folder=tmp_path, timeout=60)
    with pytest.raises(BenchError) as found:
        run(built, BENCH, {"step": 1, "clocks": 10**6}, folder=tmp_path, timeout=60)
    message = str(found.value)
    assert f"bench_counter: {SAYS} in counter.below at time " in message and ': above "11": 100% (log: ' in message
    assert str(tmp_path / "run.log") in message


def test_amaranths_simulator_stops_at_it_too():
    async def bench(context):
        context.set(dut.step, 1)
        for _ in range(20):
            await context.tick()

    dut = Counter()
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    with pytest.raises(AssertionError, match='above "11": 100%'):
        simulator.run()


def test_what_becomes_hardware_has_none():
    text = verilog(Counter(), asserted=False)
    assert SAYS in verilog(Counter()) and SAYS not in text and "assert" not in text and "$finish" not in text
