"""In which order a training takes its samples: a part of the contract, as results depend on it. No torch."""

import numpy as np


def order(n: int, seed: int, epoch: int) -> np.ndarray:
    """(n,) the order of the samples in `epoch` (from 0): the epoch-th permutation drawn from `default_rng(seed + 99)`.

    A function of its arguments alone, so that a training resumed at any epoch goes on exactly.
    """
    rng = np.random.default_rng(seed + 99)
    for _ in range(epoch):
        rng.permutation(n)
    return rng.permutation(n)
