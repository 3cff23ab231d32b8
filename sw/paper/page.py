"""What `bispike paper` leaves: tables on the terminal, a JSON file, and a page."""

import json
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sw.common.files import write
from sw.common.terminal import say
from sw.figures.publish import machine, state, today
from sw.paper.plan import Plan
from sw.paper.table import Row, Section

SPREAD = "where ± stands, a figure is the mean and standard deviation over them; the chip and the criteria are of seed 0"
MARKS = {None: "", True: "yes", False: "**no**"}


def show(console: Console, sections: list[Section]) -> None:
    """Prints sections that are measured, a table each."""
    for section in sections:
        if not section.measured:
            continue
        table = Table(title=section.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in ("", "measured", "the paper", "target", "", "how"):
            table.add_column(column, style="dim" if column == "how" else None, overflow="fold")
        for row in section.rows:
            mark = {None: "", True: "[green]ok[/]", False: "[red]no[/]"}[row.reached]
            table.add_row(*map(escape, (row.name, row.text, row.paper, row.target)), mark, escape(row.how))
        console.print(table, highlight=False)
        if section.note:
            say(console, section.note)


def publish(sections: list[Section], plan: Plan, seconds: float, output: Path, page: Path, console: Console) -> None:
    """Writes `output` (JSON) and `page` (Markdown), and says how many targets are reached."""
    facts = {"state": state(), "machine": machine(), "date": today(), "quick": plan.quick, "seeds": plan.seeds}
    write(output, json.dumps(facts | {"sections": [asdict(section) for section in sections]}, indent=2) + "\n")
    write(page, text(sections, plan))
    say(console, f"{_reached(sections)} {output}, {page}; {seconds / 60:.1f} minutes")


def text(sections: list[Section], plan: Plan) -> str:
    """The page."""
    how = "a taste, on small data" if plan.quick else SPREAD
    lines = ["# The paper's claims, measured", ""]
    lines += [f"`{_command(plan)}` wrote this page on {today()}, of {state()}, on {machine()}: {plan.seeds} seeds; {how}."]
    lines += ["What earlier runs of the same code measured is not measured again."]
    lines += [_reached(sections), ""]
    lines += [
        "*The paper* is Bidirectional Spike-based Distillation, arXiv 2509.20284; its figures are of larger data and nets. "
        "*The chip* is its golden model, which simulated chips are to the bit: the last table."
    ]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        if not section.measured:
            lines += [f"Not measured with this code: `{_command(plan)} --only {section.key}`."]
            continue
        lines += ["| | measured | the paper | target | reached | how |", "|---|---|---|---|---|---|"]
        lines += [_line(row) for row in section.rows]
        lines += ["", section.note] if section.note else []
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    cells = (row.name, f"**{row.text}**", row.paper, row.target, MARKS[row.reached], row.how)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _command(plan: Plan) -> str:
    usual = plan.seeds == (1 if plan.quick else 3)
    return "bispike paper" + (" --quick" if plan.quick else "") + ("" if usual else f" --seeds {plan.seeds}")


def missed(sections: list[Section]) -> list[str]:
    """The names of rows that miss their target."""
    return [row.name for section in sections for row in section.rows if row.reached is False]


def _reached(sections: list[Section]) -> str:
    asked = [row.reached for section in sections for row in section.rows if row.reached is not None]
    return f"{sum(asked)} of {len(asked)} targets are reached." if asked else "No targets: they are those of a whole run."
