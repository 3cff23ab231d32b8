"""Plain lines on the terminal."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich import console as rich
from rich.status import Status


class Console(rich.Console):
    """Rich's, which ends the process where the reader of a pipe, as in `bispike ... | head`, has seen enough: this one only
    says no more, and the work goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains at its end


@contextmanager
def working(console: rich.Console, words: str, plain: bool = True) -> Iterator[Status]:
    """What takes long inside: words that move on a terminal, and that `update` changes there; elsewhere a plain line.

    Args:
        plain: whether there is such a line: not of what takes a moment.
    """
    if plain and not console.is_terminal:
        say(console, words)
    with console.status(words) as status:
        yield status


def say(console: rich.Console, text: str) -> None:
    """Prints a text as it is: no markup, no colours, no wrapping, so that it can be copied and searched."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def command() -> str:
    """How this command was called, to be typed again: by its name where that is on PATH, else by its path from here."""
    called = Path(sys.argv[0])
    if called.name == "cli.py":
        return f"{shlex.quote(sys.executable)} -m sw.cli"
    if called.name != "bispike" or shutil.which("bispike") == str(called):
        return "bispike"
    return shlex.quote(min(os.path.relpath(called), str(called), key=len))


def again(*words: object, **options: object) -> str:
    """The command with these words, and those options that are neither None nor False, to be typed in a shell."""
    said = [str(word) for word in words]
    for name, value in options.items():
        if value is not None and value is not False:
            said += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return f"{command()} {shlex.join(said)}"
