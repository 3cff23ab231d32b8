"""Direct feedback alignment on spikes: the error at the top reaches every layer over fixed random weights of its own.

Source: Noekland 2016, "Direct feedback alignment provides learning in deep neural networks". It was made for rates; here the
random projection of the error stands for dL/ds[t] at every step, and the layer's own soma, with the surrogate derivative,
makes it an error of its voltages. The feedback weights B[l] never change (C1), and W[l] comes to agree with them.
"""

import torch
from torch import Tensor

from golden.learners.learner import Network
from golden.learners.mlp import outer, output_error
from golden.learners.spiking import SpikingMlp, to_voltages


class FeedbackAlignment(SpikingMlp):
    """B1..B(L-1), (K, n_l), beside the spiking network. The error crosses as signed reals, once the top has spoken."""

    KEEPS = frozenset({"C1", "C2"})
    SOURCE = "Noekland 2016, direct feedback alignment"

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        for l in range(1, network.layers):
            self.w[f"B{l}"] = self.initial(network.classes, network.sizes[l], network.classes)

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L, neuron = self.forward(x), self.network.layers, self.network.neuron
        error = output_error(layers[L].V, y)
        gradients = {f"W{L}": outer(layers[L].pre, neuron.steady(error))}
        for l in range(1, L):
            heard = self.wires.cross(L, l, error, phase=1, teaches=True)
            delta = to_voltages(neuron, layers[l].v, neuron.steady(heard @ self.w[f"B{l}"]))
            gradients[f"W{l}"] = outer(layers[l].pre, delta)
        self.learn(gradients, len(y))
