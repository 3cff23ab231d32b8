"""nextpnr: a netlist on its device, the clock it reaches, and the path that limits it, in the core's own names."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sw.boards.catalogue import Board
from sw.boards.copies import give_copies
from sw.boards.tools import Folder
from sw.common.files import write
from sw.common.steps import Step

TOOL = {"ecp5": "nextpnr-ecp5", "ice40": "nextpnr-ice40", "gowin": "nextpnr-himbaechel-gowin"}
USED = {
    "ecp5": {"LUT": "TRELLIS_COMB", "FF": "TRELLIS_FF", "BRAM": "DP16KD", "DSP": "MULT18X18D"},
    "ice40": {"LUT": "ICESTORM_LC", "BRAM": "ICESTORM_RAM", "DSP": "ICESTORM_DSP", "SPRAM": "ICESTORM_SPRAM"},
    "gowin": {"LUT": "LUT4", "FF": "DFF", "BRAM": "BSRAM", "DSP": "MULT18X18"},
}
"""The places of a device, by nextpnr's names for them."""

ROOM = "12"
SETTINGS = {"ecp5": {"router2/bbMargin/x": ROOM, "router2/bbMargin/y": ROOM}}
"""By family, what nextpnr has no option for, and takes with the netlist. How many tiles a wire may go round its own pins:
with the usual 3 those of `digits` crowd, 1,300 of them still in each other's way after 40 rounds of the router; with 12 they
found a way in 61 rounds."""

CONSTRAINTS = {"ecp5": "lpf", "ice40": "pcf", "gowin": "cst"}
PLACED = {"ecp5": ("config", "--textcfg"), "ice40": ("asc", "--asc"), "gowin": ("pnr.json", "--write")}
PACK = {
    "ecp5": ("ecppack", ["--compress", "--input", "{placed}", "--bit", "top.bit"], "top.bit"),
    "ice40": ("icepack", ["{placed}", "top.bin"], "top.bin"),
    "gowin": ("gowin_pack", ["-d", "GW2A-18C", "-o", "top.fs", "{placed}"], "top.fs"),
}
"""Family -> tool, arguments, the bitstream's name."""


def placed_name(family: str, seed: int) -> str:
    """The file that nextpnr writes, one for each seed: none that was routed is tried again, whichever was the best."""
    return f"place{seed}.{PLACED[family][0]}"


def report_name(seed: int) -> str:
    """The file with what it says of it."""
    return f"place{seed}.json"


@dataclass
class PathStep:
    """A piece of the critical path: where the signal goes, and ns of logic and of wire until there."""

    place: str
    logic: float
    wire: float


@dataclass
class Placed:
    """A placed and routed design.

    Members:
        megahertz: the clock it reaches. used: places by the names of `catalogue.RESOURCES`. path: the longest one, in order.
        seed: the placer's.
    """

    megahertz: float
    used: dict[str, int]
    path: list[PathStep]
    seed: int

    def describe(self) -> str:
        """The longest path in one line: blocks, ns, and how much of it is wire."""
        logic, wire = (sum(getattr(step, part) for step in self.path) for part in ("logic", "wire"))
        ends = [self.path[0].place, self.path[-1].place] if self.path else ["?", "?"]
        places = list(dict.fromkeys(step.place.rsplit(".", 1)[0] for step in self.path))
        through = f", through {', '.join(places[1:-1])}" if len(places) > 2 else ""
        return f"{ends[0]} -> {ends[1]}{through}: {logic + wire:.1f} ns, {wire:.1f} of it wire, {len(self.path)} steps"


def pins_name(family: str) -> str:
    """The file of the pins and clocks."""
    return f"top.{CONSTRAINTS[family]}"


