"""What a measurement leaves: a table on the terminal, a JSON file, and a page that says of which state and machine it is."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from sw.common.errors import CheckError
from sw.common.files import write
from sw.common.own import Kind, check_own
from sw.common.terminal import say
from sw.figures.figure import COMMAND, Figure
from sw.trials.provenance import Provenance, machine, state, today

JSON = '{\n  "state": "'
"""How the JSON file begins."""


@dataclass(frozen=True)
class Measurement:
    """Figures measured on one machine, of one state where `notes` say nothing else.

    Members:
        title: of the page.  command: that measured it.  seconds: it took.  notes: what else a reader must know, sentences.
    """

    title: str
    command: str
    seconds: float
    figures: list[Figure]
    notes: tuple[str, ...] = ()

    @property
    def missed(self) -> list[str]:
        """The names of those that do not reach their target."""
        return [figure.name for figure in self.figures if not figure.reached]


def check_files(title: str, output: Path, page: Path) -> None:
    """Raises UserError where one of the two is there and was not written by `publish`. title: of the page."""
    check_own("--output", output, Kind.text("file of figures", JSON))
    check_own("--page", page, Kind.text("page of these figures", f"# {title}\n\n`{COMMAND}"))


def publish(measured: Measurement, output: Path, page: Path, console: Console) -> list[Figure]:
    """Prints, and writes `output` (JSON) and `page` (Markdown).

    Raises:
        CheckError: where a figure does not reach its target, after all is printed and written.
    """
    made = Provenance(today(), state(), machine())
    show(console, measured.figures)
    say(console, f"measured in {measured.seconds / 60:.1f} minutes on {made.machine}")
    for note in measured.notes:
        say(console, note)
    facts = {"state": made.state, "machine": made.machine, "date": made.date}
    facts |= {"command": measured.command, "notes": measured.notes}
    figures = {"seconds": round(measured.seconds, 1), "figures": [asdict(figure) for figure in measured.figures]}
    write(output, json.dumps(facts | figures, indent=2) + "\n")
    write(page, text(measured, made))
    say(console, f"{output}, {page}")
    if measured.missed:
        names = "; ".join(measured.missed)
        raise CheckError(f"{len(measured.missed)} of {len(measured.figures)} figures miss their target: {names}")
    return measured.figures


def show(console: Console, figures: list[Figure]) -> None:
    """Prints the table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=True)
    for column in ("figure", "measured", "target", "", "how"):
        table.add_column(column, style="dim" if column == "how" else None, overflow="fold")
    for figure in figures:
        reached = "[green]ok[/]" if figure.reached else "[red]no[/]"
        table.add_row(figure.name, figure.text, figure.target, reached, figure.how)
    console.print(table, highlight=False)


def text(measured: Measurement, made: Provenance) -> str:
    """The page."""
    reached = len(measured.figures) - len(measured.missed)
    wrote = f"wrote this page on {made.date}, of {made.state}, on {made.machine}."
    lines = [f"# {measured.title}", "", f"`{measured.command}` {wrote}"]
    lines += [
        f"It took {measured.seconds / 60:.0f} minutes. {reached} of {len(measured.figures)} figures reach their target."
    ]
    lines += measured.notes
    lines += ["", "| figure | measured | target | reached | how | command |", "|---|---|---|---|---|---|"]
    for figure in measured.figures:
        columns = (figure.name, f"**{figure.text}**", figure.target, "yes" if figure.reached else "**no**", figure.how)
        lines.append("| " + " | ".join((*(column.replace("|", "\\|") for column in columns), f"`{figure.command}`")) + " |")
    return "\n".join(lines) + "\n"
