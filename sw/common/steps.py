"""What a person sees of long work in steps: which of how many, for how long, and how long each took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sw.common.terminal import say


class Steps:
    """Counts the steps of a build: "3 of 6  place and route  84 s" when one ends, a running clock on a terminal.

    Members:
        seconds: of each step that has ended, by name.
    """

    def __init__(self, console: Console, count: int):
        self.console, self.count, self.done = console, count, 0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator["Step"]:
        """One step; a failure ends it without a line of its own, an interruption with one."""
        self.done += 1
        label, began, step = f"{self.done} of {self.count}  {name}", time.monotonic(), Step()
        columns = (SpinnerColumn(), TextColumn(label), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as bar:
            task = bar.add_task("", total=None)
            step.tell = lambda words: bar.update(task, description=words)
            try:
                yield step
            except KeyboardInterrupt:
                say(self.console, f"{label}  interrupted; what the tools have finished is kept for the next time")
                raise
        self.seconds[name] = round(time.monotonic() - began, 1)
        say(self.console, "  ".join(filter(None, (label, f"{self.seconds[name]:.0f} s", step.note))))


class Step:
    """A step under way. note: words for its line when it ends. tell: shows words while it runs."""

    def __init__(self):
        self.note = ""

    def tell(self, words: str) -> None:
        """Replaced by `Steps.step`."""
