"""The commands that measure what is promised, bench, and what the paper claims, paper."""

from pathlib import Path

from rich.console import Console

from sw.commands import options
from sw.common.errors import UserError


def bench(
    full: options.Full = False,
    boards: options.BoardsToo = False,
    output: options.JsonFile = None,
    page: options.PageFile = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = None,
) -> None:
    """Measure every figure the project promises, and write them to docs/figures.md; exits with 1 if one misses its target.

    It takes 10 minutes or so. With --boards it is the figures of the boards, synthesis, place and route, netlists against
    golden, which take an hour or two.
    """
    if boards:
        from sw.figures import board_figures

        if full:
            raise UserError("--full: found with --boards; allowed without it")
        files = output or Path("bench-boards.json"), page or Path("docs/figures-boards.md")
        board_figures.bench(*files, scheduler, workers, Console())
        return
    for option, value in (("--scheduler", scheduler), ("--workers", workers)):
        if value is not None:
            raise UserError(f"{option}: found without --boards; allowed is with it")
    from sw.figures import measure

    measure.bench(full, output or Path("bench.json"), page or Path("docs/figures.md"), Console())


def paper(
    quick: options.Quick = False,
    only: options.Only = None,
    seeds: options.Seeds = None,
    again: options.Again = False,
    output: options.PaperJson = None,
    page: options.PaperPage = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = None,
) -> None:
    """Measure the paper's claims beside its own figures, and write them to paper.json and docs/results.md.

    It takes hours on two cores; --quick takes minutes, on small data. What is measured is kept, and not measured again while
    the code that it came from stays as it is.
    """
    from sw.paper import run
    from sw.paper.plan import Plan

    name = "results-quick" if quick else "results"
    files = (
        output or Path("build/paper-quick.json" if quick else "paper.json"),
        page or Path("build" if quick else "docs") / f"{name}.md",
    )
    run.paper(Plan(quick, seeds or (1 if quick else 3)), only or [], again, *files, scheduler, workers, Console())
