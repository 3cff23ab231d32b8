"""Long work as tasks on a dask cluster, with a progress bar."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sw.common.cluster import Cluster, cores
from sw.common.errors import UserError
from sw.common.terminal import say


def spread(
    tasks: dict[str, tuple[Callable, tuple]], address: str | None, workers: int | None, doing: str, console: Console
) -> dict[str, Any]:
    """Runs tasks, name -> (function, arguments), and returns name -> result; says each one's name as it ends.

    Args:
        address: of a dask scheduler; None: `workers` processes here, by default one a core.

    Raises:
        UserError: no scheduler, or a number of workers that cannot be. What a task raises; the others end then.
    """
    if workers is not None and (address or workers < 1):
        raise UserError(f"--workers: found {workers}; allowed is 1 or more, without --scheduler")
    found: dict[str, Any] = {}
    columns = (TextColumn(doing), BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn("{task.description}"))
    with (
        Cluster(address, min(workers or cores(), len(tasks))) as cluster,
        Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("", total=len(tasks))
        for name, result in cluster.each(tasks, lambda: None):
            found[name] = result
            bar.update(task, advance=1, description=name)
            say(console, f"{len(found)} of {len(tasks)}  {name}")
    return found
