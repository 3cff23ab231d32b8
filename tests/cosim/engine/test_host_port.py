"""The host port while samples run; and cores that let samples or hosts wait, which its bench finds."""

import numpy as np
import pytest

from cosim.build import build
from cosim.elaborate import core_verilog
from cosim.host.packets import pack_results
from cosim.host.state import with_copies
from cosim.runner import BenchError, run
from golden.config import Config
from golden.integer import IntegerModel
from tests.cosim.mutants import Mutant, parameters, with_mutant
from tests.cosim.test_axi_mutants import CONFIG

COMPONENT, TOP = "rtl.core:word_core_of", "core"
SAMPLES = 24
MUTANTS = (
    Mutant("samples go first", "engine/core.py", 'hold.eq(~fsm.ongoing("listen") & ~at_once)', "hold.eq(0)", True),
    Mutant("registers wait", "engine/core.py", "m.If(at_once | quiet)", "m.If(quiet)", True),
    Mutant("memory does not wait", "engine/core.py", "m.If(at_once | quiet)", "m.If(1)", True),
)


def play(config: Config, text: str, folder) -> None:
    """Runs the bench on a core's Verilog. Raises BenchError."""
    rng, model = np.random.default_rng(2), IntegerModel(config, fast=False)
    x = rng.integers(0, 16, (SAMPLES, config.sizes[0])) * (rng.random((SAMPLES, config.sizes[0])) < 0.6)
    y = rng.integers(0, config.classes, SAMPLES)
    values = {"config": config.to_dict(), "x": x.tolist(), "y": y.tolist()}
    values["state"] = {name: array.tolist() for name, array in with_copies(model.state(), config).items()}
    records = model.train(x, y)
    words = pack_results(config, 0, records)
    words[:, 0] = records.prediction  # a bus puts the number there
    values["words"] = words.ravel().tolist()
    run(
        build(text, TOP, "icarus", root=folder / "build"),
        "cosim.benches.engine.host_port",
        values,
        folder=folder,
        timeout=240,
    )


def test_a_host_is_answered_while_samples_run_and_disturbs_none(tmp_path):
    play(CONFIG, core_verilog(CONFIG, COMPONENT, TOP), tmp_path)


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda m: m.long))
def test_is_caught(mutant, tmp_path):
    text = with_mutant(mutant, "tests.cosim.mutants:core", CONFIG, COMPONENT, TOP)
    with pytest.raises(BenchError, match=r"assertion failed in|read took|samples went before the host|expected"):
        play(CONFIG, text, tmp_path)
