"""The pictures of a run: learning curve, what the network recalls, one sample's spikes in both networks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from sw.common.own import DRAWN

INK, MUTED, GRID = "#1d2733", "#7a8694", "#e6eaee"
FORWARD, BACKWARD, BASELINE = "#0b7285", "#d9480f", "#9aa5b1"
"""Colours: the feedforward network and the chip; the backward network; what either is compared with."""
STYLE = {
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.titlesize": 10,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}
LOOKS = {
    "backprop": {"color": BASELINE, "linewidth": 1.8, "linestyle": (0, (4, 2)), "zorder": 2},
    "chip": {"color": FORWARD, "linewidth": 4.5, "alpha": 0.55, "zorder": 3, "solid_capstyle": "round"},
    "golden": {"color": INK, "linewidth": 1.1, "marker": "o", "markersize": 3.6, "markerfacecolor": "white", "zorder": 4},
}
"""Of the curves of a training, by who learned; the first is drawn first."""
PAPER = LinearSegmentedColormap.from_list("paper", ["#ffffff", "#b9d8de", FORWARD, "#06313a"])
EMBER = LinearSegmentedColormap.from_list("ember", ["#ffffff", "#f7c9ae", BACKWARD, "#4a1804"])


@dataclass(frozen=True)
class Spikes:
    """One sample in both networks.

    Members:
        image: (n_0,) pixels 0..15; label, prediction: concepts.
        forward, backward: for each layer 0..L spikes (T, n_l): evoked by the stimulus, and by the concept `label`; None
            where it is not recalled.
        direct: whether pixels drive layer 1 as currents, so that layer 0 has no spikes of its own.
    """

    image: np.ndarray
    label: int
    prediction: int
    forward: list[np.ndarray]
    backward: list[np.ndarray | None]
    direct: bool


def learning_curve(path: Path, curves: dict[str, list[float]], title: str) -> None:
    """Test accuracy after each epoch, 0..1, of any of `chip`, `golden`, `backprop`."""
    with rc_context(STYLE):
        figure = Figure(figsize=(7.6, 4.2), layout="constrained", dpi=160)
        axes = figure.add_subplot()
        percents = {name: [100 * value for value in curve] for name, curve in curves.items()}
        ends = draw_curves(axes, percents)
        values = np.concatenate([[0, 100] if not ends else [], *percents.values()])
        low = min(values.min(), values.max() - 4)
        axes.set_ylim(low - 0.04 * (100 - low), min(100.5, values.max() + 0.1 * (values.max() - low) + 0.4))
        _end_labels(axes, ends)
        axes.set_xlim(0.5, max([1, *map(len, curves.values())]) + 0.5)
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.set_xlabel("epoch")
        axes.set_ylabel("test accuracy, %")
        finish(axes, title)
        figure.savefig(path, format="png", metadata=DRAWN)


def finish(axes: Axes, title: str) -> None:
    """The looks of curves' axes: a title, lines across, no frame."""
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK, pad=10)
    axes.grid(axis="y", color=GRID)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(which="both", length=0)


def draw_curves(axes: Axes, curves: dict[str, list[float]]) -> list[tuple[float, str, str]]:
    """Draws those of `chip`, `golden`, `backprop` that there are, from epoch 1 on.

    Returns:
        the last value of each, its name and its colour; equal curves are one, as "chip = golden".
    """
    groups: dict[tuple, list[str]] = {}
    for name, look in LOOKS.items():
        if curve := curves.get(name):
            alone = {} if len(curve) > 1 else {"marker": "o", "markersize": 9}  # a line of one point is none
            axes.plot(np.arange(1, len(curve) + 1), curve, label=name, **(alone | look))
            groups.setdefault(tuple(curve), []).append(name)
    return [
        (curve[-1], " = ".join(sorted(names)), LOOKS["chip" if "chip" in names else names[0]]["color"])
        for curve, names in groups.items()
    ]


