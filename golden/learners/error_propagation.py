"""Errors that travel as spikes, at the same time as what they judge: for neuromorphic processors.

Source: Cartiglia, Haessig & Indiveri, "An error-propagation spiking neural network compatible with neuromorphic
processors" (2021, arXiv 2104.05241): spiking error neurons beside the network's own carry errors down, layer by
layer, and a synapse learns from what is at hand where it is: its pre-synaptic trace, its neuron's membrane and its
neuron's error. We know the abstract and the principle, not the circuit's equations. So this is our choice:

- The teacher wants the right output neuron to fire at every step and the others never: e_L[t] = s_L[t] - code[t], -1, 0
  or 1.
- An error neuron of layer l < L integrates, without leak, the error spikes of layer l + 1 over weights B[l] of its own;
  past a threshold either way it fires 1 or -1, which is taken off.
- dW[l] = - rate * sum_t trace[t]^T (e_l[t] * slope[t]): the trace leaks as a membrane does, the slope is the surrogate
  derivative at the neuron's membrane at that step.
- dB[l] = - rate * sum_t e_(l+1)[t]^T (trace of its neurons' own spikes)[t]: what moves W[l+1], seen from the other side
  (Kolen & Pollack 1994). With B fixed it learned less: 90.9 % of digits, not 92.7 % (validation, one split, threshold
  0.3).

An error spike takes one of two wires, by its sign, so that all that crosses is 0 or 1 (C4), at the step it arises in,
while the sample is still perceived (C3). The learning signal is signed for all that.
"""

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Network
from golden.learners.mlp import outer
from golden.learners.neuron import Neuron, fire, trace
from golden.learners.spiking import SpikingMlp


def slopes(neuron: Neuron, v: Tensor) -> Tensor:
    """(B, T, n), the surrogate derivative at each step's membrane, of basal voltages v (B, T, n)."""
    seen: list[Tensor] = []

    def spike(distance: Tensor) -> Tensor:
        seen.append(neuron.slope(distance))
        return fire(distance)

    neuron.soma(v, spike)
    return torch.stack(seen, 1)


def error_spikes(drive: Tensor, threshold: float) -> Tensor:
    """-1, 0 or 1 (B, T, n): an error neuron's answer to its drive (B, T, n)."""
    u, errors = torch.zeros_like(drive[:, 0]), []
    for step in drive.unbind(1):
        u = u + step
        errors.append(fire(u - threshold) - fire(-u - threshold))
        u = u - threshold * errors[-1]
    return torch.stack(errors, 1)


class ErrorPropagation(SpikingMlp):
    """B1..B(L-1), (n_(l+1), n_l), beside the spiking network.

    Args:
        threshold: of the error neurons.
    """

    KEEPS = frozenset({"C1", "C2", "C3", "C4"})
    SOURCE = "Cartiglia, Haessig & Indiveri 2021, error-propagation SNN; the equations are ours"

    def __init__(self, network: Network, rate: float, threshold: float = 0.6):
        super().__init__(network, rate)
        self.threshold = threshold
        for l in range(1, network.layers):
            self.w[f"B{l}"] = self.initial(network.sizes[l + 1], network.sizes[l], network.sizes[l + 1])

    def send(self, l: int, errors: Tensor) -> Tensor:
        """Error spikes (B, T, n) of layer l + 1, -1, 0 or 1, as they arrive at layer l, over a wire for either sign."""
        rails = self.wires.cross(l + 1, l, torch.cat([fire(errors - 1), fire(-errors - 1)], -1), teaches=True)
        plus, minus = rails.chunk(2, -1)
        return plus - minus

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L, neuron = self.forward(x), self.network.layers, self.network.neuron
        error = layers[L].s - neuron.steady(functional.one_hot(y, self.network.classes).to(x.dtype))
        gradients = {f"W{L}": outer(trace(layers[L].pre, neuron.keep), error)}
        for l in range(L - 1, 0, -1):
            layer, above = layers[l], self.send(l, error)
            error = error_spikes(above @ self.w[f"B{l}"], self.threshold)
            gradients[f"B{l}"] = outer(above, trace(layer.s, neuron.keep))
            gradients[f"W{l}"] = outer(trace(layer.pre, neuron.keep), error * slopes(neuron, layer.v))
        self.descend(gradients, len(y))
