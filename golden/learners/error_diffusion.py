"""The error diffusion learning algorithm (EDLA): one error, the same for all, and synapses whose kind says which way to go.

Source: Kaneko 1999, in the formulation of Fujita 2025, "A basic evaluation of neural networks trained with the error
diffusion learning algorithm" (arXiv 2504.14814), and his code. A layer is a pair of sublayers, p and n, of n_l neurons
each. Synapses within a kind excite, between kinds inhibit, and W[l] holds their strengths, never negative:

    a_p = z_p W_pp - z_n W_np,    a_n = z_n W_nn - z_p W_pn,    z = sigmoid(a)

The stimulus is both sublayers of layer 0, each sublayer has a neuron that is always 1 (the bias), and the output is one p
neuron. Its error d = target - output diffuses to all synapses alike:

    d > 0    synapses out of p neurons grow by rate * d * z_pre * z' of the post-synaptic neuron
    d < 0    synapses out of n neurons grow by rate * |d| * z_pre * z'

A p neuron that has grown pushes the output up, an n neuron down, whatever lies between: their parity is the feedback, and
no weights lead back. One output has one error, so K classes are K networks side by side, of the given sizes each, as
published by both; schemes that share a network among classes came later and change the rule.

Our choice: initial strengths are uniform in 0..SPAN/sqrt(n_pre + 1), theirs in 0..1, which is the same for 64 inputs and
saturates the sigmoids of 784.
"""

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Learner, Network


def kinds(pre: int, post: int) -> Tensor:
    """(2 pre, 2 post), 1 where a synapse excites and -1 where it inhibits; p neurons come first."""
    same = torch.eye(2) * 2 - 1
    return same.repeat_interleave(pre, 0).repeat_interleave(post, 1)


class ErrorDiffusion(Learner):
    """K networks, a class each: W[l] is (K, 2 (n_(l-1) + 1), 2 n_l), the last (K, 2 (n_(L-1) + 1), 1).

    KEEPS says nothing of C3, as the error waits for the output, and of C4 and C5, as rates cross and the error is signed.
    """

    KEEPS = frozenset({"C1", "C2"})
    SOURCE = "Kaneko 1999; Fujita 2025, error diffusion learning algorithm"
    SPAN = 8.0

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        n, generator, K = network.sizes, network.generator(), network.classes
        self.w: dict[str, Tensor] = {}
        self.kinds: dict[int, Tensor] = {}
        for l in range(1, network.layers + 1):
            pre, top = n[l - 1] + 1, l == network.layers
            self.kinds[l] = kinds(pre, 1)[:, :1] if top else kinds(pre, n[l])
            self.w[f"W{l}"] = torch.rand(K, *self.kinds[l].shape, generator=generator) * self.SPAN / pre**0.5

    def weights(self) -> dict[str, Tensor]:
        return self.w

    def forward(self, x: Tensor) -> dict[int, tuple[Tensor, Tensor]]:
        """By layer: what arrives, with the ones, (K, B, 2 (n_(l-1) + 1)), and its rates (K, B, 2 n_l), of x (B, n_0)."""
        z, layers = x[:, None].expand(-1, self.network.classes, -1).repeat(1, 1, 2), {}
        for l, kinds_ in self.kinds.items():
            halves = self.wires.cross(l - 1, l, z).chunk(2, -1)
            pre = torch.cat([functional.pad(half, (0, 1), value=1.0) for half in halves], -1).transpose(0, 1)
            rates = torch.sigmoid(pre @ (self.w[f"W{l}"] * kinds_))
            z, layers[l] = rates.transpose(0, 1), (pre, rates)
        return layers

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.forward(x)[self.network.layers][1][..., 0].T

    @torch.no_grad()
    def teach(self, x: Tensor, y: Tensor) -> None:
        layers, L = self.forward(x), self.network.layers
        output = layers[L][1][..., 0].T
        error = functional.one_hot(y, self.network.classes) - output
        for l, (pre, rates) in layers.items():
            d = error if l == L else self.wires.cross(L, l, error, phase=1, teaches=True)
            slope, d = rates * (1 - rates), d.T[..., None]
            p, n = pre.transpose(1, 2).chunk(2, 1)
            growth = torch.cat([p @ (slope * d.clamp(min=0)), n @ (slope * (-d).clamp(min=0))], 1)
            self.w[f"W{l}"] += self.rate * growth / len(y)
