"""Random contents for the learner's bench: numbers near their ends, silent and full templates and counts."""

import random

from cosim.benches.learner_model import Layer
from rtl.engine.formats import EngineFormat

SUM_END = 1 << 23


class Contents:
    """One source of chance for a bench."""

    def __init__(self, form: EngineFormat, rng: random.Random):
        self.form, self.rng = form, rng

    def near(self) -> int:
        rng = self.rng
        value = rng.choice((-SUM_END, SUM_END - 1)) + rng.randint(-300, 300)
        return max(-SUM_END, min(SUM_END - 1, value))

    def template(self, layer: Layer) -> list[int]:
        rng, size = self.rng, layer.context.size
        kind = rng.randrange(6)
        ends = (0, -31, 31)
        return [ends[kind]] * size if kind < 3 else [rng.randint(-31, 31) for _ in range(size)]

    def counts(self, layer: Layer, label: int) -> list[tuple[int, int]]:
        """A sample's counts and window flags: anything, or near to its concept."""
        rng, steps, size = self.rng, self.form.steps, layer.context.size
        kind = rng.randrange(6)
        if kind < 2:
            r = [(0, steps)[kind]] * size
        elif kind < 4:
            r = [rng.randint(0, steps) for _ in range(size)]
        else:
            most = max(max(layer.m[label]), 1)
            r = [max(0, value) * steps // most for value in layer.m[label]]
        flags = (0, 0, 1) if layer.context.top else (0, 1, 2, 3, 3)
        return [(count, rng.choice(flags)) for count in r]

    def settings(self) -> dict:
        """Of another time."""
        rng = self.rng
        return dict(
            dead_zone=rng.choice((0, 0, 48, 48, 256, 511)),
            block_shift=rng.randint(6, 14),
            seed=rng.getrandbits(32),
            stochastic=rng.randrange(2),
            learn_theta=rng.random() < 0.9,
            rates=[rng.randrange(14) for _ in range(9)],
            backward_rate=rng.randrange(14),
        )
