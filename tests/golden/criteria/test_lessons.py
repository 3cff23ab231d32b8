"""Lessons: a learner that stays as it is, what is replayed, and changes of weights that no voltage shows."""

import pytest
import torch

from golden.criteria.lessons import Replay, layer_of, teach, unseen
from golden.learners.wires import Wires
from tests.golden.criteria.toys import Toy

X = torch.rand(4, 23, generator=torch.Generator().manual_seed(0))
Y = torch.tensor([0, 3, 1, 4])


def test_what_is_replayed_arrives_and_a_gradient_goes_back_as_if_it_had_been_sent():
    wires, sent, other = Wires(), torch.ones(2, 3, requires_grad=True), torch.full((2, 3), 5.0)
    wires.watch(lambda place, crossing: other if place == 0 else None)
    first, second = wires.cross(0, 1, sent), wires.cross(1, 2, sent)
    assert torch.equal(first, other) and second is sent
    (first * 2 + second).sum().backward()
    assert torch.equal(sent.grad, torch.full((2, 3), 3.0))
    assert [torch.equal(crossing.values, sent) for crossing in wires.crossings] == [True, True]


def test_a_lesson_leaves_the_learner_and_teaches_the_same_once_more():
    learner = Toy()
    before = learner.state()
    first, again = teach(learner, X, Y), teach(learner, X, Y)
    assert all(torch.equal(weight, before[name]) for name, weight in learner.weights().items())
    assert all(torch.equal(first.after[name], again.after[name]) for name in before)
    assert all(first.changed(layer) for layer in range(4))


def test_each_crossing_is_replayed_in_its_turn():
    learner = Toy()
    lesson = teach(learner, X, Y)
    other = teach(learner, X.flip(0), Y, replay=Replay(lesson, lambda crossing: crossing.target == 1))
    assert torch.equal(other.after["W1"], lesson.after["W1"])
    assert not torch.equal(other.crossings[0].values, lesson.crossings[0].values)


def test_a_change_that_is_not_seen_changes_weights_and_no_voltage():
    learner = Toy()
    lesson = teach(learner, X[:1], Y[:1])
    other = teach(learner, X[:1], Y[:1], unseen(lesson, 2, torch.Generator().manual_seed(0)))
    assert float((other.before["W2"] - lesson.before["W2"]).norm() / lesson.before["W2"].norm()) > 0.5
    assert all(torch.equal(other.before[name], lesson.before[name]) for name in lesson.before if name != "W2")
    assert all(torch.equal(a.values, b.values) for a, b in zip(lesson.crossings, other.crossings, strict=True))


def test_weights_are_named_by_layer():
    assert [layer_of(name) for name in ("W1", "Theta0", "excitatory_W12")] == [1, 0, 12]
    with pytest.raises(ValueError, match="weights: found the name 'bias'; allowed are names that end in a layer's number"):
        layer_of("bias")