def _end_labels(axes: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Names each curve at its end; names keep their distance."""
    place = -np.inf
    for value, name, color in sorted(ends):
        place = max(value, place + 0.06 * np.diff(axes.get_ylim())[0])
        axes.annotate(
            f"{name}  {value:.2f} %",
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontweight="bold",
        )


def recall(
    path: Path, recalled: np.ndarray, means: np.ndarray, steps: int, shape: tuple[int, int] | None, title: str
) -> None:
    """What the backward network recalls of each concept, beside the mean of the class.

    Args:
        recalled: (K, n_0) counts 0..T. means: (K, n_0) mean pixels 0..15.
        shape: of a picture; where None, concepts are drawn as rows of one matrix.
    """
    with rc_context(STYLE):
        if shape is None:
            figure = _matrices(recalled, means, steps)
        else:
            figure = _pictures(recalled.reshape(-1, *shape), means.reshape(-1, *shape), steps)
        figure.suptitle(title, x=0.012, ha="left", fontsize=11, fontweight="bold")
        figure.savefig(path, format="png", metadata=DRAWN)


def _pictures(recalled: np.ndarray, means: np.ndarray, steps: int) -> Figure:
    classes, columns = len(recalled), min(10, len(recalled))
    bands = -(-classes // columns)
    width = max(6.4, 0.95 * columns + 1.1)  # of the title
    figure = Figure(figsize=(width, 2.25 * bands + 0.5), layout="constrained", dpi=160)
    grid = figure.subplots(2 * bands, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for k in range(classes):
        band, column = divmod(k, columns)
        for row, (image, top, colors) in enumerate(((means[k], 15, PAPER), (recalled[k], steps, EMBER))):
            axes = grid[2 * band + row, column]
            axes.set_axis_on()
            axes.imshow(image, vmin=0, vmax=top, cmap=colors, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_color(GRID)
            if row == 0:
                axes.set_title(str(k), color=INK, pad=4)
            if column == 0:
                label, color = (("class mean", FORWARD), ("recalled", BACKWARD))[row]
                axes.set_ylabel(label, color=color, fontweight="bold")
    return figure


def _matrices(recalled: np.ndarray, means: np.ndarray, steps: int) -> Figure:
    figure = Figure(figsize=(9.6, 1.4 + 0.24 * len(recalled)), layout="constrained", dpi=160)
    for axes, image, top, colors, label in zip(
        figure.subplots(1, 2),
        (means, recalled),
        (15, steps),
        (PAPER, EMBER),
        ("mean of what was learned", "recalled"),
        strict=True,
    ):
        axes.imshow(image, vmin=0, vmax=top, cmap=colors, interpolation="nearest", aspect="auto")
        axes.set(xlabel="input", ylabel="concept", yticks=range(len(image)))
        axes.set_title(label, loc="left", fontweight="bold")
        axes.tick_params(length=0)
        axes.spines[:].set_color(GRID)
    return figure


def raster(path: Path, spikes: Spikes, shape: tuple[int, int] | None, title: str) -> None:
    """One sample's spikes: in each layer the feedforward network's above the backward network's, and how well they agree."""
    layers = len(spikes.forward)
    with rc_context(STYLE):
        figure = Figure(figsize=(11, 0.9 + 1.25 * layers), layout="constrained", dpi=160)
        side, main = figure.subfigures(1, 2, width_ratios=(1.0, 5.4))
        _stimulus(side, spikes, shape)
        rows = main.subplots(layers, 1, squeeze=False)[:, 0]
        for axes, i in zip(rows, reversed(range(layers)), strict=True):
            _layer(axes, spikes, i)
        rows[-1].set_xlabel("neuron; in each band time runs down", fontsize=9)
        figure.suptitle(title, x=0.012, ha="left", fontsize=11, fontweight="bold")
        figure.savefig(path, format="png", metadata=DRAWN)


def _stimulus(side: Figure, spikes: Spikes, shape: tuple[int, int] | None) -> None:
    """The stimulus and what the backward network recalls of its concept, if it does, as pictures."""
    shape = shape or (1, len(spikes.image))
    images = [(spikes.image, 15, PAPER, "stimulus", FORWARD)]
    if spikes.backward[0] is not None:
        images.append((spikes.backward[0].sum(0), len(spikes.backward[0]), EMBER, "recalled", BACKWARD))
    places = side.subplots(len(images), 1, squeeze=False)[:, 0]
    for axes, (image, top, colors, label, color) in zip(places, images, strict=True):
        axes.imshow(
            image.reshape(shape),
            vmin=0,
            vmax=top,
            cmap=colors,
            interpolation="nearest",
            aspect="equal" if shape[0] > 1 else "auto",
        )
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(GRID)
        axes.set_title(label, color=color, fontweight="bold", pad=4)
        text = f"seen as {spikes.prediction}" if label == "stimulus" else f"concept {spikes.label}"
        axes.set_xlabel(text, color=INK)


def _layer(axes: Axes, spikes: Spikes, i: int) -> None:
    forward, recalled = spikes.forward[i].astype(float), spikes.backward[i] is not None
    backward = spikes.backward[i].astype(float) if recalled else np.zeros_like(forward)
    steps, neurons = forward.shape
    current = spikes.direct and i == 0
    if current:  # no spikes: the same current at every step
        forward = np.repeat(spikes.image[None] / 15, steps, axis=0)
    picture = np.ones((2 * steps + 1, neurons, 3))
    for start, band, color in ((0, forward, FORWARD), (steps + 1, backward, BACKWARD)):
        empty, full = np.array(to_rgb("#f3f5f7")), np.array(to_rgb(color))
        picture[start : start + steps] = empty + band[..., None] * (full - empty)
    axes.imshow(picture, interpolation="nearest", aspect="auto", extent=(0, neurons, 2 * steps + 1, 0))
    for t in range(1, 2 * steps + 1):
        axes.axhline(t, color="white", linewidth=1)
    if neurons <= 160:
        axes.vlines(range(1, neurons), 0, 2 * steps + 1, color="white", linewidth=0.8)
    below = "backward" if recalled else "not recalled"
    axes.set_yticks([steps / 2, steps + 1 + steps / 2], ["current" if current else "feedforward", below], fontsize=9)
    for tick, color in zip(axes.get_yticklabels(), (FORWARD, BACKWARD), strict=True):
        tick.set_color(color)
    axes.set_xticks([0, neurons])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    name = "stimulus" if i == 0 else "concept" if i == len(spikes.forward) - 1 else "hidden"
    axes.set_title(f"layer {i}, {name}", loc="left", fontsize=10, pad=3)
    if recalled:
        agreement = _cosine(forward.sum(0), backward.sum(0))
        axes.set_title(f"agreement {agreement:.2f}", loc="right", fontsize=9, color=MUTED, pad=3)


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norm if norm else 0.0
