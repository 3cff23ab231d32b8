"""Boards whose place and route is not open: Verilog, constraints, a script for the vendor's tool, and yosys' utilisation."""

from fractions import Fraction
from importlib.resources import files

from rich.console import Console

from golden.config import Config
from sw.boards.catalogue import Board, uart_top
from sw.boards.estimate import check_fits
from sw.boards.keeping import keeping
from sw.boards.plain_verilog import axi_verilog
from sw.boards.result import Result
from sw.boards.synthesis import synthesise
from sw.boards.tools import Folder
from sw.common.files import write
from sw.common.steps import Steps
from sw.design.clocks import measure

LIGHTS = {"busy": "R14", "learning": "P14", "error": "N16"}
"""PYNQ-Z2's leds 0 to 2 (its reference manual, table 10): amaranth-boards does not have this board."""


def build(board: Board, config: Config, megahertz: Fraction, baud: int, folder: Folder, console: Console) -> Result:
    """Writes what the vendor's tool needs, and measures what needs no place and route.

    Raises:
        CheckError: it does not fit. UserError: a clock or line that the board cannot make.
    """
    steps = Steps(console, 3)
    make = _with_pins if board.top == "uart" else _for_a_processor
    with steps.step("elaborate the core and its board"):
        names, megahertz = make(board, config, megahertz, baud, folder)
    result = Result(board, config, megahertz, baud, steps.seconds, files=[*names])
    with keeping(result, folder, names):
        with steps.step("synthesise, for the utilisation") as step:
            result.netlist = synthesise(folder, board.family, names[0], "top" if board.top == "uart" else "bispike")
            step.note = f"{result.netlist.resources['LUT']:,.0f} LUT"
        check_fits(board, config, result.netlist.resources)
        with steps.step("simulate against the golden model") as step:
            result.clocks = measure(config, step.tell)
            step.note = f"{result.clocks.values:,} values compared, 0 mismatches"
    return result


def _with_pins(board: Board, config: Config, megahertz: Fraction, baud: int, folder: Folder) -> tuple[list[str], Fraction]:
    """top.v, top.xdc, top.tcl, as amaranth makes them."""
    top, made = uart_top(board, config, megahertz, baud)
    names = ["top.v", "top.xdc", "top.tcl"]
    for name in names:
        write(folder / name, made[name])
    return names, top.pll.megahertz


def _for_a_processor(
    board: Board, config: Config, megahertz: Fraction, baud: int, folder: Folder
) -> tuple[list[str], Fraction]:
    """bispike.v with AXI ports, the lights' pins, and a script that puts it beside the processor."""
    pins = "".join(
        f"set_property -dict {{PACKAGE_PIN {pin} IOSTANDARD LVCMOS33}} [get_ports {name}]\n" for name, pin in LIGHTS.items()
    )
    script = files("sw.boards").joinpath("pynq.tcl").read_text(encoding="utf-8")
    script = script.replace("@PART@", board.part).replace("@MEGAHERTZ@", f"{float(megahertz):g}")
    write(folder / "bispike.v", axi_verilog(config))
    write(folder / "bispike.xdc", pins)
    write(folder / "build.tcl", script)
    return ["bispike.v", "bispike.xdc", "build.tcl"], megahertz
