"""The leaky integrate-and-fire neuron in floating point, and its spike with a surrogate derivative."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


class Surrogate(torch.autograd.Function):
    """A spike, 1 from the threshold on, whose derivative is a fast sigmoid's: 1 / (1 + slope |d|)^2 (SuperSpike, 2018)."""

    SLOPE = 2.0

    @staticmethod
    def forward(ctx, distance: Tensor) -> Tensor:
        ctx.save_for_backward(distance)
        return fire(distance)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        (distance,) = ctx.saved_tensors
        return gradient * Surrogate.slope(distance)

    @staticmethod
    def slope(distance: Tensor) -> Tensor:
        """The derivative, 0..1, for a rule that uses it without autograd."""
        return 1 / (1 + Surrogate.SLOPE * distance.abs()) ** 2


def fire(distance: Tensor) -> Tensor:
    """1 where the membrane is at or above the threshold, else 0."""
    return (distance >= 0).to(distance.dtype)


def trace(spikes: Tensor, keep: float) -> Tensor:
    """(B, T, n), at each step the spikes so far, of which every step keeps a part."""
    total, traces = torch.zeros_like(spikes[:, 0]), []
    for s in spikes.unbind(1):
        total = keep * total + s
        traces.append(total)
    return torch.stack(traces, 1)


@dataclass(frozen=True)
class Neuron:
    """A neuron, and for how long it is watched.

    Members:
        steps: T, time steps of a sample; the paper has 4, and 8 for auto-encoders.
        threshold: of the membrane; the paper finds 0.6 best.
        keep: part of the membrane that a step keeps, 1 less the leak (which the paper leaves open).
        start: the membrane before the first step, in thresholds (which the paper leaves open, as the reset by subtraction).
    """

    steps: int = 4
    threshold: float = 0.6
    keep: float = 0.875
    start: float = 0.5

    def soma(self, v: Tensor, spike: Callable[[Tensor], Tensor] = fire) -> Tensor:
        """Spikes (B, T, ..), 0 or 1, of dendritic voltages v (B, T, ..); the reset takes one threshold away.

        Args:
            spike: from the distance to the threshold to 0 or 1; `Surrogate.apply` where it must have a derivative.
        """
        u, spikes = torch.full_like(v[:, 0], self.start * self.threshold), []
        for voltage in v.unbind(1):
            x = self.keep * u + voltage
            spikes.append(spike(x - self.threshold))
            u = x - self.threshold * spikes[-1]
        return torch.stack(spikes, 1)

    def steady(self, values: Tensor) -> Tensor:
        """Values (B, ..) at every step, (B, T, ..): a stimulus as currents, or a code that stays on."""
        return values[:, None].expand(-1, self.steps, *values.shape[1:])
