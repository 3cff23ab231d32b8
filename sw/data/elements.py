"""A series as a network takes it: at each moment some of its past as pixels, and the change to the next value as a label."""

from dataclasses import dataclass

import numpy as np

from golden.order import order
from sw.common.errors import DataError
from sw.data.population import Population
from sw.data.series import Series

NEURONS = 24
"""Of a coded input."""
OUTLIERS = 0.001
"""Values beyond this quantile count as its value: a population has no neurons for them."""
PIECE = 50
"""Elements of a sequence that a recurrent network learns from; no part of a day, so that each begins at another hour."""


@dataclass(frozen=True)
class Part:
    """Elements in a row.

    Members:
        x: (N, pixels) uint8, 0..15. y: (N,) int64 labels. now, after: (N,) floats, the scaled value and the next one.
    """

    x: np.ndarray
    y: np.ndarray
    now: np.ndarray
    after: np.ndarray

    def error(self, changes: np.ndarray) -> float:
        """The mean squared error of foretold changes (N,), of a series of variance 1."""
        return float(((self.now + changes - self.after) ** 2).mean())


@dataclass(frozen=True)
class Elements:
    """The first four fifths of a series and the rest. changes: what labels and voltages stand for."""

    train: Part
    test: Part
    changes: Population


def elements(series: Series, concepts: int, daily: bool = False, weekly: bool = False, before: bool = True) -> Elements:
    """Inputs are the value, the change to it and, by choice, the change before that one and those of a day and a week ago.

    Values are scaled to mean 0 and variance 1 of the training part, by which all ranges are chosen.

    Args:
        concepts: for which changes stand. before: the change before the last. daily: the two changes that came a day ago,
            weekly: that of a week ago.

    Raises:
        DataError: a series too short, without any change, or without a day's length where it is needed.
    """
    day = series.day
    if (daily or weekly) and not day:
        raise DataError(
            f"{series.name}: found no number of moments a day; allowed are daily and weekly lags where it is given"
        )
    lags = [0] + [1] * before + ([day - 1, day - 2] if daily else []) + ([7 * day - 1] if weekly else [])
    first, count = max(lags) + 1, len(series.values)
    end = count * 4 // 5
    if end - first < 2 or count - end < 2:
        raise DataError(
            f"{series.name}: found {count} values; allowed are more than {(first + 2) * 5 // 4 + 2} with these lags"
        )
    known = series.values[:end]
    if not known.std() > 0:
        raise DataError(f"{series.name}: found the same value {end} times; allowed is a series that changes")
    values = (series.values - known.mean()) / known.std()
    change = np.diff(values, prepend=values[0])
    reach = float(np.quantile(np.abs(change[1:end]), 1 - OUTLIERS) or np.abs(change[1:end]).max())
    low, high = np.quantile(values[:end], [OUTLIERS, 1 - OUTLIERS]).tolist()
    level = Population(low, high if high > low else low + 1, NEURONS)
    moved, changes = Population(-reach, reach, NEURONS), Population(-reach, reach, concepts)
    at = np.arange(first, count - 1)
    x = np.concatenate([level.pixels(values[at]), *(moved.pixels(change[at - lag]) for lag in lags)], 1)
    y = changes.labels(change[at + 1])
    cut = end - first
    parts = [Part(x[part], y[part], values[at][part], values[at + 1][part]) for part in (slice(cut - 1), slice(cut, None))]
    return Elements(*parts, changes)


def shuffled(count: int, recurrent: bool, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """(count,) the order of the elements in an epoch, and (count,) 1 where a sequence begins.

    Recurrent: sequences of `PIECE` elements, the last one shorter, in the order of `golden.order`; else single elements.
    """
    if not recurrent:
        return order(count, seed, epoch), np.ones(count, np.int64)
    pieces = np.split(np.arange(count), range(PIECE, count, PIECE))
    chosen = [pieces[i] for i in order(len(pieces), seed, epoch)]
    starts = [np.arange(len(piece)) == 0 for piece in chosen]
    return np.concatenate(chosen), np.concatenate(starts).astype(np.int64)
