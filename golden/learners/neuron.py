"""The leaky integrate-and-fire neuron in floating point, and its spike with a surrogate derivative."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from golden.learners.checks import is_number, is_whole

SURROGATES: dict[str, Callable[[Tensor], Tensor]] = {
    "fast-sigmoid": lambda x: 1 / (1 + x) ** 2,
    "atan": lambda x: 1 / (1 + x**2),
    "triangle": lambda x: (1 - x).clamp(min=0),
    "rectangle": lambda x: (x < 1).to(x.dtype),
}
"""Shapes of a spike's derivative, of x = steepness * |distance|, 0 or more; all are 1 at the threshold.

Sources: Zenke & Ganguli 2018, Fang et al. 2021, Esser et al. 2016, Wu et al. 2018. Which one the paper has is open.
"""
RESETS = "subtract", "zero"
"""What a spike takes from the membrane: one threshold, or all of it."""


class Surrogate(torch.autograd.Function):
    """A spike, 1 from the threshold on, with a derivative that is given."""

    @staticmethod
    def forward(ctx, distance: Tensor, slope: Callable[[Tensor], Tensor]) -> Tensor:
        ctx.slope = slope
        ctx.save_for_backward(distance)
        return fire(distance)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        (distance,) = ctx.saved_tensors
        return gradient * ctx.slope(distance), None


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
        steps: T, time steps of a sample, 1 or more; the paper has 4, and 8 for auto-encoders.
        threshold: of the membrane, above 0; the paper finds 0.6 best.
        keep: part of the membrane that a step keeps, 0..1, 1 less the leak; the paper leaves it open, as all that follows.
        start: the membrane before the first step, in thresholds.
        reset: one of `RESETS`. surrogate: one of `SURROGATES`.
        steepness: of the surrogate, per unit of the membrane, above 0.

    Raises:
        ValueError: a value that is not allowed.
    """

    steps: int = 4
    threshold: float = 0.6
    keep: float = 0.875
    start: float = 0.5
    reset: str = "subtract"
    surrogate: str = "fast-sigmoid"
    steepness: float = 2.0

    def __post_init__(self):
        for name, allowed, well in (
            ("steps", "1 or more, a whole number", is_whole(self.steps, 1)),
            ("threshold", "above 0", is_number(self.threshold) and 0 < self.threshold < inf),
            ("keep", "0 to 1", is_number(self.keep) and 0 <= self.keep <= 1),
            ("start", "finite", is_number(self.start) and -inf < self.start < inf),
            ("reset", ", ".join(RESETS), self.reset in RESETS),
            ("surrogate", ", ".join(SURROGATES), self.surrogate in tuple(SURROGATES)),
            ("steepness", "above 0", is_number(self.steepness) and 0 < self.steepness < inf),
        ):
            if not well:
                raise ValueError(f"{name}: found {getattr(self, name)!r}; allowed is {allowed}")

    def slope(self, distance: Tensor) -> Tensor:
        """The derivative, 0..1, of a spike at a distance from the threshold, for a rule that uses it without autograd."""
        return SURROGATES[self.surrogate](self.steepness * distance.abs())

    def spike(self, distance: Tensor) -> Tensor:
        """`fire` with that derivative."""
        return Surrogate.apply(distance, self.slope)

    def soma(self, v: Tensor, spike: Callable[[Tensor], Tensor] = fire) -> Tensor:
        """Spikes (B, T, ..), 0 or 1, of dendritic voltages v (B, T, ..).

        Args:
            spike: from the distance to the threshold to 0 or 1; the neuron's own `spike` where it must have a derivative.
        """
        u, spikes = torch.full_like(v[:, 0], self.start * self.threshold), []
        for voltage in v.unbind(1):
            x = self.keep * u + voltage
            spikes.append(spike(x - self.threshold))
            u = x - (self.threshold if self.reset == "subtract" else x) * spikes[-1]
        return torch.stack(spikes, 1)

    def steady(self, values: Tensor) -> Tensor:
        """Values (B, ..) at every step, (B, T, ..): a stimulus as currents, or a code that stays on."""
        return values[:, None].expand(-1, self.steps, *values.shape[1:])
