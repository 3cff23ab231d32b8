"""STDP with teachers: the rule spike by spike, what crosses, and that it learns digits."""

import torch

from golden.learners.stdp import Stdp
from tests.golden.learners.lessons import DIGITS, SMALL, batch, crossings, digits, gradients


def test_a_teachers_spike_strengthens_and_a_spike_of_ones_own_weakens_what_came_before():
    (x, y), learner, keep = batch(), Stdp(SMALL, 0.01), SMALL.neuron.keep
    layers, found = learner.forward(x), gradients(learner, x, y)
    for l in (1, 2, 3):
        wanted = torch.zeros_like(learner.w[f"W{l}"])
        for b in range(len(x)):
            trace = torch.zeros(len(wanted))
            for t in range(SMALL.neuron.steps):
                trace = keep * trace + layers[l].pre[b, t]
                for j in range(wanted.shape[1]):
                    taught = y[b] == j if l == 3 else learner.w[f"B{l}"][y[b], j]
                    wanted[:, j] -= trace * (float(taught) - layers[l].s[b, t, j])  # a gradient is gone against
        torch.testing.assert_close(found[f"W{l}"], wanted)


def test_only_0_and_1_cross_and_nothing_waits():
    seen = crossings(Stdp(SMALL, 0.01), *batch())
    assert all(c.phase == 0 for c in seen)
    assert all(((c.values == 0) | (c.values == 1)).all() for c in seen if c.origin)
    assert [(c.origin, c.target) for c in seen if c.teaches] == [(3, 1), (3, 2)]


def test_a_hidden_neuron_has_about_its_share_of_classes_and_keeps_them():
    learner = Stdp(DIGITS, 0.05)
    classes = learner.state()["B1"]
    assert set(classes.unique().tolist()) == {0.0, 1.0} and 0.2 < classes.mean() < 0.4
    assert digits(learner) >= 0.9
    assert torch.equal(learner.w["B1"], classes)
