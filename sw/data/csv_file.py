"""A `.csv`: a sample a line, its pixels and its label, with or without a line of column names in front."""

import csv
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from sw.common.errors import DataError
from sw.data.encoding import Encoding, numbered
from sw.data.source import Source, name_of

NUMBERS = "allowed are numbers, and one label a line, in column label or the last; another: --label (of a series: --column)"
COUNTED = 8
"""Numbers in a row, from 0 or 1 on, that are a first line's names and no sample: as pandas writes columns without names."""


def read(path: Path, encoding: Encoding, unlabelled: int | None = None) -> Source:
    """What is in the file. The label is the column that `encoding.label` names, that called "label", or else the last.

    Pixels are integers where all are whole, else floats.

    Args:
        unlabelled: so many columns and none for the label hold samples without labels.

    Raises:
        DataError: names the line, counted from 1, and what was found in it.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, csv.reader(file), encoding, unlabelled)
    except FileNotFoundError:
        raise DataError(f"{path}: found no such file; allowed is a .csv file, a sample a line") from None
    except OSError as error:
        raise DataError(f"{path}: cannot read it: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: found no text in UTF-8; allowed is a .csv file in UTF-8, a sample a line") from None
    except csv.Error as error:
        raise DataError(f"{path}: found no .csv file: {error}; allowed is a sample a line") from None


def _read(path: Path, reader: Any, encoding: Encoding, unlabelled: int | None) -> Source:
    first = next((row for row in reader if row), None)
    if not first:
        raise DataError(f"{path}: found an empty file; allowed is a .csv file, a sample a line")
    head = [name.strip() for name in first]
    named = "label" in head or encoding.label in head
    label = None if unlabelled == len(head) and not named else _label_column(path, head, encoding.label)
    headed = named or not all(_is_number(word) for i, word in enumerate(head) if i != label)
    if len(head) < 1 + (label is not None):
        raise DataError(f"{path}: found 1 column; allowed are pixels and a label, with commas between them")
    rows = (row for row in (reader if headed else chain([first], reader)) if row)
    x, words = _samples(path, reader, rows, len(head), label)
    if not headed and _names(path, head, words):
        x, words = x[1:], words[1:]
    if not x:
        raise DataError(f"{path}: found column names and no line after them; allowed is a sample a line")
    if all(_is_number(word) and float(word).is_integer() for word in words):
        words = [str(int(float(word))) for word in words]  # 3.0 and 3 are one class
    y, names = (None, ()) if label is None else numbered(path, words, encoding)
    return Source(path, name_of(path), _integers(np.stack(x)), y, names=names)


def _label_column(path: Path, head: list[str], asked: str | None) -> int:
    if asked is None and "label" not in head:
        return len(head) - 1
    asked = asked or "label"
    if head.count(asked) > 1:
        raise DataError(f"{path}: found the column {asked!r} {head.count(asked)} times in its first line; allowed is once")
    if asked not in head:
        names = ", ".join(head) if len(head) <= 12 else f"{', '.join(head[:6])}, ... {', '.join(head[-3:])}"
        raise DataError(f"{path}: found no column {asked!r} for --label in its first line; allowed is one of {names}")
    return head.index(asked)


def _names(path: Path, head: list[str], words: list[str]) -> bool:
    """Whether a first line whose pixels are numbers holds columns' names: its label alone is a word.

    Args:
        words: of the label's column, its own first; none where there is no such column.

    Raises:
        DataError: where it may be a sample as well.
    """
    own, others = (words or [""])[0], words[1:]
    if words and not _is_number(own):
        if others and all(map(_is_number, others)):
            return True
        if own in others:
            return False
    counted = [word for word in head if _is_number(word)]
    if len(counted) >= COUNTED and any(counted == [str(i + at) for i in range(len(counted))] for at in (0, 1)):
        found = f"found the numbers {counted[0]} to {counted[-1]} in its first line, names or a sample"
        raise DataError(f"{path}: {found}; allowed are names in words, or --label NAME, one of them")
    return False


def _samples(
    path: Path, reader: Any, rows: Iterable[list[str]], columns: int, label: int | None
) -> tuple[list[np.ndarray], list[str]]:
    """Pixels (columns,) of each row as floats, exact for integers, and the words of the label's column, if there is one.

    Args:
        reader: what the rows are read by, one by one: it knows the line, for messages.
    """
    x, words = [], []
    for row in rows:
        line = reader.line_num
        if len(row) != columns:
            raise DataError(f"{path}: found {len(row)} columns in line {line}; allowed are {columns}, as in its first line")
        if label is not None:
            words.append(row.pop(label).strip())
            if not words[-1]:
                raise DataError(f"{path}: found no label in line {line}; allowed is one a line")
        try:
            x.append(np.array(row, np.float64))
        except ValueError:
            wrong = next(word for word in row if not _is_number(word))
            raise DataError(f"{path}: found {wrong!r} in line {line}; {NUMBERS}") from None
    return x, words


def _integers(x: np.ndarray) -> np.ndarray:
    """The same as integers where they are."""
    whole = np.isfinite(x).all() and np.abs(x).max(initial=0) < 2**53 and (x == np.floor(x)).all()
    return x.astype(np.int64) if whole else x


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
