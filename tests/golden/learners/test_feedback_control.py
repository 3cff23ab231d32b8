"""Deep feedback control: the controller gets the top to its target, and noise shows Q the way."""

import torch
from torch.nn import functional

from golden.learners.feedback_control import FeedbackControl
from golden.learners.mlp import output_error
from tests.golden.learners.lessons import DIGITS, SMALL, batch, digits, gradients


def test_what_the_top_learns_is_what_closes_its_distance_to_the_target():
    (x, y), learner = batch(), FeedbackControl(SMALL, 0.01, leak=0.0, settle=400, follow=0.0)
    for l in (1, 2):
        learner.w[f"Q{l}"].zero_()  # the controller reaches the top alone
    layers = learner.forward(x)
    wanted = layers[3].pre.T @ output_error(layers[3].a, y)
    found = gradients(learner, x, y)
    torch.testing.assert_close(found["W3"], wanted, rtol=1e-3, atol=1e-4)
    assert not found["W1"].any() and not found["W2"].any()


def test_control_through_all_layers_leaves_the_top_less_to_do():
    (x, y), learner = batch(), FeedbackControl(SMALL, 0.01, leak=0.0, settle=400, follow=0.0)
    alone = FeedbackControl(SMALL, 0.01, leak=0.0, settle=400, follow=0.0)
    for l in (1, 2):
        effect = torch.linalg.multi_dot([learner.w[f"W{k}"] for k in range(l + 1, 4)]) if l == 1 else learner.w["W3"]
        learner.w[f"Q{l}"].copy_(effect.T)
        alone.w[f"Q{l}"].zero_()
    with_help, without = gradients(learner, x, y), gradients(alone, x, y)
    assert with_help["W3"].norm() < 0.9 * without["W3"].norm()
    assert with_help["W1"].any() and with_help["W2"].any()


def test_noise_turns_feedback_weights_to_the_transposed_effect_of_their_layer():
    (x, _), learner = batch(size=64), FeedbackControl(SMALL, 0.01, follow=0.05)
    layers = learner.forward(x)
    effect = learner.w["W2"] * learner.SLOPE(layers[2].a).mean(0) @ learner.w["W3"]  # of voltages of layer 1
    for _ in range(100):
        learner.learn_feedback(x, layers[3].a)
    agreement = [
        functional.cosine_similarity(learner.w[name].T.flatten(), found.flatten(), dim=0)
        for name, found in (("Q1", effect), ("Q2", learner.w["W3"]))
    ]
    assert min(agreement) > 0.95


def test_it_learns_digits():
    assert digits(FeedbackControl(DIGITS, 0.01)) >= 0.92
