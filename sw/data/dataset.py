"""Samples as the core takes them, pixels of 4 bits and labels from 0, in a training and a test part; and their order."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from golden.config import Config
from golden.samples import Samples
from sw.common.errors import DataError
from sw.data.course import Course
from sw.data.encoding import Encoding

__all__ = ["DataError", "Dataset", "check", "check_pixels", "check_split", "image_shape", "permutation"]


@dataclass(frozen=True)
class Dataset:
    """Samples ready for the core.

    Members:
        name: for messages and files.
        x_train, x_test: (N, n_0) uint8, pixels 0..15.
        y_train, y_test: (N,) int64, labels from 0.
        image_shape: (height, width) of a sample as a picture; None where it is no picture.
        encoding: how pixels and labels came from those of the source.
        places: (N,) where training, then test samples stand in the source, whose own test part counts on after the rest;
            None: in this order.
        drawn: whether the test part was drawn from the source's samples; else the source brought its own.
        course: of elements of a series or a text; None where samples stand alone.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    image_shape: tuple[int, int] | None = None
    encoding: Encoding = field(default_factory=Encoding)
    places: np.ndarray | None = None
    drawn: bool = False
    course: Course | None = None

    @property
    def training(self) -> Samples:
        """What is learned, with all that goes along."""
        if (c := self.course) is None:
            return Samples(self.x_train, self.y_train)
        return Samples(self.x_train, self.y_train, c.last_train, c.train and c.train.changes, c.concepts)

    @property
    def testing(self) -> Samples:
        """The test part, likewise."""
        if (c := self.course) is None:
            return Samples(self.x_test, self.y_test)
        return Samples(self.x_test, self.y_test, c.last_test, c.test and c.test.changes, c.concepts)

    @property
    def classes(self) -> int:
        """One more than the highest label; where classes have names, as many as there are names."""
        highest = max(int(y.max(initial=-1)) for y in (self.y_train, self.y_test))
        return max(highest + 1, len(self.encoding.names))


def check_split(split: int | None, dataset: Dataset, source: str | Path) -> None:
    """Raises DataError where the user named a split, and nothing of this data, that of `source`, is drawn by it."""
    if split is None or dataset.drawn:
        return
    if dataset.course:
        raise DataError(f"--split: found with {source}; allowed with samples that have no order")
    raise DataError(f"--split: found with {source}, which brings its own test part; allowed where a fifth is drawn as one")


def check(dataset: Dataset, config: Config) -> None:
    """Does the data set fit the core? Raises DataError that names the sizes found and allowed."""
    for part in (dataset.x_train, dataset.x_test):
        check_pixels(dataset.name, part, config)
    if config.task != "autoencoder":  # whose last layer is no set of classes
        check_labels(dataset, config.classes, f"the last of the configuration's sizes {list(config.sizes)}")


def check_pixels(name: str, x: np.ndarray, config: Config) -> None:
    """Do samples x (N, pixels) fit the core? Raises DataError."""
    if x.shape[1] != config.sizes[0]:
        raise DataError(
            f"data {name}: found {x.shape[1]} pixels a sample; "
            f"allowed is {config.sizes[0]}, the first of the configuration's sizes {list(config.sizes)}"
        )


def check_labels(dataset: Dataset, classes: int, reason: str) -> None:
    """Are all labels below `classes`? Raises DataError."""
    if dataset.classes > classes:
        top = dataset.classes - 1
        raise DataError(
            f"data {dataset.name}: found label {top}, {top + 1} classes; "
            f"allowed are {classes} classes, labels 0 to {classes - 1}: {reason}"
        )


def permutation(n: int, split: int) -> np.ndarray:
    """(n,) places in the source: first those of the n * 4 // 5 training samples; by `default_rng(split)`."""
    return np.random.default_rng(split).permutation(n)


def image_shape(shape: tuple[int, ...]) -> tuple[int, int] | None:
    """(height, width) of samples (N, height, width), or of flat ones (N, pixels) if they fill a square; None else."""
    if len(shape) == 3:
        return shape[1], shape[2]
    side = round(shape[1] ** 0.5)
    return (side, side) if side * side == shape[1] else None
