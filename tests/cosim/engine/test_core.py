"""The core of engines against golden, on both simulators: every record and every memory."""

import numpy as np
import pytest

from golden.config import Config
from tests.cosim.core_runs import play, strange, thorough

SHAPES = {
    "three": Config(sizes=(7, 5, 4, 3), lanes=2, rule="second", block=4),
    "rate": Config(sizes=(20, 11, 6, 3), lanes=5, rule="second", block=1, steps=8, coding="rate", leak=2, seed=1),
    "bits": Config(sizes=(6, 4, 3), lanes=1, rule="second", block=3, weight_bits=10, stochastic=False),
    "wide": Config(sizes=(66, 5, 4, 3), lanes=9, rule="second", coding="rate", block=3, learn_theta=False, seed=3),
    "bottleneck": Config(sizes=(3, 8, 24, 3), lanes=4, rule="second", block=5),
    "two": Config(sizes=(6, 2), lanes=2, rule="second", block=2),
    "deep": Config(sizes=(9, 8, 7, 6, 6, 5, 4), lanes=3, rule="second", block=4, steps=8, seed=2),
    "engines": Config(sizes=(7, 5, 4, 3), lanes=2, rule="second", block=4, engines=((1,), (0, 2, 3))),
    "an engine each": Config(sizes=(7, 5, 4, 3), lanes=2, rule="second", block=4, engines=((0,), (1,), (2,), (3,))),
    "inference": Config(sizes=(7, 5, 3), lanes=2, rule="second", learn=False),
}
LONG = ("rate", "wide", "bottleneck", "deep", "an engine each")


def runs() -> list:
    """Small shapes on Icarus, one on Verilator; the others are long."""
    found = []
    for simulator in ("icarus", "verilator"):
        for name in SHAPES:
            quick = (simulator == "icarus" and name not in LONG) or (simulator, name) == ("verilator", "three")
            found.append(pytest.param(simulator, name, marks=[] if quick else [pytest.mark.long], id=f"{simulator}-{name}"))
    return found


@pytest.mark.parametrize("simulator, name", runs())
def test_every_record_and_memory_is_goldens(simulator, name, tmp_path):
    config = SHAPES[name]
    make = strange if simulator == "icarus" else thorough
    play(config, make(config, tmp_path / "scenario.npz", 12 if simulator == "icarus" else 50), simulator)


@pytest.mark.parametrize("name", ["three", pytest.param("engines", marks=[pytest.mark.long])])
def test_stalls_on_both_sides_change_nothing(name, tmp_path):
    config = SHAPES[name]
    play(config, strange(config, tmp_path / "scenario.npz"), inputs=0.5, outputs=0.9, seed=3)


@pytest.mark.long
@pytest.mark.parametrize("name", ["three", "engines"])
def test_a_reset_at_any_clock_recovers(name, tmp_path):
    config = SHAPES[name]
    resets = tuple(int(c) for c in np.random.default_rng(4).integers(0, 1500, 25))
    play(config, thorough(config, tmp_path / "scenario.npz", 30, resets=resets), "verilator", inputs=0.1, outputs=0.1)
