"""`bispike plan`: which layers share an engine, and how many lanes: the fastest mapping that fits a board, or the smallest
that is fast enough."""

from dataclasses import dataclass
from math import inf
from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw.boards.catalogue import Board
from sw.boards.estimate import estimate
from sw.boards.points import Point, keep, show
from sw.common.cluster import run_all, workers_at
from sw.common.errors import CheckError, UserError
from sw.common.files import check_fresh, fresh, write
from sw.common.terminal import say
from sw.design.clocks import predict

LANES = (1, 2, 4, 8, 16, 32, 64)
"""Numbers of lanes that are tried."""
FIRST = 16
"""The one that is tried first."""
ROUTABLE = 0.9
"""Part of a device's LUTs that a plan may take: above it, the router finds no way at a fair clock."""


@dataclass(frozen=True)
class Goal:
    """What is asked for. microseconds: a learned sample may take (an inferred one, where the core does not learn); None: as
    few as fit the board. Raises UserError where that is no time."""

    board: Board
    microseconds: float | None = None

    def __post_init__(self):
        if self.microseconds is not None and not 0 < self.microseconds < inf:
            raise UserError(f"--microseconds: found {self.microseconds:g}; allowed is a number above 0")

    def fits(self, point: Point) -> bool:
        """The board has room for it and its wires."""
        room = ROUTABLE * self.board.capacity.get("LUT", inf)
        return not self.board.short(point.resources) and point.resources.get("LUT", 0) <= room

    def good(self, point: Point) -> bool:
        """It fits, and is fast enough."""
        return self.fits(point) and (self.microseconds is None or point.microseconds <= self.microseconds)

    def best(self, points: list[Point]) -> Point:
        """The fastest that fits; the smallest that is fast enough, where a time is given.

        Raises:
            CheckError: none is good; it names the nearest.
        """
        good = [point for point in points if self.good(point)]
        if good:
            return min(good, key=self._cost)
        fitting = [point for point in points if self.fits(point)]
        if fitting:
            fastest = min(fitting, key=lambda point: point.microseconds)
            raise CheckError(
                f"{self.board.name}: no mapping takes {self.microseconds:g} us a sample; the fastest that fits takes "
                f"{fastest.microseconds:,.1f} us: {described(fastest.config)}"
            )
        smallest = min(points, key=lambda point: point.resources["LUT"])
        short = self.board.shortage(smallest.resources)
        raise CheckError(
            f"{self.board.name}: no mapping fits; the smallest, {described(smallest.config)}, takes "
            f"{short or f'more than {ROUTABLE:.0%} of the LUTs'}"
        )

    def _cost(self, point: Point) -> tuple[float, float]:
        figures = point.microseconds, point.resources["LUT"]
        return figures if self.microseconds is None else figures[::-1]


def described(config: Config) -> str:
    """A mapping in words."""
    lanes = f"{config.lanes} lanes" if config.lanes > 1 else "1 lane"
    return f"{[list(engine) for engine in config.engines]}, {lanes}" if config.engines else f"one engine, {lanes}"


def mappings(config: Config) -> list[Config]:
    """The configuration on one engine, on two, and so on to an engine a layer. Those layers that walk most go first, each to
    the engine that walks least yet; layer 0, which walks at a block's end alone but in an auto-encoder, goes last there.

    Where it names engines itself, these alone.
    """
    if config.engines:
        return [config]
    clocks = predict(config)
    work = dict(enumerate(clocks.rows_training or clocks.rows_inference))
    found = [config]
    for count in range(2, config.layers + 2 - config.lowest_built):
        engines: list[list[int]] = [[] for _ in range(count)]
        for layer in sorted(work, key=lambda layer: -work[layer]):
            # an empty one first: each has a layer
            min(engines, key=lambda engine: (sum(work[i] for i in engine), len(engine))).append(layer)
        found.append(config.replace(engines=tuple(tuple(sorted(engine)) for engine in engines)))
    return found


def search(config: Config, goal: Goal) -> list[Point]:
    """One mapping with the numbers of lanes that lead to its best: more as long as they fit, or fewer as long as they are
    fast enough. Returns every point that was looked at."""
    widest = next((lanes for lanes in LANES if lanes >= max(config.sizes)), LANES[-1])
    lanes = [count for count in LANES if count <= widest]
    at = min(lanes.index(min(FIRST, widest)), len(lanes) - 1)
    wanted = 1 if goal.microseconds is None else -1  # more lanes are better, or fewer
    points = [_point(config, lanes[at], goal.board)]
    step = wanted if goal.good(points[0]) else _mends(points[0], goal)
    while 0 <= at + step < len(lanes):
        at += step
        before, point = points[-1], _point(config, lanes[at], goal.board)
        points.append(point)
        over = step != wanted if goal.good(point) else goal.good(before) or _mends(point, goal) != step
        if over:
            break
    return points


def _mends(point: Point, goal: Goal) -> int:
    """The step of lanes that mends what is wrong: fewer where it does not fit, more where it is too slow."""
    return -1 if not goal.fits(point) else 1


def _point(config: Config, lanes: int, board: Board) -> Point:
    config = config.replace(lanes=lanes)
    return Point(board, config, estimate(config, board.family).resources, predict(config))


def plan(config: Config, goal: Goal, workers: int | None, console: Console) -> list[Point]:
    """Searches all mappings side by side, with a progress bar; the points that were looked at, fastest first."""
    with console.status("counting what each layer walks"):
        tasks = {described(one.replace(lanes=1)).rsplit(",", 1)[0]: (search, (one, goal)) for one in mappings(config)}
    found = run_all(tasks, None, workers, "mapping", console)
    return sorted((point for points in found.values() for point in points), key=lambda point: point.microseconds)


def run(config: Config, goal: Goal, output: Path | None, workers: int | None, console: Console) -> Point:
    """Plans, prints, and keeps plan.csv, plan.png and the best mapping as a configuration file.

    Raises:
        CheckError: nothing fits, or is fast enough. The table and the files of what was looked at are there then.
    """
    workers_at(None, workers, 1)  # refuses before the search, which takes a while
    place = output or Path("runs") / "plan"
    check_fresh(place)
    points = plan(config, goal, workers, console)
    show(points, console)
    folder = fresh(place)
    files = keep(points, folder, "plan")
    best = goal.best(points)
    chosen = best.config.replace(name=config.name)
    files.append(write(folder / f"{chosen.name}.toml", chosen.to_toml()))
    why = "the fastest that fits" if goal.microseconds is None else f"the smallest with {goal.microseconds:g} us or less"
    say(console, f"{goal.board.name}: {described(chosen)}: {best.microseconds:,.1f} us a sample, {why}")
    for path in files:
        say(console, f"  {path}")
    return best
