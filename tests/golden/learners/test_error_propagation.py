"""Errors as spikes: what an error neuron passes on, what crosses, when, and that it learns digits."""

import torch
from torch.nn import functional

from golden.learners.error_propagation import ErrorPropagation, error_spikes, slopes
from golden.learners.neuron import Neuron, trace
from tests.golden.learners.lessons import DIGITS, SMALL, batch, crossings, digits, gradients


def test_an_error_neuron_passes_on_its_drive_in_spikes_of_either_sign():
    spikes = error_spikes(torch.tensor([[[0.25, -0.75], [0.5, -0.75], [0.0, 0.0], [-1.0, 0.25]]]), threshold=0.5)
    assert spikes[0].T.tolist() == [[0, 1, 0, -1], [-1, -1, -1, 0]]


def test_slopes_are_those_of_the_membrane_at_each_step():
    neuron = Neuron(steps=2, threshold=1.0, keep=0.5, start=0.5)
    found = slopes(neuron, torch.tensor([[[0.75], [0.5]]]))  # membranes 0.25 + 0.75, a spike, then 0.5
    torch.testing.assert_close(found.flatten(), torch.tensor([1.0, 1 / (1 + 2 * 0.5) ** 2]))


def test_a_trace_leaks_and_adds():
    assert trace(torch.tensor([[[1.0], [0.0], [1.0]]]), 0.5).flatten().tolist() == [1, 0.5, 1.25]


def test_the_top_learns_from_what_it_fired_and_should_not_have_and_the_reverse():
    (x, y), learner = batch(), ErrorPropagation(SMALL, 0.01)
    top, found = learner.forward(x)[3], gradients(learner, x, y)
    wrong = top.s - functional.one_hot(y, 4)[:, None]
    torch.testing.assert_close(found["W3"], torch.einsum("bti,btj->ij", trace(top.pre, SMALL.neuron.keep), wrong))


def test_error_spikes_cross_as_0_and_1_while_the_sample_is_perceived():
    seen = crossings(ErrorPropagation(SMALL, 0.01, threshold=0.1), *batch())
    errors = [c for c in seen if c.teaches]
    assert [(c.origin, c.target, c.phase) for c in errors] == [(3, 2, 0), (2, 1, 0)]
    for c, n in zip(errors, (4, 7), strict=True):
        assert c.values.shape == (10, SMALL.neuron.steps, 2 * n)
        assert set(c.values.unique().tolist()) == {0.0, 1.0}
        assert not (c.values[..., :n] * c.values[..., n:]).any()  # never both signs


def test_errors_arrive_as_they_were_sent_of_either_sign_or_none():
    learner, errors = ErrorPropagation(SMALL, 0.01), torch.tensor([[[-1.0, 0.0, 1.0, 0.0]]])
    learner.wires.watch()
    assert torch.equal(learner.send(2, errors), errors)
    assert learner.wires.crossings[0].values.tolist() == [[[0, 0, 1, 0, 1, 0, 0, 0]]]


def test_it_learns_digits():
    assert digits(ErrorPropagation(DIGITS, 0.045)) >= 0.85
