"""The local learning rule of one layer: affinity, coefficients, error, apical sums, updates (contract, 6 to 9).

Every function reads one layer only: its own counts and voltages, its own concepts and, for the outer product, the spike
counts of its pre neurons.
"""

import torch
from torch import Tensor

from golden.config import Config
from golden.fixed import product, rnd, sat


def coefficients(config: Config, C: Tensor, y: Tensor, known: Tensor, stimulus: bool) -> Tensor:
    """How strongly each concept pulls (> 0) or pushes (< 0) this layer's counts.

    Args:
        C: affinities (K,), Q.8.
        y: the label, a 0-d tensor.
        known: (K,), false for a concept that evokes no spike here.
        stimulus: layer 0, which takes the own class only.

    Returns:
        a (K,), Q.8.
    """
    own = torch.arange(C.shape[0], device=C.device) == y
    C_y = (C * own).sum()
    distance = 256 - C_y
    pull = torch.where(distance < config.dead_zone, 0, distance)
    push = torch.zeros_like(C)
    if not stimulus and config.loss == "reco":
        push = torch.where(distance < config.dead_zone, 0, ((C - config.margin).clamp(min=0) * config.lambda8) >> 3)
    elif not stimulus:
        shift = (C_y - C - config.reach).clamp(min=0) >> 3
        push = torch.where(own | ~known, 0, 32 >> shift.clamp(max=6))
        pull = push.sum().clamp(max=256)
    return torch.where(known, torch.where(own, pull, -push), 0)


def affinity(
    config: Config, r: Tensor, h: Tensor, y: Tensor, r_norm: tuple, h_norms: tuple, stimulus: bool
) -> dict[str, Tensor]:
    """Step 6, and the scalars of step 8.

    Args:
        r: (n,) counts of a sample with label y. h: (K, n) concepts. r_norm, h_norms: their 1/sqrt as (t, s), int64.

    Returns:
        d, C, a, q (K,) and qr (0-d); b1, b2 (K,).
    """
    (t_r, s_r), (t_k, s_k) = r_norm, h_norms
    d = product(h, r[:, None])[:, 0].to(torch.int64)
    C = rnd(d * t_r * t_k, s_r + s_k - 8).clamp(max=256)
    a = coefficients(config, C, y, t_k > 0, stimulus)
    q = sat(rnd(a * t_k, s_k - 4), 16)
    qr = sat(rnd(((a * C).sum() >> 8) * t_r, s_r - 4), 16)
    b1 = sat(rnd(a * t_r * t_k, s_r + s_k - 12), 16)
    b2 = sat(rnd(rnd(a * C * t_k, 8) * t_k, 2 * s_k - 12), 16) * (t_r > 0)
    values = {"d": d, "C": C, "a": a, "q": q, "qr": qr, "b1": b1, "b2": b2}
    return {name: value.to(torch.int32) for name, value in values.items()}


def error(config: Config, q: Tensor, qr: Tensor, h: Tensor, r: Tensor, V: Tensor, top: bool) -> tuple[Tensor, Tensor]:
    """Step 7: e (n,), and g (n,), what is left of it in 7 bits where the surrogate window is open."""
    e = (q[:, None] * h).sum(0, dtype=torch.int32) - qr * r
    low, high = config.window_low, config.window_high
    is_open = (V >= 0) | (e >= 0) if top else (low <= V) & ((high > V) | (e < 0))
    return e, torch.where(is_open, sat(rnd(e, 4 if top else 3), 7), 0)


def apical_error(E: Tensor, S: Tensor, h: Tensor, flags: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    """Step 9: X and G (n,) of one concept, from its sums, its old counts h and flags."""
    X = E - S * h
    is_open = (((flags & 1) != 0) | (X > 0)) & (((flags & 2) != 0) | (X < 0))
    return X, torch.where(is_open, sat(X >> shift, 16), 0)


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
