"""Clocks of the engines, sample by sample, from what golden says of each (docs/hardware.md): what all tasks share.

Every block is a process that waits as the rtl's does: the list of rows, the walk, the soma and the outlet. The numbers are
read off the rtl, or taken from it. What a task adds is in `recognition_clocks` and `recirculation_clocks`.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from rtl.engine.formats import EngineFormat
from sw.design.core_clocks import Core, Words
from sw.design.events import Process
from sw.design.walks import DOWN, Source, Walked

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
    """A pass over a layer from one side, of a sample or, down in recognition, of a recalled concept, by number."""

    layer: int
    side: str
    number: int
    walked: Walked
    last_live: bool = False

    @property
    def weights(self) -> tuple[int, bool]:
        """Which it walks."""
        return self.layer, self.side == DOWN


class Engine:
    """The blocks of an engine. own: channels from its own outlet to its rows."""

    own = 1

    def __init__(self, core: Core, form: EngineFormat):
        self.core, self.form, self.config = core, form, core.config
        loop = form.stages.soma.loop
        self.rounds = -(-form.lanes // -(-form.lanes // min(form.lanes, loop)))
        self.slots = max(self.rounds, loop)
        self.summed = form.summed - form.stages.soma.ahead
        self.offers: dict[int, tuple] = {}
        self.took: dict[int, float] = {}
        self.offer: tuple[float, Pass] | None = None
        self.taken_at = inf
        self.credits: list[float] = []
        self.sums: deque = deque()
        self.words: deque = deque()
        self.given: list[float] = []

    # -- what a task says ------------------------------------------------------------------------------------------------

    def channel(self, words: Words) -> int:
        """By which of its channels words come."""
        raise NotImplementedError

    def order(self) -> Iterator[Source]:
        """Sources whose passes are taken, those that go first in front."""
        raise NotImplementedError

    def ready(self, source: Source, number: int) -> tuple[float, Walked | None]:
        """When a layer may take its number-th pass from a side, its rows apart, and the pass."""
        raise NotImplementedError

    def targets(self, layer: int, side: str) -> list[Source]:
        """The sources that a pass's words are listed for."""
        raise NotImplementedError

    def follow(self, now: Pass, time: float) -> None:
        """What a pass changes that is taken."""
        raise NotImplementedError

    def give(self, now: Pass, group: int, last: bool, time: float) -> Process:
        """A group's word goes to its places; returns when it has been taken."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def processes(self) -> list[Process]:
        """Its blocks."""
        return [self.rows(), self.schedule(), self.walk(), self.soma(), self.outlet()]

    def groups(self, layer: int) -> int:
        """Of a layer."""
        return -(-self.config.sizes[layer] // self.form.lanes)

    def rows(self) -> Process:
        """Takes words, one after another, and lists their rows."""
        free = picks = turn = 0
        while True:
            time = (
                yield lambda free=free: GRANTED + max(free, min((offer[0] for offer in self.offers.values()), default=inf))
            )
            there = [channel for channel, offer in self.offers.items() if offer[0] < time]
            channel = turn if turn in there else min(there)
            _, source, rows, last = self.offers.pop(channel)
            self.took[channel] = time
            turn = channel + 1
            free = max(time + FETCHED, picks)
            picks = free + rows + 1 + last
            if last:
                self.core.listed[source].append(free + rows + LISTED + self.form.stages.picked)

    def candidates(self) -> list[tuple[float, Pass]]:
        """When each source's next pass can be chosen, those that go first in front."""
        found, core = [], self.core
        for source in self.order():
            number = core.passed[source]
            listed = core.complete(source, number) if self.form.has(source[0]) else inf
            if listed < inf:
                ready, walked = self.ready(source, number)
                when = max(listed, ready, *map(core.room, self.targets(*source)))
                if when < inf:
                    found.append((when, Pass(*source, number, walked)))
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
            self.core.passed[now.layer, now.side] += 1
            for target in self.targets(now.layer, now.side):
                self.core.begun[target] += 1
            self.follow(now, time)
            begin = time + 1
            if before and before.weights == now.weights and before.last_live:
                begin = max(begin, ready - 1 + self.form.stored - self.form.stages.row.address)
            at, groups = begin + 1, self.groups(now.layer)
            for group in range(groups):
                live = bool(now.walked.live) and now.walked.live[group]
                rows = now.walked.new + (now.walked.old if live else 0)
                if live and self.form.slow:  # a memory of one port: a clock for a word that is written
                    rows += now.walked.was
                last = max(at + max(rows, 1) - 1, begin + 2 if group == 0 else 0)
                last = yield lambda last=last, issued=issued: max(last, self.credit(issued))
                self.sums.append((last + self.summed, now, group))
                issued, at = issued + 1, last + 1
            ready, now.last_live, before = at, live, now
            self.core.walked[now.layer, now.side].append(last + RELEASED)

    def credit(self, issued: int) -> float:
        """When there is room for the sums of the group after so many."""
        return 0 if not issued else self.credits[issued - 1] if len(self.credits) >= issued else inf

    def soma(self) -> Process:
        """Steps of a group; the next one's begin behind them, once the word before this one's is gone."""
        clocks, stages = self.form.steps * self.slots, self.form.stages.soma
        word = clocks - self.slots + self.rounds + stages.spike + 2
        room = max(0, clocks - 1 + stages.wanted - self.form.summed) + 2
        free, begun = 0.0, 0
        while True:
            begin = yield lambda free=free, begun=begun: max(
                free, self.gone(begun - 2), self.sums[0][0] if self.sums else inf
            )
            _, now, group = self.sums.popleft()
            self.credits.append(begin + room)
            self.words.append((begin + word, now, group))
            free, begun = begin + clocks, begun + 1

    def gone(self, word: int) -> float:
        """When the word of that number, from 0 on, has been taken; 0 of one before the first."""
        return 0 if word < 0 else self.given[word] if len(self.given) > word else inf

    def outlet(self) -> Process:
        """Words, one after another."""
        free = 0.0
        while True:
            time = yield lambda free=free: max(free, self.words[0][0]) if self.words else inf
            _, now, group = self.words.popleft()
            taken = yield from self.give(now, group, group == self.groups(now.layer) - 1, time)
            free = taken + 2
            self.given.append(taken + 1)
