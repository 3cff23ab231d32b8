"""What `bispike paper` leaves: tables on the terminal, a JSON file, and a page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sw.common.files import write
from sw.common.own import PICTURE, Kind, check_own
from sw.common.terminal import say
from sw.paper.curves import png
from sw.paper.plan import Plan
from sw.paper.stamp import MEASURED, stamp
from sw.paper.table import Row, Section
from sw.paper.tried import TRIED
from sw.trials.provenance import Provenance, machine, state, today

Sources = Mapping[str, Sequence[Provenance]]
"""By the key of a section where each of its results is from; None: it does not say so."""

SPREAD = (
    "where ± stands, a figure is the mean and standard deviation over the seeds; the simulated chip and the criteria are "
    "of seed 0"
)
CHANGED = "The code has changed since"
"""How a part of the page says that it was measured before."""
TITLE, JSON = "# The paper's claims, measured", '{\n  "state": "'
"""How the page and the JSON file begin."""
PICTURES = ("similarity",)
"""The pictures of all questions, by their curves' names."""
PAGE = Path("docs/results.md")
"""Where a whole run writes it."""
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
        for words in said(section):
            say(console, words)


def check_files(output: Path, page: Path) -> None:
    """Raises UserError where one of the two, or a picture beside the page, is there and was not written by `publish`."""
    check_own("--output", output, Kind.text("file of results", JSON))
    check_own("--page", page, Kind.text("page of results", TITLE))
    before = _before(page)
    for name in PICTURES:
        picture = _picture(name, page.stem)
        if f"]({picture})" not in before:  # else it is that page's own
            check_own("--page", page.parent / picture, PICTURE)


def publish(
    sections: list[Section], sources: Sources, plan: Plan, seconds: float, output: Path, page: Path, console: Console
) -> None:
    """Writes `output` (JSON), `page` (Markdown) and its pictures, and says how many targets are reached."""
    facts = {"state": state(), "machine": machine(), "date": today(), "quick": plan.quick, "seeds": plan.seeds}
    found = []
    for section in sections:
        noted = [asdict(source) for source in dict.fromkeys(sources.get(section.key, ()))]
        found.append(asdict(section) | {"said": said(section), "sources": noted})
    write(output, json.dumps(facts | {"sections": found}, indent=2) + "\n")
    before = _before(page)
    for section in sections:
        if section.curves:
            write(page.parent / _picture(section.curves.name, page.stem), png(section.curves))
    write(page, text(sections, plan, sources, before, page))
    say(console, f"{_reached(sections)} {output}, {page}; {seconds / 60:.1f} minutes")


def _before(page: Path) -> str:
    """What the page was; "" where there is none."""
    return page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""


def text(sections: list[Section], plan: Plan, sources: Sources, before: str = "", page: Path = PAGE) -> str:
    """The page.

    Args:
        sources: where the results are from; of a section that has none, nothing is said.
        before: what it was; a part of it that says when it was measured stays, where this code has nothing new.
        page: where it goes; names of its pictures begin as its own.
    """
    earlier = dict(part.partition("\n")[::2] for part in before.split("\n## ")[1:])
    parts = {}
    for section in sections:
        results = sources.get(section.key)
        now = [stamp(results, plan.seeds)] if results else []
        parts[section.title] = _part(section, plan, earlier.get(section.title, ""), now, page)
    rows = "\n".join(line for part in parts.values() for line in part)
    how = "a taste, on small data" if plan.quick else SPREAD
    lines = [TITLE, ""]
    lines += [f"`{_command(plan)}` writes this page: {how}."]
    lines += ["A part says when it was measured, and of which state; what the same code gave before is not measured again."]
    lines += [_sum(rows.count(f" | {MARKS[True]} | "), rows.count(f" | {MARKS[False]} | ")), ""]
    lines += [
        "*The paper* is Bidirectional Spike-based Distillation, arXiv 2509.20284; its figures are of larger data and nets. "
        "*The chip* means its golden model: simulated chips gave the same in every value (last table)."
    ]
    for title, part in parts.items():
        lines += ["", f"## {title}", "", *part]
    return "\n".join(lines) + "\n"


def _part(section: Section, plan: Plan, earlier: str, now: list[str], page: Path) -> list[str]:
    """The lines of a section. earlier: what the page had there. now: the line, if any, that says when and of which state."""
    if not section.measured:
        again = f"`{_command(plan)} --only {section.key} --page {page}`"
        if MEASURED not in earlier:
            return [f"Not measured with this code: {again}."]
        return [*earlier.strip().split(f"\n{CHANGED}")[0].splitlines(), f"{CHANGED}: {again}."]
    lines = ["| | measured | the paper | target | reached | how |", "|---|---|---|---|---|---|"]
    lines += [_line(row) for row in section.rows]
    curves = section.curves
    seen = [f"![{curves.title}]({_picture(curves.name, page.stem)})", ""] if curves else []
    lines += ["", *seen, *(line for words in said(section) for line in (words, "")), *now]
    return lines if now else lines[:-1]


def said(section: Section) -> list[str]:
    """What stands under its table: the note, and where a target is missed what was tried."""
    tried = TRIED.get(section.key, "") if missed([section]) else ""
    return [*([section.note] if section.note else []), *([f"Tried: {tried}"] if tried else [])]


def _picture(name: str, stem: str) -> str:
    """Where the picture of a page's curves is, seen from the page."""
    return f"img/{stem}-{name}.png"


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
    return _sum(asked.count(True), asked.count(False))


def _sum(reached: int, missed: int) -> str:
    asked = reached + missed
    return f"{reached} of {asked} targets are reached." if asked else "No targets: they are those of a whole run."
