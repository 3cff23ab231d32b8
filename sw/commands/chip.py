"""Commands about the chip itself: verilog, info, build for a board, explore, plan."""

import sys
from pathlib import Path

from golden import Config
from sw.commands import options
from sw.common.checks import checked_seed
from sw.common.errors import UserError
from sw.common.terminal import Console, say

MOST_SEED = 1_000_000
"""Of a placer, the first one that is tried."""


def verilog(
    config: options.Config = "digits",
    output: options.VerilogFile = None,
) -> None:
    """Write the core as one Verilog file, with its parameters in front."""
    from sw.common.files import write
    from sw.common.own import Kind, check_own
    from sw.design.verilog import core_verilog

    chosen = Config.load(config)
    path = output or Path(f"{chosen.name}.v")
    if str(path) == "-":
        sys.stdout.write(core_verilog(chosen))
        return
    check_own("--output", path, Kind.text("core", "// core: a BiSpike core"))
    console = Console()
    with console.status("elaborating the core"):
        verilog = core_verilog(chosen)
    write(path, verilog)
    say(console, f"{path}: module core, {len(verilog.splitlines()):,} lines")


def info(
    config: options.InfoConfig = None,
    source: options.InfoSource = None,
    density: options.Density = None,
) -> None:
    """Tell what a configuration costs: memories, multipliers, clocks a sample; with --from what a network learned, too."""
    from sw.design import inventory

    if config and source:
        raise UserError(f"--config: found {config} with --from; allowed is one of them: a network brings its configuration")
    if source:
        from cosim.checkpoint import Checkpoint
        from sw.training.history import describe

        kept = Checkpoint.load(source)
        say(Console(), f"{source}: {describe(kept)}")
    chosen = kept.config if source else Config.load(config or "digits")
    if density is not None and not 0 <= density <= 1:
        raise UserError(f"--density: found {density:g}; allowed is 0 to 1")
    inventory.show(Console(), chosen, density)


def build(
    board: options.BoardName,
    config: options.BoardConfig = None,
    megahertz: options.Megahertz = None,
    baud: options.LineBaud = None,
    output: options.BuildFolder = None,
    seed: options.PlacerSeed = None,
) -> None:
    """Make a bitstream for a board with open tools, or what its vendor's tool needs; tell what it takes and how fast it is.

    A step whose inputs are the same as the last time is not done again. Exits with 1 where the network does not fit or the
    clock is missed, and says what to change.
    """
    from sw.boards import catalogue
    from sw.boards.build import build as build_for_board
    from sw.boards.keeping import check_free

    where = catalogue.find(board)
    where.check_has(megahertz, baud, seed)
    chosen = Config.load(config) if config else where.own_config()
    path = output or Path("build") / f"{where.name}-{chosen.name}"
    line, first = (given if given is not None else default for given, default in ((baud, 1_000_000), (seed, 1)))
    checked_seed(first, MOST_SEED)
    check_free(path, chosen, config)
    build_for_board(where, chosen, where.clock(megahertz), line, path, first, Console())


def explore(
    board: options.BoardNames = None,
    config: options.Config = "digits",
    sizes: options.SizesList = None,
    lanes: options.LanesList = None,
    check: options.CheckCount = 0,
    output: options.ExploreFolder = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = None,
) -> None:
    """Estimate what configurations take on boards and how many clocks a sample, as a table, explore.csv and a picture.

    Every one of --sizes with every one of --lanes on every --board; options may be repeated. The estimate is made of the
    design before synthesis; --check N really synthesises and simulates N of the points and says how far off it is.
    """
    from sw.boards.explore import run as explore_boards

    explore_boards(board, Config.load(config), sizes or [], lanes or [], check, output, scheduler, workers, Console())


def plan(
    board: options.PlanBoard = "ulx3s-85f",
    config: options.Config = "digits",
    sizes: options.Sizes = None,
    microseconds: options.Microseconds = None,
    output: options.PlanFolder = None,
    workers: options.Workers = None,
) -> None:
    """Find how many engines and lanes a network should have on a board, and write that configuration.

    It is the fastest mapping that fits, or with --microseconds the smallest that is fast enough. Prints what was looked at
    as a table, by the same models as info and explore; nothing is synthesised. A minute or two.
    """
    from sw.boards import plan as planning
    from sw.boards.explore import configurations, known

    base, console = Config.load(config), Console()
    goal = planning.Goal(known(board), microseconds)
    (chosen,) = configurations(base, [sizes], [], console) if sizes else (base,)
    planning.run(chosen, goal, output, workers, console)
