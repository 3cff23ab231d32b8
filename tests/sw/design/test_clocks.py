"""The model of clocks against the simulated core: what was measured once, and two small cores here and now."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from golden.config import Config
from golden.records import RECALLED_COUNTERS
from rtl.engine import formats
from rtl.engine.stages import SLOW
from sw.design import counts, engine_clocks, recognition_clocks
from sw.design.clocks import measure, predict, samples, visits
from sw.design.recognition_clocks import RecognitionCore
from tests.marks import long

MEASURED = Path(__file__).with_name("measured_clocks.json")
"""Clocks of SHAPES in simulation, over the samples that `measure` takes; the long test measures them again."""
SHAPES = {
    "digits": Config.load("digits"),
    "image": Config(sizes=(784, 128, 64, 10), lanes=16),
    "small": Config(sizes=(12, 8, 4), lanes=1, block=8),
    "rate": Config(sizes=(66, 30, 12, 3), lanes=9, block=16, steps=8, coding="rate"),
    "deep": Config(sizes=(16, 8, 8, 12, 8, 4), lanes=4, block=8),
    "electricity-recurrent": Config.load("electricity-recurrent"),
    "autoencoder": Config.load("autoencoder"),
}
LONG = ("image", "digits", "rate", "deep", "electricity-recurrent", "autoencoder")
TWO = Config(sizes=(16, 8, 8, 4), lanes=4, block=8, engines=((1,), (0, 2, 3)))
FORETELLS = Config.from_dict({"task": "sequence", "sizes": (16, 8, 12), "lanes": 4, "block": 8, "name": "foretells"})
RETURNS = FORETELLS.replace(sizes=(20, 24, 16, 12), recurrent=True)
RECALLS = Config.from_dict({"task": "autoencoder", "sizes": (16, 8, 4), "lanes": 4, "name": "recalls"})
SIMULATED = {
    "small": SHAPES["small"],
    "deep": SHAPES["deep"],
    "two engines": TWO,
    "no stimulus": TWO.replace(stimulus_recall=False),
    "foretells": FORETELLS,
    "returns": RETURNS,
    "returns, two engines": RETURNS.replace(engines=((1,), (0, 2, 3))),
    "recalls": RECALLS,
    "recalls, one lane": RECALLS.replace(lanes=1),
    "recalls, two engines": RECALLS.replace(sizes=(20, 24, 16, 12), engines=((1, 2), (0, 3))),
}
NEAR = pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("name", [long(name) if name in LONG else name for name in SHAPES])
def test_the_model_is_near_to_what_was_measured(name):
    real, found = json.loads(MEASURED.read_text())[name], predict(SHAPES[name])
    assert found.training / real["training"] == NEAR and found.inference / real["inference"] == NEAR


@pytest.mark.parametrize("name", [name if name == "small" else long(name) for name in SIMULATED])
def test_the_model_is_near_to_a_simulation(name):
    config = SIMULATED[name]
    real = measure(config, simulator="icarus", learned=24, inferred=6)
    found = predict(config, learned=24, inferred=6)
    assert found.training / real.training == NEAR and found.inference / real.inference == NEAR
    assert (
        found.over
        == real.over
        == "the first 24 samples learned from initial weights, and 6 inferred after them "
        + ("(random pixels, 15% of them active)")
    )


@pytest.mark.parametrize(("name", "training", "inference"), [("returns", 766.3, 188.0), ("recalls", 380.0, 295.6)])
def test_the_model_is_near_to_what_was_simulated_and_with_longer_waits_off(monkeypatch, name, training, inference):
    found = predict(SIMULATED[name], learned=24, inferred=6)
    assert found.training / training == NEAR and found.inference / inference == NEAR
    monkeypatch.setattr(engine_clocks, "FETCHED", 20)
    assert predict.__wrapped__(SIMULATED[name], learned=24, inferred=6).training / training != NEAR


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_what_was_measured_is_what_is_measured(name):
    real, kept = measure(SHAPES[name]), json.loads(MEASURED.read_text())[name]
    found = {"training": real.training, "inference": real.inference}
    assert found == pytest.approx(kept, rel=0.01)


def test_a_core_without_learning_has_no_clocks_of_training():
    found = predict(SHAPES["small"].replace(learn=False), learned=8, inferred=8)
    assert found.training is None and found.sample == found.inference and found.over.startswith("8 samples inferred (")


def test_an_auto_encoder_visits_synapses_on_all_its_ways():
    config, counters = Config.from_dict({"task": "autoencoder", "sizes": [5, 3, 2], "lanes": 2}), np.zeros((2, 10), int)
    counters[:, RECALLED_COUNTERS.index("up_rows")] = 1, 10
    counters[:, RECALLED_COUNTERS.index("down_rows")] = 100, 1000
    counters[:, RECALLED_COUNTERS.index("again_rows")] = 10_000, 100_000
    assert visits(config, counters) == 10_001 * 3 + 100_010 * 2 + 100 * 5 + 1000 * 3


def test_more_pixels_and_fewer_lanes_take_more_clocks():
    config = Config(name="some", sizes=(200, 32, 10), lanes=4)
    few, half = (predict(config, density, 70, 20) for density in (0.1, 0.5))
    assert few.data == "random pixels, 10% of them active" and predict(Config.load("tiny"), None, 9, 9).data == "digits"
    assert half.training > 1.5 * few.training and half.inference > 1.3 * few.inference
    assert predict(config.replace(lanes=8), 0.5, 70, 20).inference < 0.6 * half.inference


def test_every_wait_of_an_engine_counts(monkeypatch):
    """One of a lane waits for its scalars, its soma and its readout: with longer ones it is off."""
    real, config = json.loads(MEASURED.read_text())["small"], SHAPES["small"]
    training, inference = counts.watch(config, samples(config))
    assert RecognitionCore(config, training).clocks() / real["training"] == NEAR
    for module, name, longer, part in (
        (formats, "SLOW", replace(SLOW, scalars=SLOW.scalars._replace(results=3 * SLOW.scalars.results)), "training"),
        (formats, "SLOW", replace(SLOW, soma=SLOW.soma._replace(spike=SLOW.soma.spike + 3)), "inference"),
        (recognition_clocks, "LATENCY", 2 * recognition_clocks.LATENCY, "inference"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, longer)
            found = RecognitionCore(config, training if part == "training" else inference).clocks()
            assert found / real[part] != NEAR, longer


def test_a_recurrent_core_is_measured_in_sequences():
    config = Config.from_dict({"task": "sequence", "name": "r", "sizes": [64, 4, 10], "lanes": 4, "recurrent": True})
    found = samples(config, 40, 8).training.ends
    assert 0 < found.sum() < 40
