"""What golden counts of an auto-encoder's samples, as far as it decides how many clocks an engine takes for them."""

from dataclasses import dataclass

import numpy as np
import torch

from cosim.job import model_of
from golden.config import UPDATE_DELAY, Config
from golden.recirculation import Recirculation
from sw.data import Dataset
from sw.design.walks import AGAIN, DOWN, UP, Source, Walked, walked


@dataclass(frozen=True)
class Circulated:
    """A sample's passes, by layer and side (docs/autoencoder.md, 1). learned: it has a third one."""

    by_source: dict[Source, Walked]
    learned: bool

    def passes(self, layer: int) -> list[Walked]:
        """Those over a layer."""
        sides = (UP, DOWN, *([AGAIN] if self.learned else []))
        return [self.by_source[layer, side] for side in sides if (layer, side) in self.by_source]


class _Watched(Recirculation):
    """The rule, and every trace of its learning samples."""

    def __init__(self, config: Config):
        super().__init__(config)
        self.traces: list[dict] = []

    def sample(self, m, x, gain, bases):
        trace = super().sample(m, x, gain, bases)
        self.traces.append(_kept(trace))
        return trace


def watch(config: Config, dataset: Dataset) -> tuple[list[Circulated], list[Circulated]]:
    """Golden learns the training samples from initial weights, and then infers the others; the first are none where the
    configuration does not learn."""
    model = model_of(config, fast=False)
    model.rule = rule = _Watched(config)
    if config.learn:
        model.train(dataset.x_train)
        model.finish()
    learned, seen = rule.traces, []
    for x in torch.from_numpy(dataset.x_test.astype(np.int32)):
        seen.append(_kept(rule.observe(model.memories, x)))
    # What the echo has counted stays, until a sample is learned again.
    echoes = learned[-UPDATE_DELAY:] if len(learned) >= UPDATE_DELAY else [None] * UPDATE_DELAY
    return (
        [_circulated(config, learned, n, _before(learned, n), True) for n in range(len(learned))],
        [_circulated(config, seen, n, echoes[n % UPDATE_DELAY], False) for n in range(len(seen))],
    )


def _before(traces: list[dict], n: int) -> dict | None:
    """That of the sample whose updates are due."""
    return traces[n - UPDATE_DELAY] if n >= UPDATE_DELAY else None


def _kept(trace: dict) -> dict[str, np.ndarray]:
    return {name: value.numpy().copy() for name, value in trace.items() if name.startswith(("r", "g"))}


def _circulated(config: Config, traces: list[dict], n: int, echo: dict | None, learned: bool) -> Circulated:
    """echo: the trace whose recalled counts are what a pass up finds."""
    now, before, layers = traces[n], _before(traces, n), range(config.layers + 1)
    passes = {}

    def add(layer: int, side: str, source: str, was: dict | None, name: str, errors: dict | None) -> None:
        active = now[source] > 0
        kept = was[name] > 0 if was else np.zeros_like(active)
        passes[layer, side] = walked(config.lanes, active, kept, errors)

    for i in layers[1:]:
        add(i, UP, f"r{i - 1}", echo, f"rh{i - 1}", before[f"g{i}"] if learned and before else None)
        add(i, AGAIN, f"rh{i - 1}", echo, f"rh{i - 1}", None)
    for i in layers[:-1]:
        taught = learned and before and config.learn_theta
        add(i, DOWN, f"rh{i + 1}", before, f"rh{i + 1}", before[f"gh{i}"] if taught else None)
    return Circulated(passes, learned)
