"""The paper's loss: with margin 0 and dead zone 0 the integer error of step 7 is the exact ReCo descent on spike counts."""

import numpy as np
import pytest
import torch

from golden import plasticity
from golden.config import Config
from golden.integer import IntegerModel

CORE = Config(sizes=(64, 128, 10), lanes=16, margin=0, dead_zone=0)
"""A hidden layer of 128 neurons, counts 0..4, lambda 5/8."""


def descent(r: np.ndarray, h: np.ndarray, y: int, lam: float) -> np.ndarray:
    """-dL/dr of one sample's counts r (n,), in floating point by autograd on the loss as the paper writes it:

    L = (1 - C_y)^2 + lam sum_{k != y} max(0, C_k)^2,   C_k = cos(r, h[k])   (arXiv 2509.20284)
    """
    counts = torch.tensor(r, dtype=torch.float64, requires_grad=True)
    C = torch.cosine_similarity(counts[None], torch.tensor(h, dtype=torch.float64))
    others = torch.arange(len(h)) != y
    loss = (1 - C[y]) ** 2 + lam * (C[others].clamp(min=0) ** 2).sum()
    return -torch.autograd.grad(loss, counts)[0].numpy()


def cosines(config: Config, cases: int = 200) -> np.ndarray:
    """(cases,) of e of layer 1 and the exact descent, with random weights, concepts, samples and labels."""
    random, model, found = np.random.default_rng(0), IntegerModel(config), []
    state = model.state()
    for _ in range(cases):
        state["W1"] = random.integers(-(2**14), 2**14, state["W1"].shape)
        state["h1"] = random.integers(0, config.steps + 1, state["h1"].shape) * (random.random(state["h1"].shape) < 0.5)
        model.load(state)
        x = random.integers(0, 16, config.sizes[0]) * (random.random(config.sizes[0]) < 0.5)
        y = int(random.integers(config.classes))
        trace = model.trace(x, y)
        exact, e = descent(trace["r1"], state["h1"], y, config.lambda8 / 8), trace["e1"].astype(float)
        found.append(exact @ e / (np.linalg.norm(exact) * np.linalg.norm(e)))
    return np.array(found)


def test_without_margin_and_dead_zone_the_error_is_the_papers_descent():
    assert cosines(CORE).min() >= 0.9997


def test_margin_and_dead_zone_are_no_small_change_of_it():
    # docs/arithmetic.md states 0.64 for the defaults, as mean of these cases.
    assert 0.63 < cosines(CORE.replace(margin=64, dead_zone=48)).mean() < 0.66


def _without_own_direction(config, q, qr, h, r, V, top):
    return ERROR(config, q, 0 * qr, h, r, V, top)


def _rivals_pull(config, C, y, known, stimulus):
    return COEFFICIENTS(config, C, y, known, stimulus).abs()


def _unweighted_rivals(config, C, y, known, stimulus):
    return COEFFICIENTS(config.replace(lambda8=8), C, y, known, stimulus)


ERROR, COEFFICIENTS = plasticity.error, plasticity.coefficients


@pytest.mark.parametrize(
    "name, wrong",
    [("error", _without_own_direction), ("coefficients", _rivals_pull), ("coefficients", _unweighted_rivals)],
)
def test_a_wrong_descent_is_seen(monkeypatch, name, wrong):
    monkeypatch.setattr(plasticity, name, wrong)
    assert cosines(CORE, 20).min() < 0.999
