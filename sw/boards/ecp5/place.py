"""nextpnr: a netlist on its device, the clock it reaches, and the path that limits it, in the core's own names."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from sw.boards.catalogue import Board
from sw.boards.ecp5.floorplan import floorplan
from sw.boards.tools import Folder
from sw.common.files import write
from sw.common.task import Unwanted, asked

USED = {
    "ecp5": {"LUT": "TRELLIS_COMB", "FF": "TRELLIS_FF", "BRAM": "DP16KD", "DSP": "MULT18X18D"},
    "ice40": {"LUT": "ICESTORM_LC", "BRAM": "ICESTORM_RAM", "DSP": "ICESTORM_DSP", "SPRAM": "ICESTORM_SPRAM"},
}
"""The places of a device, by nextpnr's names for them."""

METHODS = {"ecp5": ("--placer", "static", "--router", "router2", "--tmg-ripup"), "ice40": ()}
"""How nextpnr works. For an ECP5 full of block RAM and multipliers its own choice, `heap` and `router1`, finds no way:
`digits` gets a third less wire (381,000 to 532,000) and is routed in minutes so, while `router1` is still ripping as many
wires as it lays after 20; nor does `router2` find a way for what `heap` has placed. From 0.8 on `static` looks at time.
`router2` on its own lays a wire again only where it crosses another one: of placements that promised 100.6 and 82.5 MHz,
92.0 and 55.9 were left. So it is told to lay those again, too, that are too slow."""

ENOUGH = 1.02
"""Of the asked clock: a placement that promises so much is routed, for so much, and no other seed placed. What the router
takes for 100 MHz is 98.2 or 99.0 when all is done."""

KEPT = (0.95, 0.85)
"""Parts of a placement's promise that the router is asked for where it promises less, the second where it finds no way with
the first: asked for more, it lays the same wires again and again, each in the way of others."""

MARGIN = {"router2/bbMargin/x": "12", "router2/bbMargin/y": "12"}
SETTINGS = {"ecp5": MARGIN | {"router2/histCongWeight": "0.5", "router2/currCongWeightMult": "1.0"}, "ice40": {}}
"""What nextpnr has no option for, and takes with the netlist (where a text of 0 and 1 alone is a binary number). How many
tiles a wire may go round its own pins: with the usual 3 those of `digits` crowd in its middle, and from one seed in four
they find a way; with 12 from each one tried. And how fast a crowded place gets dearer: half of the usual, as those of
`image` else flee into what was free."""

ROUNDS, FEW, LAST_ROUNDS = 12, 1000, 200
"""So many rounds of the router without a gain, while more wires than these have two nets on them, and there is no way; with
fewer wires, which go quickly, so many rounds."""

FORETELLS = ("ecp5",)
"""Where a routing takes so much longer than a placement that seeds are compared by what nextpnr expects of their placements:
of `digits` 63 to 100 MHz, of which routed ones kept 0.87 to 1.03 parts."""

CONSTRAINTS = {"ecp5": ("lpf", "--lpf"), "ice40": ("pcf", "--pcf")}
PLACED = {"ecp5": ("config", "--textcfg"), "ice40": ("asc", "--asc")}
PACK = {
    "ecp5": ("ecppack", ["--compress", "--input", "{placed}", "--bit", "top.bit"], "top.bit"),
    "ice40": ("icepack", ["{placed}", "top.bin"], "top.bin"),
}
"""Family -> tool, arguments, the bitstream's name."""


def placed_name(family: str, seed: int) -> str:
    """The file that nextpnr writes, one for each seed: none that was routed is tried again, whichever was the best."""
    return f"place{seed}.{PLACED[family][0]}"


def report_name(seed: int) -> str:
    """The file with what it says of it."""
    return f"place{seed}.json"


@dataclass
class Step:
    """A piece of the critical path: where the signal goes, and ns of logic and of wire until there."""

    place: str
    logic: float
    wire: float


