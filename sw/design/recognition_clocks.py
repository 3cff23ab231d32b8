"""Clocks of an engine that names samples: what its passes wait for, the learner among it, and where its words go."""

from collections import defaultdict, deque
from collections.abc import Iterator
from math import inf

from golden.config import Config
from rtl.engine.contexts import Target
from rtl.engine.formats import EngineFormat
from rtl.engine.readout import LATENCY
from sw.design.core_clocks import FIRST, Core, Words
from sw.design.counts import Sample
from sw.design.engine_clocks import Engine, Pass
from sw.design.events import Process
from sw.design.learner_clocks import Learner
from sw.design.walks import BACK, DOWN, UP, Source, Walked


class RecognitionCore(Core):
    """opens: of a layer, when it may take its next sample: inf while it recalls."""

    def __init__(self, config: Config, samples: list[Sample]):
        self.learns = bool(samples[0].lessons)
        self.opens: dict = defaultdict(float)
        self.codes: deque = deque()
        self.readout = 0.0
        super().__init__(config, samples, RecognitionEngine)

    def processes(self) -> list[Process]:
        return [self.stimulus(), self.code()]

    def stimulus(self) -> Process:
        """Samples, word by word, to layer 1, and to layer 0 where it learns."""
        time = 0.0
        bottom = self.of(0).learner if self.config.lowest_built == 0 else None
        for number, sample in enumerate(self.samples):
            time = yield lambda time=time, number=number: max(
                time, self.room(FIRST), self.opens[0], bottom.free(0, number) if bottom else 0
            )
            self.begun[FIRST] += 1
            time = yield from self.send(time + 1, FIRST, sample.perceived[1])
            if bottom and sample.lessons:
                bottom.teach(0, number, time)
            if bottom and sample.recalled:
                self.opens[0] = inf
                bottom.close(0, number, time)

    def code(self) -> Process:
        """The concepts' codes, one after another, for layer L-1."""
        source = self.config.layers - 1, DOWN
        while True:
            time = yield lambda: self.codes[0][0] if self.codes else inf
            _, number = self.codes.popleft()
            for concept in range(self.config.classes):
                time = yield lambda time=time: max(time, self.room(source))
                self.begun[source] += 1
                walked = self.samples[number].recalled[concept][source[0]]
                time = yield from self.send(time + 1, source, walked)
            self.opens[self.config.layers] = time


class RecognitionEngine(Engine):
    """See `Engine`."""

    def __init__(self, core: RecognitionCore, form: EngineFormat):
        super().__init__(core, form)
        self.own = 1 if form.lateral_source is None else 2
        self.learner = Learner(core.config, form, core)

    def processes(self) -> list[Process]:
        return [*super().processes(), *self.learner.processes()]

    def channel(self, words: Words) -> int:
        inputs = self.form.inputs
        layer, side = words.source
        if words.sender is self:
            return int(side == BACK)
        codes = side == DOWN and layer == self.config.layers - 1
        return self.own + (len(inputs) if codes else inputs.index(self.form.source_of(Target(layer, apical=side == DOWN))))

    def order(self) -> Iterator[Source]:
        layers = self.config.layers
        yield from ((layer, DOWN) for layer in reversed(range(self.form.lowest, layers)))
        yield from ((layer, UP) for layer in reversed(range(1, layers + 1)))

    def ready(self, source: Source, number: int) -> tuple[float, Walked | None]:
        layer, side = source
        if side == DOWN:
            return self.learner.recalls(layer)
        return max(self.core.opens[layer], self.learner.free(layer, number)), self.core.samples[number].perceived[layer]

    def targets(self, layer: int, side: str) -> list[Source]:
        if side == DOWN:
            return [(layer - 1, DOWN)] if layer > self.form.lowest else []
        return [(layer + 1, UP)] if layer < self.config.layers else []

    def follow(self, now: Pass, time: float) -> None:
        if now.side == DOWN:
            self.learner.pass_begins(now.layer, time + 1)
        elif self.core.samples[now.number].recalled:
            self.core.opens[now.layer] = inf
            if now.layer == self.config.layers:
                self.core.codes.append((time + 1, now.number))
            else:
                self.learner.close(now.layer, now.number, time + 1)

    def give(self, now: Pass, group: int, last: bool, time: float) -> Process:
        core = self.core
        if core.config.recurrent and (now.layer, now.side) == FIRST and now.number + 1 < len(core.samples):
            returned = Words(self, (1, BACK), core.samples[now.number + 1].perceived[1].returned)
            time = 1 + (yield from core.offered(time, group, returned))
        targets = self.targets(now.layer, now.side)
        if targets:
            time = yield from core.offered(time, group, *(Words(self, to, self.listed_as(now, to[0])) for to in targets))
        elif now.side == UP:
            lanes = min(self.form.lanes, self.config.classes - group * self.form.lanes)
            time = max(time, core.readout) + lanes
            if last:
                core.results.append(time)
                core.readout = time + 2 + 2 * self.config.classes + 4 * self.config.layers * (LATENCY + 2)
        if last and now.side == DOWN:
            self.learner.norm(now.layer, time + 1)
        elif last and core.samples[now.number].lessons:
            self.learner.teach(now.layer, now.number, time + 1)
        return time

    def listed_as(self, now: Pass, layer: int) -> list[int]:
        """The rows, in words, of the pass of another layer that a pass's words will be rows of."""
        if now.side == DOWN:
            sample, concept = self.learner.concept_of(self.core.passed[now.layer, DOWN] - 1)
            return self.core.samples[sample].recalled[concept][layer].words
        return self.core.samples[now.number].perceived[layer].words
