"""Proof that the AXI bench can fail: one line of rtl/bus is changed, in memory, and a cocotb test names what is wrong."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from cosim.build import build
from cosim.elaborate import core_verilog
from cosim.runner import BenchError, run
from golden.config import Config
from tests.cosim.axi_runs import BENCH, TOP, scenario
from tests.cosim.mutants import RTL, Mutant, parameters, with_mutant
from tests.marks import long

CONFIG = Config(sizes=(9, 3), lanes=4, block=4, rate=-6, theta_rate=-4, seed=3)
"""The smallest core with padded words and beats."""
COMPONENT = "rtl.bus.axi:AxiCore"


@dataclass(frozen=True)
class BusMutant(Mutant):
    """A change in `file`, from rtl/bus on; `tests`: the cocotb test that has to see it; `says`: what of, a pattern."""

    tests: str = "a_stream"
    says: str = r"sample \d+, word \d+: expected \d+, got \d+"

    @property
    def path(self) -> Path:
        return (RTL / "bus" / self.file).resolve()


RESET, ROUTED, MAP, WINDOW = "a_reset", "samples_and_results", "registers_are", "the_window"
MUTANTS = (
    BusMutant(
        "a dropped packet stays",
        "packet_in.py",
        "write.eq(committed)",
        "write.eq(write)",
        says="what is committed is in the ring",
    ),
    BusMutant(
        "a short packet is taken",
        "packet_in.py",
        "m.If((index == final) &",
        "m.If((index <= final) &",
        True,
        says="what is committed is in the ring",
    ),
    BusMutant("low bits of a label", "packet_in.py", "data[:HEADER_LABEL_BITS]\n", "data[:LABEL_BITS]\n", True),
    BusMutant(
        "padding goes in", "../engine/beats.py", "Mux(beyond | silent, 0,", "Mux(silent, 0,", True, says="non-0/1 values"
    ),
    BusMutant(
        "the ring is never full",
        "packet_in.py",
        "beyond | ~full",
        "beyond | 1",
        True,
        ROUTED,
        says="the ring holds no more than its words",
    ),
    BusMutant(
        "mode of the moment", "packet_in.py", "head.eq(port.data),", "head.eq(port.data), head.mode.eq(self.mode),", True
    ),
    BusMutant(
        "half a packet survives the reset",
        "packet_in.py",
        "index, unknown = signals(index=range(final + 2), unknown=1)",
        "index, unknown = Signal(range(final + 2), reset_less=True), Signal()",
        True,
        RESET,
        says="results: 0 of 1 after",
    ),
    BusMutant(
        "a leftover goes on", "gearbox.py", ", left.eq(0), more.eq(0)", "", True, says="an item changed before it was taken"
    ),
    BusMutant(
        "a word lost under a stall",
        "../engine/readout.py",
        "m.If(o.valid & o.ready)",
        "m.If(o.valid)",
        says="an item was withdrawn before it was taken",
    ),
    BusMutant(
        "a result counts while it waits",
        "packet_out.py",
        "self.done.eq(self.o.valid & self.o.ready & self.o.payload.last)",
        "self.done.eq(self.o.valid & self.o.payload.last)",
        True,
    ),
    BusMutant(
        "nothing is busy", "control.py", "m.If(~self.status.idle & ~at_once)", "m.If(0)", True, ROUTED, says="non-0/1 values"
    ),
    BusMutant(
        "any write clears",
        "control.py",
        "self.cleared.eq(self.request.data)",
        "self.cleared.eq(255)",
        True,
        MAP,
        says="ERRORS: cleared by a 0",
    ),
    BusMutant(
        "errors are well", "axi.py", "Mux(response.error, SLVERR, OKAY)", "OKAY", True, MAP, says="an access was not refused"
    ),
    BusMutant("half a word is written", "axi.py", "writing & ~self.wstrb.all()", "0", True, MAP, says="a write of one byte"),
    BusMutant(
        "the window stands still",
        "control.py",
        'self.own["WINDOW_ADDRESS"].eq(self.own["WINDOW_ADDRESS"] + 1)',
        'self.own["WINDOW_ADDRESS"].eq(self.own["WINDOW_ADDRESS"])',
        True,
        WINDOW,
        says="WINDOW_ADDRESS behind a write: expected",
    ),
    BusMutant(
        "the window shows its address",
        "control.py",
        "Mux(request.write, 0, self.host_o.payload)",
        'Mux(request.write, 0, Mux(window, self.own["WINDOW_ADDRESS"], self.host_o.payload))',
        tests=WINDOW,
        says="WINDOW_DATA: expected 0x5, got",
    ),
    BusMutant(
        "numbers of three bits",
        "packet_ports.py",
        "packet_out.number.eq(counts.RESULTS)",
        "packet_out.number.eq(counts.RESULTS[:3])",
        True,
        ROUTED,
    ),
    BusMutant(
        "words from both routes",
        "packet_ports.py",
        "~packets.inside & ~(by_register",
        "~(by_register",
        True,
        ROUTED,
        says="STATUS: room does not come",
    ),
    BusMutant(
        "a register waits",
        "control.py",
        "~self.status.idle & ~at_once",
        "~self.status.idle",
        says="read of clocks: .*SLVERR",
    ),
    BusMutant("every word a first one", "packet_out.py", "payload | Mux(first, number", "payload | Mux(1, number", True),
    BusMutant(
        "one update is finished", "../engine/beats.py", "blank.eq(UPDATE_DELAY)", "blank.eq(1)", True, says="W1 expected"
    ),
    BusMutant(
        "spikes survive the reset",
        "../engine/synapses.py",
        '"host_writes", "train"',
        '"host_writes"',
        True,
        RESET,
    ),
)
TESTS = dict.fromkeys(mutant.tests for mutant in MUTANTS)


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """The bench's parameters."""
    path = scenario(CONFIG, tmp_path_factory.mktemp("scenario") / "scenario.npz")
    return {"config": CONFIG.to_dict(), "scenario": str(path)}


def bench(folder: Path, values: dict, text: str, test: str) -> None:
    """Builds a core's Verilog and runs one of the cocotb tests. Raises BenchError."""
    design = build(text, TOP, "icarus", root=folder / "build")
    run(design, BENCH, values, folder=folder / "run", tests=test, timeout=400)


def test_the_core_as_it_is_passes(values, tmp_path):
    bench(tmp_path, values, core_verilog(CONFIG, COMPONENT, TOP), f"a_stream|{MAP}")


@pytest.mark.parametrize("test", [long(test) for test in TESTS])
def test_the_core_as_it_is_passes_each_test_alone(test, values, tmp_path):
    """As the mutants are run: a test that needed what another leaves behind would find something in all of them."""
    bench(tmp_path, values, core_verilog(CONFIG, COMPONENT, TOP), test)


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda m: m.long))
def test_is_caught(mutant, values, tmp_path):
    text = with_mutant(mutant, "tests.cosim.mutants:core", CONFIG, COMPONENT, TOP)
    with pytest.raises(BenchError, match=mutant.says):
        bench(tmp_path, values, text, mutant.tests)
