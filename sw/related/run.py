"""`bispike related`: one method at work, its figures and its picture."""

import importlib
import json
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from sw.common.files import make_folder, whole_file, write
from sw.common.own import Kind, check_own
from sw.common.terminal import say, working
from sw.figures.figure import Figure
from sw.figures.publish import show
from sw.related.names import METHODS


def run(name: str, seed: int, quick: bool, folder: Path, console: Console) -> list[Figure]:
    """Measures a method of `METHODS`, prints its figures and writes NAME.json and, where it draws one, NAME.png.

    Raises:
        UserError: where one of the two is there and was not written here, before anything is measured.
    """
    method = importlib.import_module(f"sw.related.{name}")
    said, picture = folder / f"{name}.json", folder / f"{name}.png" if hasattr(method, "draw") else None
    check_own("--output", said, Kind.text("file of figures", f'{{\n  "method": "{name}",'))
    check_own("--output", picture, Kind("picture", lambda _: said.exists()))  # one is beside the other
    make_folder(folder)
    began = time.monotonic()
    with working(console, METHODS[name]):
        results = [method.measure(seed, quick)]
    figures = method.figures(results)
    show(console, figures)
    facts = {"method": name, "seed": seed, "quick": quick, "seconds": round(time.monotonic() - began, 1)}
    facts |= {"figures": [asdict(figure) for figure in figures]}
    written = [write(said, json.dumps(facts, indent=2) + "\n")]
    if picture:
        written.append(picture)
        with whole_file(picture) as temporary:
            method.draw(temporary, results)
    say(console, ", ".join(map(str, written)))
    return figures
