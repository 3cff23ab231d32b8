"""Clocks of one engine of the second rule, sample by sample, from what golden says of each (docs/engine.md).

Every block is a process that waits as the rtl's does: the list of rows, the walk, the soma, and the learner. The numbers are
read off the rtl, or taken from it.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from math import inf

from golden.config import Config
from rtl.engine.readout import LATENCY
from rtl.engine.soma import LOOP, SPIKE
from rtl.engine.synapses import ADDRESS, stored_stage, sums_stage
from rtl.interface.engine_map import engines_of
from sw.design.engine_counts import Sample, Walked
from sw.design.engine_learner_clocks import Learner
from sw.design.events import Process, play

OWN, STIMULUS, CODES = range(3)
"""Channels of words, as in rtl/engine/engine.py."""
LISTED, FETCHED = 3, 2
"""From a word's last row to its sample's list, and from a word to its first row (rtl/engine/rows.py)."""
OFFERED = 2
"""From the choice of a pass to its offer (rtl/engine/schedule.py)."""
RELEASED = 3
"""From a pass's last row to room in its list."""
LISTS = 2


@dataclass
class Pass:
    """A pass over a layer, of a sample or (apical) of a recalled concept, by number."""

    layer: int
    apical: bool
    number: int
    walked: Walked
    last_live: bool = False


