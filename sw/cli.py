"""The command `bispike`. Bad input is one line on stderr and exit code 2; a mismatch or a failed check is 1; else 0."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from golden import ConfigError, SampleError, StateError
from sw.commands import around, asking, chip, learning, measuring
from sw.common.errors import CheckError, UserError

app = typer.Typer(
    help="A neuromorphic core that learns on chip (BSD), simulated and compared bit by bit with its PyTorch golden model.",
    epilog="Start with: bispike train. Then: bispike recall --from runs/digits, bispike predict --from runs/digits.",
    no_args_is_help=True,
    add_completion=False,
    suggest_commands=False,  # all are named
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(asked: bool) -> None:
    if asked:
        import importlib.metadata

        print(f"bispike {importlib.metadata.version('bispike')}")
        raise typer.Exit


@app.callback()
def bispike(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")] = False,
) -> None:
    pass


COMMANDS = (
    learning.train,
    learning.verify,
    learning.prove,
    asking.predict,
    asking.recall,
    asking.generate,
    asking.forecast,
    asking.data,
    chip.verilog,
    chip.info,
    chip.build,
    chip.explore,
    chip.plan,
    measuring.bench,
    measuring.paper,
    around.related,
)
"""In the order of the help."""
for _command in COMMANDS:
    app.command()(_command)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code; the entry point of `bispike`."""
    return guarded(lambda: app(args=arguments, prog_name="bispike", standalone_mode=False))


def guarded(work: Callable[[], object]) -> int:
    """Does the work and returns its exit code; what is wrong is said in one line."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that has no such letters shows others
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: children end, the checkpoint stays
    try:
        code = work()
    except typer.TyperException as error:
        return _complain(_usage(error), 2) if error.format_message() else 2
    except (UserError, ConfigError, StateError, SampleError) as error:
        return _complain(str(error), 2)
    except CheckError as error:
        return _complain(str(error), 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe, as in `bispike ... | head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        said = error.strerror or str(error) or type(error).__name__
        return _complain(f"{error.filename}: {said}" if error.filename else said, 2)
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the words of a command, where typer's own say it in the form of all other messages."""
    said = error.format_message()
    if said.startswith("No such command "):
        found = said.removeprefix("No such command ").removesuffix(".")
        return f"command: found {found}; allowed is one of {', '.join(command.__name__ for command in COMMANDS)}"
    if not (isinstance(error, typer.BadParameter) and hasattr(error.__cause__, "errors")):  # of pydantic
        return said
    wrong = error.__cause__.errors()[0]
    _, _, choices = wrong["msg"].partition(" is not one of ")
    kinds = {"int": "a whole number", "float": "a number"}
    if choices:
        allowed = "one of " + choices.replace("'", "").rstrip(".")
    else:
        allowed = kinds.get(wrong["type"].split("_")[0], wrong["msg"])
    return f"{max(error.param.opts, key=len)}: found {wrong['input']!r}; allowed is {allowed}"


def _complain(message: str, code: int) -> int:
    print(f"bispike: {' '.join(message.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
