"""`bispike bench --boards`: the figures of the boards, each from a build done here and now (or kept from the last time)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw import data
from sw.boards.build import build
from sw.boards.catalogue import BOARDS
from sw.boards.netlist import netlist_verilog
from sw.boards.result import Result
from sw.boards.synthesis import Netlist, core_netlist
from sw.boards.tools import Folder
from sw.common.cluster import run_all
from sw.common.errors import CheckError
from sw.common.files import RunFolder, make_place
from sw.common.simulation import find_simulator
from sw.design.clocks import measure
from sw.figures import chip_figures
from sw.figures.figure import COMMAND, Figure
from sw.figures.measure import FASTEST, TWO
from sw.figures.publish import Measurement, check_files, publish

BAUD = 1_000_000
CLOCK = 110
"""MHz that `digits` is to reach."""
TITLE, WITH_BOARDS = "Figures of the boards", f"{COMMAND} --boards"
CORE = "yosys, ECP5, the core alone"
DIGITS, ICEBREAKER = "bispike build --board ulx3s-85f", "bispike build --board icebreaker"
IMAGE = f"{DIGITS} --config image"
SMALL = Config(name="small", sizes=(16, 8, 4), lanes=1, block=8)
"""Whose netlist is simulated in the families in which a larger one takes hours."""


@dataclass(frozen=True)
class Proof:
    """A netlist against golden: values compared, and the first mismatch, in words, if there is one."""

    values: int
    mismatch: str


def tasks(folder: Path) -> dict[str, tuple[Callable, tuple]]:
    """What there is to do, by name: a function and its arguments, each on its own, the longest first."""
    digits, tiny = Config.load("digits"), Config.load("tiny")
    return {
        "image": (built, ("ulx3s-85f", Config.load("image"), 60, folder / "image")),
        "digits": (built, ("ulx3s-85f", digits, CLOCK, folder / "digits")),
        "netlist of digits": (proven, (digits, folder / "netlist-digits")),
        "netlist of tiny": (proven, (tiny, folder / "netlist-tiny")),
        "iCE40 netlist": (proven, (SMALL, folder / "netlist-ice40", "ice40")),
        "Gowin netlist": (proven, (SMALL, folder / "netlist-gowin", "gowin")),
        "icebreaker": (built, ("icebreaker", Config.load("micro").replace(learn=False), 21, folder / "icebreaker")),
        "learning": (netlist, (digits, folder / "learning")),
        "inference": (netlist, (digits.replace(name="inference", learn=False), folder / "inference")),
        "two engines": (netlist, (digits.replace(name="two", engines=TWO), folder / "two")),
        "an engine a layer": (netlist, (digits.replace(name="fastest", **FASTEST), folder / "fastest")),
        "visited": (visited, (digits,)),
    }


def built(board: str, config: Config, megahertz: int, folder: Path) -> Result | str:
    """A board's build from one seed of the placer; in words what went wrong, if it does not fit."""
    from fractions import Fraction

    RunFolder(folder)
    with open(folder / "build.log", "w", encoding="utf-8") as log:
        try:
            console = Console(file=log, width=120)
            return build(BOARDS[board], config, Fraction(megahertz), BAUD, folder, 1, console, check=False, seeds=1)
        except CheckError as error:
            return str(error)


def netlist(config: Config, folder: Path, family: str = "ecp5") -> Netlist:
    """A core's netlist."""
    return core_netlist(Folder(RunFolder(folder).path), config, family)


def proven(config: Config, folder: Path, family: str = "ecp5") -> Proof:
    """A netlist's simulation on real samples, compared with golden in every value."""
    try:
        return Proof(measure(config, verilog=netlist_verilog(Folder(RunFolder(folder).path), config, family)).values, "")
    except CheckError as error:
        return Proof(0, str(error))


def visited(config: Config) -> float | str:
    """Synapses that the samples of a whole simulated training visit, a clock; in words its mismatch, if there is one."""
    simulator = find_simulator("verilator")
    result = chip_figures.whole_training(config, data.load("digits", 0), simulator, lambda words: None)
    return str(result.mismatch) if result.mismatch else chip_figures.visited(result)


def bench(output: Path, page: Path, address: str | None, workers: int | None, console: Console) -> list[Figure]:
    """Does all tasks, prints and writes the figures. What was built before and has not changed is not built again.

    Args:
        address, workers: see `sw.common.cluster.workers_at`. Builds are kept in build/bench of the machine that does them.

    Raises:
        UserError: a file to write that is the user's, before anything is built.
        CheckError: where a figure does not reach its target, after all is printed and written.
    """
    check_files(TITLE, output, page)
    for path in (output, page):
        make_place(path)
    began = time.monotonic()
    found = run_all(tasks(Path("build").absolute() / "bench"), address, workers, "building", console)
    notes = ("What an earlier run built of the same inputs is not built again: the minutes are those of what was left.",)
    seconds = time.monotonic() - began
    measured = Measurement(TITLE, WITH_BOARDS, seconds, figures(found), notes)
    return publish(measured, output, page, console)


