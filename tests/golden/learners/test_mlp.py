"""What learners of a perceptron share: the error at the top, outer products, steps on those weights that learn."""

import torch

from golden.learners.backprop import BackpropAnn
from golden.learners.mlp import outer, output_error
from tests.golden.learners.lessons import SMALL


def test_the_error_at_the_top_is_the_derivative_of_the_cross_entropy():
    generator = torch.Generator().manual_seed(1)
    scores, y = torch.randn(6, 4, generator=generator, requires_grad=True), torch.tensor([0, 3, 1, 1, 2, 0])
    torch.nn.functional.cross_entropy(scores, y, reduction="sum").backward()
    torch.testing.assert_close(output_error(scores.detach(), y), scores.grad)


def test_an_outer_product_is_summed_over_samples_and_steps():
    generator = torch.Generator().manual_seed(2)
    pre, delta = (torch.randn(5, 3, n, generator=generator) for n in (4, 2))
    torch.testing.assert_close(outer(pre, delta), torch.einsum("bti,btj->ij", pre, delta))
    torch.testing.assert_close(outer(pre[:, 0], delta[:, 0]), torch.einsum("bi,bj->ij", pre[:, 0], delta[:, 0]))


def test_a_step_is_the_batchs_mean_and_moves_no_weight_without_a_gradient():
    learner = BackpropAnn(SMALL, rate=0.1)
    before, ones = learner.state(), torch.ones_like(learner.w["W2"])
    learner.descend({"W2": 4 * ones}, 8)
    torch.testing.assert_close(learner.w["W2"], before["W2"] - 0.05)
    learner.learn({"W2": 4 * ones}, 8)
    learner.learn({"W2": 8 * ones}, 16)  # Adam's steps are the rate as long as the mean stays the same
    torch.testing.assert_close(learner.w["W2"], before["W2"] - 0.25)
    assert torch.equal(learner.w["W1"], before["W1"]) and torch.equal(learner.w["W3"], before["W3"])


def test_a_step_follows_the_rate_that_fit_sets():
    learner = BackpropAnn(SMALL, rate=0.1)
    before = learner.state()["W1"]
    learner.rate = 0.025
    learner.learn({"W1": torch.ones_like(before)}, 1)
    torch.testing.assert_close(learner.w["W1"], before - 0.025)
