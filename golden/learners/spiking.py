"""A spiking multilayer perceptron: its layers hear each other over the wires, at every step of time."""

from dataclasses import dataclass

import torch
from torch import Tensor

from golden.learners.learner import Network, spread
from golden.learners.mlp import Mlp
from golden.learners.neuron import Neuron


@dataclass(frozen=True)
class Activity:
    """What one layer has at hand when a batch was perceived.

    Members:
        pre: (B, T, n_pre) what arrived: spikes, or in layer 1 the stimulus as currents.
        v: (B, T, n) basal voltages. s: (B, T, n) spikes of the soma.
    """

    pre: Tensor
    v: Tensor
    s: Tensor

    @property
    def V(self) -> Tensor:
        """(B, n), basal voltages summed over time."""
        return self.v.sum(1)


def to_voltages(neuron: Neuron, v: Tensor, gradient: Tensor) -> Tensor:
    """dL/dv (B, T, n) of dL/ds (B, T, n): back through the soma's time, with the surrogate derivative."""
    with torch.enable_grad():
        v = v.detach().requires_grad_()
        return torch.autograd.grad(neuron.soma(v, neuron.spike), v, gradient)[0]


class SpikingMlp(Mlp):
    """W1..WL with LIF somata; what it says of a sample is the voltages of layer L, summed over time."""

    ACTIVE = 0.35, 0.25
    """Share of the stimulus, and of a hidden layer, that initial weights are made for."""

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        n = network.sizes
        for l in range(1, network.layers + 1):
            self.w[f"W{l}"] = self.initial(n[l - 1], n[l], n[l - 1] * self.ACTIVE[l > 1])

    def initial(self, pre: int, post: int, active: float) -> Tensor:
        """Weights (pre, post), drawn, for `active` active rows."""
        return spread(pre, post, active, self.network.neuron, self.generator)

    def currents(self, x: Tensor) -> Tensor:
        """Stimuli (B, T, n_0) of each step, of x (B, n_0), steady currents, or as they are."""
        return x if x.dim() == 3 else self.network.neuron.steady(x)

    def forward(self, x: Tensor) -> dict[int, Activity]:
        """Stimuli x (B, n_0), 0..1, as steady currents, or of each step (B, T, n_0), through the layers: by layer, 1..L,
        what it has at hand.
        """
        neuron, layers, s = self.network.neuron, {}, self.currents(x)
        for l in range(1, self.network.layers + 1):
            pre = self.wires.cross(l - 1, l, s)
            v = pre @ self.w[f"W{l}"]
            s = neuron.soma(v)
            layers[l] = Activity(pre, v, s)
        return layers

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.forward(x)[self.network.layers].V
