"""Clocks of an engine's learner: jobs of its lanes, and scalars between them (rtl/engine/jobs.py, scalars.py, vector.py)."""

from collections import defaultdict, deque
from math import ceil, inf, log
from typing import Any

from golden.config import Config
from rtl.engine.formats import EngineFormat
from rtl.engine.noise import HASH_STEPS
from sw.design.events import Process
from sw.design.walks import Walked

TAKE = 3
"""Clocks that S is taken out in."""


class Learner:
    """Its samples, lessons and concepts, by time. `core`: whose passes wait for it."""

    def __init__(self, config: Config, form: EngineFormat, core: Any):
        self.config, self.form, self.core = config, form, core
        stages = form.stages
        self.dots = stages.vector.added + 1 + ceil(log(form.lanes, 4) - 1e-9)  # from an item to its dot product
        self.store = stages.vector.store
        self.rounded = (
            stages.vector.total + stages.rounding.done + 1
        )  # from a group's last item to its errors, and a clock a lane
        self.flying = stages.scalars.results + 1  # clocks that an item of the scalars is under way
        self.taught: dict = defaultdict(lambda: inf)
        self.coming: deque = deque()
        self.dotted: deque = deque()
        self.ended: deque = deque()
        self.norms: deque = deque()
        self.scalars_free = 0.0
        # Of a layer that recalls: behind which sample; its next concept; when that may be asked for, and is made.
        self.closing: dict[int, int] = {}
        self.wanted: dict[int, float] = {}
        self.concept: dict = defaultdict(int)
        self.made: dict[int, float] = {}
        self.asked: tuple[float, int] | None = None
        self.answered = inf
        self.blocks = [n for n, sample in enumerate(core.samples) if sample.recalled]

    def processes(self) -> list[Process]:
        """Its blocks."""
        return [self.lanes(), self.scalars(), self.asks()] if self.core.learns else []

    def groups(self, layer: int) -> int:
        """Of a layer."""
        return -(-self.config.sizes[layer] // self.form.lanes)

    def teach(self, layer: int, number: int, time: float) -> None:
        """A sample's counts at a layer are all there."""
        self.coming.append((time, layer, number))

    def free(self, layer: int, number: int) -> float:
        """When a layer may take a sample: the last but one has been taught."""
        return self.taught[layer, number - 2] if self.core.learns and number >= 2 else 0

    def close(self, layer: int, number: int, time: float) -> None:
        """A layer recalls, behind a sample."""
        self.closing[layer], self.wanted[layer], self.concept[layer] = number, time, 0

    def recalls(self, layer: int) -> tuple[float, Walked | None]:
        """When a layer's next concept may be walked, and the pass."""
        if layer not in self.made:
            return inf, None
        return self.made[layer], self.core.samples[self.closing[layer]].recalled[self.concept[layer]][layer]

    def concept_of(self, number: int) -> tuple[int, int]:
        """The sample behind which, and which concept it is, the number-th that any layer recalls."""
        block, concept = divmod(number, self.config.classes)
        return self.blocks[block], concept

    def pass_begins(self, layer: int, time: float) -> None:
        """A concept's pass has been taken."""
        del self.made[layer]
        self.concept[layer] += 1
        if self.concept[layer] < self.config.classes:
            self.wanted[layer] = time

    def norm(self, layer: int, time: float) -> None:
        """A concept's templates are all there."""
        self.norms.append((time, layer))

    def asks(self) -> Process:
        """Asks for the errors of concepts, of one layer after another."""

        def when(layer: int) -> float:
            number = self.closing[layer]
            return max(self.wanted[layer], *(self.taught[layer, n] if n >= 0 else 0 for n in (number, number - 1)))

        time = 0.0
        while True:
            time = yield lambda time=time: max(time, min(map(when, self.wanted), default=inf))
            layer = max(layer for layer in self.wanted if when(layer) <= time)
            del self.wanted[layer]
            self.asked = time + 1, layer
            time = yield lambda: self.answered
            self.answered, self.made[layer] = inf, time

    def lanes(self) -> Process:
        """A job after another, what is furthest first."""
        f, core, concepts = self.form, self.core, self.config.classes
        time, drawn, used, normed = 0.0, 0.0, 0, defaultdict(int)
        # The errors of the last sample are written; the next one is seen a clock later, that its slot is free two.
        closed = 0.0
        while True:

            def offers(drawn=drawn, used=used, closed=closed) -> list[float]:
                room = closed + 2 if used + 1 == f.under_way else 0
                concept = max(drawn, closed, self.asked[0]) if self.asked else inf
                teach = max(drawn, room, self.coming[0][0]) if self.coming and used < f.under_way else inf
                ended = max(closed + 1, self.ended[0][0]) if self.ended else inf
                return [ended, concept, self.norms[0][0] if self.norms else inf, teach]

            time = yield lambda time=time, offers=offers: max(time, min(offers()))
            job = next(number for number, offer in enumerate(offers()) if offer <= time)
            if job == 0:
                _, layer, number = self.ended.popleft()
                time, done = self._errors(layer, number, time + 1)
                closed = done + 1
                self.taught[layer, number] = closed + 1
                used -= 1
            elif job == 1:
                layer, self.asked = self.asked[1], None
                drawn = time + HASH_STEPS + 1
                at = max(time + 1, self.scalars_free) + TAKE
                rounded = 0.0
                for _ in range(self.groups(layer)):
                    high = max(at + 1, rounded)
                    at, rounded = high + 1, high + f.lanes
                time = max(at, rounded + self.rounded, drawn) + 1
                self.answered = time + 1
            elif job == 2:
                _, layer = self.norms.popleft()
                time += self.groups(layer) + 1
                normed[layer] += 1
                if normed[layer] % concepts == 0:
                    core.opens[layer] = time - 1 + self.dots + 1
                    del self.closing[layer]
            else:
                _, layer, number = self.coming.popleft()
                drawn = time + HASH_STEPS + 1
                items = self.groups(layer) * (2 if layer == 0 else concepts + 1)
                self.dotted.append((time + items + self.dots + 1, layer, number))
                time += items + 1
                used += 1

    def _errors(self, layer: int, number: int, time: float) -> tuple[float, float]:
        """When the lanes are through with a sample's errors and sums, which begin at `time`, and when these are done."""
        lesson, groups = self.core.samples[number].lessons[layer], self.groups(layer)
        if lesson.spared:
            return time, time
        done, free, sums = 0.0, 0.0, sum(lesson.pushes) if layer else 1
        for _ in range(groups):
            if layer:
                last = max(time + self.config.classes, free)
                time, free = last + 1, last + self.form.lanes
                done = last + self.form.lanes + self.rounded
            time += sums
            if sums:
                done = max(done, time + self.store)
        return time, max(time, done)

    def scalars(self) -> Process:
        """A lesson after another: steps over all concepts, most of which wait for the one before (see `STEPS`)."""
        while True:
            time = yield lambda: max(self.scalars_free, self.dotted[0][0] if self.dotted else inf)
            _, layer, number = self.dotted.popleft()
            lesson = self.core.samples[number].lessons[layer]
            count, basal, apical = (self.config.classes if layer else 1), layer > 0, bool(lesson.pushes)
            last = time + 2  # of the root
            for _ in ("u", "c"):
                last += self.flying + count
            if not lesson.spared:
                last += self.flying + count * (1 + basal + apical)  # a C, then q and b1 at once
                if basal:
                    last += self.flying + 1  # q_r
                if apical:
                    last += 2 * (self.flying + count)
            ready = last + self.flying
            self.scalars_free = ready + 1
            self.ended.append((ready + 1, layer, number))
