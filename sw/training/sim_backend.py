"""A training on the simulated chip, with every value compared with the golden model's."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from cosim import account
from cosim.checkpoint import Checkpoint
from sw.common.errors import CheckError, UserError
from sw.common.files import write
from sw.common.progress import TrainingProgress, facts
from sw.common.simulation import plain_errors
from sw.common.terminal import say
from sw.common.waves import closing_line
from sw.data.course import epoch_order
from sw.data.dataset import Dataset
from sw.design.verilog import core_verilog
from sw.training.backend import Broken, line

if TYPE_CHECKING:
    from cosim.watch import Progress, TrainingResult

WAITING = {
    "building": "building the simulation",
    "loading": "loading the weights",
    "recall": "recalling all concepts",
    "settling": "comparing every memory",
    "test": "testing",
    "draw": "drawing codes",
    "memories": "comparing every memory",
}
"""What is said in the phases of a run in which nothing is learned."""


def train(path: Path, kept: Checkpoint, dataset: Dataset, console: Console, simulator: str, waves: bool) -> Broken | None:
    """Trains what `kept` holds to its configuration's last epoch; keeps it up to date, in memory and in the file `path`.

    core.v goes beside it, and waves.vcd where `waves` is set. An epoch with a mismatch is the last one, and is not kept;
    sim/mismatch.json then holds the golden trace around it.
    """
    from cosim import training

    folder = path.parent
    config, samples, done = kept.config, len(epoch_order(dataset, kept.config, 0)), len(kept.epochs)
    broken = None
    with TrainingProgress(console, config.epochs, samples, done) as progress:
        progress.advance(done, 0, "elaborating the core")
        text = core_verilog(config, asserted=True)
        write(folder / "core.v", text)
        said = done

        def follow(now: "Progress") -> None:
            nonlocal said
            for epoch in range(said, now.finished):
                progress.finish(epoch, line(kept.epochs[: epoch + 1]))
            said = now.finished
            if now.phase == "building":
                progress.say("building the simulation, once for each configuration: a minute or two")
            if now.phase == "training":
                counts = now.values_compared, now.values_differ
                words = facts(now.accuracy, now.samples_per_second, now.clocks_per_sample, *counts, error=now.error)
                progress.advance(now.epoch, now.sample, words)
            else:
                progress.advance(
                    now.epoch, samples if now.phase in ("settling", "test", "memories") else 0, WAITING[now.phase]
                )

        with plain_errors(), untangled(folder):
            result = training.run_training(
                kept,
                dataset.training,
                np.stack([epoch_order(dataset, config, epoch) for epoch in range(config.epochs)]),
                folder,
                test=dataset.testing,
                simulator=simulator,
                progress=follow,
                path=path,
                count=True,
                waves=waves,
                verilog=text,
            )
        if result.mismatch:
            message = f"{result.mismatch}; golden's values around it: {result.mismatch_file}"
            none = account.nothing(config)
            gave = result.broken or account.epoch(none, none, result.mismatch.values, result.mismatch.differ)
            progress.finish(len(kept.epochs), line([*kept.epochs, gave]))
            broken = Broken(message, gave)
    keep_waves(folder, console)
    if not broken:
        remove_inner(folder)
    return broken


@contextmanager
def untangled(folder: Path) -> Iterator[None]:
    """Leaves none of the run's inner files behind where it could not begin or was interrupted: the checkpoint is enough."""
    from cosim.simulators import SimulatorError

    try:
        yield
    except (KeyboardInterrupt, SimulatorError, UserError):
        remove_inner(folder)
        raise


def remove_inner(folder: Path) -> None:
    """Removes what only the processes of a run needed, and the folder if nothing else is in it."""
    shutil.rmtree(folder / "sim", ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()


def keep_waves(folder: Path, console: Console) -> None:
    """Keeps a run's waves, where there are any, outside its inner files, and says where."""
    kept = folder / "waves.vcd"
    with suppress(FileNotFoundError):
        (folder / "sim" / kept.name).replace(kept)
        say(console, closing_line(kept))


def tidy(folder: Path, result: "TrainingResult", console: Console) -> None:
    """Keeps waves and removes the run's inner files, unless they show a mismatch: then raises CheckError."""
    keep_waves(folder, console)
    if result.mismatch:
        raise CheckError(f"{result.mismatch}; golden's values around it: {result.mismatch_file}")
    remove_inner(folder)
