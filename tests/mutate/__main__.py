"""`make mutate`: switches on one fault after another in the core's netlist, and asks whether the benches see it."""

import argparse
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

import tomli_w
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cosim.build import build
from cosim.kept import digest
from cosim.wrapper import TOP
from sw.boards.tools import Folder
from tests.mutate.campaign import KINDS, Campaign, CampaignError, Outcome
from tests.mutate.netlist import SELECT_BITS, Mutant, netlist
from tests.mutate.stimulus import ACTS, CONFIG

FOLDER = Path("build/mutate")
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
WANTED = 0.95
"""Of the mutants that are not equivalent, the part that has to be killed."""


def equivalents() -> dict[tuple, str]:
    """Why a mutant makes no difference, by its key."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(entry["change"], entry["cell"], tuple(entry["feeds"])): entry["why"] for entry in entries}


def main(arguments: list[str]) -> int:
    """Runs the campaign. Returns 0 where enough mutants are killed."""
    parser = argparse.ArgumentParser("python -m tests.mutate", description=__doc__)
    parser.add_argument("numbers", nargs="*", type=int, help="of mutants, as the table shows them (default: all)")
    parser.add_argument("--count", type=int, default=200, help=f"mutants, up to {(1 << SELECT_BITS) - 1} (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="which ones yosys picks (default: 1)")
    parser.add_argument("--processes", type=int, default=2, help="side by side (default: 2)")
    asked = parser.parse_args(arguments)
    if not 1 <= asked.count < 1 << SELECT_BITS:
        parser.error(f"--count: found {asked.count}; allowed is 1 to {(1 << SELECT_BITS) - 1}")
    began, console = time.monotonic(), Console()
    folder = FOLDER / f"{asked.count}-{asked.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    with console.status("netlist, and its build"):
        mutants, verilog = netlist(Folder(folder), CONFIG, asked.count, asked.seed)
        built = build(verilog, TOP, "verilator")
        acts = {name: make(folder / f"{name}.npz") for name, make in ACTS.items()}
    numbers = asked.numbers or [mutant.number for mutant in mutants]
    campaign = Campaign(built, CONFIG, acts, folder / digest(verilog), asked.processes)
    outcomes = []
    columns = TextColumn("mutants"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[alive]} alive")
    try:
        with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
            bar = progress.add_task("", total=len(numbers), alive=0)
            for outcome in campaign.go(numbers):
                outcomes.append(outcome)
                progress.update(bar, advance=1, alive=sum(not outcome.kind for outcome in outcomes))
    except KeyboardInterrupt:
        console.print(f"{len(outcomes)} of {len(numbers)} mutants done; the same command goes on from here")
        return 130
    except CampaignError as error:
        console.print(str(error), markup=False, highlight=False)
        return 2
    outcomes.sort(key=lambda outcome: outcome.number)
    save(folder / "outcomes.toml", mutants, outcomes)
    return report(console, mutants, outcomes, time.monotonic() - began)


def save(path: Path, mutants: list[Mutant], outcomes: list[Outcome]) -> None:
    """Writes what became of each, and the mutant as `equivalent.toml` would have it."""
    by_number = {mutant.number: mutant for mutant in mutants}
    entries = []
    for outcome in outcomes:
        mutant = by_number[outcome.number]
        told = {"change": mutant.change, "cell": mutant.cell, "feeds": list(mutant.feeds)}
        entries.append({"number": mutant.number, "killed": outcome.kind, "message": outcome.message} | told)
    path.write_text(tomli_w.dumps({"mutant": entries}), encoding="utf-8")


def report(console: Console, mutants: list[Mutant], outcomes: list[Outcome], seconds: float) -> int:
    """Prints what became of them. Returns 0 where enough are killed."""
    known, by_number = equivalents(), {mutant.number: mutant for mutant in mutants}
    why = {number: mutant.harmless or known.get(mutant.key, "") for number, mutant in by_number.items()}
    killed, alive = ([o for o in outcomes if bool(o.kind) == dead] for dead in (True, False))
    counts = Counter((outcome.kind, outcome.act) for outcome in killed)
    table = Table("killed by", *ACTS, "all")
    for kind in KINDS:
        row = [counts[kind, act] for act in ACTS]
        table.add_row(kind, *map(str, row), str(sum(row)))
    console.print(table)
    for mutant in (by_number[outcome.number] for outcome in alive):
        lines = f"{mutant.block}: {mutant.change} of {mutant.cell}", f"behind it: {', '.join(mutant.feeds)}", *mutant.lines
        console.print(f"{mutant.number} alive in " + "\n  ".join(lines), markup=False, highlight=False)
        console.print(f"  equivalent: {why[mutant.number] or '?'}", markup=False, highlight=False)
    wrong = [outcome for outcome in killed if why[outcome.number]]
    for outcome in wrong:
        console.print(f"mutant {outcome.number} makes a difference, and is said to make none: {why[outcome.number]}")
    equivalent = sum(bool(why[outcome.number]) for outcome in alive)
    rest = len(outcomes) - equivalent
    said = f"{len(outcomes)} mutants: {len(killed)} killed, {equivalent} equivalent, {len(alive) - equivalent} others alive"
    share = len(killed) / max(1, rest)
    console.print(f"{said}; {share:.1%} of those that are not equivalent killed, in {seconds:.0f} s", highlight=False)
    return int(share < WANTED or bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
