"""Scenarios for a core that foretells sequences, shared by test_sequence.py and test_sequence_mutants.py."""

from pathlib import Path

import numpy as np

from cosim.benches.scenario import Scenario
from golden.config import Config
from tests.cosim.core_runs import fresh, mixture, stimulus, wild

SLOW = {"rate": -6, "theta_rate": -4}
"""Rates at which bits are lost, so that the rounding noise shows."""


def sequence(**keys) -> Config:
    """A configuration with the task's defaults."""
    return Config.from_dict({"task": "sequence", **keys})


def brief(config: Config, path: Path, samples: int = 8, seed: int = 0, resets: tuple[int, ...] = ()) -> Path:
    """A file to `play`: wild memories, settings changed and finished within a sequence. Memories are loaded once, and at
    resets: at 11 clocks a word.

    Args:
        resets: clocks after the 16th sample of a stream.
    """
    rng = np.random.default_rng(seed)
    scenario = Scenario(wild(config, rng, decay=-1))
    for after in resets:
        scenario.reset(after, *stimulus(config, 18, rng), mixture(18, rng)[0])
    scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng))
    scenario.samples(*stimulus(config, 2, rng), last=False)
    # An update takes its own sample's: here they differ from those of the samples behind it.
    scenario.change(rate=config.rate - 2, stochastic=not config.stochastic, neighbours=config.neighbours ^ 1)
    scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng), last=np.arange(samples) == 2)
    scenario.memories(finish=True)
    scenario.samples(*stimulus(config, 3, rng))  # the first of them sees nothing of those before
    scenario.memories()
    return scenario.save(path)


def thorough(config: Config, path: Path, samples: int = 16, seed: int = 0, resets: tuple[int, ...] = ()) -> Path:
    """A file to `play`: fresh memories, sequences of one element and of all, a resume, settings changed with updates
    pending, wild memories, resets, a recall of what was loaded.

    Args:
        samples: of each of five stretches. resets: clocks after the 16th sample of a stream.
    """
    rng = np.random.default_rng(seed)
    scenario = Scenario(fresh(config))
    for last in (None, True, False):
        scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng), last=last)
    scenario.memories(finish=True)  # within a sequence
    scenario.samples(*stimulus(config, 3, rng), last=False)
    scenario.resume()
    scenario.samples(*stimulus(config, samples, rng), last=False)
    scenario.change(rate=config.rate - 2, stochastic=not config.stochastic, seed=config.seed + 1, neighbours=5)
    scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng))
    scenario.change(neighbours=config.neighbours, threshold=40, window_low=-3, window_high=5)
    scenario.samples(*stimulus(config, samples // 2, rng))
    scenario.memories(finish=True)
    scenario.take(wild(config, rng, decay=-1))
    for after in resets:
        scenario.reset(after, *stimulus(config, 18, rng), mixture(18, rng)[0])
    scenario.samples(*stimulus(config, min(samples, config.block - 1), rng))
    scenario.memories()  # before the block ends: sums that saturated are still there
    scenario.blank(recall=True)  # a Theta that was just loaded, under concepts of another one
    scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng))
    scenario.memories()
    return scenario.save(path)
