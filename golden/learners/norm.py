"""Batch norm of basal voltages: each neuron, or each channel of a convolution, by itself, so nothing crosses a layer."""

import torch
from torch import Tensor

from golden.learners.layers import Layer
from golden.learners.neuron import Neuron


class Norm:
    """Voltages of one layer to a mean of 0 and a spread of one threshold, and nothing learned: no scale, no shift.

    Source: Ioffe & Szegedy 2015; the paper has it in its CNN and RNN (arXiv 2509.20284), and leaves open where.

    Members:
        mean, variance: (groups,), running; voltages are normed by these where nothing is learned. At first nothing changes.
    """

    KEEP = 0.95
    """Part of the running figures that stays as a batch is learned."""
    LEAST = 1e-5
    """Added to variances, in squared voltages."""

    def __init__(self, layer: Layer, neuron: Neuron):
        self.groups, self.threshold = layer.groups, neuron.threshold
        self.mean, self.variance = torch.zeros(self.groups), torch.full((self.groups,), self.threshold**2)

    def __call__(self, v: Tensor, learning: bool) -> Tensor:
        """Voltages (B, T, post) normed: where a batch is learned by its own figures, which the running ones then follow."""
        grouped = v.unflatten(-1, (self.groups, -1))
        mean, variance = self.mean[:, None], self.variance[:, None]
        if learning:
            mean, variance = grouped.mean((0, 1, 3), keepdim=True), grouped.var((0, 1, 3), unbiased=False, keepdim=True)
            self.mean.lerp_(mean.detach().flatten(), 1 - self.KEEP)
            self.variance.lerp_(variance.detach().flatten(), 1 - self.KEEP)
        return ((grouped - mean) * (self.threshold * (variance + self.LEAST).rsqrt())).flatten(-2)


class Norms:
    """Of layers 1..L-1; none, which leave voltages as they are, where not `wanted`."""

    def __init__(self, layers: tuple[Layer, ...], neuron: Neuron, wanted: bool):
        self.of = {l: Norm(layer, neuron) for l, layer in enumerate(layers[:-1], 1)} if wanted else {}

    def __call__(self, l: int, v: Tensor, learning: bool) -> Tensor:
        return self.of[l](v, learning) if l in self.of else v

    def weights(self) -> dict[str, Tensor]:
        """Running figures by name, for a learner's state."""
        return {f"{name}{l}": getattr(norm, name) for l, norm in self.of.items() for name in ("mean", "variance")}
