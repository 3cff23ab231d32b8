"""The pictures of an auto-encoder: originals beside what is recalled, the error by epoch, the agreement of the networks."""

from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sw.common.own import DRAWN
from sw.report.pictures import BACKWARD, EMBER, FORWARD, GRID, INK, MUTED, PAPER, STYLE, draw_curves, finish

COLUMNS = 12
"""Samples side by side."""


def beside(path: Path, x: np.ndarray, recalled: np.ndarray, steps: int, shape: tuple[int, int] | None, title: str) -> None:
    """Samples x (N, n_0), 0..15, each above what is recalled of it (N, n_0), counts 0..T.

    shape: of a picture; where None, samples are rows of a matrix.
    """
    with rc_context(STYLE):
        figure = _matrices(x, recalled, steps) if shape is None else _pairs(x, recalled, steps, shape)
        figure.suptitle(title, x=0.012, ha="left", fontsize=11, fontweight="bold")
        figure.savefig(path, format="png", metadata=DRAWN)


def _pairs(x: np.ndarray, recalled: np.ndarray, steps: int, shape: tuple[int, int]) -> Figure:
    bands, cell = -(-len(x) // COLUMNS), 0.82
    height = cell * min(1.5, max(0.6, shape[0] / shape[1]))
    figure = Figure(figsize=(cell * COLUMNS + 0.9, 2 * bands * height + 0.2 * bands + 0.5), layout="constrained", dpi=160)
    grid = figure.subplots(2 * bands, COLUMNS, squeeze=False)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(GRID)
        axes.set_visible(False)
    rows = ((x, 15, PAPER, "sample", FORWARD), (recalled, steps, EMBER, "recalled", BACKWARD))
    for n in range(len(x)):
        band, column = divmod(n, COLUMNS)
        for row, (images, top, colors, label, color) in enumerate(rows):
            axes = grid[2 * band + row, column]
            axes.set_visible(True)
            axes.imshow(images[n].reshape(shape), vmin=0, vmax=top, cmap=colors, interpolation="nearest")
            if column == 0:
                axes.set_ylabel(label, color=color, fontweight="bold", fontsize=9)
    return figure


def _matrices(x: np.ndarray, recalled: np.ndarray, steps: int) -> Figure:
    figure = Figure(figsize=(9.6, 1.4 + 0.16 * len(x)), layout="constrained", dpi=160)
    sides = ((x, 15, PAPER, "samples"), (recalled, steps, EMBER, "recalled"))
    for axes, (rows, top, colors, label) in zip(figure.subplots(1, 2), sides, strict=True):
        axes.imshow(rows, vmin=0, vmax=top, cmap=colors, interpolation="nearest", aspect="auto")
        axes.set(xlabel="input", ylabel="sample")
        axes.set_title(label, loc="left", fontweight="bold")
        axes.tick_params(length=0)
        axes.spines[:].set_color(GRID)
    return figure


def errors(
    path: Path, curves: dict[str, list[float]], levels: dict[str, float], title: str, of: str = "pixels 0..1"
) -> None:
    """The test error after each epoch, of any of `chip`, `golden`, `backprop`, and levels that do not learn by epochs."""
    with rc_context(STYLE):
        figure = Figure(figsize=(7.6, 4.2), layout="constrained", dpi=160)
        axes = figure.add_subplot()
        ends, longest = draw_curves(axes, curves), max([1, *map(len, curves.values())])
        if longest == 1:  # a lone point says little: as a level it stands beside the others
            for value, _, color in ends:
                axes.axhline(value, color=color, linewidth=1.2, alpha=0.55, zorder=1)
        for name, level in levels.items():
            axes.axhline(level, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
            ends.append((level, name, MUTED))
        axes.set_yscale("log")
        drawn = [end[0] for end in ends] + [value for curve in curves.values() for value in curve]
        low, high = min(drawn), max(drawn)
        axes.set(xlim=(0.5, longest + 0.5), ylim=(max(low, 1e-6) / 1.2, high * 1.2), xlabel="epoch")
        axes.set_ylabel(f"mean squared error, {of}")
        axes.yaxis.set_major_formatter(lambda value, place: f"{value:g}")
        named = "25" if high > 10 * low else "23468"
        axes.yaxis.set_minor_formatter(lambda value, place: f"{value:g}" if f"{value:e}"[0] in named else "")
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        _name_ends(axes, ends)
        finish(axes, title)
        axes.grid(axis="y", which="minor", color=GRID)
        figure.savefig(path, format="png", metadata=DRAWN)


def agreement(path: Path, curves: list[list[float]], title: str) -> None:
    """The mean cosine of both networks' counts after each epoch (epochs, L), of layers 0..L-1."""
    with rc_context(STYLE):
        figure = Figure(figsize=(7.6, 3.6), layout="constrained", dpi=160)
        axes, ends = figure.add_subplot(), []
        found = np.array(curves).reshape(len(curves), -1) if curves else np.zeros((0, 0))
        alone = {"marker": "o"} if len(found) == 1 else {}  # a line of one point is none
        for layer in range(found.shape[1]):
            color = (BACKWARD, FORWARD, INK, MUTED)[layer % 4]
            axes.plot(np.arange(1, len(found) + 1), found[:, layer], color=color, linewidth=1.6, **alone)
            ends.append((found[-1, layer], f"layer {layer}", color))
        axes.set(
            xlim=(0.5, max(1, len(found)) + 0.5),
            ylim=(min(0.98, found.min() - 0.02) if found.size else 0, 1.005),
            xlabel="epoch",
        )
        axes.set_ylabel("cosine of the counts, up and down")
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        _name_ends(axes, ends, "{:.3f}")
        finish(axes, title)
        figure.savefig(path, format="png", metadata=DRAWN)


def _name_ends(axes: Axes, ends: list[tuple[float, str, str]], form: str = "{:.4f}") -> None:
    """Names lines at their ends; names keep their distance."""
    to_axes = lambda value: axes.transLimits.transform((0, axes.transScale.transform((1, value))[1]))[1]  # noqa: E731
    place = -np.inf
    for value, name, color in sorted(ends):
        place = max(to_axes(value), place + 0.065)
        said = f"{name}  {form.format(value)}"
        own = {"xycoords": "axes fraction", "xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        axes.annotate(said, (1, place), color=color, fontweight="bold", **own)
