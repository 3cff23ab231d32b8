"""The boards, as data, and the top modules of those that have pins."""

import importlib
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from golden.config import Config
from rtl.boards.clock import ClockError, reach
from sw.common.errors import UserError

if TYPE_CHECKING:
    from rtl.boards.uart_board import UartBoard

RESOURCES = ("LUT", "FF", "BRAM", "DSP", "SPRAM")


@dataclass(frozen=True)
class Board:
    """One board.

    Members:
        device: its FPGA, in words. family: "ecp5", "ice40", "xilinx", or "" where any will do.
        top: "uart", a core behind the serial line with the board's pins; "axi", a core with AXI ports.
        platform: "module:class" with the pins, of amaranth-boards or `sw.boards.pins`. crystal: MHz of its clock.
        config: the configuration built if none is named, with this change, so that it fits. megahertz: the core's clock if
            none is named.
        capacity: what the device has, by the names of `RESOURCES`. LUT: of 4 inputs, Xilinx 6; BRAM: blocks of 18 kbit
            (ECP5, Gowin), 4 kbit (iCE40), 36 kbit (Xilinx); SPRAM: blocks of 256 kbit.
        clocks: MHz that the core may run at, least and most, where no PLL on the FPGA makes its clock.
        arguments: the place and route tool's own for this device. part: the device's name for the vendor's tool.
        extra: resources that the platform keeps apart, as the lights of a board's break-off piece.
    """

    name: str
    device: str
    family: str
    top: str
    config: str
    change: dict[str, Any] = field(default_factory=dict)
    megahertz: Fraction = Fraction(100)
    crystal: Fraction = Fraction(100)
    platform: str = ""
    capacity: dict[str, int] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    part: str = ""
    clocks: tuple[int, int] | None = None
    extra: str = ""

    @property
    def open(self) -> bool:
        """Open tools make its bitstream."""
        return self.family in ("ecp5", "ice40", "gowin")

    def own_config(self) -> Config:
        """The configuration that is built if none is named."""
        return Config.load(self.config).replace(**self.change)

    def short(self, resources: dict[str, float]) -> list[str]:
        """The resources of which these are more than the device has."""
        return [name for name, capacity in self.capacity.items() if resources.get(name, 0) > capacity]

    def shortage(self, resources: dict[str, float]) -> str:
        """In words, "LUT 9,000 of 5,280"; "" where nothing is short."""
        return ", ".join(f"{name} {resources[name]:,.0f} of {self.capacity[name]:,}" for name in self.short(resources))

    def check_has(self, megahertz: float | None, baud: int | None, seed: int | None) -> None:
        """Raises UserError where something is asked for (not None) that this board's build makes no use of."""
        for option, given, used, allowed in (
            ("--megahertz", megahertz, self.family, "with a clock of its own"),
            ("--baud", baud, self.top == "uart", "with a serial line"),
            ("--seed", seed, self.open, "that open tools place"),
        ):
            if given is not None and not used:
                raise UserError(f"{option}: found with --board {self.name}; allowed is a board {allowed}")

    def clock(self, megahertz: float | None) -> Fraction:
        """The core's clock in MHz, the board's own where none is asked for. Raises UserError where it cannot be made."""
        if megahertz is None:
            return self.megahertz
        low, high = self.clocks or (0, inf)
        if self.family and self.platform:
            low, high = reach(self.family, self.crystal)
        if not (isfinite(megahertz) and megahertz > 0 and low <= megahertz <= high):
            allowed = f"{float(low):g} to {float(high):g}"
            raise UserError(f"--megahertz: found {megahertz:g}; allowed on {self.name} is {allowed}")
        return Fraction(str(megahertz))

    def make_platform(self) -> Any:
        """A new platform. Raises UserError where amaranth-boards is missing."""
        module, name = self.platform.split(":")
        try:
            made = importlib.import_module(module)
        except ImportError:
            raise missing("amaranth-boards") from None
        platform = getattr(made, name)()
        if self.extra:
            platform.add_resources(getattr(platform, self.extra))
        return platform


def _ecp5(name: str, size: str, platform: str, package: str = "CABGA381", speed: str = "6", **more: Any) -> Board:
    """A board with an ECP5 of this size, "12k" to "85k"."""
    device = f"Lattice ECP5 LFE5U-{size[:-1]}F-{speed}"
    arguments = (f"--{size}", "--package", package, "--speed", speed, *PLACER)
    more = {"crystal": Fraction(25), "megahertz": Fraction(60)} | more
    return Board(name, device, "ecp5", "uart", "digits", platform=platform, capacity=ECP5[size], arguments=arguments, **more)


