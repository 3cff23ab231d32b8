"""Scenarios for the core of an auto-encoder, shared by test_recirculation.py and test_recirculation_mutants.py."""

from pathlib import Path

import numpy as np

from cosim.benches.scenario import Scenario
from golden.autoencoder import Autoencoder
from golden.config import Config

SLOW = {"rate": -8, "theta_rate": -8}
"""Rates at which bits are lost, so that the rounding noise shows: an error is 8 times a difference of counts."""


def autoencoder(**keys) -> Config:
    """A configuration with the task's defaults."""
    return Config.from_dict({"task": "autoencoder", **keys})


def stimulus(config: Config, count: int, rng: np.random.Generator) -> tuple[np.ndarray, None, np.ndarray, np.ndarray]:
    """Samples from empty to full, three of four learned, and now and then a code. x (count, widest), none, learn, drawn."""
    n, code = config.sizes[0], config.sizes[-1]
    density = rng.choice([0.0, 0.2, 0.5, 0.8, 1.0], (count, 1), p=[0.05, 0.3, 0.4, 0.2, 0.05])
    x = rng.integers(0, 16, (count, max(n, code))) * (rng.random((count, max(n, code))) < density)
    learn, drawn = rng.random(count) < 0.75, rng.random(count) < 0.2
    x[~drawn, n:] = 0
    x[drawn] = np.minimum(x[drawn], config.steps)
    x[drawn, code:] = 0
    return x, None, learn & ~drawn, drawn


def learned(config: Config, count: int, rng: np.random.Generator) -> tuple[np.ndarray, None, bool]:
    """Samples that leave an update each."""
    x = np.zeros((count, max(config.sizes[0], config.sizes[-1])), np.int64)
    x[:, : config.sizes[0]] = rng.integers(8, 16, (count, config.sizes[0]))
    return x, None, True


def wild(config: Config, rng: np.random.Generator, decay: int = 0) -> Autoencoder:
    """A model whose weights are anything that they can be, many at the ends of their range."""
    model = Autoencoder(config, fast=False)
    state, end = model.state(), 1 << (config.weight_bits - 1)
    for name, value in state.items():
        if name == "samples":
            state[name] = np.array((1 << 32) - 5)  # wraps soon
            continue
        offset = rng.integers(0, 20, value.shape)
        edge = np.where(rng.random(value.shape) < 0.5, end - 1 - offset, offset - end)
        state[name] = np.where(rng.random(value.shape) < 0.3, edge, rng.integers(-end >> 3, end >> 3, value.shape))
    model.load(state)
    model.decay = decay
    return model


def brief(config: Config, path: Path, samples: int = 8, seed: int = 0) -> Path:
    """A file to `play`: wild weights, settings changed with updates pending. Memories are loaded and compared once, at 11
    clocks a word."""
    rng = np.random.default_rng(seed)
    scenario = Scenario(wild(config, rng, decay=-1))
    scenario.samples(*stimulus(config, samples, rng))
    scenario.change(rate=config.rate + 2, theta_rate=-5, stochastic=not config.stochastic, seed=config.seed + 1)
    scenario.samples(*stimulus(config, samples, rng))
    scenario.memories()
    return scenario.save(path)


def thorough(config: Config, path: Path, samples: int = 16, seed: int = 0, resets: tuple[int, ...] = ()) -> Path:
    """A file to `play`: fresh weights, a resume, settings changed with updates pending and with none, wild weights, resets.

    Args:
        samples: of each of four stretches. resets: clocks after the 16th sample of a stream.
    """
    rng = np.random.default_rng(seed)
    scenario = Scenario(Autoencoder(config, fast=False))
    scenario.samples(*stimulus(config, samples, rng))
    scenario.resume()
    scenario.samples(*stimulus(config, samples // 2, rng))
    scenario.samples(*learned(config, 2, rng))
    # An update takes its own sample's rates, noise and rounding: here they differ from those of the samples behind it.
    scenario.change(rate=config.rate + 2, theta_rate=-5, stochastic=not config.stochastic, seed=config.seed + 1)
    scenario.samples(*stimulus(config, samples // 2, rng))
    # A window in which few voltages are: below it only what rises is open, above it what falls.
    scenario.change(threshold=40, window_low=-3, window_high=5, learn_theta=not config.learn_theta)
    scenario.samples(*stimulus(config, samples // 2, rng))
    scenario.samples(*learned(config, 2, rng))
    scenario.memories(finish=True)
    scenario.take(wild(config, rng, decay=-1))
    for after in resets:
        x, _, learn, _ = stimulus(config, 18, rng)
        scenario.reset(after, x, np.zeros(18, np.int64), learn)
    scenario.samples(*stimulus(config, samples, rng))
    scenario.memories()
    return scenario.save(path)
