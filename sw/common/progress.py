"""What a person sees while a training runs: a live line on a terminal, one plain line an epoch everywhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeElapsedColumn
from rich.text import Text

from sw.common.terminal import say


class _Words(ProgressColumn):
    """One of the task's own fields, as it is."""

    def __init__(self, field: str):
        super().__init__()
        self._field = field

    def render(self, task: Task) -> Text:
        return Text(task.fields[self._field])


class _Progress:
    """A context with a bar on a terminal, of `total` samples, that says lines of their own above it."""

    def __init__(self, console: Console, total: int, width: int, label: str, done: int = 0):
        self._console = console
        columns = (_Words("label"), BarColumn(bar_width=width), _Words("facts"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task("", total=total, completed=done, label=label, facts="")

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def say(self, words: str) -> None:
        """Prints a line of its own."""
        say(self._console, words)


class TrainingProgress(_Progress):
    """A context that follows a training of `epochs` epochs of `samples` samples each.

    Args:
        done: epochs that an earlier run has finished.
    """

    def __init__(self, console: Console, epochs: int, samples: int, done: int):
        self._epochs, self._samples = epochs, samples
        super().__init__(console, epochs * samples, 8, self._label(done), done * samples)

    def advance(self, epoch: int, samples: int, facts: str) -> None:
        """Shows an epoch under way, from 0, in which `samples` were learned so far."""
        completed = epoch * self._samples + samples
        self._bar.update(self._task, label=self._label(epoch), facts=facts, completed=completed)

    def finish(self, epoch: int, facts: str) -> None:
        """Prints the line of a finished epoch, from 0."""
        say(self._console, f"{self._label(epoch)}  {facts}")
        self._bar.update(self._task, completed=(epoch + 1) * self._samples)

    def _label(self, epoch: int) -> str:
        width = len(str(self._epochs))
        return f"epoch {min(epoch + 1, self._epochs):>{width}}/{self._epochs}"


class ShardProgress(_Progress):
    """A context that follows golden through a training, and then the chip through its shards, side by side.

    Args:
        samples: learned in all of them.
    """

    def __init__(self, console: Console, samples: int, shards: int):
        self._samples, self._shards = samples, shards
        self._done: dict[int, tuple[int, int]] = {}  # by shard: samples, values
        self._live: dict[int, tuple[int, int]] = {}
        super().__init__(console, samples, 16, "golden")

    def learned(self, samples: int) -> None:
        """Golden has learned so many samples."""
        self._bar.update(self._task, completed=samples, facts=f"{samples:,} of {self._samples:,} samples learned")

    def advance(self, number: int, samples: int, values: int) -> None:
        """A shard under way, from 0: its samples and values so far. May be called from any thread."""
        self._live[number] = (samples, values)

    def finish(self, number: int, samples: int, values: int) -> None:
        """A shard is proven."""
        self._done[number] = (samples, values)
        self.tick()

    def tick(self) -> None:
        """Shows what is known by now."""
        samples, values = (sum(column) for column in zip((0, 0), *({**self._live, **self._done}.values()), strict=True))
        words = f"{samples:,} of {self._samples:,} samples  {values:,} values compared"
        label = f"shards {len(self._done)}/{self._shards}"
        self._bar.update(self._task, completed=samples, label=label, facts=words)


def facts(
    accuracy: float | None,
    rate: float | None,
    clocks: float | None = None,
    values: int | None = None,
    differ: int = 0,
    error: float | None = None,
) -> str:
    """The figures of an epoch in few letters: accuracy 0..1, samples a second, clocks a sample, values compared.

    Args:
        differ: how many of the values compared were not equal.  error: of an auto-encoder, mean squared.
    """
    words = [f"error {error:.4f}"] if error is not None else []
    if accuracy is not None:
        words.append(f"{100 * accuracy:5.2f} %")
    if rate is not None:
        words.append(f"{rate:,.0f}/s")
    if clocks is not None:
        words.append(f"{clocks:,.0f} clocks")
    if values is not None:
        words.append(f"{values - differ:,} equal, {differ:,} differ")
    return "  ".join(words)
