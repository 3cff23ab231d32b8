"""New codes from those that samples have: the sampling of `bispike generate`. Counts 0..T, no torch."""

import numpy as np

OTHERS = 16
"""Codes of a class among which the nearest to the first is the second."""


def mixed(codes: np.ndarray, count: int, seed: int, label: int) -> np.ndarray:
    """Codes (count, n_L) of a class: every neuron takes its count in one of two of the class's codes.

    The second of these is the nearest to the first, by the sum of absolute differences, of 16 drawn ones; equal codes only
    where there is no other.

    Args:
        codes: (N, n_L) of the class's samples, one or more. seed, label: all that the draw depends on besides.
    """
    random = np.random.default_rng([seed, label])
    first = random.integers(len(codes), size=count)
    others = random.integers(len(codes), size=(count, OTHERS))
    distance = np.abs(codes[others].astype(np.int64) - codes[first][:, None]).sum(2)
    distance[distance == 0] = distance.max() + 1
    second = others[np.arange(count), distance.argmin(1)]
    takes_first = random.integers(0, 2, (count, codes.shape[1])) == 0
    return np.where(takes_first, codes[first], codes[second])


def between(one: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """Codes (count, n_L) in equal steps from one (n_L,) to the other, both among them, rounded half up; count >= 2."""
    steps = np.arange(count)[:, None]
    last = count - 1
    return (2 * (one.astype(np.int64) * (last - steps) + other.astype(np.int64) * steps) + last) // (2 * last)