def figures(found: dict) -> list[Figure]:
    """What the results of `tasks` tell."""
    digits, made = found["digits"], []
    made.append(_clock(digits, "ULX3S-85F, digits with learning, 16 lanes: Fmax", CLOCK, DIGITS))
    if isinstance(digits, Result):
        luts = digits.netlist.resources["LUT"]
        how = f"yosys, serial bridge and registers included; {digits.used('LUT'):,.0f} TRELLIS_COMB after place and route"
        made.append(Figure("the same: LUT equivalents", luts, f"{luts:,.0f}", "<= 13,000", luts <= 13_000, how, DIGITS))
    made.append(_time(found["image"]))
    for name, most in (("two engines", 22_000), ("an engine a layer", None)):
        luts = found[name].resources["LUT"]
        target = f"<= {most:,}" if most else "printed"
        made.append(Figure(f"digits, {name}: LUT equivalents", luts, f"{luts:,.0f}", target, not most or luts <= most, CORE))
    made.append(_clock(found["icebreaker"], "iCEBreaker, 64-120-64-10, inference: Fmax", 20, "--board icebreaker"))
    if isinstance(digits, Result):
        made.append(_density(found["visited"], digits.netlist.resources["LUT"]))
    made.append(_overhead(found["learning"], found["inference"]))
    proofs = [found[f"netlist of {name}"] for name in ("tiny", "digits")]
    proofs += [found[f"{family} netlist"] for family in ("iCE40", "Gowin")]
    wrong = [proof.mismatch for proof in proofs if proof.mismatch]
    how = "tiny and digits after synthesis for ECP5, on real digits, 16-8-4 for iCE40 and Gowin: "
    how += f"{sum(proof.values for proof in proofs):,} values compared"
    made.append(
        Figure("netlist against golden, mismatches", len(wrong), "; ".join(wrong) or "0", "0", not wrong, how, WITH_BOARDS)
    )
    return made


def _clock(result: Result | str, name: str, target: int, command: str) -> Figure:
    if isinstance(result, str):
        return Figure(name, None, result, f">= {target} MHz", False, "the build says so", command)
    megahertz, places = result.placed.megahertz, ", ".join(f"{name} {used:,}" for name, used in result.placed.used.items())
    how = f"{places}; from seed {result.placed.seed}; longest path: {result.placed.describe()}"
    return Figure(name, megahertz, f"{megahertz:.1f} MHz", f">= {target} MHz", megahertz >= target, how, command)


def _time(image: Result | str) -> Figure:
    """How long the board takes for a sample of 784 pixels."""
    name, target = "ULX3S-85F, 784-128-64-10 with learning: us a training sample", "<= 14"
    if isinstance(image, str):
        return Figure(name, None, image, target, False, "the build says so", IMAGE)
    megahertz = min(image.placed.megahertz, float(image.megahertz))
    time = image.clocks.training / megahertz
    how = (
        f"{image.clocks.training:,.0f} clocks a learned sample at {megahertz:.1f} MHz, recall included; {image.clocks.data}"
    )
    return Figure(name, time, f"{time:.1f}", target, time <= 14, how, IMAGE)


def _density(rate: float | str, luts: float) -> Figure:
    """What a core of so many LUT equivalents does for its size."""
    name, target = "synapses visited with learning on, a clock and 1,000 LUT-eq", ">= 1.0"
    if isinstance(rate, str):
        return Figure(name, None, rate, target, False, "digits, the whole training", WITH_BOARDS)
    density = rate / luts * 1000
    how = f"digits: {rate:.1f} visited a clock of the whole training, {luts:,.0f} LUT-eq with the bridge"
    return Figure(name, density, f"{density:.2f}", target, density >= 1, how, WITH_BOARDS)


def _overhead(learning: Netlist, inference: Netlist) -> Figure:
    """What learning adds, and the kinds of block that it goes to."""
    more, base = learning.resources["LUT"] - inference.resources["LUT"], inference.resources["LUT"]
    kinds: dict[str, float] = {}
    for netlist, sign in ((learning, 1), (inference, -1)):
        for block, resources in netlist.blocks.items():
            kind = block.split(".")[-1]
            kinds[kind] = kinds.get(kind, 0) + sign * resources.get("LUT", 0)
    shares = sorted(((part, kind) for kind, part in kinds.items() if abs(part) > more / 50), reverse=True)
    how = ", ".join(f"{kind.rstrip('0123456789') or kind} {part:+,.0f}" for part, kind in shares)
    text, name = f"{more:+,.0f} on {base:,.0f} ({more / base:+.0%})", "learning on top of inference only, digits, LUT-eq"
    return Figure(name, more, text, "<= +130%", more <= 1.3 * base, how, WITH_BOARDS)
