"""What is said of values of several seeds: mean and range, as a line of the table."""

from collections.abc import Callable, Sequence

import numpy as np

from sw.figures.figure import Figure


def percent(value: float) -> str:
    """0..1 in percent, without the sign."""
    return f"{100 * value:.1f}"


def points(value: float) -> str:
    """A difference of two parts, 0..1, in points."""
    return f"{100 * value:+.1f}"


def said(values: Sequence[float], text: Callable[[float], str], unit: str = "") -> str:
    """The mean of values of the seeds, and behind it from where to where they go."""
    low, high = text(min(values)), text(max(values))
    return text(float(np.mean(values))) + unit + ("" if len(values) == 1 else f" ({low} to {high})")


def figure(
    name: str, values: dict[str, Sequence[float]], text: str, target: str, reached: bool, how: str, command: str
) -> Figure:
    """A line of which `values` by name, a value a seed, go into the file."""
    plain = {key: [float(value) for value in own] for key, own in values.items()}
    seeds = len(next(iter(plain.values())))
    how = f"{how}; mean of {seeds} seeds" if seeds > 1 else f"{how}; one seed"
    return Figure(name, plain, text, target, bool(reached), how, command)