def set_up(folder: Folder, family: str) -> str:
    """The name of the netlist that nextpnr reads: with the family's `SETTINGS`, where it has some, and then with copies of
    registers (`sw.boards.copies`)."""
    if family not in SETTINGS:
        return "top.json"
    netlist = json.loads((folder / "top.json").read_text(encoding="utf-8"))
    top = netlist["modules"]["top"]
    give_copies(top)
    top["settings"] = SETTINGS[family]
    write(folder / "top.set.json", json.dumps(netlist))
    return "top.set.json"


def arguments(board: Board, netlist: str, megahertz: Fraction, seed: int) -> list[str]:
    """What nextpnr is called with, beside what it is to write."""
    pins = pins_name(board.family)
    place = ["--vopt", f"cst={pins}"] if board.family == "gowin" else [f"--{CONSTRAINTS[board.family]}", pins]
    where = [*board.arguments, "--json", netlist, *place]
    return [*where, "--freq", f"{float(megahertz):g}", "--seed", str(seed), "--timing-allow-fail"]


def outputs(family: str, seed: int) -> tuple[list[str], list[str]]:
    """What a call that routes writes, as arguments and as names."""
    names = [placed_name(family, seed), report_name(seed)]
    return [PLACED[family][1], names[0], "--report", names[1]], names


def place_and_route(folder: Folder, board: Board, megahertz: Fraction, seeds: Iterable[int], step: Step) -> Placed:
    """The first seed that meets the clock, else the best of them.

    Raises:
        ToolError: it does not fit.
    """
    tries: list[Placed] = []
    netlist = set_up(folder, board.family)
    reads = [netlist, pins_name(board.family)]
    for seed in seeds:
        best = f", the best so far reaches {max(t.megahertz for t in tries):.1f} MHz" if tries else ""
        step.tell(f"seed {seed}{best}")
        written, names = outputs(board.family, seed)
        folder.run(TOOL[board.family], [*arguments(board, netlist, megahertz, seed), *written], reads, names)
        tries.append(read_placed(folder, board.family, seed))
        if tries[-1].megahertz >= megahertz:
            break
    return max(tries, key=lambda found: found.megahertz)


def read_placed(folder: Folder, family: str, seed: int) -> Placed:
    """What was placed from a seed, by nextpnr's report in the folder."""
    return read_report(json.loads((folder / report_name(seed)).read_text(encoding="utf-8")), family, seed)


def read_report(report: dict, family: str, seed: int) -> Placed:
    """nextpnr's report in our words. The core's clock is the one with the most places behind it: the slowest of them all."""
    achieved = {clock: found["achieved"] for clock, found in report["fmax"].items()}
    clock = min(achieved, key=achieved.get)
    used = {name: report["utilization"][place]["used"] for name, place in USED[family].items()}
    edge = f"posedge {clock}"
    paths = [path for path in report["critical_paths"] if path["from"] == edge and path["to"] == edge]
    return Placed(achieved[clock], used, _steps(paths[0]["path"]) if paths else [], seed)


def _steps(pieces: list[dict]) -> list[PathStep]:
    steps: list[PathStep] = []
    for piece in pieces:
        wire = piece["type"] == "routing"
        place = own_name(piece["to"]["cell"])
        if wire or not steps:
            steps.append(PathStep(place, 0.0, 0.0))
        if wire:
            steps[-1].wire += piece["delay"]
        else:
            steps[-1].logic += piece["delay"]
    return steps


def own_name(cell: str) -> str:
    """A cell of the netlist by the signal of the core that it makes: what yosys adds behind it is left out."""
    name = re.split(
        r"_(?:TRELLIS_FF|LUT4|PFUMX|L6MUX21|CCU2C|SB_[A-Z]\w*?|MULT18X18D|DP16KD|[A-Z]{2,3}[AB]\d)(?:_|$)", cell
    )[0]
    name = re.sub(r"\$\d+", "", re.sub(r"\$(?:nextpnr|auto|abc)\$?.*$", "", name))
    parts = [part for part in name.split(".") if part not in ("chip", "bus_core")]
    return ".".join(parts[1:] if parts[:1] == ["core"] and len(parts) > 1 else parts)
