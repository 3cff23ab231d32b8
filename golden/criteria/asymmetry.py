"""C1 of any weights: none is another one, a copy of it or its transpose."""

import itertools
from collections.abc import Iterator

import numpy as np
from torch import Tensor

ALIKE = 0.999
"""Cosine of two weight matrices from which on one is a copy of the other, at any scale."""


def copies(weights: dict[str, Tensor]) -> Iterator[str]:
    """What breaks it, of weights by name."""
    for (a, first), (b, second) in itertools.combinations(weights.items(), 2):
        if np.shares_memory(first.detach().numpy(), second.detach().numpy()):
            yield f"{a} and {b} are one memory"
        if first.ndim < 2 or second.ndim < 2 or first.numel() == 1:  # one number is any other at some scale
            continue
        if first.shape == second.shape and alike(first, second):
            yield f"{a} is a copy of {b}"
        turned = second.transpose(0, 1)
        if first.shape == turned.shape and alike(first, turned):
            yield f"{a} is the transpose of {b}"


def alike(a: Tensor, b: Tensor) -> bool:
    """Whether one is the other, at any scale."""
    a, b = a.detach().double(), b.detach().double()
    norms = float(a.norm() * b.norm())
    return norms > 0 and abs(float((a * b).sum())) / norms > ALIKE
