"""Sheets of drawn images: a class a row, each above the nearest training image; and the way between two samples."""

from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sw.common.own import DRAWN
from sw.report.pictures import BACKWARD, EMBER, FORWARD, GRID, INK, PAPER, STYLE

COLUMNS = 12
"""Images side by side."""
BANDS = 6
"""Rows of images, where there is one class."""


def most(classes: int) -> int:
    """Images of a class that a sheet of so many classes shows."""
    return COLUMNS * (BANDS if classes == 1 else 1)


def sheet(
    path: Path,
    recalled: np.ndarray,
    nearest: np.ndarray,
    labels: np.ndarray,
    titles: list[str],
    steps: int,
    shape: tuple[int, int],
) -> None:
    """The first images of each class, with the nearest training image below each.

    Args:
        recalled: (N, n_0) counts 0..T. nearest: (N, n_0) pixels 0..15. labels: (N,), class after class.
        titles: of the classes in their order.
    """
    classes = list(dict.fromkeys(labels.tolist()))
    rows = [(title, np.flatnonzero(labels == k)[:COLUMNS]) for k, title in zip(classes, titles, strict=True)]
    if len(classes) == 1:
        bands = -(-min(len(labels), most(1)) // COLUMNS)
        rows = [(titles[0], np.arange(len(labels))[band * COLUMNS : (band + 1) * COLUMNS]) for band in range(bands)]
    with rc_context(STYLE):
        figure, grid = _grid(2 * len(rows), shape)
        for row, (title, members) in enumerate(rows):
            for column, n in enumerate(members):
                _show(grid[2 * row, column], recalled[n].reshape(shape), steps, EMBER)
                _show(grid[2 * row + 1, column], nearest[n].reshape(shape), 15, PAPER)
            grid[2 * row, 0].set_ylabel(title, rotation=0, ha="right", va="center", color=INK, fontweight="bold")
        figure.suptitle(
            "Drawn from codes mixed of two samples'; below each the nearest training image",
            x=0.012,
            ha="left",
            fontsize=11,
            fontweight="bold",
        )
        figure.savefig(path, format="png", metadata=DRAWN)


def way(path: Path, ends: np.ndarray, titles: list[str], recalled: np.ndarray, steps: int, shape: tuple[int, int]) -> None:
    """Two samples (2, n_0), 0..15, and what is drawn between their codes, (N, n_0) counts 0..T."""
    pictures = [(ends[0], 15, PAPER, titles[0]), *((image, steps, EMBER, "") for image in recalled)]
    pictures.append((ends[1], 15, PAPER, titles[1]))
    with rc_context(STYLE):
        figure, grid = _grid(-(-len(pictures) // COLUMNS), shape)
        for n, (image, top, colors, title) in enumerate(pictures):
            axes = grid[divmod(n, COLUMNS)]
            _show(axes, image.reshape(shape), top, colors)
            axes.set_title(title, fontsize=8, color=FORWARD if title else BACKWARD, pad=3)
        figure.suptitle("From one sample's code to another's", x=0.012, ha="left", fontsize=11, fontweight="bold")
        figure.savefig(path, format="png", metadata=DRAWN)


def _grid(rows: int, shape: tuple[int, int]) -> tuple[Figure, np.ndarray]:
    height = 0.78 * min(1.5, max(0.35, shape[0] / shape[1]))
    figure = Figure(figsize=(0.78 * COLUMNS + 1.1, height * rows + 0.6), layout="constrained", dpi=160)
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return figure, grid


def _show(axes: Axes, image: np.ndarray, top: int, colors) -> None:
    aspect = "equal" if len(image) > 1 else "auto"
    axes.imshow(image, vmin=0, vmax=top, cmap=colors, interpolation="nearest", aspect=aspect)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(GRID)
