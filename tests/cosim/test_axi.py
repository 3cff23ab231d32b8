"""The core behind AXI4, on both simulators, against golden: registers, packets, resets, and the ways a host can go wrong."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cosim.bench import run
from cosim.build import Build, build
from cosim.elaborate import core_verilog
from cosim.job import save_arrays
from cosim.simulators import SIMULATORS
from golden.config import Config
from golden.integer import IntegerModel, Records
from rtl.bus.packets import pack_results
from rtl.bus.register_map import MODES

TOP = "axi_core"
CONFIG = Config(name="axi", sizes=(9, 5, 3), lanes=(4, 3, 2), block=4, seed=3)
"""Sizes that neither lanes nor words divide."""
SEGMENTS = (("recall", 1), ("learn", 9), ("learn", 8), ("infer", 3), ("learn", 8), ("recall", 1), ("learn", 6))
SEGMENTS += (("infer", 1), ("infer", 3))
"""The first makes the chip's concepts, the last two settle the last update."""


@cache
def core(simulator: str) -> Build:
    return build(core_verilog(CONFIG, "rtl.bus.axi:AxiCore", TOP), TOP, simulator)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    """What `cosim.bench_axi` plays, with golden's results."""
    rng, model = np.random.default_rng(5), IntegerModel(CONFIG, fast=False)
    # Weights only: the chip recalls the rest itself.
    arrays = {f"begin.{name}": value for name, value in model.state().items() if name.startswith(("W", "Theta"))}
    count = sum(number for _, number in SEGMENTS)
    x = rng.integers(0, 16, (count, CONFIG.sizes[0])) * (rng.random((count, CONFIG.sizes[0])) < 0.6)
    y = rng.integers(0, CONFIG.classes, count)
    modes = [mode for mode, number in SEGMENTS for _ in range(number)]
    arrays |= {"x": x, "y": y, "words": np.concatenate([played(model, x, y, n, mode) for n, mode in enumerate(modes)])}
    arrays["segments"] = np.array([(MODES.index(mode), number) for mode, number in SEGMENTS])
    arrays |= {f"end.{name}": value for name, value in model.state().items()}
    model.load(model.state())
    probe = rng.integers(0, 16, (5, CONFIG.sizes[0]))
    arrays |= {"probe_x": probe, "probe_words": packets(model.train(probe, np.zeros(5, int), learn=False), 0)}
    path = tmp_path_factory.mktemp("axi") / "scenario.npz"
    save_arrays(path, arrays)
    return path


def packets(records: Records, number: int) -> np.ndarray:
    return pack_results(CONFIG, number, records.prediction, records.voltages, records.counters)


def played(model: IntegerModel, x: np.ndarray, y: np.ndarray, number: int, mode: str) -> np.ndarray:
    """The result's packet of one sample."""
    records = model.train(x[number : number + 1], y[number : number + 1], learn=mode == "learn")
    if mode == "recall":
        model.recall()
    return packets(records, number)


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_host_finds_goldens_results_and_no_way_to_disturb_them(simulator, scenario, tmp_path):
    values = {"config": CONFIG.to_dict(), "scenario": str(scenario)}
    run(core(simulator), "cosim.bench_axi", values, folder=tmp_path, timeout=240)
