"""What a network's numbers mean outside of it: the scale of its pixels, the names of its classes. Kept with the network."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sw.common.errors import DataError

SCALES = {"0..15": "integers 0 to 15", "0..255": "integers 0 to 255", "0..1": "floats 0 to 1, or only 0 and 1"}
"""Pixels as files hold them. The core takes 4 bits: 0..255 lose their low 4, 0..1 are rounded down to sixteenths, 1 to 15.
Whole numbers of nothing but 0 and 1 are black and white, in every kind of file: where no network knows better, 0..1."""

ANY_SCALE = "integers 0 to 15 or 0 to 255, or floats 0 to 1"

MOST_PIXELS = 4096
"""Of a sample: neurons of a layer that a configuration allows."""
MOST_CLASSES = 64
"""Of a configuration. Labels in words that are all whole numbers below this are the labels themselves."""


@dataclass(frozen=True)
class Encoding:
    """How samples become what a network takes. Without a scale nothing is known yet: data says it, see `filled`.

    Members:
        scale: one of SCALES.
        names: of the classes, label 0 first; empty where a class has no name but its number.
        size: (height, width) to which pictures are resized; None: they are taken as they are.
        label: the column of a CSV file that holds the label; None: that called "label", or else the last.
    """

    scale: str | None = None
    names: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    label: str | None = None

    def to_dict(self) -> dict:
        """Plain values, as JSON takes them."""
        size = list(self.size) if self.size else None
        return {"scale": self.scale, "names": list(self.names), "size": size, "label": self.label}

    @staticmethod
    def from_dict(values: dict) -> "Encoding":
        size = values.get("size")
        return Encoding(
            values.get("scale"), tuple(values.get("names") or ()), tuple(size) if size else None, values.get("label")
        )

    def filled(self, scale: str, names: Sequence[str]) -> "Encoding":
        """The same with what data said; what was known stays."""
        return self if self.scale else replace(self, scale=scale, names=tuple(names))

    def name(self, label: int) -> str:
        """What a class is called."""
        return self.names[label] if label < len(self.names) else str(label)


def parse_size(text: str | None) -> tuple[int, int] | None:
    """(height, width) of "WIDTHxHEIGHT", as in 28x28. Raises DataError."""
    if text is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,3})x([1-9]\d{0,3})", text)
    if not found:
        raise DataError(f"--size: found {text!r}; allowed is WIDTHxHEIGHT, as 28x28")
    width, height = int(found[1]), int(found[2])
    if width * height > MOST_PIXELS:
        found = f"--size: found {text}, {width * height:,} pixels a sample"
        raise DataError(f"{found}; allowed are {MOST_PIXELS:,}")
    return height, width


def scale_of(where: object, parts: dict[str, np.ndarray], encoding: Encoding, fixed: str | None = None) -> str:
    """The scale of arrays of pixels, that of the network where it has one.

    Args:
        where: the file, for messages. parts: arrays by name, of one scale together: a training and a test part.
        fixed: the scale that the file's format says.

    Raises:
        DataError: values out of every scale, or of another than the network's.
    """
    known = encoding.scale
    for key, x in parts.items():
        low, high = x.min(), x.max()
        if low < 0 or high > (1 if x.dtype.kind == "f" else 255) or (known and not _fits(x, known)):
            allowed = f"{SCALES[known]}, the scale that the network learned" if known else ANY_SCALE
            raise DataError(f"{where}: found {_kind(x)} {low} to {high} in {key}; allowed are {allowed}")
    kinds = {_kind(x) for x in parts.values()}
    if len(kinds) > 1:
        found = " and ".join(f"{x.dtype} in {key}" for key, x in parts.items())
        raise DataError(f"{where}: found {found}; allowed is one kind for both")
    if known and fixed and known != fixed:
        raise DataError(f"{where}: found {SCALES[fixed]}; allowed are {SCALES[known]}, the scale that the network learned")
    if known or fixed:
        return known or fixed
    top = max(x.max() for x in parts.values())
    return "0..1" if top <= 1 else "0..15" if top <= 15 else "0..255"


def pixels(x: np.ndarray, scale: str) -> np.ndarray:
    """(N, n_0) uint8, 0..15, of samples (N, ...) in a scale that they fit."""
    x = x.reshape(len(x), -1)
    if scale == "0..1":
        return np.minimum(np.floor(x.astype(np.float64) * 16), 15).astype(np.uint8)
    return x.astype(np.uint8) >> (4 if scale == "0..255" else 0)


def numbered(where: object, words: Sequence[str], encoding: Encoding) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels (N,) int64 of classes in words, and the classes' names: the network's, or else the words, sorted.

    Raises:
        DataError: a class that the network does not know.
    """
    found = sorted(set(words))
    numeric = all(word.isascii() and word.isdigit() and int(word) < MOST_CLASSES for word in found)
    if encoding.names:
        names = encoding.names
    elif numeric:
        return np.array([int(word) for word in words], np.int64), ()
    elif encoding.scale:
        names = ()
    else:
        names = tuple(found)
    places = {name: label for label, name in enumerate(names)}
    for word in found:
        if word not in places:
            allowed = ", ".join(names) or f"whole numbers from 0 to {MOST_CLASSES - 1}, as it has no names"
            raise DataError(f"{where}: found class {word!r}; the network's are {allowed}")
    return np.array([places[word] for word in words], np.int64), names


def _fits(x: np.ndarray, scale: str) -> bool:
    if _kind(x) == "floats":
        return scale == "0..1"
    return x.max() <= {"0..1": 1, "0..15": 15, "0..255": 255}[scale]


def _kind(x: np.ndarray) -> str:
    return "floats" if x.dtype.kind == "f" else "integers"