class Engine:
    """The blocks' times so far.

    Members:
        results: of each sample's last voltages.
    """

    def __init__(self, config: Config, samples: list[Sample]):
        (self.form,) = engines_of(config)
        self.config, self.samples = config, samples
        self.learns = bool(samples and samples[0].lessons)
        self.learner = Learner(config, self.form, self)
        f = self.form
        self.rounds = -(-f.lanes // -(-f.lanes // min(f.lanes, LOOP)))
        self.slots = max(self.rounds, LOOP)
        self.lead = sums_stage(f.learn)
        # Of a source (layer, apical): samples that began, that were walked, that are listed, by time.
        self.begun: dict = defaultdict(int)
        self.walked: dict = defaultdict(list)
        self.listed: dict = defaultdict(list)
        self.passed: dict = defaultdict(int)
        self.offers: dict[int, tuple] = {}
        self.took: dict[int, float] = {}
        self.opens: dict = defaultdict(float)  # when a layer may take its next sample: inf while it recalls
        self.offer: tuple[float, Pass] | None = None
        self.taken_at = inf
        self.credits: list[float] = []
        self.sums: deque = deque()
        self.codes: deque = deque()
        self.results: list[float] = []

    def room(self, source) -> float:
        """When a sample for that source may begin."""
        begun, walked = self.begun[source], self.walked[source]
        return 0 if begun < LISTS else walked[begun - LISTS] if len(walked) > begun - LISTS else inf

    def target(self, layer: int, apical: bool) -> tuple | None:
        """The source that a pass's words are listed for."""
        above = layer - 1 if apical else layer + 1
        return (above, apical) if 0 <= above <= self.config.layers and (apical or above) else None

    def groups(self, layer: int) -> int:
        return -(-self.config.sizes[layer] // self.form.lanes)

    def stimulus(self) -> Process:
        time, first = 0.0, (1, False)
        for number, sample in enumerate(self.samples):
            time = yield lambda time=time, number=number: max(
                time, self.room(first), self.learner.free(0, number) if self.form.learn else 0, self.opens[0]
            )
            self.begun[first] += 1
            time += 1
            for word in range(len(sample.perceived[1].words)):
                self.send(STIMULUS, time, first, sample.perceived[1], word)
                time = (yield lambda: self.took.get(STIMULUS, inf)) + 1
                del self.took[STIMULUS]
            if sample.lessons:
                self.learner.teach(0, number, time)
            if sample.recalled:
                self.opens[0] = inf
                self.learner.close(0, number, time)

    def send(self, channel: int, time: float, source, walked: Walked, word: int) -> None:
        self.offers[channel] = time, source, walked.words[word], word == len(walked.words) - 1

    def rows(self) -> Process:
        """Takes words, one after another, and lists their rows."""
        free = picks = turn = 0
        while True:
            time = yield lambda free=free: max(free, min((offer[0] for offer in self.offers.values()), default=inf))
            there = [channel for channel, offer in self.offers.items() if offer[0] <= time]
            channel = turn if turn in there else min(there)
            _, source, rows, last = self.offers.pop(channel)
            self.took[channel] = time
            turn = (channel + 1) % (3 if self.form.learn else 2)
            free = max(time + FETCHED, picks)
            picks = free + max(rows, 1) + last
            if last:
                self.listed[source].append(free + max(rows, 1) + LISTED)

    def candidates(self) -> list[tuple[float, Pass]]:
        """When each source's next pass can be chosen, those that go first in front."""
        found, L = [], self.config.layers
        for apical in (True, False):
            for layer in reversed(range(0 if apical else 1, L if apical else L + 1)):
                source = layer, apical
                number = self.passed[source]
                if len(self.listed[source]) <= number:
                    continue
                target = self.target(layer, apical)
                room = 0 if target is None else self.room(target)
                if apical:
                    ready, walked = self.learner.recalls(layer)
                else:
                    walked = self.samples[number].perceived[layer]
                    ready = max(self.opens[layer], self.learner.free(layer, number))
                when = max(self.listed[source][number], room, ready)
                if when < inf:
                    found.append((when, Pass(layer, apical, number, walked)))
        return found

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
                begin = max(begin, ready - 1 + stored_stage(self.form.learn) - ADDRESS)
            at, groups = begin + 1, self.groups(now.layer)
            for group in range(groups):
                live = bool(now.walked.live) and now.walked.live[group]
                rows = now.walked.new + (now.walked.old if live else 0)
                last = max(at + max(rows, 1) - 1, begin + 2 if group == 0 else 0)
                last = yield lambda last=last, issued=issued: max(last, self.credit(issued))
                self.sums.append((last + self.lead, now, group))
                issued, at = issued + 1, last + 1
            ready, now.last_live, before = at, live, now
            self.walked[now.layer, now.apical].append(last + RELEASED)

    def credit(self, issued: int) -> float:
        """When there is room for the sums of the group after so many."""
        return 0 if not issued else self.credits[issued - 1] if len(self.credits) >= issued else inf

    def take(self, now: Pass, time: float) -> None:
        """What a pass changes that is taken."""
        target = self.target(now.layer, now.apical)
        self.passed[now.layer, now.apical] += 1
        if target is not None:
            self.begun[target] += 1
        if now.apical:
            self.learner.pass_begins(now.layer, time + 1)
        elif self.samples[now.number].recalled:
            self.opens[now.layer] = inf
            if now.layer == self.config.layers:
                self.codes.append((time + 1, now.number))
            else:
                self.learner.close(now.layer, now.number, time + 1)

    def soma(self) -> Process:
        """Steps of a group, then its word goes out."""
        steps = self.form.steps
        word = (steps - 1) * self.slots + self.rounds + SPIKE + 1
        room = max(0, steps * self.slots - 1 - self.lead) + 2
        free = readout = 0.0
        while True:
            begin = yield lambda free=free: max(free, self.sums[0][0] if self.sums else inf)
            _, now, group = self.sums.popleft()
            self.credits.append(begin + room)
            last, target, time = group == self.groups(now.layer) - 1, self.target(now.layer, now.apical), begin + word
            if target is not None:
                self.send(OWN, time, target, self.listed_as(now, target), group)
                time = yield lambda: self.took.get(OWN, inf)
                del self.took[OWN]
            elif not now.apical:
                lanes = min(self.form.lanes, self.config.classes - group * self.form.lanes)
                time = max(time, readout) + lanes - 1
                if last:
                    self.results.append(time)
                    readout = time + 2 + 2 * self.config.classes + 4 * self.config.layers * (LATENCY + 2)
            free = time + 1
            if last and now.apical:
                self.learner.norm(now.layer, time + 1)
            elif last and self.samples[now.number].lessons:
                self.learner.teach(now.layer, now.number, time + 1)

    def listed_as(self, now: Pass, target: tuple) -> Walked:
        """The pass that a pass's words will be rows of."""
        if now.apical:
            sample, concept = self.learner.concept_of(target[0], self.passed[now.layer, True] - 1)
            return self.samples[sample].recalled[concept][target[0]]
        return self.samples[now.number].perceived[target[0]]

    def code(self) -> Process:
        """The concepts' codes, one after another, for layer L-1."""
        source = self.config.layers - 1, True
        while True:
            time = yield lambda: self.codes[0][0] if self.codes else inf
            _, number = self.codes.popleft()
            for concept in range(self.config.classes):
                time = yield lambda time=time: max(time, self.room(source))
                self.begun[source] += 1
                time += 1
                walked = self.samples[number].recalled[concept][source[0]]
                for word in range(len(walked.words)):
                    self.send(CODES, time, source, walked, word)
                    time = (yield lambda: self.took.get(CODES, inf)) + 1
                    del self.took[CODES]
            self.opens[self.config.layers] = time


def clocks(config: Config, samples: list[Sample]) -> float:
    """Mean clocks between two results, recall at the blocks' ends included, as the simulation counts them."""
    engine = Engine(config, samples)
    processes = [engine.stimulus(), engine.rows(), engine.schedule(), engine.walk(), engine.soma(), engine.code()]
    play(processes + engine.learner.processes())
    return (engine.results[-1] - engine.results[0]) / (len(engine.results) - 1)
