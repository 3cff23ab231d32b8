"""Clocks of a core: what goes between its engines, and from outside (`engine_clocks`)."""

from collections import defaultdict
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from golden.config import Config
from rtl.engine.claims import LISTS
from rtl.engine.formats import engines_of
from sw.design.events import Process, play
from sw.design.walks import BACK, UP, Source, Walked

if TYPE_CHECKING:
    from sw.design.engine_clocks import Engine

FIRST = (1, UP)
"""The stimulus' source."""


@dataclass
class Words:
    """A pass's rows on their way to a source, in words; sender: an engine, None: from outside."""

    sender: "Engine | None"
    source: Source
    rows: list[int]


class Core:
    """Its engines, and what goes between them.

    Members:
        begun, walked, listed, passed: of a source, the samples that have begun, been walked, been listed (at which times),
            and been taken. results: when each sample has its result.
    """

    def __init__(self, config: Config, samples: list[Any], engine: type["Engine"]):
        self.config, self.samples = config, samples
        self.begun: dict = defaultdict(int)
        self.walked: dict = defaultdict(list)
        self.listed: dict = defaultdict(list)
        self.passed: dict = defaultdict(int)
        self.results: list[float] = []
        self.engines = [engine(self, form) for form in engines_of(config)]

    def clocks(self) -> float:
        """Mean clocks between two results, as the simulation counts them."""
        play([*self.processes(), *(process for engine in self.engines for process in engine.processes())])
        return (self.results[-1] - self.results[0]) / (len(self.results) - 1)

    def processes(self) -> list[Process]:
        """What there is beside the engines."""
        raise NotImplementedError

    def of(self, layer: int) -> "Engine":
        """The engine that has it."""
        return next(engine for engine in self.engines if engine.form.has(layer))

    def complete(self, source: Source, number: int) -> float:
        """When a sample of that source is listed; of layer 1 with the rows that the sample before has sent back."""
        senders = [(source, number)]
        if source == FIRST and self.config.recurrent and number:
            senders.append(((1, BACK), number - 1))
        return max(self.listed[who][n] if len(self.listed[who]) > n else inf for who, n in senders)

    def room(self, source: Source) -> float:
        """When a sample for that source may begin."""
        begun, walked = self.begun[source], self.walked[source]
        return 0 if begun < LISTS else walked[begun - LISTS] if len(walked) > begun - LISTS else inf

    def send(self, time: float, source: Source, walked: Walked) -> Process:
        """Sends all words of a sample from outside, each when the one before has been taken; returns when the next one may
        follow."""
        words = Words(None, source, walked.words)
        for number in range(len(words.rows)):
            time = (yield from self.offered(time, number, words)) + 1
        return time

    def offered(self, time: float, number: int, *targets: Words) -> Process:
        """Offers the number-th word to rows; returns when all have taken it."""
        asked = []
        for words in targets:
            engine = self.of(words.source[0])
            channel = engine.channel(words)
            engine.offers[channel] = time, words.source, words.rows[number], number == len(words.rows) - 1
            asked.append((engine, channel))
        time = yield lambda: max(engine.took.get(channel, inf) for engine, channel in asked)
        for engine, channel in asked:
            del engine.took[channel]
        return time
