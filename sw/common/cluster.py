"""Long work as tasks side by side: in processes of this machine, or on the workers of a dask scheduler."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from rich.console import Console

from sw.common.dask_workers import DaskWorkers
from sw.common.errors import UserError
from sw.common.local_workers import LocalWorkers
from sw.common.terminal import say

ADDRESS = r"(tcp|tls|ws|wss|ucx)://[^\s/]+:\d+/?"


class Workers(Protocol):
    """A context that runs tasks side by side.

    Members:
        workers: tasks that can run at once.  address: of the scheduler; None: this machine.
    """

    workers: int
    address: str | None

    def __enter__(self) -> "Workers": ...

    def __exit__(self, *_: object) -> None: ...

    def run(
        self,
        names: list[str],
        task: Callable[[str], tuple[Callable, tuple]],
        listener: Callable[..., None],
        tick: Callable[[], None],
    ) -> Iterator[tuple[str, Any]]:
        """Runs tasks by their names; gives each one's name and result as it comes in.

        Where the caller stops asking, or an error ends this, the tasks under way end as well.

        Args:
            task: a function and its arguments for a name, asked for when its turn comes. All of them can be pickled.
            listener: gets a task's name and what it says with `sw.common.task.tell`; from any thread.
            tick: called a few times a second meanwhile.

        Raises:
            what a task raises. CheckError: its workers die again and again; the scheduler went away.
        """


def cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_at(address: str | None, workers: int | None, tasks: int) -> Workers:
    """Those for so many tasks, not connected yet.

    Args:
        address: of a dask scheduler, as tcp://host:8786; None: `workers` processes here, by default one a core.

    Raises:
        UserError: an address or a number that cannot be.
    """
    if workers is not None and address:
        raise UserError(f"--workers: found with --scheduler; allowed without: {address} has workers of its own")
    if workers is not None and workers < 1:
        raise UserError(f"--workers: found {workers}; allowed is 1 or more")
    if address is None:
        return LocalWorkers(min(workers or cores(), tasks))
    if not re.fullmatch(ADDRESS, address):
        raise UserError(f"--scheduler: found {address}; allowed is a dask scheduler's address, as tcp://host:8786")
    return DaskWorkers(address)


def run_all(
    tasks: dict[str, tuple[Callable, tuple]],
    address: str | None,
    workers: int | None,
    doing: str,
    console: Console,
    came: Callable[[str, Any], None] = lambda name, result: None,
) -> dict[str, Any]:
    """Runs tasks, name -> (function, arguments), with a progress bar; returns name -> result; says each name as it ends.

    Args:
        address, workers: see `workers_at`.  doing: in a word, for the bar.
        came: called with a name and its result as soon as it is there.

    Raises:
        UserError: no scheduler, or a number of workers that cannot be. What a task raises; the others end then.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    found: dict[str, Any] = {}
    columns = (TextColumn(doing), BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn("{task.description}"))
    with (
        workers_at(address, workers, len(tasks)) as those,
        Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("", total=len(tasks))
        for name, result in those.run(list(tasks), tasks.__getitem__, lambda *_: None, lambda: None):
            found[name] = result
            came(name, result)
            bar.update(task, advance=1, description=name)
            say(console, f"{len(found)} of {len(tasks)}  {name}")
    return found
