"""`bispike build`: a configuration on a board."""

import json
from fractions import Fraction
from functools import partial
from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw.boards import plain_verilog, vendor
from sw.boards.catalogue import Board
from sw.boards.ecp5.place import ENOUGH, FORETELLS, PACK, Placed, Unrouted, foretell, place, placed_name, set_up
from sw.boards.fitting import check_fits
from sw.boards.result import Result
from sw.boards.synthesis import synthesise
from sw.boards.tools import Folder, ToolError, version
from sw.boards.top_module import uart_top
from sw.common.errors import CheckError
from sw.common.files import RunFolder, write
from sw.common.steps import Step, Steps
from sw.common.terminal import say
from sw.design.clocks import measure

SEEDS = 4
"""Placements from other seeds, so many in all, where the clock is missed or the wires find no way."""


def build(
    board: Board,
    config: Config,
    megahertz: Fraction,
    baud: int,
    output: Path,
    seed: int,
    console: Console,
    check: bool = True,
) -> Result:
    """Builds, prints the table, and writes build.json; a step whose inputs are the same as the last time is not done again.

    Args:
        megahertz: the core's clock. baud: of the serial line. output: the folder. seed: of the placer, the first one tried.
        check: whether a clock that is missed is an error.

    Raises:
        CheckError: it does not fit, or misses the clock: build.json then tells what was reached.
        UserError: a clock that the board cannot make; a tool that is not installed.
    """
    folder = Folder(RunFolder(output).path)
    say(console, f"{config.name} on {board.name}, {board.device}: {output}")
    if board.open:
        result = _open(board, config, megahertz, baud, folder, range(seed, seed + SEEDS), console)
    elif board.family:
        result = vendor.build(board, config, megahertz, baud, folder, console)
    else:
        result = plain_verilog.build(board, config, folder, console)
    _keep(result, folder)
    result.show(console)
    if check:
        result.check()
    return result


def _keep(result: Result, folder: Folder) -> None:
    write(folder / "build.json", json.dumps(result.to_dict(), indent=2) + "\n")


def _open(
    board: Board, config: Config, megahertz: Fraction, baud: int, folder: Folder, seeds: range, console: Console
) -> Result:
    for tool in ("yosys", f"nextpnr-{board.family}"):
        version(tool)
    steps = Steps(console, 5)
    with steps.step("elaborate the core and its board"):
        top, files = uart_top(board, config, megahertz, baud)
        for name in ("top.il", "top.lpf", "top.pcf"):
            if name in files:
                write(folder / name, files[name])
    result = Result(board, config, top.pll.megahertz, baud, steps.seconds)
    with steps.step("synthesise") as step:
        result.netlist = synthesise(folder, board.family)
        step.note = f"{result.netlist.resources['LUT']:,.0f} LUT equivalents"
    check_fits(board, config, result.netlist.resources)
    with steps.step("simulate against the golden model") as step:
        result.clocks = measure(config, step.tell)
        step.note = f"{result.clocks.values:,} values compared, 0 mismatches"
    with steps.step("place and route") as step:
        try:
            result.placed = _place(folder, board, result.megahertz, seeds, step)
        except ToolError as error:
            raise CheckError(f"{board.name}: does not fit: {error}") from None
        step.note = f"{result.placed.megahertz:.1f} MHz, {result.megahertz_text} asked for"
    if not result.meets_timing:
        return result
    with steps.step("pack the bitstream") as step:
        tool, arguments, bitstream = PACK[board.family]
        placed = placed_name(board.family, result.placed.seed)
        folder.run(tool, [argument.format(placed=placed) for argument in arguments], [placed], [bitstream])
        result.files.append(bitstream)
        step.note = str(folder / bitstream)
    return result


def _promising(folder: Folder, board: Board, name: str, megahertz: Fraction, seeds: range, step: Step) -> dict[int, float]:
    """What the seeds promise, the most promising first; those behind one that promises enough are not placed, and come last
    with as little as the others."""
    promises: dict[int, float] = {}
    for seed in seeds:
        best = f", the best so far promises {max(promises.values()):.1f} MHz" if promises else ""
        step.tell(f"placing seed {seed}{best}")
        promises[seed] = foretell(folder, board, name, megahertz, seed)
        if promises[seed] >= ENOUGH * megahertz:
            break
    placed = sorted(promises.items(), key=lambda item: -item[1])
    return dict(placed) | {seed: placed[-1][1] for seed in seeds if seed not in promises}


def _tell(step: Step, label: str, words: str) -> None:
    step.tell(f"{label}, {words}")


def _place(folder: Folder, board: Board, megahertz: Fraction, seeds: range, step: Step) -> Placed:
    """The first of these tries that meets the clock, else the best. Where placements foretell it, the most promising one is
    routed, and the next only where the wires find no way."""
    tries: list[Placed] = []
    failed, name = "", set_up(folder, board)
    foretells = board.family in FORETELLS
    promises = _promising(folder, board, name, megahertz, seeds, step) if foretells else dict.fromkeys(seeds)
    for number, promise in promises.items():
        best = f", the best so far reaches {max(t.megahertz for t in tries):.1f} MHz" if tries else ""
        label = f"seed {number}{best}"
        step.tell(label)
        try:
            tries.append(place(folder, board, name, megahertz, number, promise, partial(_tell, step, label)))
        except Unrouted as error:
            failed = str(error)
            continue
        if tries[-1].megahertz >= megahertz or foretells:
            return tries[-1]
    if not tries:
        tried = f"seeds {seeds[0]} to {seeds[-1]}"
        raise CheckError(f"{board.name}: the wires find no way ({tried}), the last: {failed}; fewer lanes need less")
    return max(tries, key=lambda found: found.megahertz)
