"""A training from checked arguments to its report: begun anew or gone on with, on the chip or on the golden model alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from cosim.checkpoint import FILE, Checkpoint
from golden.config import Config
from sw import data
from sw.common.errors import CheckError, UserError
from sw.common.files import RunFolder, fresh, unwritable
from sw.common.terminal import command, say
from sw.design.choose import config_for
from sw.report import report, summary
from sw.training import history
from sw.training.backend import Broken

SETTINGS = "config.toml"
"""A copy of the configuration, to read; what holds is the checkpoint's own."""


def begin(
    config: Config | None,
    changes: dict,
    source: str,
    split: int,
    backend: str,
    baseline: bool,
    encoding: data.Encoding = data.Encoding(),  # noqa: B008
) -> tuple[Checkpoint, data.Dataset]:
    """A training that has not begun, and its samples.

    Args:
        config: chosen from the data where None. changes: keys of it to replace.
        encoding: what the user says of the data's pixels and labels.
    """
    dataset = data.load(source, split, encoding)
    chosen = {"chosen": config is None}
    config = (config or config_for(dataset)).replace(**changes)
    data.check(dataset, config)
    return Checkpoint(config, about=history.about(source, split, dataset, backend, baseline) | chosen), dataset


def go_on(path: Path, given: dict) -> tuple[Checkpoint, data.Dataset]:
    """The interrupted training in a run folder, and its samples.

    Args:
        given: what the user said about it (config, data, split, backend, epochs, seed), None where nothing.

    Raises:
        UserError: where there is none, or where it is another than the user, or the folder's config.toml, says.
    """
    kept = Checkpoint.load(path)
    config, past = kept.config, kept.about
    history.check(kept, path)
    if given["config"] is not None:
        asked = Config.load(given["config"]).replace(epochs=config.epochs, seed=config.seed)
        if asked != config.replace(name=asked.name):
            raise UserError(
                f"--config: found {given['config']} with --resume; allowed is what {path} began with, {config.name}"
            )
    own = {"data": past["data"], "split": past["split"], "backend": past["backend"]}
    for key, value in (own | {"epochs": config.epochs, "seed": config.seed}).items():
        if given[key] is not None and given[key] != value:
            raise UserError(f"--{key}: found {given[key]} with --resume; allowed is what {path} began with, {value}")
    _check_settings(path / SETTINGS, config)
    dataset = data.load(past["data"], past["split"], history.encoding(kept))
    history.check_data(kept, dataset, path)
    return kept, dataset


def _check_settings(path: Path, config: Config) -> None:
    """Raises UserError where a run's config.toml has been edited: a training goes on as it began."""
    if not path.exists():
        return
    found, own = Config.load(path).to_dict(), config.to_dict()
    for key, value in own.items():
        if key != "name" and found[key] != value:
            allowed = f"what the run began with, {value}; for another, begin a run: --config {path}"
            raise UserError(f"{path}: {key}: found {found[key]} with --resume; allowed is {allowed}")


Backend = Callable[[Path, Checkpoint, data.Dataset, Console], Broken | None]
"""Trains what a checkpoint holds to its configuration's last epoch, and keeps it up to date, in memory and in its file."""


def train(
    kept: Checkpoint,
    dataset: data.Dataset,
    path: Path,
    resume: bool,
    console: Console,
    backend: Backend,
    simulator: str | None,
) -> tuple[Path, dict]:
    """Trains to the end and writes the report; returns the run's folder, and what summary.json holds.

    Args:
        simulator: that of the backend, where it has one.

    Raises:
        CheckError: a mismatch, once the report that shows it is written.
    """
    folder = RunFolder(path if resume else fresh(path))
    with folder.locked():
        weights = folder / FILE
        if not weights.exists():
            _keep(kept, weights)  # before anything long: a run that is killed can begin anew
        folder.write(SETTINGS, kept.config.to_toml())
        done = len(kept.epochs)
        going = "complete" if done == kept.config.epochs else f"going on after epoch {done}"
        say(console, f"run {folder.path}" + (f", {going}" if resume else ""))
        if kept.about.get("chosen") and not done:
            sizes, lanes = ("-".join(map(str, values)) for values in (kept.config.sizes, kept.config.lanes))
            say(console, f"network chosen for {dataset.name}: {sizes}, lanes {lanes}; --config takes another")
        broken = _train(kept, dataset, folder, resume, console, backend)
        baseline = kept.about.get("baseline") and not broken
        with console.status(f"{'the same network by backprop, ' if baseline else ''}pictures, report"):
            curve = backprop_curve(kept.config, dataset) if baseline else None
            values = summary.summary(kept, dataset, simulator, curve, broken)
            report.write(folder, kept, dataset, values)
    summary.show(console, values, str(folder.path))
    if broken:
        raise CheckError(broken.message)
    return folder.path, values


def _train(
    kept: Checkpoint, dataset: data.Dataset, folder: RunFolder, resume: bool, console: Console, backend: Backend
) -> Broken | None:
    """The backend's work, with what is said and left where it is cut short."""
    try:
        return backend(folder / FILE, kept, dataset, console)
    except OSError as error:
        raise unwritable(folder / FILE, error) from None
    except UserError:
        if not resume and not kept.epochs:  # it did not begin: no board at the port
            shutil.rmtree(folder.path)
        raise
    except KeyboardInterrupt:
        say(console, f"interrupted: {folder.path} keeps the network after epoch {len(kept.epochs)}; go on with")
        say(console, f"  {command()} train --resume --run {folder.path}")
        raise


def _keep(kept: Checkpoint, path: Path) -> None:
    try:
        kept.save(path)
    except OSError as error:
        raise unwritable(path, error) from None


def backprop_curve(config: Config, dataset: data.Dataset) -> list[float]:
    """The baseline's test accuracy after each epoch, 0..1."""
    from golden.backprop import Backprop
    from golden.bsd import fit

    return fit(Backprop(config), dataset, config.epochs)
