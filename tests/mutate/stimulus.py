"""What the campaign's mutants go through: acts, one after another, until one of them shows a difference."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from cosim.benches.scenario import Scenario
from golden.config import Config
from golden.integer import IntegerModel
from tests.cosim.core_runs import mixture, stimulus, thorough, wild

CONFIG = Config(sizes=(7, 2, 5, 3), lanes=3, block=4, rate=-6, theta_rate=-4)
"""Layers of one group and of two, full and not; three of weights; a rounding that takes as long as its errors and longer;
blocks that end in a stream; rates at which rounding shows."""


def benches(path: Path) -> Path:
    """What the tests of tests/cosim play on their shapes."""
    return thorough(CONFIG, path, samples=16, resets=(70,))


SETTINGS = (
    {"stochastic": False, "rate": 0, "theta_rate": -2},
    {"threshold": 2, "dead_zone": 0, "window_low": -2048, "window_high": 2047, "rate": 3, "theta_rate": 2, "block": 1},
    {"threshold": 1023, "dead_zone": 256, "window_low": 0, "window_high": 1, "block": 9, "seed": 2**31 - 1},
    {"threshold": 40, "dead_zone": 8, "window_low": -4096, "window_high": 4095, "rate": -8, "theta_rate": -8, "block": 2},
    {"threshold": 700, "window_low": -200, "window_high": -30, "rate": 1, "theta_rate": 1, "block": 3, "seed": 77},
    {"learn_theta": False, "dead_zone": 0, "window_low": -40, "window_high": 70, "rate": 5, "seed": 12345},
)


def settings(path: Path) -> Path:
    """Every setting at its ends and between; changes of all of them between samples; memories that hold anything."""
    rng = np.random.default_rng(7)
    scenario = Scenario(IntegerModel(CONFIG, fast=False))
    for number, (now, then) in enumerate(zip(SETTINGS, SETTINGS[1:] + SETTINGS[:1], strict=True)):
        scenario.stall(0.1 * number, 0.15 * number, seed=number + 1)
        scenario.take(wild(CONFIG.replace(**now), rng, decay=-min(8, 3 * number)))
        scenario.samples(*stimulus(CONFIG, 20, rng), *mixture(20, rng))
        scenario.memories()
        scenario.change(**then)
        scenario.samples(*stimulus(CONFIG, 20, rng), *mixture(20, rng))
        scenario.resume()
        scenario.samples(*stimulus(CONFIG, 9, rng))
        scenario.memories()
    return scenario.save(path)


BLOCKS = ((4096, 4093), (2731, 2728), (1366, 1363), (205, 201), (50, 45), (1000, 3))
"""Samples between two recalls, and learned ones of them before the first that comes."""


def blocks(path: Path) -> Path:
    """Blocks of any length, longer than a scenario: ends that come, and ends that do not."""
    rng = np.random.default_rng(9)
    scenario = Scenario(IntegerModel(CONFIG, fast=False))
    for block, position in BLOCKS:
        model = wild(CONFIG.replace(block=block, dead_zone=16), rng)
        model.load(model.state() | {"position": np.array(position)})
        scenario.take(model)
        scenario.samples(*stimulus(CONFIG, 7, rng))
        scenario.memories()
    return scenario.save(path)


def edges(path: Path) -> Path:
    """Each sample's window has its edges at voltages of that sample, and nearly every sample teaches."""
    rng = np.random.default_rng(11)
    scenario = Scenario(wild(CONFIG.replace(block=6, dead_zone=0, learn_theta=False, rate=-1), rng))
    x, y = stimulus(CONFIG, 80, rng)
    for n in range(len(x)):
        hidden = [int(v) for layer in (1, 2) for v in scenario.model.trace(x[n])[f"V{layer}"]]
        low, high = sorted(rng.choice([v for v in hidden if v % 2] or hidden, 2))
        scenario.change(window_low=int(min(low, high - 1)), window_high=int(high))
        scenario.samples(x[n : n + 1], y[n : n + 1])
    scenario.memories()
    return scenario.save(path)


def ties(path: Path) -> Path:
    """Voltages of the concepts that are the same, or nearly so."""
    rng = np.random.default_rng(13)
    model = wild(CONFIG.replace(threshold=20), rng)
    ends = {"W1": (-5, 30), "W2": (-5, 30), "W3": (-9, 13)}
    state = {n: rng.integers(*ends[n], model.state()[n].shape) for n in ends}
    state["W3"][:, 1:] = state["W3"][:, :1] + [[0, 1], [0, -1], [0, 0], [1, 0], [0, 0]]
    model.load(model.state() | {name: weights << CONFIG.weight_shift for name, weights in state.items()})
    scenario = Scenario(model)
    scenario.samples(*stimulus(CONFIG, 60, rng), learn=False)
    return scenario.save(path)


OPEN = {"dead_zone": 0, "window_low": -4096, "window_high": 4095}


def rounding(path: Path) -> Path:
    """Many updates at the least rates there are: each bit of the noise, and of what it is added to, decides now and then."""
    rng = np.random.default_rng(15)
    scenario = Scenario(wild(CONFIG.replace(rate=-8, theta_rate=-8, block=3, **OPEN), rng, decay=-8))
    scenario.samples(*stimulus(CONFIG, 250, rng))
    scenario.memories()
    return scenario.save(path)


ACTS: dict[str, Callable[[Path], Path]] = {act.__name__: act for act in (benches, settings, blocks, edges, ties, rounding)}
