"""The arithmetic of single blocks in plain Python integers, straight from docs/arithmetic.md, to compare with."""

import math
from fractions import Fraction

MASK = (1 << 32) - 1


def rnd(value: int, shift: int) -> int:
    """The rounding shift, a half goes up."""
    return (value + (1 << shift - 1)) >> shift if shift > 0 else value


def sat(value: int, bits: int) -> int:
    """Clip to signed `bits` bits."""
    return max(-(1 << bits - 1), min((1 << bits - 1) - 1, value))


def rsqrt(n: int) -> tuple[int, int]:
    """(t, s) with 1/sqrt(n) ~ t / 2^s (step 5); (0, 8) where n = 0."""
    if n == 0:
        return 0, 8
    e = 0
    while n >= 64 << 2 * e:
        e += 1
    while Fraction(n) < 16 * Fraction(4) ** e:
        e -= 1
    m = math.floor(n / Fraction(4) ** e)
    t = 255 if m == 16 else min(255, round(1024 / math.sqrt(m + 0.5)))
    return t, 10 + e


def soma(v: list[int], threshold: int, leak: int) -> tuple[int, int, int]:
    """(train, bit t a spike at step t; count; summed voltage) of a neuron that sees `v[t]`."""
    u, train = threshold >> 1, 0
    for t, current in enumerate(v):
        x = sat(u - (u >> leak) + current, 16)
        spike = x >= threshold
        u = x - threshold * spike
        train |= spike << t
    return train, train.bit_count(), sum(v)


def step(z: int) -> int:
    """xorshift32 behind an addition of the golden ratio."""
    z = (z + 0x9E3779B9) & MASK
    z ^= (z << 13) & MASK
    z ^= z >> 17
    return z ^ ((z << 5) & MASK)


def noise_byte(seed: int, stream: int, n: int, c: int) -> int:
    """The byte all synapses of a layer share: `n` learning samples seen, concept `c` (0 for W)."""
    z = step(seed ^ ((stream << 26) & MASK))
    z = step(z ^ n)
    return step(step(z ^ c)) & 255


def reverse(byte: int) -> int:
    """The 8 bits in reverse order."""
    return int(f"{byte:08b}"[::-1], 2)


def noise(byte: int, j: int, i: int) -> int:
    """The rounding noise of synapse (j, i) from its sample's byte."""
    return byte ^ reverse((j ^ (j >> 8)) & 255) ^ reverse((5 * i) & 255)
