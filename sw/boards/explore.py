"""`bispike explore`: what many configurations would take on a board, and their clocks, before anything is placed."""

import csv
import io
import tempfile
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from golden.config import Config, ConfigError
from sw.boards.catalogue import BOARDS, RESOURCES, Board, find
from sw.boards.estimate import estimate
from sw.boards.synthesis import core_netlist
from sw.boards.tools import Folder
from sw.common.errors import UserError
from sw.common.files import fresh, write
from sw.common.terminal import say
from sw.design.clocks import Clocks, MeasuredClocks, measure, predict

WIDTH = 100
"""Columns of the table, at least: figures are not cut off on a narrow terminal."""
_KNOWN = [board.name for board in BOARDS.values() if board.family]


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
        return all(self.resources.get(name, 0) <= capacity for name, capacity in self.board.capacity.items())

    @property
    def microseconds(self) -> float:
        """A learned sample (inferred, for an inference-only core) at the board's own clock."""
        return self.clocks.sample / float(self.board.megahertz)


def find_out(config: Config, family: str) -> Found:
    """Synthesises and simulates in a folder of its own, as any worker can. Raises ToolError, CheckError, UserError."""
    with tempfile.TemporaryDirectory(prefix="bispike-") as name:
        resources = core_netlist(Folder(Path(name)), config, family).resources
    return Found(resources, measure(config))


def run(
    names: list[str] | None,
    base: Config,
    sizes: list[str],
    lanes: list[str],
    count: int,
    output: Path | None,
    address: str | None,
    workers: int | None,
    console: Console,
) -> list[Point]:
    """Explores, checks, prints, and keeps.

    Args:
        names: of boards. count: so many points are synthesised and simulated, by `workers` processes here or at `address`.

    Raises:
        UserError, ConfigError: a board without a known FPGA, configurations that cannot be. CheckError: a mismatch.
    """
    boards = [find(name) for name in dict.fromkeys(names or ["ulx3s-85f"])]
    for board in boards:
        if not board.family:
            raise UserError(f"--board: found {board.name}, which is any FPGA; allowed is one of {', '.join(_KNOWN)}")
    if count < 0:
        raise UserError(f"--check: found {count}; allowed is 0 or more")
    points = explore(boards, configurations(base, sizes, lanes), console)
    if count:
        points = checked(points, count, address, workers, console)
    show(points, console)
    for path in keep(points, fresh(output or Path("runs") / "explore")):
        say(console, f"  {path}")
    return points


def checked(points: list[Point], count: int, address: str | None, workers: int | None, console: Console) -> list[Point]:
    """`count` of the points, spread over all, with what is really found."""
    from sw.common.cluster import run_all

    chosen = sorted({round(i * (len(points) - 1) / max(1, count - 1)) for i in range(count)})
    keys = {i: _key(points[i]) for i in chosen}
    tasks = {keys[i]: (find_out, (points[i].config, points[i].board.family)) for i in chosen}
    found = run_all(tasks, address, workers, "checking", console)
    return [replace(point, found=found[keys[i]]) if i in keys else point for i, point in enumerate(points)]


def _key(point: Point) -> str:
    """What decides what is found: points of one FPGA family and one configuration share it."""
    sizes = "-".join(map(str, point.config.sizes))
    return f"{sizes}, {point.config.lanes} lanes, {point.board.family}"


def configurations(base: Config, sizes: list[str], lanes: list[str]) -> list[Config]:
    """Each of the sizes with each of the lanes.

    Args:
        base: all else. sizes, lanes: as a user writes them, "64-128-64-10" and "16"; empty: those of `base`.

    Raises:
        UserError, ConfigError: a text that is none, or a configuration that cannot be.
    """
    shapes = [_numbers("--sizes", text) for text in sizes] or [base.sizes]
    counts = [_numbers("--lanes", text) for text in lanes] or [(base.lanes,)]
    made = []
    for shape, count in product(shapes, counts):
        name = "-".join(map(str, shape))
        try:
            config = base.replace(name=name[:64], sizes=shape, lanes=count[0] if len(count) == 1 else count, engines=())
        except ConfigError as error:
            option, given = ("--lanes", count) if str(error).startswith("lanes") else ("--sizes", shape)
            raise UserError(f"{option} {'-'.join(map(str, given))}: {error}") from None
        if config not in made:
            made.append(config)
    return made


