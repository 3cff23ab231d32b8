"""Clocks of an auto-encoder's engine: what its three passes wait for, and where their words go (docs/autoencoder.md, 4)."""

from collections import defaultdict
from collections.abc import Iterator
from math import inf

from golden.config import UPDATE_DELAY, Config
from golden.records import RECALLED_COUNTERS
from rtl.engine.contexts import Target
from rtl.engine.noise import HASH_STEPS
from rtl.engine.readout import LATENCY
from rtl.interface.results import PACKED
from sw.design.core_clocks import FIRST, Core, Words
from sw.design.engine_clocks import Engine, Pass
from sw.design.events import Process
from sw.design.recirculation_counts import Circulated
from sw.design.walks import AGAIN, DOWN, UP, Source, Walked

ENDED = 7
"""From a pass's last word until what waits for its errors may be chosen (rtl/recirculation/differences.py)."""
DRAWN = HASH_STEPS + 2
"""From a pass that is taken, whose update draws its noise, to the choice of the next."""


class RecirculationCore(Core):
    """Members, beside those of `Core`:

    learns: all samples are learned, else none. ended: of a source and a sample, when its errors are there. begins: of a
    layer, when it has begun to go up. packed: when the readout may take the next group of counts; shown: when its result is
    out.
    """

    def __init__(self, config: Config, samples: list[Circulated]):
        self.learns = samples[0].learned
        self.ended: dict = defaultdict(lambda: inf)
        self.begins: dict = defaultdict(list)
        self.packed = self.shown = 0.0
        super().__init__(config, samples, RecirculationEngine)

    def processes(self) -> list[Process]:
        return [self.stimulus()]

    def over(self, source: Source, number: int) -> float:
        """When the sample two before has gone through that source."""
        return self.ended[source, number - UPDATE_DELAY] if number >= UPDATE_DELAY else 0

    def stimulus(self) -> Process:
        """Samples, word by word, two at most until they are recalled; a code may have more words than a sample."""
        time = 0.0
        for number, sample in enumerate(self.samples):
            time = yield lambda time=time, number=number: max(time, self.room(FIRST), self.over((0, DOWN), number))
            self.begun[FIRST] += 1
            up = sample.by_source[FIRST]
            time = (yield from self.send(time + 1, FIRST, up)) + self.config.beats - len(up.words)

    def show(self, lanes: int, last: bool, time: float) -> float:
        """The readout takes a group that is recalled; with the last one the result goes out. Returns when it is taken."""
        time = max(time, self.packed, self.shown)
        self.packed = time + lanes + 1
        if last:
            words = sum(-(-size // PACKED) for size in (self.config.sizes[0], self.config.sizes[-1]))
            counters = len(RECALLED_COUNTERS) * self.config.layers
            self.shown = self.packed + 2 + words * (PACKED + 2) + counters * (LATENCY + 2)
            self.results.append(self.shown)
        return time


class RecirculationEngine(Engine):
    """drawn: when its noise has been drawn. See `Engine`."""

    own = 2

    def __init__(self, core: RecirculationCore, form):
        super().__init__(core, form)
        self.drawn = 0.0

    def channel(self, words: Words) -> int:
        layer, side = words.source
        if words.sender is self:
            return int(side == AGAIN)
        target = Target(layer, apical=side == DOWN, echo=side == AGAIN)
        return self.own + self.form.inputs.index(self.form.source_of(target))

    def order(self) -> Iterator[Source]:
        layers = self.config.layers
        yield from ((layer, AGAIN) for layer in range(layers, 0, -1))
        yield from ((layer, DOWN) for layer in range(layers))
        yield from ((layer, UP) for layer in range(layers, 0, -1))

    def ready(self, source: Source, number: int) -> tuple[float, Walked | None]:
        core, (layer, side) = self.core, source
        if side == AGAIN:  # once the next sample has gone up
            begins = core.begins[layer]
            free = begins[number + 1] if len(begins) > number + 1 else inf
        elif not core.learns or source == (0, DOWN):
            free = 0
        else:
            free = core.over((layer, DOWN if side == DOWN else AGAIN), number)
        return max(free, self.drawn), core.samples[number].by_source[source]

    def targets(self, layer: int, side: str) -> list[Source]:
        if side == AGAIN:
            return []
        if side == UP:
            return [(layer + 1, UP) if layer < self.config.layers else (layer - 1, DOWN)]
        return [*([(layer - 1, DOWN)] if layer else []), *([(layer + 1, AGAIN)] if self.core.learns else [])]

    def follow(self, now: Pass, time: float) -> None:
        if now.side == UP:
            self.core.begins[now.layer].append(time + 1)
        if self.core.learns and now.side != AGAIN:
            self.drawn = time + DRAWN

    def give(self, now: Pass, group: int, last: bool, time: float) -> Process:
        core, targets = self.core, self.targets(now.layer, now.side)
        if now.side == UP and now.layer == self.config.layers:
            shown = max(time, core.packed)
            core.packed = shown + self.form.lanes + 1
        elif (now.layer, now.side) == (0, DOWN):
            shown = core.show(self.form.lanes, last, time)
        else:
            shown = time
        if targets:
            passes = core.samples[now.number].by_source
            words = [Words(self, target, passes[target].words) for target in targets]
            time = yield from core.offered(time, group, *words)
        time = max(time, shown)
        if last:
            core.ended[(now.layer, now.side), now.number] = time + ENDED
        return time
