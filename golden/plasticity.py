"""The local learning rule of one layer: affinity, coefficients, error, apical sums, updates (contract, 6 to 9).

Every function reads one layer only: its own counts and voltages, its own concepts' templates and, for the outer product, the
spike counts of its pre neurons.
"""

import torch
from torch import Tensor

from golden.fixed import product, rnd, sat


def coefficients(C: Tensor, y: Tensor, known: Tensor, dead_zone: int, stimulus: bool, neighbours: int = 0) -> Tensor:
    """How strongly each concept pulls (> 0) or pushes (< 0) this layer's counts.

    Args:
        C: affinities (K,), Q.8. y: the label, a 0-d tensor. known: (K,), false for a template of zeros.
        dead_zone: a sample nearer to its concept teaches nothing, Q.8. stimulus: layer 0, which takes the own class only.
        neighbours: concepts so near to the own one are no rivals.

    Returns:
        a (K,), Q.8.
    """
    distance = (torch.arange(C.shape[0], device=C.device) - y).abs()
    own = distance == 0
    p = 256 - (C * own).sum()
    push = torch.zeros_like(C) if stimulus else torch.where(distance > neighbours, C.clamp(min=0), 0)
    return torch.where(known & (p >= dead_zone), torch.where(own, p, -push), 0)


def affinity(
    r: Tensor, m: Tensor, y: Tensor, r_norm: tuple, m_norms: tuple, dead_zone: int, stimulus: bool, neighbours: int = 0
) -> dict[str, Tensor]:
    """Step 6, and the scalars of step 8.

    Args:
        r: (n,) counts of a sample with label y. m: (K, n) templates. r_norm, m_norms: their 1/sqrt as (t, s), int64.
        dead_zone, stimulus, neighbours: see `coefficients`.

    Returns:
        d, C, a, q (K,) and qr (0-d); b1, b2 (K,).
    """
    (t_r, s_r), (t_k, s_k) = r_norm, m_norms
    d = product(m, r[:, None])[:, 0].to(torch.int64)
    C = rnd(d * t_r * t_k, s_r + s_k - 8).clamp(-256, 256)
    a = coefficients(C, y, t_k > 0, dead_zone, stimulus, neighbours)
    q = sat(rnd(a * t_k, s_k - 7), 16)
    qr = sat(rnd(((a * C).sum() >> 8) * t_r, s_r - 7), 16)
    b1 = sat(rnd(a * t_r * t_k, s_r + s_k - 15), 16)
    b2 = sat(rnd(rnd(a * C * t_k, 8) * t_k, 2 * s_k - 15), 16)
    values = {"d": d, "C": C, "a": a, "q": q, "qr": qr, "b1": b1, "b2": b2}
    return {name: value.to(torch.int32) for name, value in values.items()}


def error(
    q: Tensor, qr: Tensor, m: Tensor, r: Tensor, V: Tensor, window: tuple[int, int], top: bool
) -> tuple[Tensor, Tensor]:
    """Step 7: e (n,), and g (n,), what is left of it in 7 bits where the surrogate window (low, high) is open."""
    e = (q[:, None] * m).sum(0, dtype=torch.int32) - qr * r
    low, high = window
    is_open = (V >= 0) | (e >= 0) if top else (low <= V) & ((high > V) | (e < 0))
    return e, torch.where(is_open, sat(rnd(e, 7 if top else 6), 7), 0)


def apical_error(E: Tensor, S: Tensor, m: Tensor, shift: Tensor, stimulus: int) -> tuple[Tensor, Tensor]:
    """Step 9: X and G (n,) of one concept, from its sums and its old template m.

    stimulus: the time steps in layer 0, whose silent neurons may only rise, and those that always spike only fall; else 0.
    """
    X = E - S * m
    G = sat(rnd(X, shift), 16)
    return X, torch.where(((m > 0) | (X > 0)) & ((m < stimulus) | (X < 0)), G, 0) if stimulus else G


def update(
    weights: Tensor, pre: Tensor, post: Tensor, gain: Tensor, noise: Tensor | int, bits: int
) -> tuple[Tensor, Tensor]:
    """Steps 7 and 9: the outer product of pre counts and post errors, rounded by 8 bits of noise, added to the weights.

    Args:
        weights: (pre, post) masters of `bits` bits; pre: counts; post: g or G; gain: 2^(rate + 8);
            noise: (pre, post) or a number, 0..255.

    Returns:
        the new weights, and how many synapses saturated. Where the product is 0 the noise alone never moves a weight.
    """
    total = weights + ((pre[:, None] * (post * gain) + noise) >> 8)
    new = sat(total, bits)
    return new, (new != total).sum(dtype=torch.int32)
