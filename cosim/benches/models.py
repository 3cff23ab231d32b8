"""The arithmetic of single blocks in plain Python integers, straight from docs/arithmetic.md, to compare with."""

import math
from dataclasses import dataclass
from fractions import Fraction


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


@dataclass
class Coefficients:
    """One layer's values of steps 6 and 8 for one sample: lists over the K classes, `b1`, `b2` of the k with a_k != 0."""

    c: list[int]
    a: list[int]
    q: list[int]
    q_r: int
    b1: dict[int, int]
    b2: dict[int, int]


def coefficients(
    d: list[int],
    norms: list[int],
    norm_r: int,
    label: int,
    *,
    loss: str = "reco",
    own_only: bool = False,
    margin: int = 64,
    lambda8: int = 5,
    dead_zone: int = 48,
    reach: int = 32,
) -> Coefficients:
    """Steps 6 and 8 for one sample with label y.

    Args:
        d: dot products r . h[k], one for each class (with `own_only` only d[label] counts).
        norms, norm_r: |h[k]|^2 and |r|^2.
        loss: "reco" or "gap".
        own_only: layer 0, which takes the own class only.
        margin, lambda8, dead_zone, reach: as in `golden.config`.
    """
    classes = range(len(norms))
    t_r, s_r = rsqrt(norm_r)
    ts, ss = zip(*map(rsqrt, norms), strict=True)
    c = [min(256, rnd(d[k] * t_r * ts[k], s_r + ss[k] - 8)) if norm_r and norms[k] else 0 for k in classes]
    pull = 256 - c[label]
    silent = pull < dead_zone
    pull = 0 if silent else pull
    rivals = [k for k in classes if k != label and norms[k] and not own_only]
    a = [0 for _ in classes]
    for k in rivals:
        if loss == "reco":
            a[k] = 0 if silent else -((max(0, c[k] - margin) * lambda8) >> 3)
        else:
            shift = max(0, c[label] - c[k] - reach) >> 3
            a[k] = -(32 >> shift) if shift <= 5 else 0
    if norms[label]:
        a[label] = min(256, -sum(a)) if loss == "gap" and not own_only else pull
    q = [sat(rnd(a[k] * ts[k], ss[k] - 4), 16) if norms[k] else 0 for k in classes]
    q_r = sat(rnd((sum(a[k] * c[k] for k in classes) >> 8) * t_r, s_r - 4), 16) if norm_r else 0
    live = [k for k in classes if a[k] and norm_r]
    b1 = {k: sat(rnd(a[k] * t_r * ts[k], s_r + ss[k] - 12), 16) for k in live}
    b2 = {k: sat(rnd(rnd(a[k] * c[k] * ts[k], 8) * ts[k], 2 * ss[k] - 12), 16) for k in live}
    return Coefficients(c, a, q, q_r, b1, b2)


Neuron = tuple[int, int, int]
"""A count, and the flags V >= low and V < high."""


@dataclass
class Lesson:
    """What a learning sample brings: neurons, the scalars of steps 6 and 8, and whether the layer takes b."""

    label: int
    neurons: list[Neuron]
    q: list[int]
    q_r: int
    b: list[tuple[int, int, int]]
    teach: bool
    learn_theta: bool


class LocalUpdate:
    """Steps 7, 8 and 9 for all neurons of a layer."""

    def __init__(self, top: bool, h: list[list[Neuron]], e: list[list[int]], s: list[int]):
        self.top, self.h, self.e, self.s = top, h, e, s

    def errors(self, sample: Lesson) -> list[int]:
        """g of every neuron."""
        g = []
        for i, (r, above, below) in enumerate(sample.neurons):
            e = sum(q * h[i][0] for q, h in zip(sample.q, self.h, strict=True)) - sample.q_r * r
            opens = not (not above and e < 0) if self.top else above and (below or e < 0)
            g.append(sat(rnd(e, 4 if self.top else 3), 7) if opens else 0)
        return g

    def learn(self, sample: Lesson) -> None:
        """Adds the sample to E and S."""
        for k, b1, b2 in sample.b if sample.learn_theta else ():
            self.s[k] = sat(self.s[k] + b2, 24)
            self.e[k] = [sat(e + b1 * neuron[0], 24) for e, neuron in zip(self.e[k], sample.neurons, strict=True)]

    def apical_errors(self, k: int, shift: int) -> list[int]:
        """G of every neuron for concept k; its sums are 0 then."""
        g = []
        for e, (h, above, below) in zip(self.e[k], self.h[k], strict=True):
            x = e - self.s[k] * h
            g.append(sat(x >> shift, 16) if (above or x > 0) and (below or x < 0) else 0)
        self.e[k], self.s[k] = [0] * len(self.e[k]), 0
        return g
