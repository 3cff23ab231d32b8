"""Clocks a sample of a core: predicted from what golden counts, or measured in simulation. Both over the same samples."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from golden.config import Config
from golden.records import RECALLED_COUNTERS
from sw import data
from sw.common.errors import CheckError
from sw.data.synthetic import random_dataset
from sw.design.walks import mean_rows

SAMPLES, TESTS = 192, 50
"""Learned, and inferred after them."""
DENSITY = 0.15
"""Part of the pixels that is not 0 where a configuration has no data set of its own: as in pictures of digits."""


@dataclass(frozen=True)
class Clocks:
    """Means over the first samples of a training, from initial weights: a whole training takes fewer, as ever fewer samples
    teach (`digits`: 586 over the first 192, 445 over all).

    Members:
        training: clocks a learned sample, with the recalls of the blocks that end within them (`blocks`); None for an
            inference-only core. inference: of one after them.
        learned, inferred: numbers of samples. data: where they are from. fewer: a whole training takes fewer.
    """

    training: float | None
    inference: float
    learned: int
    inferred: int
    data: str
    fewer: bool = field(default=True, kw_only=True)

    @property
    def sample(self) -> float:
        """Of a learned sample; of an inferred one where the core does not learn."""
        return self.inference if self.training is None else self.training

    @property
    def over(self) -> str:
        """What they are means of, in words."""
        first = f"the first {self.learned} samples learned from initial weights, and {self.inferred} inferred after them"
        return f"{first if self.training is not None else f'{self.inferred} samples inferred'} ({self.data})"

    @property
    def note(self) -> str:
        """The same, for people."""
        learns = self.training is not None and self.fewer
        fewer = "; a whole training takes fewer, as ever fewer samples teach" if learns else ""
        return f"clocks are means over {self.over}{fewer}"

    def to_dict(self) -> dict[str, Any]:
        """For files that programs read."""
        return asdict(self) | {"over": self.over}


@dataclass(frozen=True)
class MeasuredClocks(Clocks):
    """Of the simulated core. values: compared with golden, all equal. visited: synapses visited in training, a clock."""

    values: int = 0
    visited: float | None = None


@dataclass(frozen=True)
class PredictedClocks(Clocks):
    """By the model. rows_training, rows_inference: words that layers 0..L walk a sample, a clock each, recalls at a block's
    end apart."""

    rows_training: tuple[float, ...] = ()
    rows_inference: tuple[float, ...] = ()


def blocks(config: Config, learned: int = SAMPLES) -> int:
    """Blocks that end within so many learned samples, with a recall each."""
    return learned // config.block if config.learn and config.learn_theta and config.task != "autoencoder" else 0


def with_recall(config: Config) -> str:
    """What to say of the clocks of a learned sample; nothing of an auto-encoder, which has no blocks."""
    if config.task == "autoencoder":
        return ""
    return "recall included" if blocks(config) else "no recall among them"


@cache
def predict(config: Config, density: float | None = None, learned: int = SAMPLES, inferred: int = TESTS) -> PredictedClocks:
    """The model of clocks: golden learns and infers the samples, and what it counts goes through the core's timing.

    Within 5 % of `measure`, without a simulator; of cores of one lane within 12 %: where a result takes about as long as a
    sample's passes, a clock decides which of two orders these settle in.

    Args:
        density: of random pixels; None: the samples that `measure` takes.
    """
    from sw.design import counts, recirculation_counts
    from sw.design.recirculation_clocks import RecirculationCore
    from sw.design.recognition_clocks import RecognitionCore

    recalls = config.task == "autoencoder"
    watch, core = (recirculation_counts.watch, RecirculationCore) if recalls else (counts.watch, RecognitionCore)
    dataset = samples(config, learned, inferred, density)
    parts = watch(config, dataset)
    training, inference = (core(config, part).clocks() if part else None for part in parts)
    groups = [config.groups(layer) for layer in range(config.layers + 1)]
    rows = [mean_rows(groups, part) for part in parts]
    return PredictedClocks(training, inference, learned, inferred, dataset.name, *rows, fewer=not recalls)


def measure(
    config: Config,
    tell: Callable[[str], None] = lambda words: None,
    verilog: str | None = None,
    simulator: str | None = None,
    learned: int = SAMPLES,
    inferred: int = TESTS,
) -> MeasuredClocks:
    """Simulates the core of a configuration from initial weights.

    Args:
        verilog: the core's text, if it is another than the configuration's own. simulator: the fastest there is if None.

    Raises:
        CheckError: a mismatch. UserError: no simulator.
    """
    from cosim import training
    from cosim.checkpoint import Checkpoint
    from sw.common.simulation import find_simulator, plain_errors

    dataset = samples(config, learned, inferred)
    with tempfile.TemporaryDirectory(prefix="bispike-") as name, plain_errors():
        result = training.run_training(
            Checkpoint(config),
            dataset.training,
            np.arange(len(dataset.x_train))[None],
            Path(name),
            test=dataset.testing,
            simulator=find_simulator(simulator),
            progress=lambda now: tell(f"{now.phase}, {now.values_compared:,} values compared"),
            decays=[0],
            verilog=verilog,
        )
        if result.mismatch:
            raise CheckError(f"{result.mismatch}; bispike verify --config tells more")
    training_clocks, visited = result.clocks_per_sample_training, None
    if config.learn:
        visited = visits(config, result.counters) / (training_clocks * result.samples)
    return MeasuredClocks(
        training_clocks if config.learn else None,
        result.clocks_per_sample_inference,
        learned,
        inferred,
        dataset.name,
        result.values_compared,
        visited,
        fewer=config.task != "autoencoder",
    )


def visits(config: Config, counters: np.ndarray) -> int:
    """Synapses visited in perception by their counters (L, 4); in an auto-encoder (L, 10) in all passes."""
    above, below = np.array(config.sizes[1:]), np.array(config.sizes[:-1])
    if config.task == "autoencoder":
        up, down, again = (counters[:, RECALLED_COUNTERS.index(f"{way}_rows")] for way in ("up", "down", "again"))
        return int(above @ (up + again) + below @ down)
    return int(above @ counters[:, 0])


def samples(config: Config, learned: int = SAMPLES, inferred: int = TESTS, density: float | None = None) -> data.Dataset:
    """The first digits; where those do not match, or a density of pixels is asked for, random ones at that or `DENSITY`."""
    named = config.task != "autoencoder"
    if density is None and config.sizes[0] == 64 and (config.classes == 10 or not named) and not config.recurrent:
        digits = data.load("digits", 0)
        return data.Dataset(
            "digits", digits.x_train[:learned], digits.y_train[:learned], digits.x_test[:inferred], digits.y_test[:inferred]
        )
    density = DENSITY if density is None else density
    name = f"random pixels, {density:.0%} of them active"
    return random_dataset(name, config.sizes, learned, inferred, density, 0, config.recurrent)
