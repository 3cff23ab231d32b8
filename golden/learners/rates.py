"""A multilayer perceptron of rates: real numbers cross its layers, as in the papers whose rules are not made for spikes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from golden.learners.learner import Network
from golden.learners.mlp import Mlp


@dataclass(frozen=True)
class Activity:
    """What one layer has at hand when a batch was perceived.

    Members:
        pre: (B, n_pre) rates that arrived. a: (B, n) activations, pre @ W.
    """

    pre: Tensor
    a: Tensor


class RateMlp(Mlp):
    """W1..WL; the rates of layers 1..L-1 are `RATE` of their activations, layer L is linear: its activations are the scores.

    Members:
        RATE: of an activation. SLOPE: its derivative.
        GAIN: initial weights have a spread of GAIN / sqrt(n_pre).
    """

    RATE: ClassVar[Callable[[Tensor], Tensor]] = staticmethod(torch.tanh)
    SLOPE: ClassVar[Callable[[Tensor], Tensor]] = staticmethod(lambda a: 1 - torch.tanh(a) ** 2)
    GAIN: ClassVar[float] = 1.0

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        for l in range(1, network.layers + 1):
            self.w[f"W{l}"] = self.initial(network.sizes[l - 1], network.sizes[l])

    def initial(self, pre: int, post: int) -> Tensor:
        """Weights (pre, post), drawn."""
        return torch.randn(pre, post, generator=self.generator) * self.GAIN / pre**0.5

    def forward(self, x: Tensor) -> dict[int, Activity]:
        """Stimuli x (B, n_0), 0..1, through the layers: by layer, 1..L, what it has at hand."""
        rate, layers = x, {}
        for l in range(1, self.network.layers + 1):
            pre = self.wires.cross(l - 1, l, rate)
            a = pre @ self.w[f"W{l}"]
            rate, layers[l] = self.RATE(a), Activity(pre, a)
        return layers

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.forward(x)[self.network.layers].a
