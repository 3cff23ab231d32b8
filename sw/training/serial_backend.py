"""A training on a chip at a serial port, with every record and, at each epoch's end, every memory compared with golden."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from golden.config import Config
from sw.common.errors import CheckError, UserError
from sw.common.progress import TrainingProgress, facts
from sw.data.dataset import Dataset, order
from sw.training.checkpoint import Checkpoint
from sw.training.golden_backend import GoldenNetwork
from sw.training.history import no_totals, summed

CHUNK = 16
"""Samples between two looks at what the chip said."""


def open_chip(config: Config, port: str, baud: int):
    """The chip at the port. Raises UserError where there is none, or another one."""
    from sw.driver.chip import Chip
    from sw.driver.serial_port import SerialTransport
    from sw.driver.transport import TransportError

    try:
        transport = SerialTransport(port, baud)
        try:
            return Chip(transport, config)
        except BaseException:
            transport.close()
            raise
    except TransportError as error:
        raise UserError(str(error)) from None


def train(path: Path, kept: Checkpoint, dataset: Dataset, console: Console, port: str, baud: int) -> None:
    """Trains what `kept` holds to its configuration's last epoch; keeps it up to date, in memory and in the file `path`.

    The chip takes over the checkpoint first, whatever it knew. An interrupted epoch is run again from its start.

    Raises:
        UserError: no such chip. CheckError: a mismatch, or a line that went dead: the checkpoint is that of the last epoch.
    """
    from cosim.compare import Mismatch
    from sw.driver.transport import TransportError

    chip = open_chip(kept.config, port, baud)
    try:
        with chip.transport:
            _Run(chip, kept, dataset).run(path, console)
    except Mismatch as mismatch:
        raise CheckError(str(mismatch)) from None
    except TransportError as error:
        done = len(kept.history["epochs"])
        raise CheckError(f"{error}; {path.parent} keeps the network after epoch {done}, go on with --resume") from None


class _Run:
    """Chip and golden model side by side."""

    def __init__(self, chip, kept: Checkpoint, dataset: Dataset):
        self.chip, self.kept, self.dataset = chip, kept, dataset
        left = kept.config.epochs - len(kept.history["epochs"])
        self.golden = GoldenNetwork(kept.config, kept.state, left * len(dataset.x_train)).model

    def run(self, path: Path, console: Console) -> None:
        from cosim.compare import compare_state

        config, history, data = self.kept.config, self.kept.history, self.dataset
        samples, done = len(data.x_train), len(history["epochs"])
        self.chip.set()
        self.chip.load(self.kept.state)
        with TrainingProgress(console, config.epochs, samples, done) as progress:
            for epoch in range(done, config.epochs):

                def advance(totals: dict, epoch: int = epoch) -> None:
                    progress.advance(epoch, totals["samples"], _facts(totals))

                shuffled = order(samples, config.seed, epoch)
                self.golden.decay = config.decay_at(epoch, config.epochs)
                self.chip.set(self.golden.decay)
                learned = self._take(data.x_train[shuffled], data.y_train[shuffled], True, advance)
                tested = self._take(data.x_test, data.y_test, False, lambda totals: None)
                state = self.chip.save()
                learned["values"] += compare_state(self._known(), state)
                self.kept.state = self.golden.state()
                history["epochs"].append(learned)
                history["tests"].append(tested)
                self.kept.save(path)
                progress.finish(epoch, f"{_facts(learned)}  test {100 * tested['correct'] / tested['samples']:5.2f} %")

    def _known(self) -> dict[str, np.ndarray]:
        """The part of golden's state that this chip has."""
        names = self.chip.memories.regions
        return {name: value for name, value in self.golden.state().items() if name in names}

    def _take(self, x: np.ndarray, y: np.ndarray, learn: bool, advance: Callable[[dict], None]) -> dict:
        from cosim.compare import compare_records

        layers, began = self.golden.config.layers, time.monotonic()
        totals = no_totals(layers)
        for start in range(0, len(x), CHUNK):
            part, labels = x[start : start + CHUNK], y[start : start + CHUNK]
            said = self.chip.train(part, labels) if learn else self.chip.infer(part)
            values = compare_records(self.golden.train(part, labels, learn=learn), said, start)
            found = {
                "samples": len(labels),
                "correct": int((said.prediction == labels).sum()),
                "counters": said.counters.sum(0).tolist(),
                "values": values,
            }
            totals = summed([totals, no_totals(layers) | found]) | {"seconds": time.monotonic() - began}
            advance(totals)
        return totals


def _facts(totals: dict) -> str:
    rate = totals["samples"] / max(1e-6, totals["seconds"])
    return facts(totals["correct"] / totals["samples"], rate, values=totals["values"])
