"""A training on a chip at a serial port, with every record and, at each epoch's end, every memory compared with golden."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from cosim import account
from cosim.checkpoint import Checkpoint
from cosim.job import take
from golden.config import Config
from golden.records import Recalled, Records
from golden.samples import Samples
from sw.common.errors import CheckError, UserError
from sw.common.progress import TrainingProgress
from sw.data.course import epoch_order
from sw.data.dataset import Dataset
from sw.training.backend import Broken, learning, line
from sw.training.golden_model import model_of

if TYPE_CHECKING:
    from sw.driver.chip import Chip

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


def train(path: Path, kept: Checkpoint, dataset: Dataset, console: Console, port: str, baud: int) -> Broken | None:
    """Trains what `kept` holds to its configuration's last epoch; keeps it up to date, in memory and in the file `path`.

    The chip takes over the checkpoint first, whatever it knew. An interrupted epoch is run again from its start. An epoch
    with a mismatch is the last one: it goes on to its end, for what both then name and how much differs, and is not kept.

    Raises:
        UserError: no such chip. CheckError: a line that went dead: the checkpoint is that of the last epoch.
    """
    from sw.driver.transport import TransportError

    chip = open_chip(kept.config, port, baud)
    try:
        with chip.transport:
            return _Run(chip, kept, dataset).run(path, console)
    except TransportError as error:
        done = len(kept.epochs)
        raise CheckError(f"{error}; {path.parent} keeps the network after epoch {done}, go on with --resume") from None


def told(chip: "Chip", samples: Samples, learn: bool) -> Records | Recalled:
    """What a chip says of samples."""
    ends = {"last": samples.ends} if chip.config.task == "sequence" else {}
    return chip.train(samples.x, samples.y, **ends) if learn else chip.infer(samples.x, **ends)


def known(chip: "Chip", state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The part of golden's state that a chip has: an inference-only core has few memories."""
    return state if chip.config.learn else {k: value for k, value in state.items() if k in chip.memory_map.regions}


class _Run:
    """Chip and golden model side by side."""

    def __init__(self, chip, kept: Checkpoint, dataset: Dataset):
        self.chip, self.kept, self.dataset = chip, kept, dataset
        self.samples = len(epoch_order(dataset, kept.config, 0))
        left = kept.config.epochs - len(kept.epochs)
        self.golden = model_of(kept.config, kept.state, left * self.samples)
        self.values, self.differ, self.mismatch = 0, 0, ""
        self.earlier = sum(epoch["values"] for epoch in kept.epochs)

    def run(self, path: Path, console: Console) -> Broken | None:
        config, done = self.kept.config, len(self.kept.epochs)
        self.chip.set()
        self.chip.load(self.golden.state())
        with TrainingProgress(console, config.epochs, self.samples, done) as progress:
            for epoch in range(done, config.epochs):

                def advance(totals: dict, epoch: int = epoch) -> None:
                    words = learning(totals, values=self.earlier + self.values, differ=self.differ)
                    progress.advance(epoch, totals["samples"], words)

                gave = self._epoch(epoch, advance)
                if self.mismatch:
                    progress.finish(epoch, line([*self.kept.epochs, gave]))
                    return Broken(f"epoch {epoch + 1}, {self.mismatch}", gave)
                self.kept.state = self.golden.state()
                self.kept.epochs.append(gave)
                self.kept.save(path)
                progress.finish(epoch, line(self.kept.epochs))
        return None

    def _epoch(self, epoch: int, advance: Callable[[dict], None]) -> dict:
        """Lets both learn and test; returns the epoch's account."""
        from cosim.compare import compare_state

        config, data = self.kept.config, self.dataset
        self.values = self.differ = 0
        chosen = data.training[epoch_order(data, config, epoch)]
        self.golden.decay = config.decay_at(epoch, config.epochs)
        self.chip.set(self.golden.decay)
        learned = self._take(chosen, True, advance)
        self.chip.finish()  # no update that is pending is left for samples of the test, as in every backend
        self.golden.finish()
        tested = self._take(data.testing, False, lambda totals: None)
        state = self.chip.save()
        self._compare(compare_state, known(self.chip, self.golden.state()), state)
        self.earlier += self.values
        return account.epoch(learned, tested, self.values, self.differ)

    def _take(self, samples: Samples, learn: bool, advance: Callable[[dict], None]) -> dict:
        from cosim.compare import compare_records

        config, began = self.golden.config, time.monotonic()
        totals = account.nothing(config)
        for start in range(0, len(samples), CHUNK):
            part = samples[start : start + CHUNK]
            said = told(self.chip, part, learn)
            expected = take(self.golden, part, learn)
            self._compare(compare_records, expected, said, start)
            golden = account.of_said(config, expected, part)
            found = account.with_golden(account.of_said(config, said, part), golden)
            totals = account.summed([totals, found]) | {"seconds": time.monotonic() - began}
            advance(totals)
        if config.task == "autoencoder" and not learn:
            totals["agreement"] = self.golden.agreement(samples.x).sum(0).tolist()
        return totals

    def _compare(self, compare: Callable[..., int], *arguments) -> None:
        """Compares and counts; keeps the words of the first mismatch."""
        from cosim.compare import Mismatch

        try:
            self.values += compare(*arguments)
        except Mismatch as mismatch:
            self.values += mismatch.values
            self.differ += mismatch.differ
            self.mismatch = self.mismatch or str(mismatch)
