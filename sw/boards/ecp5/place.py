"""An ECP5 full of block RAM and multipliers: which seed is routed, and what the router is asked for."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial

from sw.boards.catalogue import Board
from sw.boards.ecp5.floorplan import floorplan
from sw.boards.nextpnr import Placed, arguments, outputs, pins_name, read_placed
from sw.boards.tools import Folder
from sw.common.errors import CheckError
from sw.common.files import write
from sw.common.steps import Step
from sw.common.task import Unwanted, asked

TOOL = "nextpnr-ecp5"

METHOD = ("--placer", "static", "--router", "router2", "--tmg-ripup")
"""How nextpnr works. Its own choice, `heap` and `router1`, finds no way:
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
SETTINGS = MARGIN | {"router2/histCongWeight": "0.5", "router2/currCongWeightMult": "1.0"}
"""What nextpnr has no option for, and takes with the netlist (where a text of 0 and 1 alone is a binary number). How many
tiles a wire may go round its own pins: with the usual 3 those of `digits` crowd in its middle, and from one seed in four
they find a way; with 12 from each one tried. And how fast a crowded place gets dearer: half of the usual, as those of
`image` else flee into what was free."""

ROUNDS, FEW, LAST_ROUNDS = 12, 1000, 200
"""So many rounds of the router without a gain, while more wires than these have two nets on them, and there is no way; with
fewer wires, which go quickly, so many rounds."""


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
    netlist = json.loads((folder / "top.json").read_text(encoding="utf-8"))
    top = netlist["modules"]["top"]
    top["settings"] = SETTINGS
    for name, place in floorplan(top["cells"], board.arguments).items():
        top["cells"][name]["attributes"]["BEL"] = place
    write(folder / "top.set.json", json.dumps(netlist))
    return "top.set.json"


def foretell(folder: Folder, board: Board, name: str, megahertz: Fraction, seed: int) -> float:
    """What nextpnr expects of a seed's placement of the netlist that `set_up` named, in MHz, before it routes a wire.

    Raises:
        ToolError: it does not fit.
    """
    pins, log = pins_name(board.family), f"foretold{seed}.log"
    with _no_pictures(folder):
        call = [*arguments(board, name, pins, megahertz, seed, METHOD), "--no-route", "--log", log]
        folder.run(TOOL, call, [name, pins], [log])
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
            return read_placed(folder, board.family, seed)
    raise failed


def _jobs(folder: Folder, board: Board, name: str, megahertz: Fraction, seed: int, promise: float | None) -> list[tuple]:
    """nextpnr's calls, in order: tool, arguments, what it reads, what it makes. One for each clock that the router may be
    asked for: the core's own where nothing is promised, `ENOUGH` where that is, then `KEPT` parts of the promise."""
    aims = [1.0]
    if promise is not None:
        aims = [kept * promise / float(megahertz) for kept in ((1.0, *KEPT) if promise >= ENOUGH * megahertz else KEPT)]
    written, makes = outputs(board.family, seed)
    jobs = []
    for aim in dict.fromkeys(min(ENOUGH, aim) for aim in aims):
        reads = [name, _aimed(folder, board, aim)]
        jobs.append((TOOL, [*arguments(board, *reads, megahertz, seed, METHOD), *written], reads, makes))
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
    pins = pins_name(board.family)
    if aim == 1:
        return pins
    text = (folder / pins).read_text(encoding="utf-8")
    slower = re.sub(r"^(FREQUENCY .* )(\S+)( HZ;)$", lambda m: f"{m[1]}{float(m[2]) * aim:.0f}{m[3]}", text, flags=re.M)
    name = pins.replace(".", f".{round(1000 * aim)}.")
    write(folder / name, slower)
    return name


@contextmanager
def _no_pictures(folder: Folder) -> Iterator[None]:
    """Takes away what some versions draw of each step of the placer."""
    try:
        yield
    finally:
        for picture in folder.path.glob("out_*density_*.csv"):
            picture.unlink()


def place_and_route(folder: Folder, board: Board, megahertz: Fraction, seeds: range, step: Step) -> Placed:
    """The most promising placement, routed; the next one only where the wires find no way.

    A routing takes so much longer than a placement that seeds are compared by what nextpnr expects of their placements: of
    `digits` 63 to 100 MHz, of which routed ones kept 0.87 to 1.03 parts.

    Raises:
        ToolError: it does not fit. CheckError: no seed's wires find a way.
    """
    failed, name = "", set_up(folder, board)
    for seed, promise in _promising(folder, board, name, megahertz, seeds, step).items():
        step.tell(f"seed {seed}")
        try:
            return place(folder, board, name, megahertz, seed, promise, partial(_tell, step, f"seed {seed}"))
        except Unrouted as error:
            failed = str(error)
    tried = f"seeds {seeds[0]} to {seeds[-1]}"
    raise CheckError(f"{board.name}: the wires find no way ({tried}), the last: {failed}; fewer lanes need less")


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
