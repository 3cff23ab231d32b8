"""Batch norm of basal voltages: by the batch where it is learned, by running figures elsewhere; nobody else hears of it."""

import pytest
import torch
from torch.nn.functional import batch_norm

from golden.learners.bsd import Bsd
from golden.learners.convolutional import BackpropStack
from golden.learners.layers import Convolution, Dense, convolutional, sizes
from golden.learners.learner import Network
from golden.learners.neuron import Neuron
from golden.learners.norm import Norm, Norms

NEURON = Neuron(threshold=0.3)
LAYERS = Dense(12, 20), Convolution((3, 5, 4), 7)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 2 + 0.5


@pytest.mark.parametrize("layer", LAYERS, ids=["dense", "convolution"])
def test_it_is_torchs_in_thresholds(layer):
    norm, v, other = Norm(layer, NEURON), drawn(6, 4, layer.post), drawn(3, 1, layer.post)
    mean, variance = torch.zeros(layer.groups), torch.full((layer.groups,), 0.09)
    for values, learning in ((v, True), (v[:2], True), (other, False)):
        grouped = values.reshape(-1, layer.groups, layer.post // layer.groups)
        # Torch's running variance is of one sample less.
        found = norm(values, learning)
        expected = batch_norm(grouped, mean, variance.clone(), training=learning, momentum=0.05, eps=1e-5)
        if learning:
            variance.lerp_(grouped.var((0, 2), unbiased=False), 0.05)
        torch.testing.assert_close(found, 0.3 * expected.reshape(values.shape))
        torch.testing.assert_close(norm.mean, mean)
        torch.testing.assert_close(norm.variance, variance)


def test_where_nothing_was_learned_voltages_stay():
    v = drawn(2, 4, 20)
    torch.testing.assert_close(Norm(LAYERS[0], NEURON)(v, learning=False), v, rtol=1e-4, atol=1e-4)
    assert Norms(LAYERS, NEURON, wanted=False)(1, v, True) is v


@pytest.mark.parametrize("kind", [Bsd, BackpropStack])
def test_learners_norm_hidden_layers_and_keep_what_they_saw(kind):
    layers = convolutional((1, 8, 8), (4, 6), 3)
    make = lambda: kind(Network(sizes(layers), seed=2), layers, norm=True)  # noqa: E731
    learner, x, y = make(), drawn(9, 64).sigmoid(), torch.arange(9) % 3
    assert {name for name in learner.weights() if name[:4] in ("mean", "vari")} == {
        "mean1",
        "mean2",
        "variance1",
        "variance2",
    }
    learner.teach(x, y)
    learner.teach(x, y)
    state = learner.state()
    assert not torch.equal(state["mean2"], make().state()["mean2"])
    before = learner.perceive(x)
    assert all(torch.equal(state[name], value) for name, value in learner.state().items())  # asking changes nothing
    other = make()
    other.load(state)
    assert torch.equal(other.perceive(x), before)
    torch.testing.assert_close(torch.cat([other.perceive(one) for one in x.split(1)]), before)


def test_a_layers_norm_is_its_own():
    """Layer 2's voltages have no part in what layer 1 learns, nor the other way round by autograd."""
    layers = convolutional((1, 8, 8), (4, 6), 3)
    learner, x, y = Bsd(Network(sizes(layers), seed=2), layers, norm=True), drawn(9, 64).sigmoid(), torch.arange(9) % 3
    for l, loss in enumerate(learner.losses(x, y)):
        learner.optimizer.zero_grad()
        loss.backward(retain_graph=True)
        moved = {name for name, weight in learner.weights().items() if weight.grad is not None and weight.grad.any()}
        assert moved <= {f"W{l}", f"Theta{l}"} and moved
