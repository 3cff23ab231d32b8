"""A training on the golden model alone."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from cosim import account
from cosim.checkpoint import Checkpoint
from cosim.job import take
from golden.config import Config
from golden.samples import Samples
from sw.common.progress import TrainingProgress
from sw.data.course import epoch_order
from sw.data.dataset import Dataset
from sw.training.backend import learning, line
from sw.training.golden_model import CHUNK, model_of


def train(path: Path, kept: Checkpoint, dataset: Dataset, console: Console) -> None:
    """Trains what `kept` holds to its configuration's last epoch; keeps it up to date, in memory and in the file `path`.

    An interrupted epoch is run again from its start when the training goes on: epochs depend on (seed, epoch) and the
    state at their start only, so the result is the same as without the interruption.
    """
    config, samples, done = kept.config, len(epoch_order(dataset, kept.config, 0)), len(kept.epochs)
    network = GoldenNetwork(config, kept.state, (config.epochs - done) * samples)
    with TrainingProgress(console, config.epochs, samples, done) as progress:
        for epoch in range(done, config.epochs):

            def advance(totals: dict, epoch: int = epoch) -> None:
                progress.advance(epoch, totals["samples"], learning(totals))

            chosen = dataset.training[epoch_order(dataset, config, epoch)]
            learned = network.learn(chosen, config.decay_at(epoch, config.epochs), advance)
            tested = network.test(dataset.testing)
            kept.state = network.model.state()
            kept.epochs.append(account.epoch(learned, tested))
            kept.save(path)
            progress.finish(epoch, line(kept.epochs, compared=False))


def trained(config: Config, dataset: Dataset, **options: bool) -> "GoldenNetwork":
    """The golden model after a whole training in memory alone; `options` of its model, as `learn_w` of an auto-encoder.

    What is pending at an epoch's end is written there, as by a training that tests after each.
    """
    order = epoch_order(dataset, config, 0)
    network = GoldenNetwork(config, samples=config.epochs * len(order), **options)
    for epoch in range(config.epochs):
        chosen = dataset.training[epoch_order(dataset, config, epoch)]
        network.learn(chosen, config.decay_at(epoch, config.epochs))
        network.model.finish()
    return network


class GoldenNetwork:
    """The bit-exact PyTorch model, taking samples by the chunk and counting. `samples`: how many it will learn from."""

    def __init__(self, config: Config, state: dict[str, np.ndarray] | None = None, samples: int = 0, **options: bool):
        self.model = model_of(config, state, samples, **options)

    def learn(self, samples: Samples, decay: int, advance: Callable[[dict], None] = lambda totals: None) -> dict:
        """Learns samples in order at a decay shift; calls `advance(totals)` now and then; returns the totals."""
        self.model.decay = decay
        return self._take(samples, True, advance)

    def test(self, samples: Samples) -> dict:
        """The totals over samples from which nothing is learned, with all that was learned before; of an auto-encoder also
        how far the two networks agree on them."""
        self.model.finish()
        totals = self._take(samples, False, lambda totals: None)
        if self.model.config.task == "autoencoder" and len(samples):
            totals["agreement"] = self.model.agreement(samples.x).sum(0).tolist()
        return totals

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Concepts (N,) of samples x (N, n_0), of a recurrent network of one sequence."""
        last = np.arange(len(x)) == len(x) - 1
        return take(self.model, Samples(x, np.zeros(len(x), np.int64), last), False).prediction

    def _take(self, samples: Samples, learn: bool, advance: Callable[[dict], None]) -> dict:
        config = self.model.config
        totals, began = account.nothing(config), time.monotonic()
        for start in range(0, len(samples), CHUNK):
            part = samples[start : start + CHUNK]
            totals = account.summed([totals, account.of_said(config, take(self.model, part, learn), part)])
            totals = account.with_golden(totals, totals) | {"seconds": time.monotonic() - began}
            advance(totals)
        return totals
