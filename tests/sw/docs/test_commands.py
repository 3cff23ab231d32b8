"""Command lines of README.md and docs/: the command takes each, as it stands there, and begins the work behind it."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from golden.config import Config
from sw import cli
from sw.boards.catalogue import BOARDS
from tests.sw.test_options import CASES, Begun, given_to

ROOT = Path(__file__).parents[3]
COMMANDS = list(typer.main.get_command(cli.app).commands)
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
STANDS_FOR = {
    r"(--split|--seed) [A-Z]\b": r"\1 3",
    r"\brelated NAME\b": "related sums",
    r"/dev/ttyUSB\d": "/dev/null",  # a port that is there
    r"--backend serial$": "--backend serial --port /dev/null",
}
"""What the reader puts in place of a capital, and has; files may have any name."""


def lines(text: str) -> set[str]:
    """The command lines of a page: of its blocks, up to a comment or another command, and those within its sentences that
    say more than the command's name."""
    found = re.findall(r"^(?: {4})?(bispike .*)", text, re.MULTILINE)
    found += re.findall(r"`(bispike\s+\w+\s[^`]+)`", BLOCK.sub("", text))
    return {" ".join(line.split("#")[0].split("&&")[0].split()) for line in found}


PAGES = {page: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
LINES = sorted(line for line in set().union(*map(lines, PAGES.values())) if " | " not in line)


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A folder with the configurations that are read before the work begins; a board of one's own."""
    monkeypatch.chdir(tmp_path)
    Path("runs/plan").mkdir(parents=True)
    for path in ("mine.toml", "runs/plan/NAME.toml"):
        Path(path).write_text(Config(sizes=(9, 8, 2), lanes=4).to_toml(), encoding="utf-8")
    monkeypatch.setitem(BOARDS, "mine", BOARDS["ulx3s-85f"])


@pytest.mark.parametrize("line", LINES)
def test_a_line_begins_the_work_of_its_command(mine, monkeypatch, line):
    for pattern, word in STANDS_FOR.items():
        line = re.sub(pattern, word, line)
    _, *words = shlex.split(line)
    for work in {work for command, work, _ in CASES if command.split()[0] == words[0]}:
        given_to(monkeypatch, work)
    with pytest.raises(Begun):
        cli.main(words)


def test_lines_are_found_wherever_they_stand():
    text = "    bispike info  # of digits\n\n```\nbispike data a.csv && cd b\n```\n`bispike build`, `bispike\nplan -b\nc`\n"
    assert lines(text) == {"bispike info", "bispike data a.csv", "bispike plan -b c"}
    assert len(LINES) > 30 and all(lines(PAGES[ROOT / page]) for page in ("README.md", "docs/boards.md"))


def test_readme_names_all_commands():
    (named,) = re.findall(r"^`bispike (.* \| .*?)`", PAGES[ROOT / "README.md"], re.MULTILINE)
    assert named.split(" | ") == COMMANDS
