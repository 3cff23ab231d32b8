"""What a trained network is asked: to name samples, and to recall what it remembers of each class."""

import csv
import io
from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from sw import data
from sw.common.errors import UserError
from sw.common.files import write
from sw.common.terminal import say
from sw.report import report
from sw.training.golden_backend import GoldenNetwork


def predict(
    source: Path, given_data: str | None, split: int | None, part: str | None, output: Path | None, console: Console
) -> np.ndarray:
    """Names samples with a trained network; returns rows of sample, label, prediction, and writes them where asked.

    Rows are (N, 3), or (N, 2) where the data has no labels.

    Args:
        part: test, train or all; where None the test part of what the network learned, all of other data.
        output: a CSV file; `sample` counts from 0 in the order of the data's own file.
    """
    kept = Checkpoint.load(source)
    name = given_data or _own_data(kept, source)
    x = data.unlabelled(name, data.Encoding(), kept.config.sizes[0]) if part is None else None
    if x is not None:
        data.check_pixels(Path(name).stem, x, kept.config)
        known = {"sample": np.arange(len(x))}
    else:
        known, x = _labelled(kept, name, split, part)
    predicted = GoldenNetwork(kept.config, kept.state).predict(x)
    rows = np.stack([*known.values(), predicted], axis=1)
    if "label" in known:
        right = int((known["label"] == predicted).sum())
        said = f"{100 * right / len(rows):.2f} % of {len(rows):,} samples right"
    else:
        found = [f"{count:,} of class {k}" for k, count in enumerate(np.bincount(predicted)) if count]
        said = f"{len(rows):,} samples without labels: {', '.join(found)}"
    if output:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*known, "prediction"])
        writer.writerows(rows.tolist())
        write(output, text.getvalue())
    say(console, said)
    return rows


def _labelled(kept: Checkpoint, name: str, split: int | None, part: str | None) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Place and label of each chosen sample, and the samples (N, n_0)."""
    split = kept.about.get("split", 0) if split is None else split
    dataset = data.load(name, split)
    data.check(dataset, kept.config)
    part = part or ("test" if name == kept.about.get("data") else "all")
    sample, train = dataset.places, len(dataset.x_train)
    chosen = {"train": np.arange(train), "test": np.arange(train, len(sample)), "all": np.argsort(sample)}[part]
    x, y = np.concatenate([dataset.x_train, dataset.x_test]), np.concatenate([dataset.y_train, dataset.y_test])
    return {"sample": sample[chosen], "label": y[chosen]}, x[chosen]


def recall(source: Path, given_data: str | None, output: Path | None, console: Console) -> np.ndarray:
    """Lets the backward network recall every concept; shows the stimuli as text, and draws them where `output` is given."""
    from golden.integer import IntegerModel

    if output and output.suffix != ".png":
        raise UserError(f"--output: found {output}; allowed is a name that ends in .png")
    kept = Checkpoint.load(source)
    model = IntegerModel(kept.config)
    if kept.state:
        model.load(kept.state)
    model.recall()
    recalled = model.h[0].numpy()
    shape = data.image_shape(recalled.shape)
    if output:
        dataset = data.load(given_data or _own_data(kept, source), kept.about.get("split", 0))
        data.check(dataset, kept.config)
        shape = dataset.image_shape
        means = report.class_means(dataset, kept.config.classes)
        report.draw_recall(output, recalled, means, kept.config.steps, shape)
    show_pictures(console, recalled, kept.config.steps, shape)
    return recalled


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
    if "data" not in kept.about:
        raise UserError(f"{source}: found no name of the data it learned; say which with --data")
    return kept.about["data"]
