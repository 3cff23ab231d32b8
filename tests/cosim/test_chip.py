import pytest

from cosim.build import build
from cosim.runner import BenchError, run
from cosim.simulators import SIMULATORS
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from tests.cosim.standin import standin_verilog
from tests.marks import long

BENCH = "tests.cosim.bench_chip"
CONFIG = Config(sizes=(10, 6, 3), lanes=4, block=5)
WHOLE = "training_agrees|memories_hold|reset_drops"
"""The cocotb tests of a core without a fault."""
FAULTS = {"voltage": "a_fault_is_named", "write": "a_fault_is_named", "hang": "a_silent_core"}
"""Of each kind of fault, the cocotb test that has to see it."""


def chip(simulator, fault=None, config=CONFIG, work=8):
    return build(wrapped(standin_verilog(config, work, fault), config), TOP, simulator)


def values(samples=100, stalls=(0, 0), fault=("", 0), config=CONFIG):
    return {"config": config.to_dict(), "seed": 1, "samples": samples, "stalls": stalls, "fault": fault}


@pytest.mark.parametrize(
    "simulator, stalls",
    [
        (one if simulator == "icarus" else long)(simulator, stalls)
        for simulator in SIMULATORS
        for one, stalls in [(pytest.param, (0, 0)), (pytest.param, (0.5, 0.6)), (long, (0.9, 0)), (long, (0, 0.9))]
    ],
)
def test_samples_records_and_memories_pass_the_wrapper_under_every_stall(simulator, stalls):
    run(chip(simulator), BENCH, values(stalls=stalls), tests=WHOLE, timeout=120)


@pytest.mark.parametrize("sizes, lanes", [((7, 3, 2), 7), long((9, 5, 4), 5), long((16, 4, 4), 4), long((40, 12, 3), 8)])
def test_beats_need_not_fill_a_sample_nor_memories_a_burst(sizes, lanes):
    config = Config(sizes=sizes, lanes=lanes)
    run(chip("icarus", config=config), BENCH, values(40, config=config), tests="training_agrees", timeout=120)


def test_a_core_faster_than_its_result_queue_loses_nothing():
    run(chip("icarus", work=0), BENCH, values(300, (0, 0.3)), tests="training_agrees", timeout=120)


@pytest.mark.parametrize("fault", [("voltage", 37), ("write", 22), ("hang", 3)])
def test_a_broken_core_is_named_by_sample_layer_and_value(fault):
    run(chip("icarus", fault), BENCH, values(60, fault=fault), tests=FAULTS[fault[0]], timeout=120)


@pytest.mark.parametrize("kind", ["hang", long("voltage"), long("write")])
def test_a_fault_that_is_not_there_is_not_found(kind):
    with pytest.raises(BenchError, match="DID NOT RAISE"):
        run(chip("icarus"), BENCH, values(60, fault=(kind, 22)), tests=FAULTS[kind], timeout=120)


def test_a_text_without_the_core_is_refused():
    with pytest.raises(ValueError, match="wrapper: found no module 'chip'"):
        wrapped(standin_verilog(CONFIG), CONFIG, name="chip")


def test_a_core_of_another_configuration_is_refused():
    with pytest.raises(
        ValueError, match=r"wrapper: found \d+ bits of core.o__payload; allowed is \d+ for this configuration"
    ):
        wrapped(standin_verilog(CONFIG), CONFIG.replace(sizes=(10, 6, 4)))
