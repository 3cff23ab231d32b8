"""An assertion of the design that fails: both simulators end there and say which; Amaranth's own does. Each simulation of a
core has all of them, and hardware none."""

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from cosim import elaborate
from cosim.assertions import SAYS
from cosim.build import build
from cosim.runner import BenchError, run
from cosim.simulators import SIMULATORS
from golden.config import Config
from rtl.checks import asserting, holds
from sw.boards.plain_verilog import axi_verilog
from sw.design.verilog import core_verilog
from sw.driver.sim import SimTransport
from tests.cosim import mutants
from tests.cosim.counter import BENCH
from tests.mutate import netlist

SMALL = Config(sizes=(5, 4, 3), lanes=4, block=3)


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
    built = build(elaborate.verilog(Counter(), "counter"), "counter", simulator)
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
    with asserting():
        simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    with pytest.raises(AssertionError, match='above "11": 100%'):
        simulator.run()


class Caught(Exception):
    """The text that a simulation would have been built of."""


def of_the_driver():
    """What `sw.driver.sim` converts, not what it has kept."""

    def caught(key, convert):
        raise Caught(convert())

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Caught) as found:
        patch.setattr(elaborate, "kept_verilog", caught)
        SimTransport(SMALL, folder=None)
    return str(found.value)


SIMULATED = {
    "a core": lambda: elaborate.core_verilog(SMALL),
    "its file": lambda: core_verilog(SMALL, asserted=True),
    "a driver's": of_the_driver,
    "with AXI": lambda: elaborate.core_verilog(SMALL, "rtl.bus.axi:AxiCore"),
    "a mutant's": lambda: mutants.core(SMALL),
    "many mutants'": lambda: netlist._rtlil(SMALL).replace("cell $check", SAYS),
}
"""Each text of a core that is simulated, as those who do it get it."""


@pytest.mark.parametrize("which", SIMULATED)
def test_each_simulation_of_a_core_has_its_assertions(which):
    assert SIMULATED[which]().count(SAYS) > 50


def test_what_becomes_hardware_has_none():
    for text in (elaborate.verilog(Counter(), asserted=False), core_verilog(SMALL), axi_verilog(SMALL)):
        assert not any(word in text for word in (SAYS, "assert", "$finish"))
