"""Convolutional networks of five layers on spikes: BSD on them, and beside it backprop through time."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.bsd import Bsd
from golden.learners.layers import Layer, convolutional, layers_of, sizes
from golden.learners.learner import Learner, Network
from golden.learners.neuron import Neuron
from golden.learners.norm import Norms

CHANNELS = (32, 64, 128)
"""Of three convolutions of 3 x 3, each of stride 2; with the stimulus and the dense layer to the concepts, five layers."""
NEURON = Neuron(surrogate="rectangle")
"""Chosen on Fashion-MNIST, as the rates, the same for both rules: docs/learners.md."""


class BackpropStack(Learner):
    """Weight layers of any kind by backprop through time; the loss is the cross-entropy of V_L a step, in thresholds.

    Args:
        layers: 1..L, of the network's sizes, else ValueError; an MLP's where nothing is said.
        norm: whether voltages of layers 1..L-1 have batch norm.
    """

    KEEPS: ClassVar[frozenset[str]] = frozenset()
    SOURCE = "Zenke & Ganguli 2018, SuperSpike: the surrogate derivative; Adam"
    BATCH = 64

    def __init__(self, network: Network, layers: Sequence[Layer] | None = None, rate: float = 2e-3, norm: bool = False):
        super().__init__(network, rate)
        self.layers = layers_of(network, layers)
        neuron, generator = network.neuron, network.generator()
        drawn = [layer.W(0.25 if l else 0.35, neuron, generator) for l, layer in enumerate(self.layers)]
        self.W = [weight.requires_grad_() for weight in drawn]
        self.norms = Norms(self.layers, neuron, norm)
        self.optimizer = torch.optim.Adam(self.W)

    def weights(self) -> dict[str, Tensor]:
        return {f"W{l}": weight for l, weight in enumerate(self.W, 1)} | self.norms.weights()

    def voltages(self, x: Tensor, learning: bool = False) -> Tensor:
        """V_L (B, K) of x (B, n_0), currents of every step, or (B, T, n_0), of each, summed over time."""
        neuron, L, s = self.network.neuron, self.network.layers, x if x.dim() == 3 else x[:, None]
        for l, (layer, weight) in enumerate(zip(self.layers, self.W, strict=True), 1):
            v = self.norms(l, layer.basal(weight, self.wires.cross(l - 1, l, s)), learning)
            if l > 1:
                v = self.wires.cross_back(l, l - 1, v, L - l + 1)
            v = v.expand(-1, neuron.steps, -1)
            s = neuron.soma(v, neuron.spike)
        return v.sum(1)

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.voltages(x)

    def teach(self, x: Tensor, y: Tensor) -> None:
        self.optimizer.param_groups[0]["lr"] = self.rate
        self.optimizer.zero_grad()
        self.loss(self.voltages(x, learning=True), y).backward()
        self.optimizer.step()

    def loss(self, V: Tensor, y: Tensor) -> Tensor:
        """Of V_L (B, K), the mean over the batch."""
        return functional.cross_entropy(V / (self.network.neuron.steps * self.network.neuron.threshold), y)


def bsd(
    image: tuple[int, int, int],
    classes: int,
    seed: int,
    neuron: Neuron = NEURON,
    channels: Sequence[int] = CHANNELS,
    **options,
) -> Bsd:
    """BSD on images (channels, height, width), with batch norm. channels: of each convolution. options: others of `Bsd`."""
    return _made(Bsd, image, classes, seed, neuron, channels, options)


def backprop(
    image: tuple[int, int, int],
    classes: int,
    seed: int,
    neuron: Neuron = NEURON,
    channels: Sequence[int] = CHANNELS,
    **options,
) -> BackpropStack:
    """The same network by backprop. options: others of `BackpropStack`."""
    return _made(BackpropStack, image, classes, seed, neuron, channels, options)


def _made(kind, image, classes, seed, neuron, channels, options):
    """Both rules' network and settings, so that they are the same."""
    layers = convolutional(image, channels, classes)
    return kind(Network(sizes(layers), neuron, seed), layers, **{"rate": 2e-3, "norm": True} | options)
