"""Data-driven convolutional structure: do the learned input weights of layer 1 become local?

Ingrosso & Goldt 2022: fully connected layers that learn from images can form local, tiled receptive fields. Here: what
learning has added to the weights of each neuron of layer 1, as a picture; how far it spreads, how many pixels share it, how
alike neighbouring pixels are; beside the initial weights, and beside learned ones that were shuffled among the neurons.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from golden.integer import IntegerModel
from sw.figures.figure import Figure
from sw.related import trained
from sw.related.over_seeds import figure, said

KINDS = ("learned", "shuffled", "initial")
"""Shuffled: each pixel's learned weights dealt anew to the neurons; what remains is where in the picture there is ink."""
DRAWN = 32
"""Fields in the picture."""


@dataclass(frozen=True)
class Fields:
    """Members:
    spread: (kinds,) root mean square distance from a field's middle, in pixels, weighted by the squares of its weights.
    pixels: (kinds,) participation of pixels in a field, 1..n_0: (sum w^2)^2 / sum w^4.
    alike: (kinds,) correlation of the weights of pixels side by side, -1..1. Each is the median over neurons.
    even: spread of a field whose weights are all alike.
    learned, initial: (DRAWN, n_0) fields, the learned ones those that changed most. shape: of a picture.
    """

    seed: int
    spread: np.ndarray
    pixels: np.ndarray
    alike: np.ndarray
    even: float
    learned: np.ndarray
    initial: np.ndarray
    shape: tuple[int, int]


def measure(seed: int, quick: bool) -> Fields:
    """Of the trained network of the digits."""
    model, digits = trained.digits(seed, quick)
    random = np.random.default_rng([seed, 3])
    initial = IntegerModel(model.config).W[1].numpy().T.astype(np.float64)
    learned = model.W[1].numpy().T - initial
    shuffled = random.permuted(learned, axis=0)
    kinds = [own.reshape(-1, *digits.image_shape) for own in (learned, shuffled, initial)]
    numbers = [[np.median(number(own)) for own in kinds] for number in (spread, participation, likeness)]
    most = np.argsort(-(learned**2).sum(1), kind="stable")[:DRAWN]
    even = float(spread(np.ones((1, *digits.image_shape)))[0])
    return Fields(seed, *map(np.array, numbers), even, learned[most], initial[most], digits.image_shape)


def spread(fields: np.ndarray) -> np.ndarray:
    """(n,) root mean square distance from the middle of each of fields (n, height, width), in pixels, by squared weights."""
    mass = fields**2
    mass = mass / np.maximum(mass.sum((1, 2), keepdims=True), 1e-12)
    places = np.indices(fields.shape[1:])
    middle = np.einsum("nhw,dhw->nd", mass, places)
    squares = np.einsum("nhw,dhw->nd", mass, places**2)
    return np.sqrt(np.maximum((squares - middle**2).sum(1), 0))


def participation(fields: np.ndarray) -> np.ndarray:
    """(n,) how many pixels share each of fields (n, height, width)."""
    return (fields**2).sum((1, 2)) ** 2 / np.maximum((fields**4).sum((1, 2)), 1e-12)


def likeness(fields: np.ndarray) -> np.ndarray:
    """(n,) correlation of the weights of pixels side by side, of each of fields (n, height, width)."""
    centred = fields - fields.mean((1, 2), keepdims=True)
    across, down = centred[:, :, 1:] * centred[:, :, :-1], centred[:, 1:] * centred[:, :-1]
    pairs = across.shape[1] * across.shape[2] + down.shape[1] * down.shape[2]
    variance = np.maximum((centred**2).mean((1, 2)), 1e-12)
    return (across.sum((1, 2)) + down.sum((1, 2))) / pairs / variance


def figures(results: list[Fields]) -> list[Figure]:
    """How local, and how smooth."""
    found = []
    for member, name, unit, target, reached in (
        ("spread", "fields of layer 1: spread", " pixels", "below shuffled", np.less),
        ("pixels", "fields of layer 1: pixels that share one", " pixels", "below shuffled", np.less),
        ("alike", "fields of layer 1: likeness of neighbouring pixels", "", "above shuffled", np.greater),
    ):
        values = {kind: [float(getattr(result, member)[at]) for result in results] for at, kind in enumerate(KINDS)}
        shown = {kind: said(own, "{:.2f}".format, unit if kind == "learned" else "") for kind, own in values.items()}
        text = f"{shown['learned']}; shuffled {shown['shuffled']}; initial {shown['initial']}"
        if member == "spread":
            text += f"; all weights alike {results[0].even:.2f}"
        good = reached(np.mean(values["learned"]), np.mean(values["shuffled"]))
        how = "what learning added to W[1], median over neurons, digits"
        found.append(figure(name, values, text, target, good, how, "bispike related fields"))
    return found


def draw(path: Path, results: list[Fields]) -> None:
    """Fields of the first seed: learned on the left, the same neurons' initial weights on the right."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Picture

    from sw.report.pictures import GRID, STYLE

    fields = results[0]
    with rc_context(STYLE):
        picture = Picture(figsize=(10.4, 3.4), layout="constrained", dpi=160)
        for side, own, title in zip(
            picture.subfigures(1, 2),
            (fields.learned, fields.initial),
            ("What learning added", "Initial weights"),
            strict=True,
        ):
            for axes, weights in zip(side.subplots(4, 8).flat, own, strict=False):
                end = np.abs(weights).max() or 1
                axes.imshow(weights.reshape(fields.shape), vmin=-end, vmax=end, cmap="PuOr", interpolation="nearest")
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set_color(GRID)
            side.suptitle(title, x=0.02, ha="left", fontsize=11, fontweight="bold")
        picture.savefig(path, format="png")
