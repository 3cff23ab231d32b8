"""Rounding noise of a synapse: a function of (seed, layer, sample, address) only, never of order or lanes (contract, 7)."""

import numpy as np
import torch
from torch import Tensor

THETA = 32
"""Stream of `Theta[l]` is THETA + l, of `W[l]` it is l."""
HALF_UP = -1
"""In place of a base: no noise, all is rounded half up."""


def xorshift32(z: np.ndarray) -> np.ndarray:
    """Marsaglia's xorshift32, on uint32."""
    z = z ^ (z << np.uint32(13))
    z = z ^ (z >> np.uint32(17))
    return z ^ (z << np.uint32(5))


def base(seed: int, stream, sample, concept=0) -> np.ndarray:
    """The 8 bits that all synapses of a memory share at one update, 0..255, int32; of numbers or arrays that broadcast."""
    words = [np.atleast_1d(np.asarray(word)).astype(np.uint32) for word in (sample, concept, 0)]
    z = np.uint32(seed) ^ (np.atleast_1d(np.asarray(stream)).astype(np.uint32) << np.uint32(26))
    for word in words:
        z = xorshift32(z + np.uint32(0x9E3779B9)) ^ word
    return (xorshift32(z + np.uint32(0x9E3779B9)) & np.uint32(255)).astype(np.int32)


def rev8(byte: int) -> int:
    """The 8 bits of `byte`, 0..255, in reverse order."""
    return int(f"{byte:08b}"[::-1], 2)


def pattern(pre: int, post: int) -> tuple[Tensor, Tensor]:
    """What the address adds: (pre, 1) and (1, post) int32, both xored with the base. Neighbours get stratified noise."""
    rows = np.array([rev8((j ^ (j >> 8)) & 255) for j in range(pre)], np.int32)
    columns = np.array([rev8((5 * i) & 255) for i in range(post)], np.int32)
    return torch.from_numpy(rows)[:, None], torch.from_numpy(columns)[None, :]
