"""Hybrid predictive coding: a first percept at once, then iterations in which the backward network's recall refines it.

Tschantz, Millidge, Seth & Buckley 2023: a fast first guess by the feedforward network, then inference that makes the
prediction of the backward network fit. Here the first guess are the top layer's voltages. Two ways to go on from them:

- mixed: the concepts believed in recall what they remember of the stimulus; the sample is mixed with that and perceived
  again. All of it is spikes through the two networks as they are.
- error: the belief in a concept grows with how much of what it recalls is in what is left of a layer's counts, once what is
  expected is taken away: mirror descent on the squared errors of prediction, of the stimulus and of hidden layers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from golden.integer import IntegerModel
from sw.figures.figure import Figure
from sw.related import trained
from sw.related.chunks import counts
from sw.related.noisy import mixed, noisy
from sw.related.over_seeds import figure, percent, points, said

ITERATIONS = 8
LEVELS = ("clean", "noise 3", "noise 5", "noise 7", "mixed 0.4")
"""Deviation of the noise in pixel steps of 16; the part that another digit has."""
SHARPNESS = (2.0, 6.0, 20.0)
"""Of the first belief: how much more a concept counts whose voltage is larger. One is chosen."""
SHARES = (0.1, 0.2, 0.3, 0.5)
"""Of what is recalled in a mixture. One is chosen."""
STEPS = (1.0, 3.0, 10.0)
"""Of a belief, by error. One is chosen, and the highest layer whose errors count."""


@dataclass(frozen=True)
class Refined:
    """Members:
    chosen: by way, sharpness and share, or sharpness, step and highest layer: by the training part, with its own noise.
    accuracy: by way, (levels, 1 + ITERATIONS), 0..1, on the test part: of the first percept, and after each iteration.
    nearest: (levels,) 0..1, without the feedforward network: the class whose recalled stimulus has the largest cosine.
    samples: of each level.
    """

    seed: int
    chosen: dict[str, tuple[float, ...]]
    accuracy: dict[str, np.ndarray]
    nearest: np.ndarray
    samples: int


def measure(seed: int, quick: bool) -> Refined:
    """Chooses on training samples, judges on the test part."""
    model, digits = trained.digits(seed, quick)
    random, count = np.random.default_rng([seed, 1]), 100 if quick else 400
    x, y = digits.x_train[:count], digits.y_train[:count]
    known = [disturbed(level, x, y, random) for level in LEVELS]
    tested = [disturbed(level, digits.x_test, digits.y_test, random) for level in LEVELS]
    chosen, accuracy = {}, {}
    choices = {
        "mixed": list(product(SHARPNESS, SHARES)),
        "error": list(product(SHARPNESS, STEPS, range(model.config.layers))),
    }
    for way, refine in WAYS.items():
        last = [np.mean([curve(refine(model, own, *choice), y)[-1] for own in known]) for choice in choices[way]]
        chosen[way] = choices[way][int(np.argmax(last))]
        accuracy[way] = np.array([curve(refine(model, own, *chosen[way]), digits.y_test) for own in tested])
    recalled = unit(recalled_pixels(model))
    nearest = [((own @ recalled.T).argmax(1) == digits.y_test).mean() for own in tested]
    return Refined(seed, chosen, accuracy, np.array(nearest), len(digits.x_test))


def disturbed(level: str, x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Samples (N, n_0) as a level of `LEVELS` has them."""
    kind, _, much = level.partition(" ")
    if kind == "clean":
        return x
    return noisy(x, float(much), random) if kind == "noise" else mixed(x, y, float(much), random)


def curve(beliefs: list[np.ndarray], y: np.ndarray) -> list[float]:
    """Accuracy, 0..1, of each of beliefs (N, K)."""
    return [float((belief.argmax(1) == y).mean()) for belief in beliefs]


def by_mixing(model: IntegerModel, x: np.ndarray, sharpness: float, share: float) -> list[np.ndarray]:
    """Beliefs (N, K) of samples x (N, n_0): of the first percept, and of each that follows."""
    recalled, stimulus, beliefs = recalled_pixels(model), x, []
    for _ in range(1 + ITERATIONS):
        beliefs.append(softmax(sharpness * scaled(perceive(model, stimulus))))
        expected = beliefs[-1] @ recalled
        stimulus = np.clip(np.rint((1 - share) * x + share * expected), 0, 15).astype(np.uint8)
    return beliefs


