"""Backprop, what the local rules are measured against: on spikes through time, and on plain rates.

Source: Rumelhart, Hinton & Williams 1986; through time with a surrogate derivative, Zenke & Ganguli 2018. It is written
layer by layer, so that what crosses is seen: layer l hears the error of layer l + 1 and weighs it with W[l+1], which is
not its own. Nothing of C1 to C5 holds.
"""

import torch
from torch import Tensor

from golden.learners.mlp import outer, output_error
from golden.learners.rates import RateMlp
from golden.learners.spiking import SpikingMlp, to_voltages


class BackpropSnn(SpikingMlp):
    """The spiking network; the loss is the cross-entropy of V_L."""

    KEEPS = frozenset()
    SOURCE = "Zenke & Ganguli 2018, SuperSpike: the surrogate derivative; Adam"

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L, gradients = self.forward(x), self.network.layers, {}
        delta = self.network.neuron.steady(output_error(layers[L].V, y))  # dL/dv_L[t], the same at every step
        for l in range(L, 0, -1):
            gradients[f"W{l}"] = outer(layers[l].pre, delta)
            if l > 1:
                heard = self.wires.cross(l, l - 1, delta, phase=L - l + 1, teaches=True)
                delta = to_voltages(self.network.neuron, layers[l - 1].v, heard @ self.w[f"W{l}"].T)
        self.learn(gradients, len(y))


class BackpropAnn(RateMlp):
    """A network of rectified linear units, without bias as the spiking one; the loss is the cross-entropy of a_L."""

    KEEPS = frozenset()
    SOURCE = "Rumelhart, Hinton & Williams 1986; Adam"
    RATE = staticmethod(torch.relu)
    SLOPE = staticmethod(lambda a: (a > 0).to(a.dtype))
    GAIN = 2**0.5

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L, gradients = self.forward(x), self.network.layers, {}
        delta = output_error(layers[L].a, y)
        for l in range(L, 0, -1):
            gradients[f"W{l}"] = outer(layers[l].pre, delta)
            if l > 1:
                heard = self.wires.cross(l, l - 1, delta, phase=L - l + 1, teaches=True)
                delta = heard @ self.w[f"W{l}"].T * self.SLOPE(layers[l - 1].a)
        self.learn(gradients, len(y))
