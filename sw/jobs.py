"""What the commands train, predict and recall do, from checked arguments on."""

import csv
import io
from pathlib import Path

import numpy as np
from rich.console import Console

from golden import data
from golden.config import Config
from sw import checkpoint, chip_run, golden_run, history, report, summary
from sw.checkpoint import Checkpoint
from sw.errors import UserError
from sw.rundir import RunFolder, fresh, write
from sw.terminal import say


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


def train(
    kept: Checkpoint, dataset: data.Dataset, path: Path, resume: bool, console: Console, simulator: str | None, waves: bool
) -> dict:
    """Trains to the end and writes the report; returns what summary.json holds.

    Args:
        simulator: the chip runs on it; None for the golden model alone.
    """
    folder = RunFolder(path if resume else fresh(path))
    folder.write("config.toml", kept.config.to_toml())
    done = len(kept.history["epochs"])
    say(console, f"run {folder.path}" + (f", going on after epoch {done}" if resume else ""))
    weights = folder / checkpoint.FILE
    if not kept.state:
        kept.state = golden_run.GoldenNetwork(kept.config).model.state()
        kept.save(weights)
    try:
        if simulator is None:
            golden_run.train(weights, kept, dataset, console)
        else:
            chip_run.train(weights, kept, dataset, console, folder.path, simulator, waves)
    except KeyboardInterrupt:
        done = len(kept.history["epochs"])
        again = f"bispike train --resume --run {folder.path}"
        say(console, f"interrupted: {folder.path} keeps the network after epoch {done}; go on with: {again}")
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


def predict(
    source: Path, given_data: str | None, split: int | None, part: str, output: Path | None, console: Console
) -> dict:
    """Predicts samples with a trained network; writes index, label and prediction as CSV where `output` is given."""
    kept = checkpoint.load(source)
    dataset = data.load(given_data or _own_data(kept, source), kept.history.get("split", 0) if split is None else split)
    data.check(dataset, kept.config)
    x = {"test": dataset.x_test, "train": dataset.x_train, "all": np.concatenate([dataset.x_train, dataset.x_test])}[part]
    y = {"test": dataset.y_test, "train": dataset.y_train, "all": np.concatenate([dataset.y_train, dataset.y_test])}[part]
    predictions = golden_run.GoldenNetwork(kept.config, kept.state).predict(x)
    if output:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(["sample", "label", "prediction"])
        rows.writerows(zip(range(len(y)), y.tolist(), predictions.tolist(), strict=True))
        write(output, text.getvalue())
    right = int((predictions == y).sum())
    say(console, f"{100 * right / len(y):.2f} % of {len(y):,} samples right")
    return {"samples": len(y), "right": right}


def recall(source: Path, given_data: str | None, output: Path | None, console: Console) -> np.ndarray:
    """Lets the backward network recall every concept; shows the stimuli as text, and draws them where `output` is given."""
    from golden.integer import IntegerModel

    kept = checkpoint.load(source)
    model = IntegerModel(kept.config)
    model.load(kept.state)
    model.recall()
    recalled = model.h[0].numpy()
    shape = image_shape(recalled.shape[1])
    if output:
        dataset = data.load(given_data or _own_data(kept, source), kept.history.get("split", 0))
        data.check(dataset, kept.config)
        shape = dataset.image_shape
        means = report.class_means(dataset, kept.config.classes)
        report.draw_recall(output, recalled, means, kept.config.steps, shape)
    show_pictures(console, recalled, kept.config.steps, shape)
    return recalled


def image_shape(pixels: int) -> tuple[int, int] | None:
    """The square that a flat sample fills, if any."""
    side = round(pixels**0.5)
    return (side, side) if side * side == pixels else None


def show_pictures(console: Console, recalled: np.ndarray, steps: int, shape: tuple[int, int] | None) -> None:
    """Prints each concept's counts (K, n_0), 0..T, as a picture of shaded blocks, as many side by side as fit."""
    height, width = shape or (1, recalled.shape[1])
    columns = max(1, console.width // (2 * width + 3))
    shades = " ░▒▓█"
    for start in range(0, len(recalled), columns):
        band = range(start, min(start + columns, len(recalled)))
        lines = ["   ".join(f"{k:<{2 * width}}" for k in band)]
        for row in range(height):
            pixels = (recalled[k].reshape(height, width)[row] * 4 // steps for k in band)
            lines.append("   ".join("".join(2 * shades[p] for p in picture) for picture in pixels))
        say(console, "\n".join(line.rstrip() for line in lines) + "\n")


def _own_data(kept: Checkpoint, source: Path) -> str:
    if "data" not in kept.history:
        raise UserError(f"{source}: found no name of the data it learned; say which with --data")
    return kept.history["data"]
