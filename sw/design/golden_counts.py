"""What golden counts of real samples of the first rule, as far as it decides how many clocks they take."""

from dataclasses import dataclass

import numpy as np

from golden.config import Config
from golden.integer import IntegerModel
from golden.rule import Rule
from sw.data import Dataset


@dataclass(frozen=True)
class Activity:
    """Of N samples in a row through L layers.

    Members:
        pixels: (N,) that are not 0. rows, updates: (N, L), words walked, and words written for the sample before.
        live: (N, L), groups of a layer that the sample before has given an error. pushed: (N, L + 1), concepts that the
            sample pulls or pushes, layer 0 included: 0 where it teaches nothing.
        recalled: spiking neurons of a recalled concept, one number a layer 0..L, the top's first of them 1; empty without
            learning.
    """

    pixels: np.ndarray
    rows: np.ndarray
    updates: np.ndarray
    live: np.ndarray
    pushed: np.ndarray
    recalled: tuple[float, ...] = ()


class _Watched(Rule):
    """The rule, and what it did to each sample."""

    def __init__(self, config: Config):
        super().__init__(config)
        self.live: list[list[int]] = []
        self.pushed: list[list[int]] = []

    def sample(self, m, x, y, gain, bases):
        self.live.append([int(groups) for groups in m.live])
        trace = super().sample(m, x, y, gain, bases)
        self.pushed.append([int((trace[f"a{layer}"] != 0).sum()) for layer in range(self.config.layers + 1)])
        return trace


def watch(config: Config, dataset: Dataset) -> tuple[Activity | None, Activity]:
    """Golden learns the training samples from initial weights, and then infers the others; the first is None where the
    configuration does not learn."""
    model, learned = IntegerModel(config, fast=False), None
    if config.learn:
        model.rule = rule = _Watched(config)
        counters = model.train(dataset.x_train, dataset.y_train).counters
        recalled = tuple(float((h > 0).sum(-1).float().mean()) for h in model.h)
        learned = _activity(dataset.x_train, counters, rule.live, rule.pushed, recalled)
    counters = model.train(dataset.x_test, dataset.y_test, learn=False).counters
    none = np.zeros((len(counters), config.layers), int)
    return learned, _activity(dataset.x_test, counters, none, np.zeros((len(counters), config.layers + 1), int), ())


def _activity(x, counters, live, pushed, recalled) -> Activity:
    pixels = (np.asarray(x) > 0).sum(1)
    return Activity(pixels, counters[:, :, 0], counters[:, :, 1], np.array(live), np.array(pushed), recalled)
