"""`bispike build`: a configuration on a board."""

from fractions import Fraction
from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw.boards import nextpnr, plain_verilog, vendor
from sw.boards.catalogue import Board, uart_top
from sw.boards.estimate import check_fits
from sw.boards.keeping import keeping
from sw.boards.result import Result
from sw.boards.synthesis import synthesise
from sw.boards.tools import Folder, ToolError, version
from sw.common.errors import CheckError
from sw.common.files import RunFolder, write
from sw.common.steps import Steps
from sw.common.terminal import say
from sw.design.clocks import measure

SEEDS = 4
"""Placements from other seeds, so many in all, where the clock is missed."""


def build(
    board: Board,
    config: Config,
    megahertz: Fraction,
    baud: int,
    output: Path,
    seed: int,
    console: Console,
    check: bool = True,
    seeds: int = SEEDS,
) -> Result:
    """Builds, prints the table, and writes build.json, and config.toml, what a host gives to `train --config`; a step
    whose inputs are the same as the last time is not done again.

    Args:
        megahertz: the core's clock. baud: of the serial line. output: the folder. seed: of the placer, the first one tried.
        check: whether a clock that is missed is an error. seeds: that are tried, at most, until the clock is met.

    Raises:
        CheckError: it does not fit, or misses the clock: build.json then tells what was reached.
        UserError: a clock that the board cannot make; a tool that is not installed.
    """
    folder = Folder(RunFolder(output).path)
    folder.begin()
    say(console, f"{config.name} on {board.name}, {board.device}: {output}")
    if board.open:
        result = _open(board, config, megahertz, baud, folder, range(seed, seed + seeds), console)
    elif board.family:
        result = vendor.build(board, config, megahertz, baud, folder, console)
    else:
        result = plain_verilog.build(board, config, folder, console)
    result.show(console)
    if check:
        result.check()
    return result


def _open(
    board: Board, config: Config, megahertz: Fraction, baud: int, folder: Folder, seeds: range, console: Console
) -> Result:
    for tool in ("yosys", nextpnr.TOOL[board.family], nextpnr.PACK[board.family][0]):
        version(tool)
    steps = Steps(console, 5)
    with steps.step("elaborate the core and its board"):
        top, files = uart_top(board, config, megahertz, baud)
        names = [name for name in ("top.il", nextpnr.pins_name(board.family)) if name in files]
        for name in names:
            write(folder / name, files[name])
    result = Result(board, config, top.pll.megahertz, baud, steps.seconds)
    with keeping(result, folder, names):
        _make(result, folder, seeds, steps)
    return result


def _make(result: Result, folder: Folder, seeds: range, steps: Steps) -> None:
    """Synthesis to bitstream; what each step gave becomes part of the result."""
    board, config = result.board, result.config
    with steps.step("synthesise") as step:
        result.netlist = synthesise(folder, board.family)
        step.note = f"{result.netlist.resources['LUT']:,.0f} LUT equivalents"
    check_fits(board, config, result.netlist.resources)
    with steps.step("simulate against the golden model") as step:
        result.clocks = measure(config, step.tell)
        step.note = f"{result.clocks.values:,} values compared, 0 mismatches"
    with steps.step("place and route") as step:
        try:
            result.placed = nextpnr.place_and_route(folder, board, result.megahertz, seeds, step)
        except ToolError as error:
            raise CheckError(f"{board.name}: does not fit: {error}") from None
        step.note = f"{result.placed.megahertz:.1f} MHz, {result.megahertz_text} asked for"
    if not result.meets_timing:
        return
    with steps.step("pack the bitstream") as step:
        tool, arguments, bitstream = nextpnr.PACK[board.family]
        placed = nextpnr.placed_name(board.family, result.placed.seed)
        folder.run(tool, [argument.format(placed=placed) for argument in arguments], [placed], [bitstream])
        result.files.append(bitstream)
        step.note = str(folder / bitstream)
