"""The simulated chip itself: is every value of whole trainings golden's, in how many clocks, with how much logic?"""

import tempfile
from pathlib import Path
from typing import Any

from golden.config import NAMED
from sw import data
from sw.data import foretold
from sw.paper.plan import Plan
from sw.paper.table import Row, Section
from sw.trials.trial import Trial

KEY, TITLE = "chip", "The simulated chip: exactness, clocks, logic; one engine of 16 lanes"
RECOGNITION = "digits"
CORES = {
    RECOGNITION: ("recognition of digits, 64-128-64-10", 20),
    "autoencoder": ("auto-encoder of digits, 64-128-32", 30),
    "electricity": ("electricity, six inputs, 144-128-32", 1),
    "electricity-recurrent": ("electricity, recurrent, 48-128-32", 1),
}
"""By configuration what it is, and the epochs that are simulated."""


def training(name: str, epochs: int, seed: int, **changes: Any) -> dict:
    """A training on the simulated chip with every value compared; changes: of `lanes` and `engines`."""
    from sw.common.task import tell
    from sw.figures.chip_figures import plain, whole_training

    config = NAMED[name].replace(epochs=epochs, **changes)
    dataset = foretold.load(None, config) if config.task == "sequence" else data.load("digits", seed)
    result = whole_training(config, dataset, "verilator", tell)
    return {
        "values": result.values_compared,
        "differ": result.values_differ,
        "training": result.clocks_per_sample_training,
        "inference": result.clocks_per_sample_inference,
        "whole": plain(result),
    }


def logic(name: str, seed: int) -> dict:
    """The core's LUT equivalents in an ECP5."""
    from sw.boards.synthesis import core_netlist
    from sw.boards.tools import Folder

    with tempfile.TemporaryDirectory(prefix="bispike-") as folder:
        return {"luts": core_netlist(Folder(Path(folder)), NAMED[name], "ecp5").resources["LUT"]}


def _trials(name: str) -> tuple[Trial, Trial]:
    return Trial("paper.chip", "training", {"name": name, "epochs": CORES[name][1]}), Trial(
        "paper.chip", "logic", {"name": name}
    )


def trials(plan: Plan) -> list[Trial]:
    return [] if plan.quick else [one for name in CORES for one in _trials(name)]


def section(plan: Plan, found: dict[str, dict]) -> Section:
    if plan.quick:
        return Section(KEY, TITLE, [], "Not in a taste: `make demo` simulates the chip, and `bispike bench`.")
    rows, results = [], {name: [found[trial.key] for trial in _trials(name)] for name in CORES}
    base, base_logic = results[RECOGNITION]
    for name, (what, epochs) in CORES.items():
        run, made = results[name]
        own = name == RECOGNITION
        how = f"{run['values']:,} values compared, {epochs} epochs, all samples and tests"
        rows.append(Row(f"{what}: mismatches", str(run["differ"]), [run["differ"]], "", "0", run["differ"] == 0, how))
        if run["differ"] or base["differ"]:  # it ended there, and has no clocks to speak of
            continue
        times = run["training"] / base["training"]
        clocks = f"{run['training']:,.0f} / {run['inference']:,.0f}"
        target = ("", None) if own else ("<= 3 times recognition", times <= 3)
        how = "means over the training and its tests" + ("" if own else f"; {times:.1f} times recognition")
        rows.append(Row(f"{what}: clocks a sample, learning / inference", clocks, [run["training"]], "", *target, how))
        times = made["luts"] / base_logic["luts"]
        target = ("", None) if own else ("<= 1.3 times recognition", times <= 1.3)
        how = "ECP5, yosys, the core alone" + ("" if own else f"; {times:.2f} times recognition")
        rows.append(Row(f"{what}: LUT equivalents", f"{made['luts']:,.0f}", [made["luts"]], "", *target, how))
    return Section(KEY, TITLE, rows)
