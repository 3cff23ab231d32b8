"""Abductive reflection: a rule that a run's outputs must obey, and where they do not, the cheapest change that does.

After abductive learning (Zhou 2019; Dai et al. 2019; Hu et al. 2025, "abductive reflection"). Digits come in groups whose
sum is told. Where the named digits have another sum, one or more of them are named anew: those whose voltages speak least
against it, which is found exactly, by dynamic programming over the sums.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sw.figures.figure import Figure
from sw.related import trained
from sw.related.noisy import noisy
from sw.related.over_seeds import figure, percent, points, said
from sw.related.refine import perceive

GROUPS = (2, 3, 4, 6, 8)
"""Digits that share a sum."""
NOISE = (0, 5)
"""Deviations of the noise on pixels, in steps of 16."""
DEALS = 20
"""How often the test part is dealt into groups."""


@dataclass(frozen=True)
class Sums:
    """Members:
    before: (noises,) accuracy, 0..1, of the digits as named.
    after: (noises, groups) the same once each group obeys its sum.
    broken: (noises, groups) part of the groups, 0..1, whose named digits have another sum.
    samples: test digits, dealt DEALS times.
    """

    seed: int
    before: np.ndarray
    after: np.ndarray
    broken: np.ndarray
    samples: int


def measure(seed: int, quick: bool) -> Sums:
    """Deals the test part into groups of each size."""
    model, digits = trained.digits(seed, quick)
    random = np.random.default_rng([seed, 7])
    deals = 3 if quick else DEALS
    before, after, broken = [], [], []
    for deviation in NOISE:
        x = noisy(digits.x_test, deviation, random) if deviation else digits.x_test
        voltages = perceive(model, x)
        before.append(float((voltages.argmax(1) == digits.y_test).mean()))
        pairs = [checked(voltages, digits.y_test, size, deals, random) for size in GROUPS]
        after.append([pair[0] for pair in pairs])
        broken.append([pair[1] for pair in pairs])
    return Sums(seed, np.array(before), np.array(after), np.array(broken), len(digits.y_test))


def checked(voltages: np.ndarray, y: np.ndarray, size: int, deals: int, random: np.random.Generator) -> tuple[float, float]:
    """Accuracy, 0..1, of digits with voltages (N, K), labels (N,), once groups of `size` obey their sums; part of the groups
    that did not. A rest of fewer digits is left as named."""
    right = wrong = groups = 0
    for _ in range(deals):
        dealt = random.permutation(len(y))
        for own in np.split(dealt[: len(y) // size * size], len(y) // size):
            named, total = voltages[own].argmax(1), int(y[own].sum())
            if named.sum() != total:
                named, wrong = cheapest(costs(voltages[own]), total), wrong + 1
            right, groups = right + int((named == y[own]).sum()), groups + 1
        rest = dealt[len(y) // size * size :]
        right += int((voltages[rest].argmax(1) == y[rest]).sum())
    return right / (deals * len(y)), wrong / groups


def costs(voltages: np.ndarray) -> np.ndarray:
    """(n, K), 0 or more: by how much each name's voltage is below the largest."""
    return voltages.max(1, keepdims=True) - voltages


def cheapest(cost: np.ndarray, total: int) -> np.ndarray:
    """(n,) names 0..K-1 that add up to `total`, 0..n (K - 1), with the least sum of costs (n, K); ties to the lower name."""
    n, K = cost.shape
    best = np.full((n + 1, total + 1), np.inf)
    best[0, 0] = 0
    chosen = np.zeros((n, total + 1), np.int64)
    for i in range(n):
        for name in range(min(K, total + 1)):
            ways = best[i, : total + 1 - name] + cost[i, name]
            better = ways < best[i + 1, name:]
            best[i + 1, name:][better] = ways[better]
            chosen[i, name:][better] = name
    names = np.zeros(n, np.int64)
    for i in reversed(range(n)):
        names[i] = chosen[i, total]
        total -= names[i]
    return names


def figures(results: list[Sums]) -> list[Figure]:
    """Accuracy before and after, by how many digits share a sum."""
    found = []
    for at, deviation in enumerate(NOISE):
        before = [float(result.before[at]) for result in results]
        after = {size: [float(result.after[at, place]) for result in results] for place, size in enumerate(GROUPS)}
        by_size = ", ".join(f"{size}: {said(own, percent)}" for size, own in after.items())
        gains = [own - first for own, first in zip(after[GROUPS[0]], before, strict=True)]
        text = f"{said(before, percent)} to {by_size} %; gain of {GROUPS[0]} {said(gains, points)} points"
        name = "digits corrected by their sum" + (f", noise {deviation}" if deviation else "")
        how = f"cheapest change of names by voltages, by digits that share a sum; {results[0].samples} test digits"
        values = {"before": before} | {str(size): own for size, own in after.items()}
        reached = all(np.mean(own) > np.mean(before) for own in after.values())
        found.append(figure(name, values, text, "above as named, every size", reached, how, "bispike related sums"))
    return found


def draw(path: Path, results: list[Sums]) -> None:
    """Accuracy by how many digits share a sum, a curve a noise level, above the line of the digits as named."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Picture

    from sw.report.pictures import BACKWARD, FORWARD, STYLE, finish

    with rc_context(STYLE):
        picture = Picture(figsize=(7.6, 4.2), layout="constrained", dpi=160)
        axes = picture.add_subplot()
        for at, (deviation, colour) in enumerate(zip(NOISE, (FORWARD, BACKWARD), strict=True)):
            after = 100 * np.mean([result.after[at] for result in results], 0)
            before = 100 * np.mean([result.before[at] for result in results])
            label = f"noise {deviation}" if deviation else "clean"
            axes.plot(GROUPS, after, color=colour, marker="o", markersize=4)
            axes.axhline(before, color=colour, linewidth=1.4, linestyle=(0, (4, 2)))
            for value, name in ((after[-1], "obeying the sum"), (before, "as named")):
                axes.text(GROUPS[-1] + 0.15, value, f"{label}, {name}", va="bottom", color=colour, fontsize=9)
        axes.set(xlabel="digits that share a sum", ylabel="test accuracy, %", xticks=GROUPS, xlim=(1.8, GROUPS[-1] + 2.2))
        finish(axes, "Digits corrected by their sum")
        picture.savefig(path, format="png")
