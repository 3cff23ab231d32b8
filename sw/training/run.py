"""A training to its report, in a folder held for it alone: begun anew or gone on with, on golden alone or beside a chip."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from cosim.checkpoint import FILE, Checkpoint
from golden import ConfigError, SampleError, StateError
from sw import data
from sw.common.errors import CheckError, UserError
from sw.common.files import RunFolder, new_run, old_run
from sw.common.simulation import find_simulator
from sw.common.terminal import again, say, working
from sw.data.foretold import Reading
from sw.design.choose import chosen_line, run_name
from sw.report import report, summary
from sw.report.foretold import report as foretold_report
from sw.report.foretold import summary as foretold_summary
from sw.report.recalled import report as recalled_report
from sw.report.recalled import summary as recalled_summary
from sw.training import golden_backend, serial_backend, sim_backend
from sw.training.backend import Broken
from sw.training.baseline import backprop_curve
from sw.training.log import Logged, check_log
from sw.training.place import Place
from sw.training.start import SETTINGS, begin, check_baseline, go_on

REPORTS = {
    "recognition": (summary, report),
    "autoencoder": (recalled_summary, recalled_report),
    "sequence": (foretold_summary, foretold_report),
}
"""What puts a task's figures together, and what writes them."""

Backend = Callable[[Path, Checkpoint, data.Dataset, Console], Broken | None]
"""Trains what a checkpoint holds to its configuration's last epoch, and keeps it up to date, in memory and in its file."""


def train_new(
    given: dict,
    run: Path | None,
    where: Place,
    console: Console,
    baseline: bool = False,
    log: Path | None = None,
    encoding: data.Encoding = data.Encoding(),  # noqa: B008
    reading: Reading = Reading(),  # noqa: B008
) -> tuple[Path, dict]:
    """Trains to the end and writes the report; returns the run's folder, and what summary.json holds.

    Args:
        given, encoding, reading: see `begin`. run: the folder, numbered if it exists; None: runs/NAME. log: see
            `sw.training.log`.

    Raises:
        CheckError: a mismatch, once the report that shows it is written. UserError, ConfigError, DataError: bad input; no
            folder is left.
    """
    check_log(log)
    kept, dataset = begin(given, baseline, encoding, reading)
    where = _found(where)
    with new_run(run or Path("runs") / kept.config.name) as folder:
        return _train(kept, dataset, folder, where, console, log, False)


def train_on(
    given: dict, run: Path | None, where: Place, console: Console, baseline: bool = False, log: Path | None = None
) -> tuple[Path, dict]:
    """Goes on with an interrupted training, as `train_new` else.

    Args:
        run: its folder; None: that which a new training of these options gets first.
        where: its backend is the run's own, whatever it says. baseline: wanted now, besides what the run began with.
    """
    check_log(log)
    with old_run(run or Path("runs") / run_name(given["config"], given["data"])) as folder:
        kept, dataset = go_on(folder.path, given)
        check_baseline(kept.about["data"], dataset, baseline)
        kept.about["baseline"] |= baseline
        where = replace(where, backend=kept.about["backend"])
        where.check()
        return _train(kept, dataset, folder, _found(where), console, log, True)


def _found(where: Place) -> Place:
    """With the simulator by its name."""
    return replace(where, simulator=find_simulator(where.simulator)) if where.backend == "sim" else where


def _backend(where: Place) -> Backend:
    if where.backend == "serial":
        return partial(serial_backend.train, port=where.port, baud=where.bits_a_second)
    if where.backend == "sim":
        return partial(sim_backend.train, simulator=where.simulator, waves=where.waves)
    return golden_backend.train


def _train(
    kept: Checkpoint,
    dataset: data.Dataset,
    folder: RunFolder,
    where: Place,
    console: Console,
    log: Path | None,
    resume: bool,
) -> tuple[Path, dict]:
    weights, done = folder / FILE, len(kept.epochs)
    with _told(kept, folder, resume, _again(folder, where, log), console):
        kept.save(weights)  # before anything long: a run that is killed can begin anew, or go on with --baseline
        folder.write(SETTINGS, kept.config.to_toml())
        logged = Logged.of(kept, log, folder) if log else None
        going = "complete" if done == kept.config.epochs else f"going on after epoch {done}"
        say(console, f"run {folder.path}" + (f", {going}" if resume else ""))
        if kept.about.get("chosen") and not done:
            say(console, chosen_line(kept.config))
        kept = logged or kept
        broken = _backend(where)(weights, kept, dataset, console)
        if logged and broken:
            logged.add_broken(broken.epoch)
        curve = None
        if kept.about.get("baseline") and not broken:
            with working(console, "the same network by backprop, as many epochs"):
                curve = backprop_curve(kept.config, dataset)
    with working(console, "pictures, report"):
        said, left = REPORTS[kept.config.task]
        values = said.summary(kept, dataset, where.simulator, curve, broken)
        left.write(folder, kept, dataset, values)
    said.show(console, values, str(folder.path))
    if broken:
        raise CheckError(broken.message)
    return folder.path, values


@contextmanager
def _told(kept: Checkpoint, folder: RunFolder, resume: bool, words: str, console: Console) -> Iterator[None]:
    """Says what is left where the training inside is cut short, and `words`, the command that goes on; leaves nothing of a
    new one that did not begin."""
    try:
        yield
    except OSError as error:  # of a disk, a pipe, a program that cannot be started: whatever the backend needs
        what = f"{error.filename or folder.path}: {error.strerror or error}"
        if not resume and not (folder / FILE).exists():
            shutil.rmtree(folder.path)
            raise UserError(f"{what}; nothing was begun") from None
        raise UserError(f"{what}; {folder.path} keeps the network after epoch {len(kept.epochs)}") from None
    except (UserError, ConfigError, SampleError, StateError):
        if not resume and not kept.epochs:  # as where there is no board at the port
            shutil.rmtree(folder.path)
        raise
    except KeyboardInterrupt:
        say(console, f"interrupted: {folder.path} keeps the network after epoch {len(kept.epochs)}; go on with")
        say(console, f"  {words}")
        raise


def _again(folder: RunFolder, where: Place, log: Path | None) -> str:
    """The command that goes on with a run in the same way."""
    own = {"port": where.port, "baud": where.baud, "log": log, "simulator": where.simulator, "waves": where.waves}
    return again("train", "--resume", "--run", folder.path, **own)
