"""What a learner refuses: networks, epochs and samples that there are not, in a line that says what is allowed."""

import pytest
import torch

from golden.learners.bsd import Bsd
from golden.learners.learner import Network, fit
from tests.golden.learners.lessons import SMALL, batch

X, Y = batch()


@pytest.mark.parametrize("sizes", [(), (64,), (64, 0), (64, 10.0)])
def test_sizes_of_no_network_are_refused(sizes):
    with pytest.raises(ValueError) as caught:
        Network(sizes)
    assert str(caught.value) == f"sizes: found {sizes}; allowed are 2 or more whole numbers, each 1 or more"


@pytest.mark.parametrize("epochs", [0, -1])
def test_no_epochs_are_refused(epochs):
    with pytest.raises(ValueError, match=f"epochs: found {epochs}; allowed is 1 or more"):
        fit(Bsd(SMALL), X, Y, epochs)


@pytest.mark.parametrize("x, y, said", [
    (X, Y[:9], "y: found shape (9,); allowed is (10,), one label a sample"),
    (X, Y[0], "y: found shape (); allowed is (10,), one label a sample"),
    (X[:1], Y, "y: found shape (10,); allowed is (1,), one label a sample"),
    (X[:, :11], Y, "x: found shape (10, 11); allowed is (samples, 12), one sample or more"),
    (X[0], Y, "x: found shape (12,); allowed is (samples, 12), one sample or more"),
    (X[:0], Y[:0], "x: found shape (0, 12); allowed is (samples, 12), one sample or more"),
])  # fmt: skip
def test_what_are_no_samples_with_a_label_each_is_refused_and_changes_nothing(x, y, said):
    learner = Bsd(SMALL)
    before = learner.state()
    for call in (lambda: fit(learner, x, y, 1), lambda: learner.accuracy(x, y)):
        with pytest.raises(ValueError) as caught:
            call()
        assert str(caught.value) == said
    assert all(torch.equal(weight, before[name]) for name, weight in learner.state().items())
