"""The core behind AXI4, on both simulators, against golden: registers, packets, resets, and the ways a host can go wrong."""

import pytest

from cosim.build import build
from cosim.elaborate import core_verilog
from cosim.runner import run
from golden.config import Config
from tests.cosim.axi_runs import BENCH, TOP, drawn_scenario, scenario
from tests.marks import long

CONFIG = Config(name="axi", sizes=(9, 5, 3), lanes=4, block=4, seed=3)
"""Sizes that neither lanes nor words divide. `make test` has a smaller core: see test_axi_mutants.py."""
AUTOENCODER = Config.from_dict({"task": "autoencoder", "sizes": [6, 4, 9], "lanes": 2, "steps": 4, "seed": 3})
"""With more values in a code than in a sample, in one word more; the last beat of either is not full, or not there."""

SEQUENCE = Config.from_dict(
    {"task": "sequence", "recurrent": True, "sizes": [5, 4, 3], "lanes": 2, "block": 4, "neighbours": 1, "seed": 3}
)


@pytest.mark.long
@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_a_host_finds_goldens_results_and_no_way_to_disturb_them(simulator, tmp_path):
    verilog = core_verilog(CONFIG, "rtl.bus.axi:AxiCore", TOP)
    values = {"config": CONFIG.to_dict(), "scenario": str(scenario(CONFIG, tmp_path / "scenario.npz"))}
    run(build(verilog, TOP, simulator), BENCH, values, folder=tmp_path / "run", timeout=240)


@pytest.mark.long
def test_a_host_finds_what_golden_foretells(tmp_path):
    verilog = core_verilog(SEQUENCE, "rtl.bus.axi:AxiCore", TOP)
    values = {"config": SEQUENCE.to_dict(), "scenario": str(scenario(SEQUENCE, tmp_path / "scenario.npz"))}
    run(build(verilog, TOP, "icarus"), BENCH, values, folder=tmp_path / "run", timeout=480)


@pytest.mark.parametrize("tests", ["a_stream", long(None)])
def test_a_host_finds_what_golden_recalls_and_draws(tests, tmp_path):
    verilog = core_verilog(AUTOENCODER, "rtl.bus.axi:AxiCore", TOP)
    values = {"config": AUTOENCODER.to_dict(), "scenario": str(drawn_scenario(AUTOENCODER, tmp_path / "scenario.npz"))}
    run(build(verilog, TOP, "icarus"), BENCH, values, folder=tmp_path / "run", tests=tests, timeout=240)