def by_error(model: IntegerModel, x: np.ndarray, sharpness: float, step: float, highest: int) -> list[np.ndarray]:
    """As `by_mixing`. Counts have length 1: how much ink a sample has says nothing of its concept.

    Args:
        highest: errors of layers 0 to this count, 0..L-1.
    """
    perceived = counts(model, x)
    logits, beliefs = sharpness * scaled(perceived.pop()), []
    perceived[0] = x  # finer than its counts
    layers = [(unit(own), unit(h.numpy())) for own, h in zip(perceived[: highest + 1], model.h, strict=False)]
    for _ in range(1 + ITERATIONS):
        beliefs.append(softmax(logits))
        logits = logits + step * sum((own - beliefs[-1] @ recalled) @ recalled.T for own, recalled in layers)
    return beliefs


WAYS: dict[str, Callable[..., list[np.ndarray]]] = {"mixed": by_mixing, "error": by_error}


def perceive(model: IntegerModel, x: np.ndarray) -> np.ndarray:
    """Voltages (N, K) of the top layer."""
    return counts(model, x)[-1]


def recalled_pixels(model: IntegerModel) -> np.ndarray:
    """(K, n_0) what each concept recalls of the stimulus, counts 0..T as pixels 0..15."""
    return model.h[0].numpy() * (15 / model.config.steps)


def scaled(voltages: np.ndarray) -> np.ndarray:
    """Voltages (N, K) in units of each sample's largest."""
    return voltages / np.maximum(np.abs(voltages).max(1, keepdims=True), 1)


def softmax(logits: np.ndarray) -> np.ndarray:
    """(N, K) beliefs, which add up to 1."""
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows (N, n) of length 1."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def figures(results: list[Refined]) -> list[Figure]:
    """Accuracy of the first percept and of the last, a line a way and level."""
    found = []
    for way in WAYS:
        for place, level in enumerate(LEVELS):
            first, last = ([float(result.accuracy[way][place, at]) for result in results] for at in (0, -1))
            gains = [after - before for before, after in zip(first, last, strict=True)]
            text = f"{said(first, percent)} to {said(last, percent, ' %')}; gain {said(gains, points)} points"
            how = f"first percept, and after {ITERATIONS} iterations; {results[0].samples} test digits"
            values, name = {"first": first, "last": last}, f"recall refines a percept, {way}: {level}"
            found.append(figure(name, values, text, "no loss", np.mean(gains) >= 0, how, "bispike related refine"))
    return found


def draw(path: Path, results: list[Refined]) -> None:
    """Accuracy by iteration, a curve a level, of the mean over seeds; a way each side."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Picture

    from sw.report.pictures import BACKWARD, INK, PAPER, STYLE, finish

    colours = [INK, *(PAPER(shade) for shade in (0.75, 0.6, 0.45)), BACKWARD]
    with rc_context(STYLE):
        picture = Picture(figsize=(10.4, 4.2), layout="constrained", dpi=160)
        for axes, way in zip(picture.subplots(1, 2, sharey=True), WAYS, strict=True):
            curves = 100 * np.mean([result.accuracy[way] for result in results], 0)
            above = -np.inf
            for place in np.argsort(curves[:, -1]):
                own, above = curves[place], max(curves[place, -1], above + 2)  # names keep their distance
                axes.plot(own, color=colours[place], marker="o", markersize=3.6)
                look = {"va": "center", "color": colours[place], "fontsize": 9, "fontweight": "bold"}
                axes.text(ITERATIONS + 0.25, above, f"{LEVELS[place]}  {own[-1]:.1f} %", **look)
            axes.set(xlabel="iterations", xlim=(-0.2, ITERATIONS * 1.42), xticks=range(0, ITERATIONS + 1, 2))
            finish(axes, {"mixed": "Sample mixed with what is recalled", "error": "Belief by errors of prediction"}[way])
        picture.axes[0].set_ylabel("test accuracy, %")
        picture.savefig(path, format="png")
