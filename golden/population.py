"""A value as the activity of a population: as pixels, as the concept nearest to it, and back (docs/sequences.md)."""

from dataclasses import dataclass
from math import inf
from numbers import Integral

import numpy as np

FULL = 15
"""The pixel of a neuron whose centre the value is."""
REACH = 384
"""How far from its centre a neuron sees a value, in 1/256 of the distance between two centres."""


@dataclass(frozen=True)
class Population:
    """Neurons whose centres are spread evenly from `low` to `high`; values beyond count as these.

    Args:
        low, high: in the unit of the values, low < high. count: neurons, 2 or more.

    Raises:
        ValueError: ends or a number of neurons that are not allowed; and in what is asked of it, values that are no numbers.
    """

    low: float
    high: float
    count: int

    def __post_init__(self):
        if not -inf < self.low < self.high < inf:
            raise ValueError(f"low, high: found {self.low}, {self.high}; allowed are finite ends, low below high")
        if not isinstance(self.count, Integral) or self.count < 2:
            raise ValueError(f"count: found {self.count!r}; allowed is a whole number, 2 or more")

    @property
    def distance(self) -> float:
        """Between two centres."""
        return (self.high - self.low) / (self.count - 1)

    def places(self, values: np.ndarray) -> np.ndarray:
        """(N,) int64, 0..256 (count - 1): where values (N,) are, in 1/256 of the distance between two centres."""
        values, end = np.asarray(values, np.float64), 256 * (self.count - 1)
        if np.isnan(values).any():
            raise ValueError("values: found nan; allowed are numbers")
        return np.clip(np.rint((values - self.low) / self.distance * 256), 0, end).astype(np.int64)

    def pixels(self, values: np.ndarray) -> np.ndarray:
        """(N, count) uint8, 0..15, a tent around each of values (N,)."""
        away = np.abs(self.places(values)[:, None] - 256 * np.arange(self.count))
        return np.clip((FULL * (REACH - away) + REACH // 2) // REACH, 0, FULL).astype(np.uint8)

    def labels(self, values: np.ndarray) -> np.ndarray:
        """(N,) int64, 0..count-1: the neuron whose centre is the nearest."""
        return (self.places(values) + 128) >> 8

    def values(self, voltages: np.ndarray) -> np.ndarray:
        """(N,) floats: the expectation of voltages (N, count), negative ones taken as 0; the middle where all are."""
        weights = np.maximum(voltages, 0).astype(np.int64)
        mass, moment = weights.sum(1), (weights * np.arange(self.count)).sum(1)
        place = np.where(mass > 0, moment / np.maximum(mass, 1), (self.count - 1) / 2)
        return self.low + self.distance * place
