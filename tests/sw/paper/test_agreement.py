"""How alike the two networks are over training: from before the first epoch to after the last, and what is told of it."""

import numpy as np
import pytest
import torch

from golden.config import NAMED
from golden.learners.bsd import Bsd
from golden.learners.learner import Network, fit
from golden.similarity import of_autoencoder, of_learner, of_recognition
from sw import data
from sw.paper import agreement
from sw.paper.page import PICTURES
from sw.paper.plan import Plan
from sw.training.golden_backend import GoldenNetwork, trained
from sw.trials.floating import tensors
from sw.trials.integer import learning

DIGITS = learning(data.load("digits", 1), 40)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(data, "load", lambda source, seed: {("digits", 1): DIGITS}[source, seed])


@pytest.mark.parametrize("task, sizes", [("recognition", [64, 12, 8, 10]), ("autoencoder", [64, 12, 8])])
def test_the_chips_course_begins_untrained_and_ends_with_what_a_training_gives(task, sizes):
    found = agreement.chip(task, sizes, 2, 1)
    config = NAMED["digits" if task == "recognition" else "autoencoder"].replace(sizes=tuple(sizes), epochs=2, seed=1)
    models = GoldenNetwork(config).model, trained(config, DIGITS).model
    if task == "recognition":
        ends = [of_recognition(model, DIGITS.x_test, DIGITS.y_test) for model in models]
    else:
        ends = [of_autoencoder(model, DIGITS.x_test)[1:] for model in models]
    for key in ("same", "chance"):
        assert np.shape(found[key]) == (3, len(sizes) - 2)
        assert [found[key][0], found[key][-1]] == [[getattr(layer, key) for layer in layers] for layers in ends]
    assert len({tuple(layers) for layers in found["same"]}) == 3


def test_floating_points_course_does_too():
    found = agreement.floating("digits", [64, 12, 8, 10], 2, None, 1)
    x, y, x_test, y_test = tensors(DIGITS)
    bsd = Bsd(Network((64, 12, 8, 10), seed=1))
    ends = [of_learner(bsd, x_test, y_test)]
    fit(bsd, x, y, 2, Bsd.BATCH)
    ends.append(of_learner(bsd, x_test, y_test))
    assert [found["same"][0], found["same"][-1]] == [[layer.same for layer in layers] for layers in ends]
    assert np.shape(found["chance"]) == (3, 2) and torch.tensor(found["same"]).std(0).min() > 0


def section(full: bool = True):
    """Of courses that rise by a hundredth an epoch from 0.5, with layer 2 a tenth above; chance is 0.25."""
    plan, found = Plan(quick=not full, seeds=2), {}
    for trial in agreement.trials(plan):
        layers, epochs = len(trial.settings["sizes"]) - 2, trial.settings["epochs"] + 1
        same = [[0.5 + 0.01 * epoch + 0.1 * layer for layer in range(layers)] for epoch in range(epochs)]
        found[trial.key] = {"same": same, "chance": [[0.25] * layers] * epochs}
    return agreement.section(plan, found)


def test_a_layer_has_a_row_of_its_end_and_one_of_its_course():
    rows = {row.name: row for row in section().rows}
    assert rows["the chip, digits: layer 2"].text == "0.800 ± 0.000"
    assert "before training 0.600 ± 0.000; independent trains of the same rates 0.250 ± 0.000" in (
        rows["the chip, digits: layer 2"].how
    )
    course = rows["the chip, digits: layer 2, over training"]
    assert course.text == "0.600, 0.610, 0.620, 0.650, 0.700, 0.800" and course.reached is None
    assert course.how == "means after epochs 0, 1, 2, 5, 10, 20"
    assert np.shape(course.values) == (2, 21)  # all of them go into the JSON
    longer = rows["the chip, auto-encoder of digits: layer 1, over training"]
    assert longer.text.endswith("0.600, 0.700, 0.800") and longer.how.endswith("5, 10, 20, 30")


def test_a_tastes_course_ends_where_it_ends():
    rows = {row.name: row for row in section(full=False).rows}
    assert rows["the chip, digits: layer 1, over training"].how == "means after epochs 0, 1, 2, 3"


def test_the_picture_has_a_line_a_layer_and_chance_beside_it():
    curves = section().curves
    assert curves.name in PICTURES
    assert list(curves.lines) == list(curves.beside) and len(curves.lines) == 5
    assert curves.lines["BSD in floating point, digits: layer 1"][1][:3] == [0.5, 0.51, 0.52]
    assert set(np.ravel(curves.beside["BSD in floating point, digits: layer 1"])) == {0.25}