def explore(boards: list[Board], configs: list[Config], console: Console) -> list[Point]:
    """Estimates each configuration on each board, with a progress bar; a line each where that cannot be."""
    points = []
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("estimating", total=len(boards) * len(configs))
        for number, config in enumerate(configs, 1):
            if not console.is_terminal:
                say(console, f"{number} of {len(configs)}  {config.name}, {config.lanes} lanes")
            clocks = predict(config)
            for board in boards:
                points.append(Point(board, config, estimate(config, board.family).resources, clocks))
                bar.advance(task)
    return points


def show(points: list[Point], console: Console) -> None:
    """Prints the table, a line a point; what was checked has a second line with what was really found."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("board", "sizes", "lanes", *RESOURCES, "clocks", "us", "fits"):
        table.add_column(column, justify="left" if column in ("board", "sizes", "lanes", "fits") else "right")
    for point in points:
        config, capacity = point.config, point.board.capacity
        guess = [f"{point.resources[name]:,.0f}" if capacity.get(name) else "" for name in RESOURCES]
        clocks = point.clocks.sample
        fits = "yes" if point.fits else "no"
        table.add_row(
            point.board.name, config.name, str(config.lanes), *guess, f"{clocks:,.0f}", f"{point.microseconds:,.1f}", fits
        )
        if point.found:
            resources, real_clocks = point.found.resources, point.found.clocks.sample
            real = [f"{resources.get(name, 0):,.0f}" if capacity.get(name) else "" for name in RESOURCES]
            table.add_row("", "  really", "", *real, f"{real_clocks:,.0f}", "", "", style="bold")
            off = [_off(point.resources[n], resources.get(n, 0)) if capacity.get(n) else "" for n in RESOURCES]
            table.add_row("", "  off by", "", *off, _off(clocks, real_clocks), "", "")
    width, console.width = console.width, max(console.width, WIDTH)
    console.print(table, highlight=False)
    console.width = width
    say(console, "of the core without its bus; us at the board's own clock; clocks of a learned sample, recall included")
    for note in dict.fromkeys(point.clocks.note for point in points):
        say(console, note)


def _off(estimated: float, real: float) -> str:
    return f"{100 * (estimated / real - 1):+.0f} %" if real else ""


def rows(points: list[Point]) -> str:
    """The points as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kinds = [*RESOURCES, "clocks"]
    writer.writerow(["board", "sizes", "lanes", *kinds, "us", "fits", *(f"real {kind}" for kind in kinds)])
    for point in points:
        config, clocks, found = point.config, point.clocks.sample, point.found
        known = [*(round(point.resources.get(name, 0)) for name in RESOURCES), round(clocks)]
        real = [""] * len(kinds)
        if found:
            real = [*(found.resources.get(name, 0) for name in RESOURCES), round(found.clocks.sample)]
        writer.writerow(
            [
                point.board.name,
                "-".join(map(str, config.sizes)),
                config.lanes,
                *known,
                round(point.microseconds, 2),
                int(point.fits),
                *real,
            ]
        )
    return out.getvalue()


def keep(points: list[Point], folder: Path) -> list[Path]:
    """explore.csv and explore.png."""
    from sw.boards.explore_figure import draw
    from sw.common.files import RunFolder

    run = RunFolder(folder)
    return [write(run / "explore.csv", rows(points)), run.draw("explore.png", lambda path: draw(points, path))]


def _numbers(option: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split("-"))
    except ValueError:
        example = "64-128-64-10" if option == "--sizes" else "16"
        raise UserError(f"{option}: found {text!r}; allowed are whole numbers with - between, as {example}") from None
