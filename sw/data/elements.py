"""A series as a network takes it: at each moment some of its past as pixels, and the change to the next value as a label."""

from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from golden.population import Population
from sw.common.errors import DataError
from sw.data.series import Series

NEURONS = 24
"""Of a coded input."""
OUTLIERS = 0.001
"""Values beyond this quantile count as its value: a population has no neurons for them."""
PIECE = 50
"""Elements of a sequence that a recurrent network learns from; no part of a day, so that each begins at another hour."""
SMALLEST, LARGEST = 1e-100, 1e100
"""Standard deviation of a series, whose square is a number."""
MOST_LAGS = 8
"""Last changes that an element may have."""


@dataclass(frozen=True)
class Lags:
    """What of its past an element of a series shows, beside the value.

    Members:
        last: how many of the last changes, 1..8.
        daily: the two changes that came a day ago, next and after it; weekly: the one a week ago. day: moments of a day, for
            these.
    """

    last: int = 1
    daily: bool = False
    weekly: bool = False
    day: int | None = None

    def __post_init__(self):
        if not 1 <= self.last <= MOST_LAGS:
            raise DataError(f"--lags: found {self.last}; allowed is 1 to {MOST_LAGS} last changes")
        if self.day is not None and self.day < 2:
            raise DataError(f"--day: found {self.day}; allowed is 2 or more moments of a day")
        if (self.daily or self.weekly) and not self.day:
            raise DataError("--daily, --weekly: found no number of moments of a day; allowed with --day N")

    @property
    def changes(self) -> tuple[int, ...]:
        """Of each change shown how many moments before the last one it was."""
        daily = (self.day - 1, self.day - 2) if self.daily else ()
        return (*range(self.last), *daily, *((7 * self.day - 1,) if self.weekly else ()))

    @property
    def inputs(self) -> int:
        """Values that are coded in an element."""
        return 1 + len(self.changes)


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

    def __getitem__(self, part: slice) -> Self:
        return type(self)(self.x[part], self.y[part], self.now[part], self.after[part])

    @property
    def changes(self) -> np.ndarray:
        """(N,) floats, those that came, for which labels stand."""
        return self.after - self.now


@dataclass(frozen=True)
class Coding:
    """How a series becomes elements: kept with a network, so that all it is shown is read so.

    Members:
        mean, deviation: of the values that it learned from, which scale all of them. low, high: quantiles of the scaled
            ones; reach: that of the sizes of changes. concepts: for which changes stand. lags: what an element shows.
    """

    mean: float
    deviation: float
    low: float
    high: float
    reach: float
    concepts: int
    lags: Lags

    @staticmethod
    def of(name: str, known: np.ndarray, concepts: int, lags: Lags) -> "Coding":
        """By the values known (N,), those to learn from. Raises DataError: without any change there is nothing to scale."""
        if not known.max() > known.min():  # a deviation of equal values may be above 0 by rounding
            raise DataError(f"{name}: found the same value {len(known)} times; allowed is a series that changes")
        with np.errstate(over="ignore", invalid="ignore"):
            mean, deviation = float(known.mean()), float(known.std())
        if not SMALLEST <= deviation <= LARGEST:
            found = f"{name}: found values {known.min():g} to {known.max():g}, too near or too far to be scaled"
            raise DataError(f"{found}; allowed is a standard deviation of {SMALLEST:g} to {LARGEST:g}")
        scaled = (known - mean) / deviation
        sizes = np.abs(np.diff(scaled))
        reach = float(np.quantile(sizes, 1 - OUTLIERS) or sizes.max())
        low, high = np.quantile(scaled, [OUTLIERS, 1 - OUTLIERS]).tolist()
        return Coding(mean, deviation, low, high if high > low else low + 1, reach, concepts, lags)

    @property
    def changes(self) -> Population:
        """What labels and voltages stand for."""
        return Population(-self.reach, self.reach, self.concepts)

    @property
    def first(self) -> int:
        """The first moment of a series that has all that an element shows."""
        return max(self.lags.changes) + 1

    def unscaled(self, scaled: np.ndarray) -> np.ndarray:
        """Scaled values in the unit of the series."""
        return self.mean + self.deviation * scaled

    def elements(self, values: np.ndarray) -> Part:
        """One for each moment of values (N,) from `first` on that has a next one; where there is none, none."""
        scaled = (values - self.mean) / self.deviation
        change = np.diff(scaled, prepend=scaled[:1])
        at = np.arange(self.first, max(self.first, len(values) - 1))
        moved = Population(-self.reach, self.reach, NEURONS)
        coded = [Population(self.low, self.high, NEURONS).pixels(scaled[at])]
        x = np.concatenate(coded + [moved.pixels(change[at - lag]) for lag in self.lags.changes], 1)
        return Part(x, self.changes.labels(change[at + 1]), scaled[at], scaled[at + 1])

    def to_dict(self) -> dict:
        """Plain values, as JSON takes them."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "Coding":
        return Coding(**values | {"lags": Lags(**values["lags"])})


def split(series: Series, concepts: int, lags: Lags) -> tuple[Coding, Part, Part]:
    """How a series is coded, by its first four fifths; the elements of these, and those of the rest.

    Raises:
        DataError: a series too short, or without any change.
    """
    count, first = len(series.values), max(lags.changes) + 1
    end = count * 4 // 5
    if end - first < 2 or count - end < 2:
        least = max(6, -(-5 * (first + 2) // 4))
        raise DataError(f"{series.name}: found {count} values; allowed are {least} or more with these lags")
    coding = Coding.of(series.name, series.values[:end], concepts, lags)
    whole = coding.elements(series.values)
    return coding, whole[: end - 1 - first], whole[end - first :]


def pieces(count: int) -> np.ndarray:
    """(count,) bool, where sequences of `PIECE` elements end, and a shorter last one."""
    places = np.arange(count)
    return (places % PIECE == PIECE - 1) | (places == count - 1)
