"""Dendritic localized learning: its errors against backprop's where Theta is the transpose, and Theta's way there."""

import torch
from torch.nn import functional

from golden.learners.dendritic import Dendritic
from tests.golden.learners.lessons import DIGITS, SMALL, batch, digits, gradients


def test_with_the_transpose_as_theta_its_updates_are_gradients():
    (x, y), learner = batch(), Dendritic(SMALL, 0.01)
    weights = [learner.w[f"W{l}"].clone().requires_grad_() for l in (1, 2, 3)]
    scores = torch.tanh(torch.tanh(x @ weights[0]) @ weights[1]) @ weights[2]
    functional.cross_entropy(scores, y, reduction="sum").backward()
    for l in (1, 2):
        learner.w[f"Theta{l}"].copy_(weights[l].detach().T)
    found = gradients(learner, x, y)
    for l in (1, 2, 3):
        torch.testing.assert_close(found[f"W{l}"], weights[l - 1].grad)


def test_theta_moves_by_what_moves_the_weights_above_it():
    found = gradients(Dendritic(SMALL, 0.01), *batch())
    for l in (1, 2):
        torch.testing.assert_close(found[f"Theta{l}"], found[f"W{l + 1}"].T)


def agreement(learner: Dendritic, l: int) -> float:
    return float(functional.cosine_similarity(learner.w[f"Theta{l}"].T.flatten(), learner.w[f"W{l + 1}"].flatten(), dim=0))


def test_it_learns_digits_and_theta_comes_to_agree_with_the_weights():
    learner = Dendritic(DIGITS, 0.01)
    before = [agreement(learner, l) for l in (1, 2)]
    assert digits(learner) >= 0.92
    after = [agreement(learner, l) for l in (1, 2)]
    assert max(map(abs, before)) < 0.1 and min(after) > 0.4
