"""Clocks a sample, measured: the simulated core learns real samples, compared with the golden model in every value."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from golden.config import Config
from sw import data
from sw.common.errors import CheckError
from sw.data.synthetic import random_dataset
from sw.training.sim_backend import find_simulator, plain_errors

SAMPLES, TESTS = 192, 50
"""Learned, three blocks of 64 with their recalls; and inferred."""
DENSITY = 0.15
"""Part of the pixels that is not 0 where a configuration has no data set of its own: as in pictures of digits."""


@dataclass(frozen=True)
class Clocks:
    """Means over samples.

    Members:
        training: clocks a learned sample, recall included; None for an inference-only core. inference: of another one.
        values: compared, all equal. visited: synapses visited in training, a clock.
    """

    training: float | None
    inference: float
    values: int
    visited: float | None
    data: str


def measure(
    config: Config,
    tell: Callable[[str], None] = lambda words: None,
    verilog: str | None = None,
    simulator: str | None = None,
    learned: int = SAMPLES,
    inferred: int = TESTS,
) -> Clocks:
    """Simulates the core of a configuration from initial weights.

    Args:
        verilog: the core's text, if it is another than the configuration's own. simulator: the fastest there is if None.

    Raises:
        CheckError: a mismatch. UserError: no simulator.
    """
    from cosim import training
    from cosim.checkpoint import Checkpoint

    dataset = samples(config, learned, inferred)
    with tempfile.TemporaryDirectory(prefix="bispike-") as name, plain_errors():
        result = training.run_training(
            Checkpoint(config),
            dataset.x_train,
            dataset.y_train,
            np.arange(len(dataset.x_train))[None],
            Path(name),
            test_x=dataset.x_test,
            test_y=dataset.y_test,
            simulator=find_simulator(simulator),
            progress=lambda now: tell(f"{now.phase}, {now.values_compared:,} values compared"),
            decays=[0],
            verilog=verilog,
        )
        if result.mismatch:
            raise CheckError(f"{result.mismatch}; bispike verify --config tells more")
    training_clocks, visited = result.clocks_per_sample_training, None
    if config.learn:
        rows = float(np.array(config.lanes[1:]) @ result.counters[:, 0])
        visited = rows / (training_clocks * result.samples)
    return Clocks(
        training_clocks if config.learn else None,
        result.clocks_per_sample_inference,
        result.values_compared,
        visited,
        dataset.name,
    )


def samples(config: Config, learned: int = SAMPLES, inferred: int = TESTS) -> data.Dataset:
    """The first digits, or where those do not match, random pixels at `DENSITY`."""
    if (config.sizes[0], config.classes) == (64, 10):
        digits = data.load("digits", 0)
        return data.Dataset(
            "digits", digits.x_train[:learned], digits.y_train[:learned], digits.x_test[:inferred], digits.y_test[:inferred]
        )
    return random_dataset(f"random, {DENSITY:.0%} active", config.sizes, learned, inferred, DENSITY, seed=0)
