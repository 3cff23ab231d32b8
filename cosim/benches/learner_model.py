"""What a layer learns, in plain Python integers, straight from docs/arithmetic.md, steps 5 to 9."""

from dataclasses import dataclass, field

from cosim.benches.models import noise_byte, rnd, rsqrt, sat
from rtl.engine.contexts import Context
from rtl.engine.formats import EngineFormat


@dataclass
class Settings:
    """What the host sets; rates: + 8, by a layer's number on the engine."""

    dead_zone: int = 48
    block_shift: int = 8
    seed: int = 0
    stochastic: int = 1
    learn_theta: int = 1
    rates: list[int] = field(default_factory=lambda: [8] * 9)
    backward_rate: int = 8


Record = tuple[int, int, int, int]
"""errors that are not 0, rate, noise, stochastic."""


class Layer:
    """Templates m, apical sums E and S, and the learning samples seen."""

    def __init__(self, form: EngineFormat, context: Context):
        self.form, self.context, self.samples = form, context, 0
        self.number = form.contexts.index(context)
        self.learns_theta = context.pre_apical > 0
        self.e = [[0] * context.size for _ in range(form.classes)]
        self.s = [0] * form.classes
        self.m = [[0] * context.size for _ in range(form.classes)]
        if context.top:
            self.m = [[form.steps * (i == k) for i in range(context.size)] for k in range(form.classes)]

    def norm(self, k: int) -> int:
        """|m[k]|^2."""
        return sum(m * m for m in self.m[k])

    def teach(self, neurons: list[tuple[int, int]], label: int, settings: Settings) -> tuple[list[int] | None, Record]:
        """Step 6 to 8 for a sample of (count, window flags). Returns g, None where no errors are written, and the record."""
        layer, classes, r = self.context, range(self.form.classes), [count for count, _ in neurons]
        noise = noise_byte(settings.seed, layer.layer, self.samples, 0)
        self.samples = (self.samples + 1) % (1 << 32)

        def record(errors: list[int]) -> Record:
            return len(errors) - errors.count(0), settings.rates[self.number], noise, settings.stochastic

        norm_r, norms = sum(value * value for value in r), [self.norm(k) for k in classes]
        (t_r, s_r), (t, s) = rsqrt(norm_r), zip(*map(rsqrt, norms), strict=True)
        d = [sum(a * b for a, b in zip(r, self.m[k], strict=True)) for k in classes]
        c = [max(-256, min(256, rnd(d[k] * t_r * t[k], s_r + s[k] - 8))) if norm_r and norms[k] else 0 for k in classes]
        p = 256 - c[label]
        if p < settings.dead_zone + (0 if layer.top or layer.bottom else 64):
            return None, record([])
        a = [p if k == label else 0 if layer.bottom else -max(0, c[k]) for k in classes]
        a = [a[k] if norms[k] else 0 for k in classes]
        if self.learns_theta and settings.learn_theta and norm_r:
            self._sum(a, c, r, (t_r, s_r), (t, s))
        if layer.bottom:
            return None, record([])
        q = [sat(rnd(a[k] * t[k], s[k] - 7), 16) if norms[k] else 0 for k in classes]
        q_r = sat(rnd((sum(a[k] * c[k] for k in classes) >> 8) * t_r, s_r - 7), 16) if norm_r else 0
        g = []
        for i, (count, window) in enumerate(neurons):
            e = sum(q[k] * self.m[k][i] for k in classes) - q_r * count
            above, below = window & 1, window >> 1
            opens = not (not above and e < 0) if layer.top else above and (below or e < 0)
            g.append(sat(rnd(e, 7 if layer.top else 6), 7) if opens else 0)
        return g, record(g)

    def _sum(self, a: list[int], c: list[int], r: list[int], root_r: tuple, roots: tuple) -> None:
        """Step 8."""
        (t_r, s_r), (t, s) = root_r, roots
        for k in range(self.form.classes):
            if a[k]:
                b1 = sat(rnd(a[k] * t_r * t[k], s_r + s[k] - 15), 16)
                b2 = sat(rnd(rnd(a[k] * c[k] * t[k], 8) * t[k], 2 * s[k] - 15), 16)
                self.e[k] = [sat(e + b1 * count, 24) for e, count in zip(self.e[k], r, strict=True)]
                self.s[k] = sat(self.s[k] + b2, 24)

    def relearn(self, k: int, settings: Settings) -> tuple[list[int], Record]:
        """Step 9: G of concept k, whose sums are 0 then, and the record."""
        shift = settings.block_shift
        g = [sat(rnd(e - self.s[k] * m, shift), 16) for e, m in zip(self.e[k], self.m[k], strict=True)]
        if self.context.bottom:  # whose templates are counts
            g = [x if (m > 0 or x > 0) and (m < self.form.steps or x < 0) else 0 for x, m in zip(g, self.m[k], strict=True)]
        self.e[k], self.s[k] = [0] * self.context.size, 0
        return g, (len(g) - g.count(0), *self._theta(k, settings))

    def plain(self, k: int, settings: Settings) -> tuple[None, Record]:
        """A recall without learning."""
        return None, (0, *self._theta(k, settings))

    def _theta(self, k: int, settings: Settings) -> tuple[int, int, int]:
        noise = noise_byte(settings.seed, 32 + self.context.layer, self.samples, k)
        return settings.backward_rate, noise, settings.stochastic
