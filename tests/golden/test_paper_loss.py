"""The paper's loss: the integer error of step 7 is the exact plain ReCo descent on counts and templates."""

import numpy as np
import pytest
import torch

from golden import plasticity
from golden.config import Config
from golden.integer import IntegerModel

CORE = Config(sizes=(64, 128, 10), lanes=16, dead_zone=0)
"""A hidden layer of 128 neurons, counts 0..4, templates -31..31. Its dead zone of 64 spares none of the cases below."""


def descent(r: np.ndarray, m: np.ndarray, y: int) -> np.ndarray:
    """-dL/dr of one sample's counts r (n,), in floating point by autograd on the loss as the paper writes it, lambda 1:

    L = (1 - C_y)^2 + sum_{k != y} max(0, C_k)^2,   C_k = cos(r, m[k])   (arXiv 2509.20284)
    """
    counts = torch.tensor(r, dtype=torch.float64, requires_grad=True)
    C = torch.cosine_similarity(counts[None], torch.tensor(m, dtype=torch.float64))
    others = torch.arange(len(m)) != y
    loss = (1 - C[y]) ** 2 + (C[others].clamp(min=0) ** 2).sum()
    return -torch.autograd.grad(loss, counts)[0].numpy()


def cosines(config: Config, spread: float, cases: int = 200) -> np.ndarray:
    """(cases,) of e of layer 1 and the exact descent, with random counts, labels, and templates of that spread."""
    random, model, found = np.random.default_rng(0), IntegerModel(config), []
    (K, n), m = model.memories.m[1].shape, model.memories
    trace = {"r0": torch.ones(config.sizes[0], dtype=torch.int32), "V1": torch.full((n,), 100, dtype=torch.int32)}
    for _ in range(cases):
        r, y = random.integers(0, config.steps + 1, n) * (random.random(n) < 0.5), int(random.integers(K))
        template = np.clip(np.round(random.normal(0, spread, (K, n))), -31, 31)
        m.m[1].copy_(torch.from_numpy(template))
        trace["r1"] = torch.tensor(r, dtype=torch.int32)
        model.rule.teach_layer(1, m, torch.tensor(y), trace)
        exact, e = descent(r, template, y), trace["e1"].numpy().astype(float)
        found.append(exact @ e / (np.linalg.norm(exact) * np.linalg.norm(e)))
    return np.array(found)


@pytest.mark.parametrize("spread", [3, 16, 60])
def test_the_error_is_the_papers_descent(spread):
    # Voltages of new backward weights have a spread of 16 in steps of m, trained ones a larger one.
    assert cosines(CORE, spread).min() >= 0.9998


def _without_own_direction(q, qr, *rest):
    return ERROR(q, 0 * qr, *rest)


def _rivals_pull(*given):
    return COEFFICIENTS(*given).abs()


def _weaker_rivals(*given):
    a = COEFFICIENTS(*given)
    return torch.where(a < 0, (5 * a) >> 3, a)


def _coarse(q, *rest):
    return ERROR(q >> 3 << 3, *rest)


ERROR, COEFFICIENTS = plasticity.error, plasticity.coefficients


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("error", _without_own_direction),
        ("error", _coarse),
        ("coefficients", _rivals_pull),
        ("coefficients", _weaker_rivals),
    ],
)
def test_a_wrong_descent_is_seen(monkeypatch, name, wrong):
    monkeypatch.setattr(plasticity, name, wrong)
    assert cosines(CORE, 16, 20).min() < 0.9995
