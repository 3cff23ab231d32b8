"""Samples as a file holds them, before scale and split; the name and the checks that all kinds of files share."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data.encoding import ANY_SCALE

Y_ALLOWED = "whole numbers from 0"


def name_of(path: Path) -> str:
    """Of the data in a file or folder: the folder's, "train" of train-images-idx3-ubyte, else what is before the dot."""
    if path.is_dir():
        return path.resolve().name
    images = re.fullmatch(r"(.*)-images[-.]idx3-ubyte(\.gz)?", path.name)
    return images[1] if images else path.stem


def ending_of(name: str | Path | None) -> str:
    """Of the name of a file, in small letters: .csv of OWN.CSV."""
    return Path(str(name)).suffix.lower()


@dataclass(frozen=True)
class Source:
    """What a reader found.

    Members:
        where: the file or folder, for messages. name: of the data.
        x, x_test: (N, pixels) or (N, height, width), numbers; y, y_test: (N,) labels, None where there are none. Where the
            data brings no test part of its own, x_test is None.
        names: of the classes. scale: that of the format, where it says one (`sw.data.encoding.SCALES`).
    """

    where: Path | str
    name: str
    x: np.ndarray
    y: np.ndarray | None
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    names: tuple[str, ...] = ()
    scale: str | None = None

    def pixels(self) -> dict[str, np.ndarray]:
        """The parts that there are, by name."""
        return {"x": self.x} if self.x_test is None else {"x": self.x, "x_test": self.x_test}

    def check(self) -> "Source":
        """Itself, if samples and labels are numbers that fit together. Raises DataError."""
        for key, x in self.pixels().items():
            check_x(self.where, key, x)
        for suffix, x, y in (("", self.x, self.y), ("_test", self.x_test, self.y_test)):
            if x is not None and y is not None:
                check_y(self.where, f"y{suffix}", y)
                if len(x) != len(y):
                    found = f"{len(x)} samples in x{suffix} and {len(y)} labels in y{suffix}"
                    raise DataError(f"{self.where}: found {found}; allowed is one label a sample")
        if self.x_test is not None and self.x.shape[1:] != self.x_test.shape[1:]:
            sizes = [" x ".join(map(str, x.shape[1:])) for x in (self.x, self.x_test)]
            found = f"samples of {sizes[0]} in x and {sizes[1]} in x_test"
            raise DataError(f"{self.where}: found {found}; allowed is the same in both")
        return self


def check_x(where: object, key: str, x: np.ndarray) -> None:
    """Are these pixels? Their range is checked with the scale."""
    _check_numbers(where, key, x, ANY_SCALE)
    if x.ndim not in (2, 3):
        raise DataError(f"{where}: found shape {x.shape} in {key}; allowed is samples x pixels, or samples x height x width")


def check_y(where: object, key: str, y: np.ndarray) -> None:
    """Are these labels?"""
    _check_numbers(where, key, y, Y_ALLOWED)
    if y.ndim != 1:
        raise DataError(f"{where}: found shape {y.shape} in {key}; allowed is one label a sample")
    for wrong in ((y < 0) | (y > np.iinfo(np.int32).max), y != np.floor(y)):
        if wrong.any():
            raise DataError(f"{where}: found label {y[wrong][0]} in {key}; allowed are {Y_ALLOWED}")


def _check_numbers(where: object, key: str, array: np.ndarray, allowed: str) -> None:
    if array.size == 0:
        raise DataError(f"{where}: found no values in {key}, shape {array.shape}; allowed is one sample or more")
    if array.dtype.kind not in "iuf":
        raise DataError(f"{where}: found {array.dtype} in {key}, not numbers; allowed are {allowed}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError(f"{where}: found NaN or infinity in {key}; allowed are {allowed}")
