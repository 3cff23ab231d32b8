"""`bispike data`: what data holds, as a table and as a sheet of samples."""

from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.table import Table

from golden.config import Config
from sw.common.blocks import show_pictures
from sw.common.files import make_folder, whole_file
from sw.common.own import DRAWN, check_png
from sw.common.terminal import say
from sw.data import Dataset
from sw.data.encoding import SCALES
from sw.report.pictures import GRID, INK, MUTED, PAPER, STYLE

SHEET_COLUMNS = 10
"""Samples of a class on the drawn sheet."""


def describe(console: Console, dataset: Dataset, split: int, config: Config, output: Path | None) -> None:
    """Prints what the data holds, one sample of each class, and the network that it would get; draws a sheet if asked.

    Args:
        config: what a training without a configuration would take.
    """
    check_png(output)
    learned, tested = len(dataset.x_train), len(dataset.x_test)
    shape = " x ".join(map(str, dataset.image_shape)) if dataset.image_shape else "no picture"
    active = np.concatenate([dataset.x_train, dataset.x_test]) > 0
    part = f"a fifth, drawn: --split {split}" if dataset.drawn else "test part of its own"
    say(console, f"{dataset.name}: {learned + tested:,} samples of {dataset.x_train.shape[1]:,} pixels ({shape})")
    say(console, f"pixels: {SCALES[dataset.encoding.scale]}, of which the core takes 4 bits; {active.mean():.0%} are not 0")
    say(console, f"split: {learned:,} to learn, {tested:,} to test ({part})")
    console.print(_balance(dataset), highlight=False)
    empty = [dataset.encoding.name(k) for k in range(dataset.classes) if not (dataset.y_train == k).any()]
    if empty:
        say(console, f"no sample to learn from: {', '.join(empty)}\n")
    first = [int(np.argmax(dataset.y_train == k)) for k in range(dataset.classes) if (dataset.y_train == k).any()]
    titles = [dataset.encoding.name(int(dataset.y_train[i])) for i in first]
    show_pictures(console, dataset.x_train[first], 15, dataset.image_shape, titles)
    sizes = "-".join(map(str, config.sizes))
    say(console, f"bispike train without --config makes a network of {sizes}, {config.lanes} lanes")
    if output:
        make_folder(output.parent)
        with whole_file(output) as path:
            draw(path, dataset)
        say(console, f"sheet: {output}")


def _balance(dataset: Dataset) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("class", "label", "to learn", "to test", "share"):
        table.add_column(column, justify="left" if column == "class" else "right")
    for k in range(dataset.classes):
        learned, tested = (int((y == k).sum()) for y in (dataset.y_train, dataset.y_test))
        share = (learned + tested) / (len(dataset.y_train) + len(dataset.y_test))
        table.add_row(dataset.encoding.name(k), str(k), f"{learned:,}", f"{tested:,}", f"{share:.1%}")
    return table


def draw(path: Path, dataset: Dataset) -> None:
    """Draws the first training samples of each class, a row a class."""
    shape = dataset.image_shape or (1, dataset.x_train.shape[1])
    columns = SHEET_COLUMNS if dataset.image_shape else 1
    row_height = 0.75 * min(2, max(0.5, shape[0] / shape[1])) if dataset.image_shape else 0.3
    with rc_context(STYLE):
        width = 0.75 * columns + 1.3 if dataset.image_shape else 8
        figure = Figure(figsize=(width, row_height * dataset.classes + 0.6), layout="constrained", dpi=160)
        grid = figure.subplots(dataset.classes, columns, squeeze=False)
        for k in range(dataset.classes):
            members = dataset.x_train[dataset.y_train == k][:columns]
            for column, axes in enumerate(grid[k]):
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set_visible(column < len(members))
                axes.spines[:].set_color(GRID)
                if column < len(members):
                    aspect = "equal" if dataset.image_shape else "auto"
                    axes.imshow(
                        members[column].reshape(shape), vmin=0, vmax=15, cmap=PAPER, interpolation="nearest", aspect=aspect
                    )
            label = dataset.encoding.name(k)
            grid[k, 0].set_ylabel(label, rotation=0, ha="right", va="center", color=INK if len(members) else MUTED)
        figure.suptitle(
            f"Samples of {dataset.name}, as the core takes them", x=0.012, ha="left", fontsize=11, fontweight="bold"
        )
        figure.savefig(path, format="png", metadata=DRAWN)
