"""A training from checked arguments to its report: begun anew or gone on with, on the chip or on the golden model alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw import data
from sw.common.errors import UserError
from sw.common.files import RunFolder, fresh
from sw.common.terminal import say
from sw.report import report
from sw.training import checkpoint, golden_backend, history, summary
from sw.training.checkpoint import Checkpoint


def begin(config: Config, source: str, split: int, backend: str) -> tuple[Checkpoint, data.Dataset]:
    """A training that has not begun, and its samples."""
    dataset = data.load(source, split)
    data.check(dataset, config)
    return Checkpoint(config, {}, history.new(source, split, dataset, backend)), dataset


def go_on(path: Path, given: dict) -> tuple[Checkpoint, data.Dataset]:
    """The interrupted training in a run folder, and its samples.

    Args:
        given: what the user said about it (config, data, split, backend, epochs, seed), None where nothing.

    Raises:
        UserError: where there is none, or where it is another than the user says.
    """
    kept = checkpoint.load(path)
    config, past = kept.config, kept.history
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
    dataset = data.load(past["data"], past["split"])
    history.check_data(kept, dataset, path)
    return kept, dataset


Backend = Callable[[Path, Checkpoint, data.Dataset, Console], None]
"""Trains what a checkpoint holds to its configuration's last epoch, and keeps it up to date, in memory and in its file."""


def train(
    kept: Checkpoint,
    dataset: data.Dataset,
    path: Path,
    resume: bool,
    console: Console,
    backend: Backend,
    simulator: str | None,
) -> dict:
    """Trains to the end and writes the report; returns what summary.json holds.

    Args:
        simulator: that of the backend, where it has one.
    """
    folder = RunFolder(path if resume else fresh(path))
    folder.write("config.toml", kept.config.to_toml())
    done = len(kept.history["epochs"])
    going = "complete" if done == kept.config.epochs else f"going on after epoch {done}"
    say(console, f"run {folder.path}" + (f", {going}" if resume else ""))
    weights = folder / checkpoint.FILE
    try:
        if not kept.state:
            kept.state = golden_backend.GoldenNetwork(kept.config).model.state()
            kept.save(weights)
        backend(weights, kept, dataset, console)
    except UserError:
        if not resume and not kept.history["epochs"]:  # it did not begin: no board at the port
            shutil.rmtree(folder.path)
        raise
    except KeyboardInterrupt:
        if weights.exists():
            done = len(kept.history["epochs"])
            say(console, f"interrupted: {folder.path} keeps the network after epoch {done}; go on with")
            say(console, f"  bispike train --resume --run {folder.path}")
        else:
            shutil.rmtree(folder.path)
            say(console, "interrupted before there was anything to keep")
        raise
    with console.status("the same network by backprop, pictures, report"):
        values = summary.summary(kept, dataset, backprop_curve(kept.config, dataset), simulator)
        report.write(folder, kept, dataset, values)
    summary.show(console, values, str(folder.path))
    return values


def backprop_curve(config: Config, dataset: data.Dataset) -> list[float]:
    """The baseline's test accuracy after each epoch, 0..1."""
    from golden.backprop import Backprop
    from golden.bsd import fit

    return fit(Backprop(config), dataset, config.epochs)