@dataclass
class Placed:
    """A placed and routed design.

    Members:
        megahertz: the clock it reaches. used: places by the names of `table.RESOURCES`. path: the longest one, its steps in
            order. seed: the placer's.
    """

    megahertz: float
    used: dict[str, int]
    path: list[Step]
    seed: int

    def describe(self) -> str:
        """The longest path in one line: blocks, ns, and how much of it is wire."""
        logic, wire = (sum(getattr(step, part) for step in self.path) for part in ("logic", "wire"))
        ends = [self.path[0].place, self.path[-1].place] if self.path else ["?", "?"]
        places = list(dict.fromkeys(step.place.rsplit(".", 1)[0] for step in self.path))
        through = f", through {', '.join(places[1:-1])}" if len(places) > 2 else ""
        return f"{ends[0]} -> {ends[1]}{through}: {logic + wire:.1f} ns, {wire:.1f} of it wire, {len(self.path)} steps"


class Unrouted(RuntimeError):
    """No way for all wires from this placement; another seed's may have one."""


def overused(log: str) -> list[int]:
    """Wires that more than one net takes, after each round of `router2`."""
    return [int(count) for count in re.findall(r"iter=\d+ wires=\d+ overused=(\d+)", log)]


def stalled(counts: list[int]) -> int:
    """Rounds since the router had its fewest such wires."""
    return len(counts) - 1 - counts.index(min(counts))


def stuck(counts: list[int]) -> bool:
    """Whether `router2` will not find a way, as it goes on for ever then. The last few hundred wires may take long. Where it
    had none left it lays again what is too slow, with none left again in the end."""
    since = counts[len(counts) - counts[::-1].index(0) :] if 0 in counts else counts
    return len(since) >= 2 * ROUNDS and stalled(since) >= (ROUNDS if since[-1] > FEW else LAST_ROUNDS)


def set_up(folder: Folder, board: Board) -> str:
    """Writes the netlist with nextpnr's `SETTINGS` and the multipliers' places. Returns its name."""
    if board.family != "ecp5":
        return "top.json"
    netlist = json.loads((folder / "top.json").read_text(encoding="utf-8"))
    top = netlist["modules"]["top"]
    top["settings"] = SETTINGS[board.family]
    for name, place in floorplan(top["cells"], board.arguments).items():
        top["cells"][name]["attributes"]["BEL"] = place
    write(folder / "top.set.json", json.dumps(netlist))
    return "top.set.json"


def foretell(folder: Folder, board: Board, name: str, megahertz: Fraction, seed: int) -> float:
    """What nextpnr expects of a seed's placement of the netlist that `set_up` named, in MHz, before it routes a wire.

    Raises:
        ToolError: it does not fit.
    """
    pins, log = f"top.{CONSTRAINTS[board.family][0]}", f"foretold{seed}.log"
    arguments = [*_arguments(board, name, pins, megahertz, seed), "--no-route", "--log", log]
    with _no_pictures(folder):
        folder.run(f"nextpnr-{board.family}", arguments, [name, pins], [log])
    return foretold((folder / log).read_text(encoding="utf-8", errors="replace"))


def foretold(log: str) -> float:
    """The slowest clock of the log of a placement."""
    return min(float(found) for found in re.findall(r"Max frequency for clock +\S+: ([\d.]+) MHz", log))


def place(
    folder: Folder,
    board: Board,
    name: str,
    megahertz: Fraction,
    seed: int,
    promise: float | None = None,
    tell: Callable[[str], None] = lambda words: None,
) -> Placed:
    """Places and routes the netlist that `set_up` named.

    Args:
        promise: what `foretell` says of the seed, where it was asked. tell: hears how far the router is.

    Raises:
        ToolError: it does not fit. Unrouted.
    """
    jobs = _jobs(folder, board, name, megahertz, seed, promise)
    for job in [job for job in jobs if folder.has(*job)] or jobs:  # a build done again: the one that found a way
        try:
            _run(folder, *job, tell)
        except Unrouted as error:
            failed = Unrouted(f"seed {seed}: {error}")
        else:
            report = json.loads((folder / report_name(seed)).read_text(encoding="utf-8"))
            return read_report(report, board.family, seed)
    raise failed


