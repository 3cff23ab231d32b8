"""Learning to learn with local plasticity: a search over tasks finds the rule's shifts, for tasks that it has not seen.

The outer loop of meta-learned plasticity (Najarro & Risi 2020; Miconi et al. 2018) on what the bit-exact rule leaves open:
rate, theta_rate, dead_zone and the surrogate window. A task is five of the ten digits under a permutation of the pixels.
Settings are drawn and tried on a few tasks, the best of them on more, the very best on tasks of digits kept apart.
"""

from dataclasses import dataclass

import numpy as np

from golden.config import Config
from sw import data
from sw.figures.figure import Figure
from sw.related.flock import Flock
from sw.related.over_seeds import figure, percent, points, said

CLASSES = 5
TESTED = 100
"""Samples at the end of a task, which is judged by them."""
SPACE = {
    "rate": (-2, -1, 0, 1, 2),
    "theta_rate": (-5, -4, -3, -2, -1, 0, 1),
    "dead_zone": (0, 16, 32, 48, 64, 96),
    "window_low": (-256, -128, -64, -32, -16),
    "window_high": (64, 128, 256, 320, 512, 1024),
}
"""What may be chosen; the defaults are among it."""


@dataclass(frozen=True)
class Rates:
    """Members:
    found: the settings found. searched: how many were tried.
    default, best: (tasks,) accuracies, 0..1, on the tasks kept apart, of the defaults and of what was found.
    seen_default, seen_best: the means of the same on the tasks of the search's last round.
    """

    seed: int
    found: dict[str, int]
    searched: int
    default: np.ndarray
    best: np.ndarray
    seen_default: float
    seen_best: float


def measure(seed: int, quick: bool) -> Rates:
    """Searches by tasks of one half of the digits, judges by tasks of the other."""
    random = np.random.default_rng([seed, 4])
    learned, tries, tasks, kept, apart = (60, 8, 2, 3, 8) if quick else (300, 48, 3, 8, 32)
    digits = data.load("digits", seed)
    x = np.concatenate([digits.x_train, digits.x_test])
    y = np.concatenate([digits.y_train, digits.y_test])
    half = len(x) // 2
    search, rest = (x[:half], y[:half]), (x[half:], y[half:])

    drawn = [{name: int(random.choice(values)) for name, values in SPACE.items()} for _ in range(tries)]
    first = [task(*search, learned, random) for _ in range(tasks)]
    order = np.argsort(-accuracies(drawn, first, seed).mean(1), kind="stable")[:kept]
    survivors = [{}, *(drawn[place] for place in order)]
    second = [task(*search, learned, random) for _ in range(4 * tasks)]
    seen = accuracies(survivors, second, seed).mean(1)
    best = 1 + int(seen[1:].argmax())
    third = [task(*rest, learned, random) for _ in range(apart)]
    judged = accuracies([{}, survivors[best]], third, seed + 1)
    return Rates(seed, survivors[best], tries, judged[0], judged[1], float(seen[0]), float(seen[best]))


def task(x: np.ndarray, y: np.ndarray, learned: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Samples (learned + TESTED, n_0) and labels 0..CLASSES-1: some classes, in random order, pixels permuted."""
    chosen = random.permutation(10)[:CLASSES]
    own = random.permutation(np.flatnonzero(np.isin(y, chosen)))[: learned + TESTED]
    names = np.zeros(10, np.int64)
    names[chosen] = np.arange(CLASSES)
    return x[own][:, random.permutation(x.shape[1])], names[y[own]]


def accuracies(settings: list[dict[str, int]], tasks: list[tuple[np.ndarray, np.ndarray]], seed: int) -> np.ndarray:
    """(settings, tasks), 0..1: each learns each task once, from weights of the task's own, and names its last samples."""
    pixels = tasks[0][0].shape[1]
    base = Config(name="rates", sizes=(pixels, 32, CLASSES), lanes=16, block=20)
    configs = [base.replace(seed=1000 * seed + place, **own) for own in settings for place in range(len(tasks))]
    x, y = (np.stack([part for _ in settings for part in parts]) for parts in zip(*tasks, strict=True))
    flock = Flock(configs)
    flock.learn(x[:, :-TESTED], y[:, :-TESTED])
    right = (flock.predict(x[:, -TESTED:]) == y[:, -TESTED:]).mean(1)
    return right.reshape(len(settings), len(tasks))


def figures(results: list[Rates]) -> list[Figure]:
    """What the settings found gain on tasks kept apart."""
    default, best = ([float(getattr(result, name).mean()) for result in results] for name in ("default", "best"))
    gains = [after - before for before, after in zip(default, best, strict=True)]
    text = f"{said(best, percent, ' %')}; defaults {said(default, percent, ' %')}; gain {said(gains, points)} points"
    how = (
        f"64-32-{CLASSES}, {CLASSES} digits with permuted pixels, one pass; {results[0].searched} settings searched on "
        f"other digits, {len(results[0].default)} tasks kept apart"
    )
    values = {"default": default, "found": best}
    name = "learning to learn: settings found, on tasks not seen"
    return [figure(name, values, text, "above the defaults", np.mean(gains) > 0, how, "bispike related rates")]
