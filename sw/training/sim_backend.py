"""A training on the simulated chip, with every value compared with the golden model's."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from sw.common.errors import CheckError, UserError
from sw.common.files import write
from sw.common.progress import TrainingProgress, facts
from sw.data.dataset import Dataset, order
from sw.design.verilog import core_verilog
from sw.training.checkpoint import Checkpoint
from sw.training.history import no_totals

if TYPE_CHECKING:
    from cosim.watch import Progress, TrainingResult

WAITING = {
    "building": "building the simulation",
    "loading": "loading the weights",
    "recall": "recalling all concepts",
    "settling": "comparing every memory",
    "test": "testing",
    "memories": "comparing every memory",
}
"""What is said in the phases of a run in which nothing is learned."""


def find_simulator(name: str | None) -> str:
    """The simulator asked for, or the fastest there is. Raises UserError."""
    from cosim.simulators import SimulatorError, find

    try:
        return find(name)
    except SimulatorError as error:
        raise UserError(str(error)) from None


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns what goes wrong in a simulation into errors of one line."""
    from cosim.build import BuildError
    from cosim.runner import BenchError
    from cosim.simulators import SimulatorError
    from cosim.watch import GoldenError

    try:
        yield
    except SimulatorError as error:
        raise UserError(str(error)) from None
    except (BuildError, BenchError, GoldenError) as error:
        raise CheckError(str(error)) from None


def train(path: Path, kept: Checkpoint, dataset: Dataset, console: Console, simulator: str, waves: bool) -> None:
    """Trains what `kept` holds to its configuration's last epoch; keeps it up to date, in memory and in the file `path`.

    core.v goes beside it, and waves.vcd where `waves` is set.

    Raises:
        CheckError: at the first mismatch; sim/mismatch.json beside `path` then holds the golden trace around it.
    """
    from cosim import job, training

    folder = path.parent
    config, history, samples = kept.config, kept.history, len(dataset.x_train)
    done = len(history["epochs"])
    with TrainingProgress(console, config.epochs, samples, done) as progress:
        progress.advance(done, 0, "elaborating the core")
        text = core_verilog(config)
        write(folder / "core.v", text)

        def follow(now: "Progress") -> None:
            for epoch in range(len(history["epochs"]), len(now.history)):
                _keep(path, kept, now.history[epoch], job.Checkpoint.load(folder / "checkpoint.npz").state)
                progress.finish(epoch, _line(history, epoch))
            if now.phase == "building":
                progress.say("building the simulation, once for each configuration: a minute or two")
            if now.phase == "training":
                words = facts(now.accuracy, now.samples_per_second, now.clocks_per_sample, now.values_compared)
                progress.advance(now.epoch, now.sample, words)
            else:
                progress.advance(
                    now.epoch, samples if now.phase in ("settling", "test", "memories") else 0, WAITING[now.phase]
                )

        with plain_errors(), untangled(folder):
            result = training.run_training(
                config,
                dataset.x_train,
                dataset.y_train,
                np.stack([order(samples, config.seed, epoch) for epoch in range(config.epochs)]),
                folder,
                test_x=dataset.x_test,
                test_y=dataset.y_test,
                simulator=simulator,
                progress=follow,
                resume=job.Checkpoint(kept.state, done, history["chip"]) if done else None,
                waves=waves,
                verilog=text,
            )
    tidy(folder, result)


@contextmanager
def untangled(folder: Path) -> Iterator[None]:
    """Leaves none of the run's inner files behind where it could not begin or was interrupted: the checkpoint is enough."""
    from cosim.simulators import SimulatorError

    try:
        yield
    except (KeyboardInterrupt, SimulatorError):
        remove_inner(folder)
        raise


def remove_inner(folder: Path) -> None:
    """Removes what only the processes of a run needed, and the folder if nothing else is in it."""
    shutil.rmtree(folder / "sim", ignore_errors=True)
    (folder / "checkpoint.npz").unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _keep(path: Path, kept: Checkpoint, epoch: dict, state: dict[str, np.ndarray]) -> None:
    """Adds an epoch of the chip to the checkpoint."""
    layers = kept.config.layers
    learned = {
        "samples": epoch["samples"],
        "correct": epoch["training_correct"],
        "seconds": epoch["training_seconds"],
        "clocks": epoch["clocks_training"] * epoch["samples"],
        "values": epoch["compared"],
        "counters": epoch["counters"],
    }
    tests = len(epoch["predictions"])
    tested = {
        "samples": tests,
        "correct": epoch["test_correct"],
        "seconds": epoch["seconds"] - epoch["training_seconds"],
        "clocks": (epoch["clocks_inference"] or 0) * tests,
    }
    kept.state = state
    kept.history["chip"].append(epoch)
    kept.history["epochs"].append(no_totals(layers) | learned)
    kept.history["tests"].append(no_totals(layers) | tested)
    kept.save(path)


def _line(history: dict, epoch: int) -> str:
    learned, tested = history["epochs"][epoch], history["tests"][epoch]
    values = sum(part["values"] for part in history["epochs"][: epoch + 1])
    rate, clocks = learned["samples"] / learned["seconds"], learned["clocks"] / learned["samples"]
    words = facts(learned["correct"] / learned["samples"], rate, clocks, values)
    return f"{words}  test {100 * tested['correct'] / tested['samples']:5.2f} %"


def tidy(folder: Path, result: "TrainingResult") -> None:
    """Keeps waves and removes the run's inner files, unless they show a mismatch: then raises CheckError."""
    if result.mismatch:
        raise CheckError(f"{result.mismatch}; golden's values around it: {result.mismatch_file}")
    with suppress(FileNotFoundError):
        (folder / "sim" / "waves.vcd").replace(folder / "waves.vcd")
    remove_inner(folder)
