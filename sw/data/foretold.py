"""Series and texts as data sets: elements in a row, of which the last part is the test."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from golden.config import NAMED, Config
from sw.common.errors import DataError
from sw.data import kjv, series, text
from sw.data.course import Course
from sw.data.dataset import Dataset
from sw.data.elements import MOST_LAGS, NEURONS, Lags, pieces, split
from sw.data.encoding import Encoding
from sw.data.source import ending_of, name_of

CONCEPTS = 32
"""For which changes stand, where no configuration says another number."""
DAILY = {"last": 2, "daily": True, "weekly": True}
"""What elements show, where the user says nothing and a day is known: the six inputs of `electricity`."""
WINDOW = 4
"""Characters that an element of a text shows, where no configuration says it."""
TEST = 40_000
"""Characters of a text that are a test, at most: the last ones."""


@dataclass(frozen=True)
class Reading:
    """What the user says of how a series is read; None where nothing. See `sw.data.elements.Lags`."""

    column: str | None = None
    day: int | None = None
    last: int | None = None
    daily: bool | None = None
    weekly: bool | None = None

    @property
    def given(self) -> list[str]:
        """The options that were."""
        names = {"column": "--column", "day": "--day", "last": "--lags", "daily": "--daily", "weekly": "--weekly"}
        return [option for name, option in names.items() if getattr(self, name) is not None]


def is_sequence(name: str | Path | None, config: Config | None, reading: Reading) -> bool:
    """Whether data of this name is to become elements of a sequence: by the configuration's task, or by what it is."""
    if config:
        return config.task == "sequence"
    return str(name) == "electricity" or text.is_text(name) or bool(reading.given)


def load(name: str | None, config: Config | None, reading: Reading = Reading()) -> Dataset:
    """The data set `electricity`, a column of a `.csv`, or the characters of a text, for a configuration if there is one.

    Raises:
        DataError: on anything that is no such data, or does not make elements of the configuration's size.
    """
    path = Path(name or usual(config))
    if text.is_text(path):
        if reading.given:
            raise DataError(f"{reading.given[0]}: found with {path}; allowed with a .csv file")
        return _text(path, config)
    if str(path) != "electricity" and ending_of(path) != ".csv":
        raise DataError(
            f"data: found {str(name)!r}; allowed are electricity, a .csv file with --column, kjv, or a .txt file"
        )
    return _series(path, config, reading)


def usual(config: Config | None) -> str:
    """The data of a configuration whose user names none: a text, where its pixels are no populations."""
    return kjv.NAME if config and config.sizes[0] % NEURONS else "electricity"


def read(path: Path, reading: Reading) -> series.Series:
    """The values of a series. Raises DataError."""
    if str(path) == "electricity":
        if reading.column or reading.day is not None:
            raise DataError(f"{reading.given[0]}: found with electricity; allowed with a .csv file")
        return series.electricity()
    return series.read(path, reading.column, reading.day)


def _series(path: Path, config: Config | None, reading: Reading) -> Dataset:
    found = read(path, reading)
    lags, concepts = _lags(config, reading, found.day), config.classes if config else CONCEPTS
    coding, train, test = split(found, concepts, lags)
    course = Course(pieces(len(train.y)), np.arange(len(test.y)) == len(test.y) - 1, coding, train, test)
    return Dataset(found.name, train.x, train.y, test.x, test.y, encoding=Encoding("0..15"), course=course)


def _lags(config: Config | None, reading: Reading, day: int | None) -> Lags:
    """What the user says, or else what the configuration has inputs for."""
    said = {name: getattr(reading, name) for name in ("last", "daily", "weekly") if getattr(reading, name) is not None}
    usual = Lags(2) if day is None else Lags(**DAILY, day=day)
    if said or config is None:
        return replace(usual, **said)
    inputs = config.sizes[0] // NEURONS
    if inputs != usual.inputs and reading.day is not None:
        found = f"--day: found with {config.name}, of {inputs} inputs"
        raise DataError(f"{found}; allowed with {usual.inputs}, or with --lags, --daily and --weekly")
    return usual if inputs == usual.inputs else Lags(min(MOST_LAGS, max(1, inputs - 1)), day=day)


def window(config: Config | None) -> int:
    """Characters that an element of a text shows."""
    return max(1, config.sizes[0] // len(text.SYMBOLS)) if config else WINDOW


def characters(path: Path, config: Config, tested: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """x (N, n_0), y (N,) of a whole text, or of its test part, and the place of the first of y in it. Raises DataError."""
    symbols, seen = text.read(path), window(config)
    first = len(symbols) - _tested(path, symbols, seen) if tested else seen
    return *text.elements(symbols[first - seen :], seen), first


def _tested(path: Path, symbols: np.ndarray, seen: int) -> int:
    """Characters of the test part. Raises DataError where there is none."""
    test = min(TEST, (len(symbols) - seen) // 5)
    if test < 1:
        raise DataError(f"{path}: found {len(symbols)} characters; allowed are {seen + 5} or more")
    return test


def _text(path: Path, config: Config | None) -> Dataset:
    if config and config.neighbours:
        found = f"neighbours: found {config.neighbours} with {path}"
        raise DataError(f"{found}; allowed is 0: characters have no order, and are rivals of each other")
    symbols, seen = text.read(path), window(config)
    test, epochs = _tested(path, symbols, seen), config.epochs if config else NAMED["text"].epochs
    learned = len(symbols) - seen - test
    if learned < epochs:
        found = f"{path}: found {learned} characters to learn"
        raise DataError(f"{found}; allowed are {epochs} or more, of which each of {epochs} epochs takes others")
    portion = min(text.EPOCH, learned // epochs)
    x, y = text.elements(symbols[: portion * epochs + seen], seen)
    x_test, y_test = text.elements(symbols[-(test + seen) :], seen)
    course = Course(np.arange(len(x)) % portion == portion - 1, np.arange(test) == test - 1, portion=portion)
    encoding = Encoding("0..15", tuple(text.SYMBOLS))
    return Dataset(name_of(path), x, y, x_test, y_test, encoding=encoding, course=course)
