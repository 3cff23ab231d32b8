"""Direct feedback alignment: backprop where its feedback weights are the transpose, fixed where they are not."""

import torch

from golden.learners.backprop import BackpropSnn
from golden.learners.feedback_alignment import FeedbackAlignment
from golden.learners.learner import Network
from tests.golden.learners.lessons import DIGITS, SMALL, batch, crossings, digits, gradients


def test_with_the_transpose_as_feedback_it_is_backprop_of_one_hidden_layer():
    network = Network((12, 9, 4))
    x, y = batch(network)
    backprop, learner = BackpropSnn(network, 0.01), FeedbackAlignment(network, 0.01)
    random = gradients(learner, x, y)
    learner.w["B1"].copy_(backprop.w["W2"].T)
    found, wanted = gradients(learner, x, y), gradients(backprop, x, y)
    torch.testing.assert_close(found["W1"], wanted["W1"])
    torch.testing.assert_close(found["W2"], wanted["W2"])
    assert not torch.allclose(random["W1"], wanted["W1"])


def test_every_layer_hears_the_top_and_feedback_weights_stay():
    learner = FeedbackAlignment(SMALL, 0.01)
    before = learner.state()
    assert [(c.origin, c.target) for c in crossings(learner, *batch()) if c.teaches] == [(3, 1), (3, 2)]
    assert {name for name in before if torch.equal(before[name], learner.w[name])} == {"B1", "B2"}


def test_it_learns_digits():
    assert digits(FeedbackAlignment(DIGITS, 0.02), epochs=14) >= 0.85
