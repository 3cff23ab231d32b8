"""Clocks of the engines, sample by sample, from what golden says of each (docs/hardware.md).

Every block is a process that waits as the rtl's does: the list of rows, the walk, the soma, and the learner. The numbers are
read off the rtl, or taken from it.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from math import inf

from golden.config import Config
from rtl.engine.claims import LISTS
from rtl.engine.contexts import Target
from rtl.engine.formats import EngineFormat
from rtl.engine.readout import LATENCY
from rtl.interface.memory_map import engines_of
from sw.design.counts import Sample, Walked
from sw.design.events import Process, play
from sw.design.learner_clocks import Learner

LISTED, FETCHED = 3, 2
"""From a word's last row, picked, to its sample's list, and from a word to its first row (rtl/engine/rows.py)."""
GRANTED = 1
"""From a word's offer, and from the last row of the one before, until it is taken."""
OFFERED = 3
"""From the choice of a pass to its offer (rtl/engine/schedule.py)."""
RELEASED = 3
"""From a pass's last row to room in its list."""


@dataclass
class Pass:
    """A pass over a layer, of a sample or (apical) of a recalled concept, by number."""

    layer: int
    apical: bool
    number: int
    walked: Walked
    last_live: bool = False


class Core:
    """Its engines, what goes between them, and the ends: the stimulus, the codes, the results.

    Members:
        begun, walked, listed, passed: of a source (layer, apical), the samples that have begun, been walked, been listed (at
            which times), and been taken. opens: of a layer, when it may take its next sample: inf while it recalls.
        results: of each sample's last voltages.
    """

    def __init__(self, config: Config, samples: list[Sample]):
        self.config, self.samples = config, samples
        self.learns = bool(samples[0].lessons)
        self.begun: dict = defaultdict(int)
        self.walked: dict = defaultdict(list)
        self.listed: dict = defaultdict(list)
        self.passed: dict = defaultdict(int)
        self.opens: dict = defaultdict(float)
        self.codes: deque = deque()
        self.results: list[float] = []
        self.engines = [Engine(self, form) for form in engines_of(config)]

    def processes(self) -> list[Process]:
        """All there are."""
        return [self.stimulus(), self.code(), *(process for engine in self.engines for process in engine.processes())]

    def of(self, layer: int) -> "Engine":
        """The engine that has it."""
        return next(engine for engine in self.engines if engine.form.has(layer))

    def room(self, source) -> float:
        """When a sample for that source may begin."""
        begun, walked = self.begun[source], self.walked[source]
        return 0 if begun < LISTS else walked[begun - LISTS] if len(walked) > begun - LISTS else inf

    def stimulus(self) -> Process:
        """Samples, word by word, to layers 1 and 0."""
        time, first = 0.0, (1, False)
        bottom = self.of(0).learner if self.config.learn else None
        for number, sample in enumerate(self.samples):
            time = yield lambda time=time, number=number: max(
                time, self.room(first), self.opens[0], bottom.free(0, number) if bottom else 0
            )
            self.begun[first] += 1
            sent = self.send(None, time + 1, first, sample.perceived[1])
            time = yield from sent
            if sample.lessons:
                bottom.teach(0, number, time)
            if sample.recalled:
                self.opens[0] = inf
                bottom.close(0, number, time)

    def send(self, sender: "Engine | None", time: float, source, walked: Walked, codes: bool = False) -> Process:
        """Sends all words of a sample, each when the one before has been taken; returns when the next one may follow."""
        engine = self.of(source[0])
        for word in range(len(walked.words)):
            time = (yield from engine.offered(sender, time, source, walked, word, codes)) + 1
        return time

    def code(self) -> Process:
        """The concepts' codes, one after another, for layer L-1."""
        source = self.config.layers - 1, True
        while True:
            time = yield lambda: self.codes[0][0] if self.codes else inf
            _, number = self.codes.popleft()
            for concept in range(self.config.classes):
                time = yield lambda time=time: max(time, self.room(source))
                self.begun[source] += 1
                walked = self.samples[number].recalled[concept][source[0]]
                time = yield from self.send(None, time + 1, source, walked, codes=True)
            self.opens[self.config.layers] = time


