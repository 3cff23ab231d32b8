"""The command of methods around a trained network: related."""

from pathlib import Path

from sw.commands import options
from sw.common.checks import checked_seed
from sw.common.errors import UserError
from sw.common.terminal import Console, say


def related(
    name: options.MethodName = None,
    seed: options.MethodSeed = None,
    quick: options.MethodQuick = False,
    output: options.MethodFolder = None,
) -> None:
    """Show a method around a trained network at work: its figures, and its picture; without NAME, list all there are.

    What came out of each, over three seeds, is in docs/results.md; what it means, in docs/related.md.
    """
    from sw.related.names import METHODS

    console = Console()
    if name is None:
        for option, value in (("--seed", seed), ("--quick", quick or None), ("--output", output)):
            if value is not None:
                raise UserError(f"{option}: found without NAME; allowed with the name of a method")
        for known, line in METHODS.items():
            say(console, f"{known:8} {line}")
        return
    if name not in METHODS:
        raise UserError(f"NAME: found {name!r}; allowed is one of {', '.join(METHODS)}")
    seed = checked_seed(seed or 0)
    from sw.related.run import run

    run(name, seed, quick, output or Path("runs/related"), console)
