"""Dendritic localized learning (DLL): a pyramidal neuron learns from an error of its own, in its dendrites.

Source: Lv et al. 2025, "Dendritic Localized Learning: Toward Biologically Plausible Algorithm" (ICML), after its authors'
code:

    basal    a_l = f(a_(l-1)) W[l]
    apical   d_l = e_(l+1) Theta[l]                   what the neurons above were wrong by, over weights of one's own (C1)
    error    e_l = f'(a_l) d_l, and at the top e_L = softmax(a_L) - label
    update   W[l] by f(a_(l-1))^T e_l

The errors are signed, and that of layer l waits for that of layer l + 1: the authors count this as one stage, as nothing
is perceived twice; the wires here see that it has to wait, and C3 is not claimed.

Our choice is what moves Theta. In the authors' code it is e_(l+1)^T (f'(a_l) e_l), which makes the errors it carries grow
(digits, validation: 93.0 %, with Theta fixed 96.9 %) and is not called for their perceptron. Here it is e_(l+1)^T f(a_l),
the very product that moves W[l+1], at the place where Theta is: so Theta comes to agree with W[l+1]^T and never reads it
(Kolen & Pollack 1994). Ours are also Adam for both, and a stimulus that no f squeezes.
"""

import torch
from torch import Tensor

from golden.learners.learner import Network
from golden.learners.mlp import outer, output_error
from golden.learners.rates import RateMlp


class Dendritic(RateMlp):
    """Theta1..Theta(L-1), (n_(l+1), n_l), beside W1..WL; rates are tanh."""

    KEEPS = frozenset({"C1", "C2"})
    SOURCE = "Lv et al. 2025, dendritic localized learning"

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        for l in range(1, network.layers):
            self.w[f"Theta{l}"] = self.initial(network.sizes[l + 1], network.sizes[l])

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L = self.forward(x), self.network.layers
        error = output_error(layers[L].a, y)
        gradients = {f"W{L}": outer(layers[L].pre, error)}
        for l in range(L - 1, 0, -1):
            above, a = self.wires.cross(l + 1, l, error, phase=L - l, teaches=True), layers[l].a
            error = above @ self.w[f"Theta{l}"] * self.SLOPE(a)
            gradients[f"Theta{l}"] = outer(above, self.RATE(a))
            gradients[f"W{l}"] = outer(layers[l].pre, error)
        self.learn(gradients, len(y))
