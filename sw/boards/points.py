"""Configurations on boards, estimated and looked at: as a table, a CSV file and a picture."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from golden.config import Config
from sw.boards.catalogue import RESOURCES, Board
from sw.common.files import write
from sw.common.terminal import say
from sw.design.clocks import Clocks, MeasuredClocks, with_recall

WIDTH = 130
"""Columns of the table, at least: figures are not cut off on a narrow terminal."""


@dataclass(frozen=True)
class Found:
    """What one synthesis and one simulation really gave: resources of the core, and clocks."""

    resources: dict[str, float]
    clocks: MeasuredClocks


@dataclass(frozen=True)
class Point:
    """One configuration on one board.

    Members:
        resources: estimated, of the core. clocks: predicted. found: the same, really, where that was looked at.
    """

    board: Board
    config: Config
    resources: dict[str, float]
    clocks: Clocks
    found: Found | None = None

    @property
    def fits(self) -> bool:
        return not self.board.short(self.resources)

    @property
    def fullest(self) -> tuple[str, float]:
        """The resource of which it takes most of what the board has, and how much of that: what limits it."""
        taken = {name: self.resources.get(name, 0) / capacity for name, capacity in self.board.capacity.items() if capacity}
        return max(taken.items(), key=lambda item: item[1])

    @property
    def engines(self) -> str:
        """The layers of each engine, as "1 | 0 2 3"; of one engine "all"."""
        return " | ".join(" ".join(map(str, engine)) for engine in self.config.engines) or "all"

    @property
    def microseconds(self) -> float:
        """A learned sample (inferred, for an inference-only core) at the board's own clock."""
        return self.clocks.sample / float(self.board.megahertz)


def show(points: list[Point], console: Console) -> None:
    """Prints the table, a line a point; what was checked has a second line with what was really found."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    words = ("board", "sizes", "engines", "fits", "fullest")
    for column in (*words[:3], "lanes", *RESOURCES, "learning", "inference", "us", *words[3:]):
        table.add_column(column, justify="left" if column in words else "right", no_wrap=True)
    for point in points:
        config, capacity = point.config, point.board.capacity
        guess = [f"{point.resources[name]:,.0f}" if capacity.get(name) else "" for name in RESOURCES]
        clocks, (name, taken) = point.clocks, point.fullest
        table.add_row(
            *(point.board.name, "-".join(map(str, config.sizes)), point.engines, str(config.lanes), *guess),
            *("" if clocks.training is None else f"{clocks.training:,.0f}", f"{clocks.inference:,.0f}"),
            *(f"{point.microseconds:,.1f}", "yes" if point.fits else "no", f"{name} {taken:.0%}"),
        )
        if point.found:
            resources, real = point.found.resources, point.found.clocks
            table.add_row(
                *("", "  really", "", ""),
                *(f"{resources.get(name, 0):,.0f}" if capacity.get(name) else "" for name in RESOURCES),
                *("" if real.training is None else f"{real.training:,.0f}", f"{real.inference:,.0f}", "", "", ""),
                style="bold",
            )
            table.add_row(
                *("", "  off by", "", ""),
                *(_off(point.resources[n], resources.get(n, 0)) if capacity.get(n) else "" for n in RESOURCES),
                *(_off(clocks.training, real.training), _off(clocks.inference, real.inference), "", "", ""),
            )
    width, console.width = console.width, max(console.width, WIDTH)
    console.print(table, highlight=False)
    console.width = width
    recall = ", ".join(dict.fromkeys(filter(None, (with_recall(point.config) for point in points if point.config.learn))))
    say(console, f"of the core without its bus; clocks a sample{recall and f', {recall}'}; us at the board's own clock")
    for note in dict.fromkeys(point.clocks.note for point in points):
        say(console, note)


def _off(estimated: float | None, real: float | None) -> str:
    return f"{100 * (estimated / real - 1):+.0f} %" if real else ""


def rows(points: list[Point]) -> str:
    """The points as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kinds = [*RESOURCES, "clocks", "inference"]
    writer.writerow(["board", "sizes", "engines", "lanes", *kinds, "us", "fits", *(f"real {kind}" for kind in kinds)])
    for point in points:
        config, clocks, found = point.config, point.clocks.sample, point.found
        known = [*(round(point.resources.get(name, 0)) for name in RESOURCES), round(clocks), round(point.clocks.inference)]
        real = [""] * len(kinds)
        if found:
            real = [
                *(found.resources.get(name, 0) for name in RESOURCES),
                round(found.clocks.sample),
                round(found.clocks.inference),
            ]
        writer.writerow(
            [
                point.board.name,
                "-".join(map(str, config.sizes)),
                point.engines,
                config.lanes,
                *known,
                round(point.microseconds, 2),
                int(point.fits),
                *real,
            ]
        )
    return out.getvalue()


def keep(points: list[Point], folder: Path, name: str) -> list[Path]:
    """`name`.csv and `name`.png."""
    from sw.boards.points_figure import draw
    from sw.common.files import RunFolder

    run = RunFolder(folder)
    return [write(run / f"{name}.csv", rows(points)), run.draw(f"{name}.png", lambda path: draw(points, path))]
