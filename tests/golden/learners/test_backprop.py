"""Backprop, written layer by layer, against autograd through the whole network; and that it learns digits."""

import torch
from torch.nn import functional

from golden.learners.backprop import BackpropAnn, BackpropSnn
from tests.golden.learners.lessons import DIGITS, SMALL, batch, crossings, digits, gradients


def test_spiking_gradients_are_those_of_the_whole_network_through_time():
    (x, y), learner = batch(), BackpropSnn(SMALL, 0.01)
    s, weights = SMALL.neuron.steady(x), [learner.w[f"W{l}"].clone().requires_grad_() for l in (1, 2, 3)]
    for weight in weights:
        v = s @ weight
        s = SMALL.neuron.soma(v, SMALL.neuron.spike)
    functional.cross_entropy(v.sum(1), y, reduction="sum").backward()
    found = gradients(learner, x, y)
    for l, weight in enumerate(weights, 1):
        torch.testing.assert_close(found[f"W{l}"], weight.grad)
        assert weight.grad.abs().max() > 0


def test_gradients_of_rates_are_those_of_the_whole_network():
    (x, y), learner = batch(), BackpropAnn(SMALL, 0.01)
    weights = [learner.w[f"W{l}"].clone().requires_grad_() for l in (1, 2, 3)]
    scores = torch.relu(torch.relu(x @ weights[0]) @ weights[1]) @ weights[2]
    functional.cross_entropy(scores, y, reduction="sum").backward()
    found = gradients(learner, x, y)
    for l, weight in enumerate(weights, 1):
        torch.testing.assert_close(found[f"W{l}"], weight.grad)


def test_errors_run_down_a_phase_a_layer():
    for rule in (BackpropSnn, BackpropAnn):
        seen = [(c.origin, c.target, c.phase, c.teaches) for c in crossings(rule(SMALL, 0.01), *batch())]
        assert seen == [(0, 1, 0, False), (1, 2, 0, False), (2, 3, 0, False), (3, 2, 1, True), (2, 1, 2, True)]


def test_both_learn_digits():
    assert digits(BackpropSnn(DIGITS, 0.01)) >= 0.92
    assert digits(BackpropAnn(DIGITS, 0.01)) >= 0.92
