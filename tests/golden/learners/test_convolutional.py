"""The convolutional networks of BSD and of backprop: the same network, and backprop's gradient is that of the whole."""

import pytest
import torch
from torch.nn import functional

from golden.learners import convolutional
from golden.learners.backprop import BackpropSnn
from golden.learners.bsd import Bsd
from golden.learners.convolutional import BackpropStack
from golden.learners.learner import Network, fit
from golden.learners.neuron import Neuron


def bars(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images of 8 x 8 with a horizontal (0) or a vertical (1) bar somewhere."""
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.zeros(count, 8, 8), torch.randint(2, (count,), generator=generator)
    for image, label, at in zip(x, y, torch.randint(8, (count,), generator=generator), strict=True):
        image[at] = 1.0
        if label:
            image.copy_(image.T.clone())
    return x.flatten(1), y


def test_both_train_the_same_network():
    x, _ = bars(5, 0)
    one, other = (make((1, 8, 8), 2, 3, channels=(6, 7)) for make in (convolutional.bsd, convolutional.backprop))
    assert one.network.sizes == other.network.sizes == (64, 6 * 16, 7 * 4, 2)
    assert all(torch.equal(one.weights()[name], weight) for name, weight in other.weights().items())
    torch.testing.assert_close(one.perceive(x), other.perceive(x))


def test_both_take_neurons_and_options_of_their_own():
    neuron = Neuron(threshold=0.3, reset="zero")
    one = convolutional.bsd((1, 8, 8), 2, 3, neuron, rivals="batch", rate=0.5)
    other = convolutional.backprop((1, 8, 8), 2, 3, neuron, rate=0.25)
    assert (one.network.neuron, one.rivals, one.rate) == (neuron, "batch", 0.5)
    assert (other.network.neuron, other.rate, convolutional.bsd((1, 8, 8), 2, 3).rate) == (neuron, 0.25, 2e-3)
    assert one.network.sizes == (64, 32 * 16, 64 * 4, 128, 2)


def test_its_gradient_is_that_which_is_written_out_for_the_mlp():
    network = Network((12, 9, 7, 4), seed=2)
    x, y = torch.rand(6, 12, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 2, 3, 0, 1])
    stack, mlp = BackpropStack(network), BackpropSnn(network, 1e-2)
    mlp.load(stack.state())
    torch.testing.assert_close(stack.perceive(x), mlp.perceive(x))
    stack.loss = functional.cross_entropy  # of the voltages as they are, as the other's
    stack.teach(x, y)
    mlp.teach(x, y)
    for l, weight in enumerate(stack.W, 1):
        torch.testing.assert_close(weight.grad, mlp.w[f"W{l}"].grad)


def test_it_takes_currents_of_each_step_as_bsd_does():
    network = Network((12, 9, 7, 4), seed=2)
    x = torch.rand(6, 4, 12, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(BackpropStack(network).perceive(x), Bsd(network).perceive(x))


def test_layers_of_another_network_are_refused():
    layers = convolutional.convolutional((1, 8, 8), (3,), 4)
    with pytest.raises(ValueError, match=r"^layers: found \(64, 48, 4\); allowed are the network's sizes, \(64, 9, 4\)$"):
        BackpropStack(Network((64, 9, 4)), layers)


def test_bsd_learns_what_bars_are():
    (x, y), (unseen, labels) = bars(300, 0), bars(200, 1)
    learner = convolutional.bsd((1, 8, 8), 2, 0, channels=(16, 32, 64))
    before = learner.accuracy(unseen, labels)
    fit(learner, x, y, 10, 16)
    assert learner.accuracy(unseen, labels) > 0.85 > before
