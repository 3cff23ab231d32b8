"""Spikes: how a stimulus is coded, and the soma of both networks over the T steps of a sample (contract, 2 and 3)."""

import torch
from torch import Tensor

from golden.fixed import sat


def stimulus_counts(x: Tensor, steps: int) -> Tensor:
    """Counts `r_0`, 0..T, of 4-bit pixels."""
    return (x * steps + 8) >> 4


def stimulus_spikes(x: Tensor, steps: int) -> Tensor:
    """The rate code, (..., T, n): pixel j spikes at step t when its count so far grows."""
    counts = torch.stack([stimulus_counts(x, t) for t in range(steps + 1)], dim=-2)
    return counts[..., 1:, :] - counts[..., :-1, :]


def soma(v: Tensor, threshold: int, leak: int) -> tuple[Tensor, Tensor]:
    """Leaky integrate and fire, reset by subtraction.

    Args:
        v: dendritic voltages (..., T, n), int32.

    Returns:
        spikes (..., T, n), 0 or 1, and the membranes after each step (..., T, n).
    """
    word, membranes = torch.zeros_like(v[..., 0, :]), []  # of spikes, a bit a step: compiled, many stacked tensors are slow
    u = torch.full_like(word, threshold >> 1)
    for t, voltage in enumerate(v.unbind(-2)):
        x = sat(u - (u >> leak) + voltage, 16)
        s = (x >= threshold).to(torch.int32)
        u = x - threshold * s
        word = word | (s << t)
        membranes.append(u)
    steps = torch.arange(v.shape[-2], dtype=torch.int32, device=v.device)[:, None]
    return (word[..., None, :] >> steps) & 1, torch.stack(membranes, dim=-2)
