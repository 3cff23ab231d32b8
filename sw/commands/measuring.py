"""The command that measures what is promised: bench."""

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
