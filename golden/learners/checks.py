"""What a rule in floating point is given: numbers, and samples with their labels, checked before anything is learned."""

from numbers import Integral, Real

import torch
from torch import Tensor


def is_whole(value: object, low: int) -> bool:
    """Whether a value is a whole number, numpy's too, of `low` or more."""
    return isinstance(value, Integral) and not isinstance(value, bool) and value >= low


def is_number(value: object) -> bool:
    """Whether a value is one number of any kind, numpy's too; NaN is one, and in no range."""
    return isinstance(value, Real) and not isinstance(value, bool)


def check_samples(x: Tensor, y: Tensor, inputs: int, classes: int | None) -> None:
    """Raises ValueError on what are no samples x (N, inputs), or (N, S, inputs), 0..1, with labels y (N,), or (N, S).

    Args:
        classes: K, of labels 0..K-1; None: labels mean nothing, and need be as many only.
    """
    for name, found in (("x", x), ("y", y)):
        if not isinstance(found, Tensor):
            raise ValueError(f"{name}: found {type(found).__name__}; allowed is a tensor, as torch.from_numpy gives it")
    if x.dim() < 2 or x.shape[-1] != inputs or not len(x):
        raise ValueError(f"x: found shape {tuple(x.shape)}; allowed is (samples, {inputs}), one sample or more")
    if x.dtype != (own := torch.get_default_dtype()):
        raise ValueError(f"x: found values of type {x.dtype}; allowed is {own}, 0 to 1")
    if not (x.min() >= 0 and x.max() <= 1):
        raise ValueError(f"x: found values from {x.min():g} to {x.max():g}; allowed is 0 to 1")
    if classes is None and y.shape[:1] == x.shape[:1]:
        return
    if y.shape not in (x.shape[:1], x.shape[:-1]):
        raise ValueError(f"y: found shape {tuple(y.shape)}; allowed is ({len(x)},), one label a sample")
    if y.dtype != torch.int64:
        raise ValueError(f"y: found values of type {y.dtype}; allowed is torch.int64, 0 to {classes - 1}")
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(f"y: found values from {y.min()} to {y.max()}; allowed is 0 to {classes - 1}")
