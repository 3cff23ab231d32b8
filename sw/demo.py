"""`make demo`: the simulated chip learns to name digits, then another to recall them; one report shows both."""

import json
import sys
from pathlib import Path

from golden.config import Config
from sw.cli import guarded
from sw.common.files import write
from sw.common.terminal import Console, say
from sw.report.page import page
from sw.report.recalled.page import part
from sw.training.place import Place
from sw.training.run import train_new

RUN = Path("runs/demo")
RECALLED = "autoencoder"
"""The second part's folder, in the first one's."""
EPOCHS = 1
"""Of the second part: with the time its simulation takes to build, a minute on two cores."""


def demo(
    console: Console,
    run: Path = RUN,
    data: str = "digits",
    configs: tuple[str, str] = ("digits", "autoencoder"),
    where: Place = Place("sim"),  # noqa: B008
) -> Path:
    """Two trainings; returns the first one's folder, whose report.html shows both.

    Args:
        run: numbered if it exists. configs: for this data, of task recognition and of task autoencoder.

    Raises:
        CheckError: a mismatch, once the report shows it.
    """
    given = {"config": configs[0], "data": data, "epochs": None, "seed": None, "split": None, "backend": where.backend}
    folder, _ = train_new(given, run, where, console, baseline=True)
    console.print()
    say(console, "the same rule as an auto-encoder, which recalls what it perceived from the spikes of its own code")
    second = folder / RECALLED
    try:
        train_new(given | {"config": configs[1], "epochs": EPOCHS}, second, where, console)
    finally:
        if (second / "report.html").exists():  # also of a run that a mismatch ended
            join(folder, second)
            say(console, f"both in         {folder}/report.html")
    return folder


def join(first: Path, second: Path) -> None:
    """Writes the first run's report anew, with what the second, an auto-encoder's in its folder, shows at its end."""
    found = [json.loads((folder / "summary.json").read_text(encoding="utf-8")) for folder in (first, second)]
    named, recalled = (Config.from_dict(values["config"]) for values in found)
    write(first / "report.html", page(first, named, found[0], part(second, recalled, found[1])))


if __name__ == "__main__":
    sys.exit(guarded(lambda: demo(Console())))
