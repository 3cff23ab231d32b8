"""`bispike paper`: runs what is not kept, prints all tables, writes them as JSON and as a page."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console

from sw.common.cluster import run_all
from sw.common.errors import CheckError, UserError
from sw.common.files import make_place
from sw.common.terminal import say
from sw.paper import (
    agreement,
    around,
    characters,
    chip,
    convolution,
    drawing,
    foretelling,
    losses,
    needs,
    perception,
    recalling,
    rules,
)
from sw.paper.page import Sources, check_files, missed, publish, show
from sw.paper.plan import Plan
from sw.paper.table import Section
from sw.trials.kept import FOLDER, Kept
from sw.trials.trial import Trial

MOST_SEEDS = 100
"""Of each figure."""
LONG = {"paper.convolution", "paper.chip", "paper.around"}
"""Modules whose trials take minutes to an hour each."""


class Question(Protocol):
    """A module of this room.

    Members:
        KEY, TITLE: see `sw.paper.table.Section`.
    """

    KEY: str
    TITLE: str

    def trials(self, plan: Plan) -> list[Trial]:
        """All that has to be computed."""

    def section(self, plan: Plan, found: dict[str, dict]) -> Section:
        """The rows, of what the trials gave by `Trial.key`."""


QUESTIONS: tuple[Question, ...] = (
    perception.DIGITS,
    perception.FASHION,
    convolution,
    losses,
    rules,
    agreement,
    recalling,
    drawing.DIGITS,
    drawing.FASHION,
    foretelling,
    characters,
    around,
    chip,
)
"""In the order of the page."""


def paper(
    plan: Plan,
    only: Sequence[str],
    again: bool,
    output: Path,
    page: Path,
    address: str | None,
    workers: int | None,
    console: Console,
) -> list[Section]:
    """Measures; what an earlier run measured with this very code is taken from there.

    Args:
        only: keys of the questions to measure; none: all. The page has the others, too, as far as they are kept.
        again: measures what is kept once more.
        address, workers: see `sw.common.cluster.workers_at`.

    Raises:
        UserError, DataError: a question or a number of seeds that there is not; a file to write that is the user's; data or
            tools that are missing; a scheduler or a number of workers that cannot be.
        CheckError: a target is missed, as that chip and golden are equal.
    """
    known = {question.KEY: question for question in QUESTIONS}
    for key in only:
        if key not in known:
            raise UserError(f"--only: found {key}; allowed are {', '.join(known)}")
    if not 1 <= plan.seeds <= MOST_SEEDS:
        raise UserError(f"--seeds: found {plan.seeds}; allowed is 1 to {MOST_SEEDS}")
    check_files(output, page)
    asked = [known[key] for key in only] or list(QUESTIONS)
    kept, began = Kept(FOLDER, "a cluster's workers" if address else ""), time.monotonic()
    wanted = {trial.key: trial for question in asked for trial in question.trials(plan)}
    left = [trial for trial in wanted.values() if again or kept.find(trial) is None]
    if len(left) < len(wanted):
        say(console, f"{len(wanted) - len(left)} of {len(wanted)} trainings and measurements are kept from before")
    needs.check(left)
    for path in (output, page, FOLDER / "any"):
        make_place(path)

    def published() -> list[Section]:
        sections, sources = _measured(plan, kept)
        publish(sections, sources, plan, time.monotonic() - began, output, page, console)
        return sections

    try:
        _run(left, kept, address, workers, console, again)
    except (UserError, CheckError):  # of one of them; what the others gave is shown
        published()
        raise
    sections = published()
    show(console, [one for one in sections if not only or one.key in only])
    if names := missed(sections):
        raise CheckError(f"{len(names)} targets are missed: {'; '.join(names)}")
    return sections


def _measured(plan: Plan, kept: Kept) -> tuple[list[Section], Sources]:
    """All sections there are, as far as they are measured, and where those that are measured are from."""
    sections, sources = [], {}
    for question in QUESTIONS:
        trials = question.trials(plan)
        found = {trial.key: kept.find(trial) for trial in trials}
        if None in found.values():
            sections.append(Section(question.KEY, question.TITLE, [], measured=False))
        else:
            sections.append(question.section(plan, found))
            sources[question.KEY] = [kept.provenance(trial) for trial in trials]
    return sections, sources


def _run(left: list[Trial], kept: Kept, address: str | None, workers: int | None, console: Console, again: bool) -> None:
    """Runs trials side by side, the longest first, and keeps what each gives as it comes."""
    if not left:
        return
    named = {trial.name: trial for trial in sorted(left, key=lambda trial: trial.module not in LONG)}
    tasks = {name: (trial.run, ()) for name, trial in named.items()}
    try:
        run_all(tasks, address, workers, "measuring", console, lambda name, result: kept.keep(named[name], result))
    except KeyboardInterrupt:
        how = "without --again" if again else "the same command"
        say(console, f"interrupted: {FOLDER} keeps what is measured; {how} goes on")
        raise
