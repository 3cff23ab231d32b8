"""A configuration for data, where the user names none."""

import re
from pathlib import Path

from golden.config import NAMED, Config
from sw.common.errors import DataError
from sw.data import Dataset, named
from sw.data.encoding import MOST_CLASSES, MOST_PIXELS
from sw.data.source import name_of

OWN = (*named.NAMED, "electricity")
"""Data whose configuration has its name. A user's digits.npz is other data, whatever it is called."""
HIDDEN, LARGE_HIDDEN = (128, 64), (256, 128)
"""Neurons of the two hidden layers: as in `digits`, and as in `fashion`."""
LARGE_PIXELS, LARGE_CLASSES = 256, 32
"""Above either of these, the hidden layers are the large ones."""
LANES = 16
"""Those of the named configurations of this size."""


def config_for(dataset: Dataset, source: str | Path) -> Config:
    """The named configuration of a named data set; else a pixel an input, a class a concept, and two hidden layers between.

    Args:
        source: the data's name or file, as the user gave it.

    Raises:
        DataError: more pixels or classes than a core takes.
    """
    own = NAMED[str(source)] if str(source) in OWN else None
    if own and dataset.x_train.shape[1] == own.sizes[0]:
        return own
    if dataset.course:
        return _sequence(dataset)
    pixels, classes = dataset.x_train.shape[1], max(2, dataset.classes)
    if pixels > MOST_PIXELS:
        raise DataError(
            f"data {dataset.name}: found {pixels:,} pixels a sample; allowed are {MOST_PIXELS:,}: "
            "make them smaller, pictures with --size WIDTHxHEIGHT"
        )
    if classes > MOST_CLASSES:
        raise DataError(f"data {dataset.name}: found label {classes - 1}; allowed are labels 0 to {MOST_CLASSES - 1}")
    hidden = LARGE_HIDDEN if pixels > LARGE_PIXELS or classes > LARGE_CLASSES else HIDDEN
    sizes = (pixels, *hidden, classes)
    return Config(name=name_for(dataset.name), sizes=sizes, lanes=LANES)


def _sequence(dataset: Dataset) -> Config:
    """One hidden layer: of values 128 neurons, of characters 256 and eight steps (docs/sequences.md, 7)."""
    pixels, concepts = dataset.x_train.shape[1], dataset.course.concepts
    if concepts is None:
        text = NAMED["text"]
        return text.replace(name=name_for(dataset.name), sizes=(pixels, *text.sizes[1:]))
    return NAMED["electricity"].replace(name=name_for(dataset.name), sizes=(pixels, 128, concepts.count))


def name_for(data: str) -> str:
    """Of the configuration chosen for data of this name."""
    return re.sub(r"[^A-Za-z0-9 ._+-]", "-", data).lstrip(" ._+-")[:64] or "own"


def run_name(config: str | None, data: str | None) -> str:
    """The configuration's name that a run of these options bears, where data need not be read for it.

    Raises:
        ConfigError: no such configuration.
    """
    if config is not None or data in (None, "random"):
        return Config.load("digits" if config is None else config).name
    return name_for(name_of(Path(data)))


def chosen_line(config: Config) -> str:
    """What is said of a configuration that no user named: it bears the name of the data."""
    sizes = "-".join(map(str, config.sizes))
    return f"network chosen for {config.name}: {sizes}, {config.lanes} lanes; --config takes another"
