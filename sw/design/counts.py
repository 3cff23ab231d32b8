"""What golden counts of real samples, as far as it decides how many clocks an engine takes for them."""

from dataclasses import dataclass, field

import numpy as np
import torch

from golden.config import Config
from golden.integer import IntegerModel
from golden.recurrence import Recurrence
from golden.rule import Rule
from golden.sequence import Foreteller
from sw.data import Dataset


@dataclass(frozen=True)
class Walked:
    """A pass over a layer's groups. words: rows to list, active or active before, in each word of P senders.

    new, old: rows active now, and before only; was: before. live: of each group, has the update that the pass applies errors
    there.
    """

    words: list[int]
    new: int
    old: int
    live: list[bool]
    was: int


@dataclass(frozen=True)
class Lesson:
    """What a sample teaches at a layer. spared: nothing. pushes: of each concept in turn, does it change apical sums."""

    spared: bool
    pushes: list[bool]


@dataclass
class Sample:
    """A sample, by layer. perceived: its passes (1..L); lessons (0..L): none where it is not learned; recalled: behind it, a
    block's end, for each concept in turn the passes of layers 0..L-1."""

    perceived: dict[int, Walked]
    lessons: dict[int, Lesson] = field(default_factory=dict)
    recalled: list[dict[int, Walked]] = field(default_factory=list)


class _Watched:
    """A rule, and every trace of its samples and concepts."""

    def __init__(self, config: Config):
        super().__init__(config)
        self.samples: list[tuple[dict, int]] = []
        self.concepts: dict[int, list[dict]] = {}

    def sample(self, m, x, y, gain, bases):
        trace = super().sample(m, x, y, gain, bases) | {"x": x}
        self.samples.append(({k: v.numpy().copy() for k, v in trace.items()}, int(y)))
        return trace

    def concept(self, m, k, gain, shift, bases):
        before = {f"before{i}": h.index_select(0, k)[0] for i, h in enumerate(m.h)}
        trace = before | super().concept(m, k, gain, shift, bases)
        kept = {name: v.numpy().copy() for name, v in trace.items() if name.startswith(("before", "G", "rh"))}
        self.concepts.setdefault(len(self.samples) - 1, []).append(kept)
        return trace


class _Names(_Watched, Rule):
    pass


class _Foretells(_Watched, Recurrence):
    pass


def watch(config: Config, dataset: Dataset) -> tuple[list[Sample], list[Sample]]:
    """Golden learns the training samples from initial weights, and then infers the others; the first are none where the
    configuration does not learn. A core that is not recurrent: each sample is seen alone."""
    model, of = (Foreteller, _Foretells) if config.task == "sequence" else (IntegerModel, _Names)
    model = model(config, fast=False)
    model.rule = rule = of(config)
    learned = []
    if config.learn:
        model.train(dataset.x_train, dataset.y_train)
        learned = [_learned(config, rule, n) for n in range(len(rule.samples))]
        model.finish()
    trace = rule.perceive(model.W, torch.from_numpy(dataset.x_test.astype(np.int32)))
    trace = {name: value.numpy() for name, value in trace.items() if name.startswith("r")}
    inferred = []
    for n, x in enumerate(dataset.x_test):
        one, before = ({f"r{i}": trace[f"r{i}"][j] for i in range(config.layers + 1)} for j in (n, max(0, n - 2)))
        inferred.append(Sample(_perceived(config, one | {"x": x}, before if n > 1 else None)))
    return learned, inferred


def rows(config: Config, samples: list[Sample]) -> tuple[float, ...]:
    """Mean words that layers 1..L walk a sample, those of its update included; empty without samples."""

    def walked(one: Walked, groups: int) -> float:
        return groups * one.new + sum(one.live) * one.old

    groups = [-(-size // config.lanes) for size in config.sizes]
    layers = samples[0].perceived if samples else ()
    return tuple(sum(walked(sample.perceived[i], groups[i]) for sample in samples) / len(samples) for i in layers)


def _learned(config: Config, rule: _Watched, n: int) -> Sample:
    trace, label = rule.samples[n]
    sample = Sample(_perceived(config, trace, rule.samples[n - 2][0] if n > 1 else None))
    for i in range(config.layers + 1):
        near = 256 - int(trace[f"C{i}"][label]) < config.dead_zone_of(i)
        apical = config.learn_theta and i < config.layers
        pushes = [bool(b) for b in trace[f"b1_{i}"]] if apical else []
        sample.lessons[i] = Lesson(near or not (i or apical), pushes if i else pushes[label : label + 1])
    for concept in rule.concepts.get(n, []):
        passes = {}
        for i in range(config.layers):
            if i + 1 == config.layers:
                new = old = concept[f"before{i + 1}"] > 0
            else:
                new, old = concept[f"rh{i + 1}"] > 0, concept[f"before{i + 1}"] > 0
            passes[i] = _walked(config, new, old, concept[f"G{i}"])
        sample.recalled.append(passes)
    return sample


def _perceived(config: Config, trace: dict, before: dict | None) -> dict[int, Walked]:
    passes = {}
    for i in range(1, config.layers + 1):
        active = trace["x"] > 0 if i == 1 and config.coding == "direct" else trace[f"r{i - 1}"] > 0
        was = before[f"r{i - 1}"] > 0 if before else np.zeros_like(active)
        errors = before.get(f"g{i}") if before else None
        passes[i] = _walked(config, active, was, errors)
    return passes


def _walked(config: Config, active: np.ndarray, was: np.ndarray, errors: np.ndarray | None) -> Walked:
    lanes = config.lanes
    live = [] if errors is None else [bool(errors[at : at + lanes].any()) for at in range(0, len(errors), lanes)]
    words = [int((active | was)[at : at + lanes].sum()) for at in range(0, len(active), lanes)]
    return Walked(words, int(active.sum()), int((was & ~active).sum()), live, int(was.sum()))
