"""`bispike explore`: what many configurations would take on a board, and their clocks, before anything is placed."""

import json
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from cosim.kept import digest, kept_text
from golden.config import Config, ConfigError
from sw.boards.catalogue import BOARDS, Board, find
from sw.boards.estimate import estimate
from sw.boards.points import Found, Point, keep, show
from sw.boards.synthesis import CELLS, SYNTH, core_netlist
from sw.boards.tools import Folder, version
from sw.common.cluster import run_all, workers_at
from sw.common.errors import UserError
from sw.common.files import check_fresh, fresh
from sw.common.terminal import say
from sw.design.clocks import measure, predict
from sw.design.verilog import core_verilog

_KNOWN = [board.name for board in BOARDS.values() if board.family]


def find_out(config: Config, family: str) -> Found:
    """Synthesises and simulates, as any worker can; what a core takes is kept. Raises ToolError, CheckError, UserError."""
    name = digest(core_verilog(config), version("yosys"), SYNTH[family], CELLS[family])
    resources = kept_text(f"{name}-{family}.json", lambda: json.dumps(_synthesised(config, family)))
    return Found(json.loads(resources), measure(config))


def _synthesised(config: Config, family: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bispike-") as name:
        return core_netlist(Folder(Path(name)), config, family).resources


def run(
    names: list[str] | None,
    base: Config,
    sizes: list[str],
    lanes: list[int],
    count: int,
    output: Path | None,
    address: str | None,
    workers: int | None,
    console: Console,
) -> list[Point]:
    """Explores, checks, prints, and keeps: also what was found until an error or Ctrl-C.

    Args:
        names: of boards. count: so many points are synthesised and simulated, by `workers` processes here or at `address`.

    Raises:
        UserError, ConfigError: a board without a known FPGA, configurations that cannot be. CheckError: a mismatch.
    """
    boards = [known(name) for name in dict.fromkeys(names or ["ulx3s-85f"])]
    if count < 0:
        raise UserError(f"--check: found {count}; allowed is 0 or more")
    for option, given in (("--workers", workers), ("--scheduler", address)):
        if given is not None and not count:
            raise UserError(f"{option}: found without --check; allowed is with it")
    workers_at(address, workers, 1)  # refuses before the estimates, which take a while
    folder = output or Path("runs") / "explore"
    check_fresh(folder)
    points = explore(boards, configurations(base, sizes, lanes, console), console)
    try:
        if count:
            check(points, count, address, workers, console)
    finally:
        show(points, console)
        for path in keep(points, fresh(folder), "explore"):
            say(console, f"  {path}")
    return points


def known(name: str) -> Board:
    """The board of this name, whose FPGA is known. Raises UserError."""
    board = find(name)
    if not board.family:
        raise UserError(f"--board: found {board.name}, which is any FPGA; allowed is one of {', '.join(_KNOWN)}")
    return board


def check(points: list[Point], count: int, address: str | None, workers: int | None, console: Console) -> None:
    """Gives `count` of the points, spread over all, what is really found, as soon as it is."""
    count = min(count, len(points))
    chosen = sorted({round(i * (len(points) - 1) / max(1, count - 1)) for i in range(count)})
    keys = {i: _key(points[i]) for i in chosen}
    tasks = {keys[i]: (find_out, (points[i].config, points[i].board.family)) for i in chosen}

    def came(key: str, found: Found) -> None:
        for i in chosen:
            if keys[i] == key:
                points[i] = replace(points[i], found=found)

    run_all(tasks, address, workers, "checking", console, came)


def _key(point: Point) -> str:
    """What decides what is found: points of one FPGA family and one configuration share it."""
    sizes = "-".join(map(str, point.config.sizes))
    return f"{sizes}, {point.config.lanes} lanes, {point.board.family}"


def configurations(base: Config, sizes: list[str], lanes: list[int], console: Console) -> list[Config]:
    """Each of the sizes with each of the lanes.

    Args:
        base: all else; its engines, where the layers are as many, else a line says that they are left out.
        sizes: as a user writes them, "64-128-64-10". Both: empty: those of `base`.

    Raises:
        UserError, ConfigError: a text that is none, or a configuration that cannot be.
    """
    shapes = dict.fromkeys([_numbers(text) for text in sizes] or [base.sizes])
    made = []
    for shape, count in product(shapes, lanes or [base.lanes]):
        name, engines = "-".join(map(str, shape)), base.engines if len(shape) == len(base.sizes) else ()
        try:
            config = base.replace(name=name[:64], sizes=shape, lanes=count, engines=engines)
        except ConfigError as error:
            given = f"--lanes {count}" if lanes and str(error).startswith("lanes") else f"--sizes {name}"
            raise UserError(f"{given}: {error}") from None
        if config not in made:
            made.append(config)
    if base.engines:
        own = f"engines {[list(engine) for engine in base.engines]} of {base.name} are of {len(base.sizes)} layers"
        for name in dict.fromkeys(config.name for config in made if not config.engines):
            say(console, f"{name}: on one engine: {own}")
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


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split("-"))
    except ValueError:
        raise UserError(f"--sizes: found {text!r}; allowed are whole numbers with - between, as 64-128-64-10") from None
