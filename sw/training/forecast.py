"""`bispike forecast`: a trained network foretells a series or a text; golden answers, or a chip that is compared with it."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from golden.records import Records
from golden.samples import Samples
from sw.common.errors import UserError
from sw.common.files import make_folder, whole_file, write
from sw.common.own import PICTURE, Kind, check_own
from sw.common.terminal import say
from sw.data import check_pixels, foretold
from sw.data.source import ending_of
from sw.data.text import is_text
from sw.training import history
from sw.training.asked import asked
from sw.training.place import Place

HEADER = "moment,came,foretold"
"""The first line of what is written."""
DRAWN = 336
"""Values that are drawn at most, the last ones: a week of half hours."""


@dataclass(frozen=True)
class Forecast:
    """What was foretold.

    Members:
        moments: (N,) of the series, or places in a text as it is read, from 0. came, foretold: (N,) values, or characters'
            numbers; of a value that is still to come `came` is NaN. error: mean squared, of a series of variance 1; plain:
            that of no change; None of characters.
    """

    moments: np.ndarray
    came: np.ndarray
    foretold: np.ndarray
    error: float | None = None
    plain: float | None = None


def forecast(
    source: Path,
    given_data: str | None,
    column: str | None,
    output: Path | None,
    console: Console,
    where: Place = Place(),  # noqa: B008
) -> Forecast:
    """Foretells each moment of a series from those before it, and the one behind its end; writes FILE.csv, and of values
    FILE.png.

    The series is scaled and coded as that which the network learned from. Of what it learned itself only the test part is
    foretold; of all other data, also of a file that has changed since, everything.

    Args:
        given_data: a `.csv` or a `.txt`; None: what the network learned. column: where it is another than that learned.
        output: FILE.csv; None: forecast.csv in the run's folder.

    Raises:
        UserError, DataError, StateError: bad input. CheckError: the chip said something else than golden.
    """
    if output and output.suffix != ".csv":
        raise UserError(f"--output: found {output}; allowed is a name that ends in .csv")
    kept = Checkpoint.load(source)
    if kept.config.task != "sequence":
        raise UserError(f"{source}: found a network of task {kept.config.task}; allowed is one that foretells: sequence")
    history.check_trained(kept, source)
    name, own = given_data or history.own_data(kept, source), history.is_own(kept, given_data, column)
    if "coding" not in kept.about:
        found = f"{source}: found no record of how its series was read"
        raise UserError(f"{found}; allowed is a network that bispike train has trained")
    coding = history.coding(kept)
    make = _characters if coding is None else _values
    output = output or (source if source.is_dir() else source.parent) / "forecast.csv"
    check_own("--output", output, Kind.text("forecast", f"{HEADER}\n"))
    if coding:
        check_own("--output", output.with_suffix(".png"), PICTURE)
    if own and not history.is_same(kept, foretold.load(name, kept.config, history.reading(kept))):
        say(console, f"{name}: not the same as when it was learned: all of it is foretold")
        own = False
    samples, told = make(kept, name, column, own)
    with where.loading(console) as status, asked(kept, where) as network:
        said = network.infer(samples, lambda done: status.update(f"{done:,} of {len(samples):,} moments"))
    found = told(said)
    symbols = None if coding else history.encoding(kept).names
    write(output, _csv(found, symbols))
    files = f"{output}"
    if coding:
        files += f", {output.with_suffix('.png')}"
        _draw(output.with_suffix(".png"), found, f"{name}, foretold by {kept.config.name}")
    end = f"; {network.compared:,} values compared, 0 mismatches" if network.chip else ""
    say(console, f"{_line(found)}: {files}{end}")
    return found


def _values(kept: Checkpoint, name: str, column: str | None, own: bool):
    """The elements of a series, and what makes a forecast of what is said of them."""
    coding = history.coding(kept)
    if name != "electricity" and ending_of(name) != ".csv":
        found = f"data: found {name!r} with a network that learned values"
        raise UserError(f"{found}; allowed are electricity, or a .csv file")
    reading = history.reading(kept, column) if own or name != "electricity" else foretold.Reading(column)
    values = foretold.read(Path(name), reading).values
    if len(values) <= coding.first:
        allowed = f"{coding.first + 1} or more with the lags that the network learned"
        raise UserError(f"{name}: found {len(values)} values; allowed are {allowed}")
    # One more, whose value means nothing: what the last one is followed by is to be foretold, too.
    part = coding.elements(np.append(values, values[-1]))
    begin = max(0, len(values) * 4 // 5 - coding.first) if own else 0
    part = part[begin:]
    check_pixels(name, part.x, kept.config)

    def told(said: Records) -> Forecast:
        changes = coding.changes.values(said.voltages)
        after = np.append(part.after[:-1], np.nan)
        wrong, plain = ((part.now + change - after)[:-1] for change in (changes, 0))
        errors = [float((missed**2).mean()) if len(missed) else None for missed in (wrong, plain)]
        moments = coding.first + begin + 1 + np.arange(len(part.y))
        return Forecast(moments, coding.unscaled(after), coding.unscaled(part.now + changes), *errors)

    return _one_sequence(part.x), told


def _characters(kept: Checkpoint, name: str, column: str | None, own: bool):
    """As `_values`, of a text."""
    if column:
        raise UserError(f"--column: found {column} with a network that learned a text; allowed without")
    if not is_text(name):
        raise UserError(f"data: found {name!r} with a network that learned characters; allowed are kjv, or a .txt file")
    x, y, first = foretold.characters(Path(name), kept.config, own)
    check_pixels(name, x, kept.config)
    return _one_sequence(x), lambda said: Forecast(first + np.arange(len(y)), y, said.prediction)


def _one_sequence(x: np.ndarray) -> Samples:
    return Samples(x, np.zeros(len(x), np.int64), np.arange(len(x)) == len(x) - 1)


def _line(found: Forecast) -> str:
    """How good it is."""
    if found.error is not None:
        return (
            f"mean squared error {found.error:.5f} of {len(found.came) - 1:,} values foretold (no change {found.plain:.5f})"
        )
    if found.came.dtype.kind == "f":
        return "the next value is foretold"
    right = int((found.came == found.foretold).sum())
    return f"{100 * right / len(found.came):.2f} % of {len(found.came):,} characters foretold"


def _csv(found: Forecast, symbols: tuple[str, ...] | None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    for moment, *values in zip(found.moments.tolist(), found.came.tolist(), found.foretold.tolist(), strict=True):
        if symbols:
            shown = [symbols[value] for value in values]
        else:
            shown = ["" if np.isnan(value) else f"{value:.9g}" for value in values]
        writer.writerow([moment, *shown])
    return text.getvalue()


def _draw(path: Path, found: Forecast, title: str) -> None:
    from sw.report.foretold.pictures import forecast as draw

    part = slice(max(0, len(found.came) - DRAWN), None)
    make_folder(path.parent)
    with whole_file(path) as temporary:
        draw(temporary, int(found.moments[part][0]), found.came[part], found.foretold[part], title)