def _jobs(folder: Folder, board: Board, name: str, megahertz: Fraction, seed: int, promise: float | None) -> list[tuple]:
    """nextpnr's calls, in order: tool, arguments, what it reads, what it makes. One for each clock that the router may be
    asked for: the core's own where nothing is promised, `ENOUGH` where that is, then `KEPT` parts of the promise."""
    aims = [1.0]
    if promise is not None:
        aims = [kept * promise / float(megahertz) for kept in ((1.0, *KEPT) if promise >= ENOUGH * megahertz else KEPT)]
    makes = [placed_name(board.family, seed), report_name(seed)]
    jobs = []
    for aim in dict.fromkeys(min(ENOUGH, aim) for aim in aims):
        reads = [name, _aimed(folder, board, aim)]
        arguments = [*_arguments(board, *reads, megahertz, seed), PLACED[board.family][1], makes[0], "--report", makes[1]]
        jobs.append((f"nextpnr-{board.family}", arguments, reads, makes))
    return jobs


def _run(folder: Folder, tool: str, arguments: list[str], reads: list[str], makes: list[str], tell: Callable[[str], None]):
    """One of these calls. Raises Unrouted."""

    def counts() -> list[int]:
        log = (folder / f"{tool}.log").read_text(encoding="utf-8", errors="replace")
        found, slow = overused(log), re.findall(r"tmgfail=([1-9]\d*) archfail=\w+\s*$", log)
        if found:
            tell(f"{found[-1]:,} wires with two nets on them" + (f", {int(slow[-1]):,} ways too slow" if slow else ""))
        return found

    try:
        with _no_pictures(folder), asked(lambda: stuck(counts())):
            folder.run(tool, arguments, reads, makes)
    except Unwanted:
        found = counts()
        if not stuck(found):
            raise
        words = f"{found[-1]:,} wires with two nets on them, and no fewer for {stalled(found)} rounds"
        raise Unrouted(words) from None


def _aimed(folder: Folder, board: Board, aim: float) -> str:
    """The name of the pins and clocks for this part of the core's clock. nextpnr derives that from the crystal's, and takes
    no other word for it."""
    kind = CONSTRAINTS[board.family][0]
    if aim == 1:
        return f"top.{kind}"
    text = (folder / f"top.{kind}").read_text(encoding="utf-8")
    slower = re.sub(r"^(FREQUENCY .* )(\S+)( HZ;)$", lambda m: f"{m[1]}{float(m[2]) * aim:.0f}{m[3]}", text, flags=re.M)
    name = f"top.{round(1000 * aim)}.{kind}"
    write(folder / name, slower)
    return name


def _arguments(board: Board, name: str, pins: str, megahertz: Fraction, seed: int) -> list[str]:
    arguments = [*board.arguments, *METHODS[board.family], "--json", name, CONSTRAINTS[board.family][1], pins]
    return [*arguments, "--freq", f"{float(megahertz):g}", "--seed", str(seed), "--timing-allow-fail"]


@contextmanager
def _no_pictures(folder: Folder) -> Iterator[None]:
    """Takes away what some versions draw of each step of the placer."""
    try:
        yield
    finally:
        for picture in folder.path.glob("out_*density_*.csv"):
            picture.unlink()


def read_report(report: dict, family: str, seed: int) -> Placed:
    """nextpnr's report in our words. The core's clock is the one with the most places behind it: the slowest of them all."""
    achieved = {clock: found["achieved"] for clock, found in report["fmax"].items()}
    clock = min(achieved, key=achieved.get)
    used = {name: report["utilization"][place]["used"] for name, place in USED[family].items()}
    edge = f"posedge {clock}"
    paths = [path for path in report["critical_paths"] if path["from"] == edge and path["to"] == edge]
    return Placed(achieved[clock], used, _steps(paths[0]["path"]) if paths else [], seed)


def _steps(pieces: list[dict]) -> list[Step]:
    steps: list[Step] = []
    for piece in pieces:
        wire = piece["type"] == "routing"
        place = own_name(piece["to"]["cell"])
        if wire or not steps:
            steps.append(Step(place, 0.0, 0.0))
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
