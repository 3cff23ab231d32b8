"""What a learner refuses: networks, epochs and samples that there are not, in a line that says what is allowed."""

import numpy as np
import pytest
import torch

from golden.learners.bsd import Bsd
from golden.learners.learner import Network, fit
from golden.learners.named import learner
from tests.golden.learners.lessons import SMALL, batch

X, Y = batch()


@pytest.mark.parametrize("sizes", [(), (64,), (64, 0), (64, 10.0), (64, True), 5, "64"])
def test_sizes_of_no_network_are_refused(sizes):
    with pytest.raises(ValueError) as caught:
        Network(sizes)
    assert str(caught.value) == f"sizes: found {sizes!r}; allowed are 2 or more whole numbers, each 1 or more"


def test_sizes_may_be_a_list_and_numpys_numbers():
    assert Network([64, 128, 10]) == Network(tuple(np.array([64, 128, 10]))) == Network((64, 128, 10))
    assert Bsd(Network([12, 9, 4])).perceive(X).shape == (10, 4)


def test_what_is_no_network_is_refused():
    with pytest.raises(ValueError, match=r"^network: found \(64, 128, 10\); allowed is a Network$"):
        learner("bsd", (64, 128, 10))
    with pytest.raises(ValueError, match=r"^neuron: found 4; allowed is a Neuron$"):
        Network((64, 10), 4)


@pytest.mark.parametrize("epochs", [0, -1, 2.0, "2"])
def test_no_epochs_are_refused(epochs):
    with pytest.raises(ValueError, match=f"epochs: found {epochs!r}; allowed is 1 or more, a whole number"):
        fit(Bsd(SMALL), X, Y, epochs)


@pytest.mark.parametrize("decay", [(), 0, ("-1",)])
def test_no_decay_is_refused(decay):
    with pytest.raises(ValueError) as caught:
        fit(Bsd(SMALL), X, Y, 1, decay=decay)
    assert str(caught.value) == f"decay: found {decay!r}; allowed are one or more numbers"


def test_a_fit_that_is_interrupted_leaves_the_rate_as_it_was():
    rule = Bsd(SMALL)

    def stop(epoch: int) -> None:
        if epoch == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(rule, X, Y, 4, after=stop)
    assert rule.rate == Bsd(SMALL).rate


@pytest.mark.parametrize("last, said", [
    (torch.zeros(2, 2), "state: found (2, 2) of Theta2; allowed is a tensor of (4, 7)"),
    (np.zeros((4, 7)), "state: found ndarray of Theta2; allowed is a tensor of (4, 7)"),
])  # fmt: skip
def test_a_state_that_is_refused_is_not_loaded_in_part(last, said):
    rule = Bsd(SMALL)
    before = rule.state()
    with pytest.raises(ValueError) as caught:
        rule.load({name: weight + 1 for name, weight in before.items()} | {"Theta2": last})
    assert str(caught.value) == said
    assert all(torch.equal(weight, before[name]) for name, weight in rule.state().items())


@pytest.mark.parametrize("x, y, said", [
    (X, Y[:9], "y: found shape (9,); allowed is (10,), one label a sample"),
    (X, Y[0], "y: found shape (); allowed is (10,), one label a sample"),
    (X[:1], Y, "y: found shape (10,); allowed is (1,), one label a sample"),
    (X[:, :11], Y, "x: found shape (10, 11); allowed is (samples, 12), one sample or more"),
    (X[0], Y, "x: found shape (12,); allowed is (samples, 12), one sample or more"),
    (X[:0], Y[:0], "x: found shape (0, 12); allowed is (samples, 12), one sample or more"),
    (X.numpy(), Y, "x: found ndarray; allowed is a tensor, as torch.from_numpy gives it"),
    (X, Y.numpy(), "y: found ndarray; allowed is a tensor, as torch.from_numpy gives it"),
    (X.to(torch.uint8), Y, "x: found values of type torch.uint8; allowed is torch.float32, 0 to 1"),
    (X.double(), Y, "x: found values of type torch.float64; allowed is torch.float32, 0 to 1"),
    (torch.full((10, 12), 15.0), Y, "x: found values from 15 to 15; allowed is 0 to 1"),
    (torch.full((10, 12), float("nan")), Y, "x: found values from nan to nan; allowed is 0 to 1"),
    (X, Y.int(), "y: found values of type torch.int32; allowed is torch.int64, 0 to 3"),
    (X, Y * 0 + 4, "y: found values from 4 to 4; allowed is 0 to 3"),
    (X, Y * 0 - 1, "y: found values from -1 to -1; allowed is 0 to 3"),
    (X, Y[:, None], "y: found shape (10, 1); allowed is (10,), one label a sample"),
])  # fmt: skip
def test_what_are_no_samples_with_a_label_each_is_refused_and_changes_nothing(x, y, said):
    rule = Bsd(SMALL)
    before = rule.state()
    for call in (lambda: fit(rule, x, y, 1), lambda: rule.accuracy(x, y)):
        with pytest.raises(ValueError) as caught:
            call()
        assert str(caught.value) == said
    assert all(torch.equal(weight, before[name]) for name, weight in rule.state().items())
