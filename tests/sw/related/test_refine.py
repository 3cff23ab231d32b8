"""Recall refines a percept: what each way does, on a network small enough to see through."""

import numpy as np
import pytest

from golden.config import Config
from golden.integer import IntegerModel
from sw.related import refine


@pytest.fixture
def model() -> IntegerModel:
    """Two concepts that recall the upper and the lower half of eight pixels; the feedforward network favours the first."""
    model = IntegerModel(Config(sizes=(8, 2), lanes=1), fast=False)
    model.h[0].copy_(model.h[0].new_tensor([[4, 4, 4, 4, 0, 0, 0, 0], [0, 0, 0, 0, 4, 4, 4, 4]]))
    model.W[1].zero_()
    model.W[1][:, 0] = 30 << model.config.weight_shift
    model.W[1][:, 1] = 20 << model.config.weight_shift
    return model


def test_by_error_what_is_recalled_overrules_a_wrong_first_percept(model):
    x = np.array([[1, 0, 2, 0, 9, 9, 9, 9], [9, 9, 9, 9, 0, 2, 0, 1]], np.uint8)
    beliefs = refine.by_error(model, x, sharpness=2.0, step=1.0, highest=0)
    assert len(beliefs) == 1 + refine.ITERATIONS
    assert beliefs[0].argmax(1).tolist() == [0, 0]
    assert beliefs[-1].argmax(1).tolist() == [1, 0]


def test_by_mixing_the_sample_moves_to_what_the_first_percept_recalls(model, monkeypatch):
    """And so confirms it."""
    x, seen = np.full((1, 8), 6, np.uint8), []
    real = refine.perceive
    monkeypatch.setattr(refine, "perceive", lambda model, own: seen.append(own) or real(model, own))
    beliefs = refine.by_mixing(model, x, sharpness=20.0, share=0.5)
    assert np.array_equal(seen[0], x)
    assert (seen[1][0, :4] > 6).all() and (seen[1][0, 4:] < 6).all()
    assert [belief.argmax() for belief in beliefs] == [0] * (1 + refine.ITERATIONS)


def test_levels_disturb_as_they_say():
    random = np.random.default_rng(0)
    x, y = random.integers(0, 16, (400, 20)).astype(np.uint8), np.arange(400) % 4
    assert refine.disturbed("clean", x, y, random) is x
    small, large = (np.abs(refine.disturbed(f"noise {n}", x, y, random) - x.astype(int)).mean() for n in (3, 7))
    assert 1.5 < small < 3 < large
    pure = np.array([[0], [5], [10], [15]], np.uint8)
    mixture = refine.disturbed("mixed 0.4", pure, np.arange(4), random)
    for own, value in zip(pure[:, 0].tolist(), mixture[:, 0].tolist(), strict=True):
        assert value in {round(0.6 * own + 0.4 * other) for other in (0, 5, 10, 15) if other != own}


def test_a_loss_is_shown_as_one():
    curve = np.tile(np.linspace(0.9, 0.8, 1 + refine.ITERATIONS), (len(refine.LEVELS), 1))
    accuracy = {"mixed": curve, "error": curve[:, ::-1]}
    figures = refine.figures([refine.Refined(0, {}, accuracy, curve[:, 0], 360)])
    assert len(figures) == 2 * len(refine.LEVELS)
    assert [figure.reached for figure in figures] == [False] * len(refine.LEVELS) + [True] * len(refine.LEVELS)
    assert "90.0 to 80.0 %; gain -10.0 points" in figures[0].text


def test_errors_of_a_hidden_layer_count_only_up_to_the_highest():
    """Of a network whose second concept alone recalls what the hidden layer says, but not what the pixels are."""
    model = IntegerModel(Config(sizes=(8, 4, 2), lanes=1), fast=False)
    x = np.array([[9, 9, 9, 9, 0, 0, 0, 0]], np.uint8)
    model.W[1][:, :2] = 60 << model.config.weight_shift  # the first two hidden neurons spike at every step
    model.W[1][:, 2:] = 0
    model.h[0].copy_(model.h[0].new_tensor([[4, 4, 4, 4, 0, 0, 0, 0], [0, 0, 0, 0, 4, 4, 4, 4]]))
    model.h[1].copy_(model.h[1].new_tensor([[0, 0, 4, 4], [4, 4, 0, 0]]))
    first, second = (refine.by_error(model, x, 0.0, 0.1, highest)[1][0] for highest in (0, 1))
    assert first[0] > 0.51 > second[0]
