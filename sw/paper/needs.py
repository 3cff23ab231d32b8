"""What trials need beside this project: asked for before anything runs, so that hours are not lost to a missing file."""

from collections.abc import Iterable

from sw.boards import tools
from sw.common.simulation import find_simulator
from sw.data import kjv, named, series
from sw.trials.trial import Trial


def check(trials: Iterable[Trial]) -> None:
    """Raises DataError or UserError, one line that says how to get it, where data or a tool is missing."""
    trials = list(trials)
    modules, functions = {trial.module for trial in trials}, {trial.function for trial in trials}
    sources = {trial.settings.get("source") for trial in trials} | {trial.settings.get("method") for trial in trials}
    if sources & {"fashion", "ekdaa"} or "paper.convolution" in modules:
        named.fashion()
    if "sequence" in functions or "paper.chip" in modules:
        series.electricity()
    if "text" in functions:
        kjv.text()
    if "paper.chip" in modules:
        find_simulator("verilator")
    if "logic" in functions:
        tools.version("yosys")
