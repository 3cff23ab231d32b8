"""Stimuli that are harder to name: noise on every pixel, and mixtures of two digits."""

import numpy as np


def noisy(x: np.ndarray, deviation: float, random: np.random.Generator) -> np.ndarray:
    """Pixels (N, n_0), 0..15, with normal noise of this deviation, in pixel steps, rounded and clipped."""
    return np.clip(np.rint(x + random.normal(0, deviation, x.shape)), 0, 15).astype(np.uint8)


def mixed(x: np.ndarray, y: np.ndarray, part: float, random: np.random.Generator) -> np.ndarray:
    """Pixels (N, n_0), 0..15: each sample, and `part` of it replaced by a sample of another class; 0.5 is both alike."""
    others = np.array([random.choice(np.flatnonzero(y != own)) for own in y])
    return np.rint((1 - part) * x + part * x[others].astype(np.float64)).astype(np.uint8)