PLACER = ("--placer", "static", "--router", "router2")
"""nextpnr's other placer and router: of an engine of 16 lanes it makes 0.6 of the wire that its usual ones do."""
ECP5 = {
    "25k": {"LUT": 24288, "FF": 24288, "BRAM": 56, "DSP": 28},
    "45k": {"LUT": 43848, "FF": 43848, "BRAM": 108, "DSP": 72},
    "85k": {"LUT": 83640, "FF": 83640, "BRAM": 208, "DSP": 156},
}
ECP5["12k"] = ECP5["25k"]  # the same die, of which the open tools give all
HALF = {"lanes": 8, "weight_bits": 12}
"""Of `digits`, for devices with some 50 block RAMs: with weights of 16 bits it takes 58."""

BOARDS = {
    board.name: board
    for board in (
        _ecp5("ulx3s-12f", "12k", "amaranth_boards.ulx3s:ULX3S_12F_Platform", change=HALF),
        _ecp5("ulx3s-25f", "25k", "amaranth_boards.ulx3s:ULX3S_25F_Platform", change=HALF),
        _ecp5("ulx3s-45f", "45k", "amaranth_boards.ulx3s:ULX3S_45F_Platform"),
        _ecp5("ulx3s-85f", "85k", "amaranth_boards.ulx3s:ULX3S_85F_Platform"),
        _ecp5("colorlight-i5", "25k", "sw.boards.pins:ColorlightI5", change=HALF),
        _ecp5("colorlight-i9", "45k", "sw.boards.pins:ColorlightI9"),
        _ecp5("orangecrab", "25k", "sw.boards.pins:OrangeCrab", "CSFBGA285", "8", change=HALF, crystal=Fraction(48)),
        Board(
            "tang-nano-20k",
            "Gowin GW2AR-LV18QN88C8/I7",
            "gowin",
            "uart",
            "digits",
            change=HALF | {"stimulus_recall": False},  # with it 51 of 46 block RAMs
            megahertz=Fraction(54),
            crystal=Fraction(27),
            platform="sw.boards.pins:TangNano20k",
            capacity={"LUT": 20736, "FF": 15552, "BRAM": 46, "DSP": 48},
            arguments=("--device", "GW2AR-LV18QN88C8/I7", "--vopt", "family=GW2A-18C"),
        ),
        Board(
            "icebreaker",
            "Lattice iCE40UP5K-SG48",
            "ice40",
            "uart",
            "micro",
            change={"learn": False},  # what learns takes 1.4 times its logic and twice its block RAMs
            megahertz=Fraction(21),
            crystal=Fraction(12),
            platform="amaranth_boards.icebreaker:ICEBreakerPlatform",
            capacity={"LUT": 5280, "FF": 5280, "BRAM": 30, "DSP": 8, "SPRAM": 4},
            arguments=("--up5k", "--package", "sg48"),
            extra="break_off_pmod",
        ),
        Board(
            "arty-a7-100t",
            "AMD Artix-7 XC7A100T-1L",
            "xilinx",
            "uart",
            "digits",
            megahertz=Fraction(50),
            crystal=Fraction(100),
            platform="amaranth_boards.arty_a7:ArtyA7_100Platform",
            capacity={"LUT": 63400, "FF": 126800, "BRAM": 135, "DSP": 240},
        ),
        Board(
            "pynq-z2",
            "AMD Zynq-7000 XC7Z020-1",
            "xilinx",
            "axi",
            "digits",
            megahertz=Fraction(50),
            capacity={"LUT": 53200, "FF": 106400, "BRAM": 140, "DSP": 220},
            part="xc7z020clg400-1",
            clocks=(1, 250),  # FCLK_CLK0 of the processor (AMD DS187, -1)
        ),
        Board("generic", "any FPGA, or a simulator", "", "axi", "tiny"),
    )
}
"""By name."""


def find(name: str) -> Board:
    """Raises UserError where there is none of this name."""
    if name not in BOARDS:
        raise UserError(f"--board: found {name!r}; allowed is one of {', '.join(BOARDS)}")
    return BOARDS[name]


def uart_top(board: Board, config: Config, megahertz: Fraction, baud: int) -> tuple["UartBoard", dict[str, str]]:
    """The board's top module and the files that amaranth-boards makes of it, by name.

    Raises:
        UserError: the board cannot make this clock, or the line not this rate.
    """
    from rtl.boards.uart_board import UartBoard
    from rtl.checks import asserting
    from rtl.convert import plain_rtlil

    platform = board.make_platform()
    try:
        top = UartBoard(config, board.family, board.crystal, megahertz, baud)
    except ClockError as error:
        raise UserError(f"{board.name}: {error}") from None
    with asserting(False):
        files = platform.prepare(top, name="top").files
    return top, files | ({"top.il": plain_rtlil(files["top.il"])} if "top.il" in files else {})


def missing(package: str) -> UserError:
    """What to say where a tool is not there."""
    return UserError(f"{package}: not installed; make installs it (elsewhere, from the clone: pip install -e '.[boards]')")
