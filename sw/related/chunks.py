"""Neural chunking: concepts read out of a population's activity, as clusters of its counts, without any label.

After Wu et al. 2025 (concepts as recurring chunks of population activity). If a layer's states come in chunks, k-means finds
them, and they are the classes: adjusted Rand index and purity against the labels, beside the same clusters of raw pixels
and of the same layers before anything was learned.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from golden.integer import IntegerModel
from sw.figures.figure import Figure
from sw.related import trained
from sw.related.over_seeds import figure, said


@dataclass(frozen=True)
class Chunks:
    """Members:
    places: what was clustered: pixels, layers 1..L-1 before learning, layers 1..L-1.
    rand, purity: (places,) adjusted Rand index, 1 for clusters that are the classes and 0 for chance; the part of the
        samples, 0..1, that are of their cluster's most frequent class.
    table: (K, K) samples of each cluster of the last hidden layer, a row a cluster, a column a class.
    accuracy: of the network itself, 0..1, which has seen labels. samples: clustered.
    """

    seed: int
    places: tuple[str, ...]
    rand: np.ndarray
    purity: np.ndarray
    table: np.ndarray
    accuracy: float
    samples: int


def measure(seed: int, quick: bool) -> Chunks:
    """Clusters the test part, of which the network has learned nothing."""
    from sklearn.metrics import adjusted_rand_score

    model, digits = trained.digits(seed, quick)
    fresh = IntegerModel(model.config)
    x, y = digits.x_test, digits.y_test
    hidden = range(1, model.config.layers)
    before, after = counts(fresh, x), counts(model, x)
    populations = {"pixels": x.astype(np.float64)}
    populations |= {f"layer {i} before": before[i] for i in hidden} | {f"layer {i}": after[i] for i in hidden}
    clusters = {name: clustered(rows, model.config.classes, seed) for name, rows in populations.items()}
    rand = [adjusted_rand_score(y, own) for own in clusters.values()]
    tables = [table(own, y, model.config.classes) for own in clusters.values()]
    accuracy = float((after[-1].argmax(1) == y).mean())
    purity = np.array([own.max(1).sum() / len(y) for own in tables])
    return Chunks(seed, tuple(populations), np.array(rand), purity, tables[-1], accuracy, len(y))


def counts(model: IntegerModel, x: np.ndarray) -> list[np.ndarray]:
    """Spike counts (N, n_l) of layers 0..L-1 that samples x (N, n_0) evoke, and behind them the voltages of layer L."""
    trace, L = model.rule.perceive(model.memories.W, torch.from_numpy(x.astype(np.int32))), model.config.layers
    return [trace[name].numpy().astype(np.float64) for name in (*(f"r{i}" for i in range(L)), f"V{L}")]


def clustered(rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """(N,) cluster of each of rows (N, n), by k-means of their directions: the network compares counts by cosine."""
    from sklearn.cluster import KMeans

    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return KMeans(count, n_init=10, random_state=seed).fit_predict(unit)


def table(clusters: np.ndarray, y: np.ndarray, count: int) -> np.ndarray:
    """(K, K) how many samples of each cluster, a row each, have each label."""
    found = np.zeros((count, count), np.int64)
    np.add.at(found, (clusters, y), 1)
    return found


def figures(results: list[Chunks]) -> list[Figure]:
    """Adjusted Rand index of each population."""
    rand = {name: [float(result.rand[at]) for result in results] for at, name in enumerate(results[0].places)}
    purity = [float(result.purity[-1]) for result in results]
    last = results[0].places[-1]
    others = ", ".join(f"{name} {np.mean(values):.2f}" for name, values in rand.items() if name != last)
    text = f"{last} {said(rand[last], '{:.2f}'.format)}, purity {said(purity, '{:.2f}'.format)}; {others}"
    how = f"adjusted Rand index of k-means clusters against labels, {results[0].samples} test digits"
    reached = np.mean(rand[last]) > np.mean(rand["pixels"])
    name = "concepts as clusters of a population's activity"
    return [figure(name, rand, text, "above raw pixels", reached, how, "bispike related chunks")]


def draw(path: Path, results: list[Chunks]) -> None:
    """Left the index of each population, right which classes the last hidden layer's clusters of the first seed hold."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Picture

    from sw.report.pictures import BASELINE, FORWARD, INK, PAPER, STYLE, finish

    with rc_context(STYLE):
        picture = Picture(figsize=(9.6, 4.2), layout="constrained", dpi=160)
        left, right = picture.subplots(1, 2, width_ratios=(1.3, 1))
        rand = np.mean([result.rand for result in results], 0)
        colours = [FORWARD if name.startswith("layer") and "before" not in name else BASELINE for name in results[0].places]
        left.barh(results[0].places, rand, color=colours)
        for place, value in enumerate(rand):
            left.annotate(f"{value:.2f}", (value, place), xytext=(4, 0), textcoords="offset points", va="center", color=INK)
        left.invert_yaxis()
        left.set_xlim(0, 1.1)
        finish(left, "Clusters against labels, adjusted Rand index")
        left.grid(visible=False)
        own = results[0].table[np.argsort(results[0].table.argmax(1), kind="stable")]
        right.imshow(own, cmap=PAPER, interpolation="nearest")
        for (row, column), value in np.ndenumerate(own):
            if value:
                colour = "white" if value > own.max() / 2 else INK
                right.text(column, row, value, ha="center", va="center", color=colour, fontsize=7)
        right.set(xlabel="class", ylabel="cluster", xticks=range(len(own)), yticks=[])
        right.tick_params(length=0)
        right.set_title(f"Samples of {results[0].places[-1]}'s clusters", loc="left", fontsize=11, fontweight="bold", pad=10)
        picture.savefig(path, format="png")
