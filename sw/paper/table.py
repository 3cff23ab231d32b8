"""What a section of the results is: rows of figures over seeds, beside the paper's own and a target."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sw.trials.trial import Trial


@dataclass(frozen=True)
class Row:
    """One line.

    Members:
        name: what is measured. text: the figure for people; values: of each seed, plain.
        paper: the paper's own figure, in words; "" where it has none.
        target, reached: what is asked, and whether it is; None where nothing is.
        how: on what, over what.
    """

    name: str
    text: str
    values: list[Any]
    paper: str = ""
    target: str = ""
    reached: bool | None = None
    how: str = ""


@dataclass(frozen=True)
class Curves:
    """What changes over training, as `sw.paper.curves` draws it.

    Members:
        name: of the picture's file. title, what: its heading; what is drawn, by epoch from 0, before training, on.
        lines: by name a course of each seed. beside: by the same names what each is to be seen against, dotted.
        level, asked: where a line across stands, and what it says; None: there is none.
    """

    name: str
    title: str
    what: str
    lines: dict[str, list[list[float]]]
    beside: dict[str, list[list[float]]] = field(default_factory=dict)
    level: float | None = None
    asked: str = ""


@dataclass(frozen=True)
class Section:
    """Trials that answer one question, and the rows they make.

    Members:
        key: for `--only`. title: the question. note: what a reader must know, sentences.
        measured: whether there is a result of each trial.
        curves: for a picture beside the page; None: it has none.
    """

    key: str
    title: str
    rows: list[Row]
    note: str = ""
    measured: bool = True
    curves: Curves | None = None


def spread(values: Sequence[float], unit: float = 100, digits: int = 2, end: str = " %") -> str:
    """Mean and standard deviation over seeds: "97.74 ± 0.31 %"; the one value where there is one."""
    mean = f"{unit * statistics.fmean(values):.{digits}f}"
    return mean + (f" ± {unit * statistics.stdev(values):.{digits}f}" if len(values) > 1 else "") + end


def of_seeds(found: dict[str, dict], trials: Sequence[Trial], key: str) -> list[float]:
    """One of the numbers of each trial, in order."""
    return [found[trial.key][key] for trial in trials]


def mean(courses: Sequence[Sequence[float]]) -> list[float]:
    """Over seeds, of each of which there is a course, epoch by epoch."""
    return [statistics.fmean(values) for values in zip(*courses, strict=True)]