class Engine:
    """The blocks of an engine."""

    def __init__(self, core: Core, form: EngineFormat):
        self.core, self.form, self.config = core, form, core.config
        self.learner = Learner(core.config, form, core)
        loop = form.stages.soma.loop
        self.rounds = -(-form.lanes // -(-form.lanes // min(form.lanes, loop)))
        self.slots = max(self.rounds, loop)
        self.lead = form.summed
        self.offers: dict[int, tuple] = {}
        self.took: dict[int, float] = {}
        self.offer: tuple[float, Pass] | None = None
        self.taken_at = inf
        self.credits: list[float] = []
        self.sums: deque = deque()

    def processes(self) -> list[Process]:
        """Its blocks."""
        return [self.rows(), self.schedule(), self.walk(), self.soma(), *self.learner.processes()]

    def groups(self, layer: int) -> int:
        """Of a layer."""
        return -(-self.config.sizes[layer] // self.form.lanes)

    def offered(self, sender: "Engine | None", time: float, source, walked: Walked, word: int, codes: bool) -> Process:
        """Offers a word to this engine's rows; returns when it has been taken."""
        inputs = self.form.inputs
        own = 1 + len(inputs) if codes else 0
        channel = own if codes or sender is self else 1 + inputs.index(self.form.source_of(Target(*source)))
        self.offers[channel] = time, source, walked.words[word], word == len(walked.words) - 1
        time = yield lambda: self.took.get(channel, inf)
        del self.took[channel]
        return time

    def rows(self) -> Process:
        """Takes words, one after another, and lists their rows."""
        form = self.form
        channels = 1 + len(form.inputs) + (form.source_of(Target(form.layers - 1, apical=True)) is not None)
        free = picks = turn = 0
        while True:
            time = (
                yield lambda free=free: GRANTED + max(free, min((offer[0] for offer in self.offers.values()), default=inf))
            )
            there = [channel for channel, offer in self.offers.items() if offer[0] < time]
            channel = turn if turn in there else min(there)
            _, source, rows, last = self.offers.pop(channel)
            self.took[channel] = time
            turn = (channel + 1) % channels
            free = max(time + FETCHED, picks)
            picks = free + rows + 1 + last
            if last:
                self.core.listed[source].append(free + rows + LISTED + form.stages.picked)

    def candidates(self) -> list[tuple[float, Pass]]:
        """When each source's next pass can be chosen, those that go first in front."""
        found, core, L = [], self.core, self.config.layers
        for apical in (True, False):
            for layer in reversed(range(0 if apical else 1, L if apical else L + 1)):
                source = layer, apical
                number = core.passed[source]
                if not self.form.has(layer) or len(core.listed[source]) <= number:
                    continue
                target = self.target(layer, apical)
                room = 0 if target is None else core.room(target)
                if apical:
                    ready, walked = self.learner.recalls(layer)
                else:
                    walked = self.core.samples[number].perceived[layer]
                    ready = max(self.core.opens[layer], self.learner.free(layer, number))
                when = max(self.core.listed[source][number], room, ready)
                if when < inf:
                    found.append((when, Pass(layer, apical, number, walked)))
        return found

    def target(self, layer: int, apical: bool) -> tuple | None:
        """The source that a pass's words are listed for."""
        above = layer - 1 if apical else layer + 1
        return (above, apical) if 0 <= above <= self.config.layers and (apical or above) else None

    def schedule(self) -> Process:
        time = 0.0
        while True:
            time = yield lambda time=time: max(time, min((when for when, _ in self.candidates()), default=inf))
            chosen = next(one for when, one in self.candidates() if when <= time)
            self.offer = time + OFFERED, chosen
            time = (yield lambda: self.taken_at) + 1
            self.taken_at = inf

    def walk(self) -> Process:
        ready, before, issued = 0.0, None, 0
        while True:
            time = yield lambda ready=ready: max(ready, self.offer[0] if self.offer else inf)
            (_, now), self.offer = self.offer, None
            self.taken_at = time
            self.take(now, time)
            begin = time + 1
            if before and (before.layer, before.apical) == (now.layer, now.apical) and before.last_live:
                begin = max(begin, ready - 1 + self.form.stored - self.form.stages.row.address)
            at, groups = begin + 1, self.groups(now.layer)
            for group in range(groups):
                live = bool(now.walked.live) and now.walked.live[group]
                rows = now.walked.new + (now.walked.old if live else 0)
                if live and self.form.slow:  # a memory of one port: a clock for a word that is written
                    rows += now.walked.was
                last = max(at + max(rows, 1) - 1, begin + 2 if group == 0 else 0)
                last = yield lambda last=last, issued=issued: max(last, self.credit(issued))
                self.sums.append((last + self.lead, now, group))
                issued, at = issued + 1, last + 1
            ready, now.last_live, before = at, live, now
            self.core.walked[now.layer, now.apical].append(last + RELEASED)

    def credit(self, issued: int) -> float:
        """When there is room for the sums of the group after so many."""
        return 0 if not issued else self.credits[issued - 1] if len(self.credits) >= issued else inf

    def take(self, now: Pass, time: float) -> None:
        """What a pass changes that is taken."""
        target = self.target(now.layer, now.apical)
        self.core.passed[now.layer, now.apical] += 1
        if target is not None:
            self.core.begun[target] += 1
        if now.apical:
            self.learner.pass_begins(now.layer, time + 1)
        elif self.core.samples[now.number].recalled:
            self.core.opens[now.layer] = inf
            if now.layer == self.config.layers:
                self.core.codes.append((time + 1, now.number))
            else:
                self.learner.close(now.layer, now.number, time + 1)

    def soma(self) -> Process:
        """Steps of a group, then its word goes out."""
        steps = self.form.steps
        word = (steps - 1) * self.slots + self.rounds + self.form.stages.soma.spike + 1
        room = max(0, steps * self.slots - 1 - self.lead) + 2
        free = readout = 0.0
        while True:
            begin = yield lambda free=free: max(free, self.sums[0][0] if self.sums else inf)
            _, now, group = self.sums.popleft()
            self.credits.append(begin + room)
            last, target, time = group == self.groups(now.layer) - 1, self.target(now.layer, now.apical), begin + word
            if target is not None:
                to = self.core.of(target[0])
                time = yield from to.offered(self, time, target, self.listed_as(now, target), group, codes=False)
            elif not now.apical:
                lanes = min(self.form.lanes, self.config.classes - group * self.form.lanes)
                time = max(time, readout) + lanes
                if last:
                    self.core.results.append(time)
                    readout = time + 2 + 2 * self.config.classes + 4 * self.config.layers * (LATENCY + 2)
            free = time + 1
            if last and now.apical:
                self.learner.norm(now.layer, time + 1)
            elif last and self.core.samples[now.number].lessons:
                self.learner.teach(now.layer, now.number, time + 1)

    def listed_as(self, now: Pass, target: tuple) -> Walked:
        """The pass that a pass's words will be rows of."""
        if now.apical:
            sample, concept = self.learner.concept_of(target[0], self.core.passed[now.layer, True] - 1)
            return self.core.samples[sample].recalled[concept][target[0]]
        return self.core.samples[now.number].perceived[target[0]]


def clocks(config: Config, samples: list[Sample]) -> float:
    """Mean clocks between two results, recall at the blocks' ends included, as the simulation counts them."""
    core = Core(config, samples)
    play(core.processes())
    return (core.results[-1] - core.results[0]) / (len(core.results) - 1)
