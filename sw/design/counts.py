"""What golden counts of real samples, as far as it decides how many clocks an engine takes for them."""

from dataclasses import dataclass, field

import numpy as np
import torch

from cosim.job import model_of
from golden.config import Config
from golden.recurrence import Recurrence
from golden.rule import Rule
from golden.samples import Samples
from sw.data import Dataset
from sw.design.walks import Walked, walked


@dataclass(frozen=True)
class Lesson:
    """What a sample teaches at a layer. spared: nothing. pushes: of each concept in turn, does it change apical sums."""

    spared: bool
    pushes: list[bool]


@dataclass
class Sample:
    """A sample, by layer. perceived: its passes (1..L); lessons (0..L, or 1..L where the stimulus is not recalled): none
    where it is not learned; recalled: behind it, at a block's end, of each concept in turn the passes of all these but L."""

    perceived: dict[int, Walked]
    lessons: dict[int, Lesson] = field(default_factory=dict)
    recalled: list[dict[int, Walked]] = field(default_factory=list)

    def passes(self, layer: int) -> list[Walked]:
        """Those over a layer, recalls apart."""
        return [self.perceived[layer]] if layer else []


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
        before = {f"before{i}": h.index_select(0, k)[0] for i, h in enumerate(m.h) if h is not None}
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
    configuration does not learn."""
    model = model_of(config, fast=False)
    model.rule = rule = (_Foretells if config.task == "sequence" else _Names)(config)
    learned = []
    if config.learn:
        model.train(dataset.x_train, dataset.y_train, **_ends(config, dataset.training))
        learned = [_learned(config, rule, n) for n in range(len(rule.samples))]
        model.finish()
    seen = []
    for x, ends in zip(dataset.x_test, dataset.testing.ends, strict=True):
        trace = rule.observe(model.memories, torch.from_numpy(x.astype(np.int32)))
        if config.recurrent and ends:
            model.memories.end_sequence()
        seen.append({name: value.numpy() for name, value in trace.items() if name.startswith("r")} | {"x": x})
    return learned, [Sample(_perceived(config, one, seen[n - 2] if n > 1 else None)) for n, one in enumerate(seen)]


def _ends(config: Config, samples: Samples) -> dict[str, np.ndarray]:
    """Where sequences end, for a model that asks."""
    return {"last": samples.ends} if config.task == "sequence" else {}


def _learned(config: Config, rule: _Watched, n: int) -> Sample:
    trace, label = rule.samples[n]
    sample = Sample(_perceived(config, trace, rule.samples[n - 2][0] if n > 1 else None))
    for i in range(config.lowest, config.layers + 1):
        near = 256 - int(trace[f"C{i}"][label]) < config.dead_zone_of(i)
        apical = config.learn_theta and i < config.layers
        pushes = [bool(b) for b in trace[f"b1_{i}"]] if apical else []
        sample.lessons[i] = Lesson(near or not (i or apical), pushes if i else pushes[label : label + 1])
    for concept in rule.concepts.get(n, []):
        passes = {}
        for i in range(config.lowest, config.layers):
            if i + 1 == config.layers:
                new = old = concept[f"before{i + 1}"] > 0
            else:
                new, old = concept[f"rh{i + 1}"] > 0, concept[f"before{i + 1}"] > 0
            passes[i] = walked(config.lanes, new, old, concept[f"G{i}"])
        sample.recalled.append(passes)
    return sample


def _perceived(config: Config, trace: dict, before: dict | None) -> dict[int, Walked]:
    passes = {}
    for i in range(1, config.layers + 1):
        active = trace["x"] > 0 if i == 1 and config.coding == "direct" else trace[f"r{i - 1}"] > 0
        was = before[f"r{i - 1}"] > 0 if before else np.zeros_like(active)
        errors = before.get(f"g{i}") if before else None
        if i == 1 and config.recurrent:
            back = trace["rl"] > 0
            passes[i] = walked(config.lanes, active, was, errors, back, before["rl"] > 0 if before else np.zeros_like(back))
        else:
            passes[i] = walked(config.lanes, active, was, errors)
    return passes
