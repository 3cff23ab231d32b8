"""Dynamic inversion: where the loop settles, and what it is at either end of its leak."""

import torch

from golden.learners.dynamic_inversion import DynamicInversion
from tests.golden.learners.lessons import DIGITS, SMALL, batch, crossings, digits


def errors() -> torch.Tensor:
    """(5, 7), of layer 2 of SMALL."""
    return torch.randn(5, 7, generator=torch.Generator().manual_seed(2))


def test_the_loop_settles_at_the_regularised_inverse():
    learner = DynamicInversion(SMALL, 0.01, alpha=1.5, step=0.05, settle=2000)
    error, B, W = errors(), learner.w["B1"], learner.w["W2"]
    wanted = error @ torch.linalg.inv(B @ W + 1.5 * torch.eye(7)) @ B
    torch.testing.assert_close(learner.invert(1, error), wanted, rtol=1e-3, atol=1e-4)


def test_without_leak_the_change_found_makes_exactly_the_error_above():
    learner = DynamicInversion(SMALL, 0.01, alpha=0.0, step=0.1, settle=20000)
    learner.w["B1"].copy_(learner.w["W2"].T)
    error = errors()
    torch.testing.assert_close(learner.invert(1, error) @ learner.w["W2"], error, rtol=1e-2, atol=1e-2)


def test_with_a_large_leak_it_is_feedback_alignment():
    learner = DynamicInversion(SMALL, 0.01, alpha=500.0, step=0.001, settle=100)
    error = errors()
    torch.testing.assert_close(500 * learner.invert(1, error), error @ learner.w["B1"], rtol=0.05, atol=0.02)


def test_each_step_of_a_loop_goes_both_ways_and_nothing_else_crosses():
    learner = DynamicInversion(SMALL, 0.01, settle=3)
    seen = [(c.origin, c.target, c.phase) for c in crossings(learner, *batch()) if c.teaches]
    assert seen == [(2, 3, 1), (3, 2, 1)] * 3 + [(1, 2, 2), (2, 1, 2)] * 3


def test_it_learns_digits():
    assert digits(DynamicInversion(DIGITS, 0.01)) >= 0.9
