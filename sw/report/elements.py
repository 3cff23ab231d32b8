"""`bispike data`, of a series or a text: what it holds, and what an element of it shows to a network."""

import numpy as np
from rich.console import Console

from golden.config import Config
from sw.common.terminal import say
from sw.data import Dataset
from sw.data.elements import PIECE, Coding

SHOWN = 6
"""Characters of a text that are named, the most frequent ones."""


def describe(console: Console, dataset: Dataset, config: Config) -> None:
    """Prints it. config: what a training without a configuration would take."""
    learned, tested = len(dataset.x_train), len(dataset.x_test)
    coding = dataset.course.coding
    for line in _characters(dataset, config) if coding is None else _values(dataset, coding):
        say(console, line)
    say(console, f"split: {learned:,} elements to learn, then {tested:,} to test")
    sizes = "-".join(map(str, config.sizes))
    say(console, f"bispike train without --config makes a network of {sizes}, {config.lanes} lanes")


def _values(dataset: Dataset, coding: Coding) -> list[str]:
    course, lags = dataset.course, coding.lags
    parts = [coding.unscaled(part.now) for part in (course.train, course.test)]
    low, high = (np.concatenate(parts).min(), np.concatenate(parts).max())
    plain = float(((course.test.after - course.test.now) ** 2).mean())
    inputs = ["the value", "its last change" if lags.last == 1 else f"its last {lags.last} changes"]
    inputs += ["two changes of a day ago"] * lags.daily + ["one of a week ago"] * lags.weekly
    return [
        f"{dataset.name}: values of {low:,.6g} to {high:,.6g}; of the first four fifths mean {coding.mean:,.6g}, "
        f"deviation {coding.deviation:,.6g}",
        f"an element: {', '.join(inputs)}: {lags.inputs} inputs, {dataset.x_train.shape[1]} pixels",
        f"a concept: one of {coding.concepts} changes to the next value, from {-coding.reach * coding.deviation:,.4g} to "
        f"{coding.reach * coding.deviation:,.4g}",
        f"foretelling no change misses by {plain:.4g} (mean square, variance 1) in the test part",
        f"a recurrent network learns it in sequences of {PIECE} elements",
    ]


def _characters(dataset: Dataset, config: Config) -> list[str]:
    names, labels = dataset.encoding.names, np.concatenate([dataset.y_train, dataset.y_test])
    pixels = dataset.x_train.shape[1]
    counts = np.bincount(labels, minlength=len(names))
    often = ", ".join(f"{names[k]!r} {counts[k] / len(labels):.1%}" for k in np.argsort(-counts, kind="stable")[:SHOWN])
    return [
        f"{dataset.name}: {len(labels):,} characters of {(counts > 0).sum()} kinds are foretold; most often {often}",
        f"an element: {pixels // len(names)} characters, the newest first, {pixels} pixels",
        f"an epoch reads {dataset.course.portion:,} characters, each of {config.epochs} epochs others",
    ]
