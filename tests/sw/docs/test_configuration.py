"""docs/configuration.md names every key, with what the configuration itself allows."""

import dataclasses

import pytest

from golden.config import NAMED, Config
from sw.docs.configuration import ALLOWED, FILE, FOR, text


def test_the_page_is_up_to_date():
    assert FILE.read_text(encoding="utf-8") == text(), "run `python -m sw.docs.configuration`"


def test_every_key_has_a_row():
    keys = text().split("\n## ")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in keys.splitlines() if line.startswith("| ")]
    assert rows[1:] == ["sizes", "lanes", *(f.name for f in dataclasses.fields(Config) if f.name not in ("sizes", "lanes"))]
    assert "| coding | direct | direct, rate |" in text() and "| rate | 0 | -8 to 8 |" in text()
    assert "| engines | [] | lists of layers, as [[1], [0, 2]], with each of 0 to L once |" in text()
    assert "| decay | [0, -1, -2, -3, -4, -5] | 1 to 16 shifts of -8 to 0 |" in text()


def test_every_named_configuration_has_a_row():
    section = text().split("\n## Configurations with a name\n")[1]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert [row[0] for row in rows] == list(NAMED)
    assert rows[1][:5] == ["digits", "recognition", "64-128-64-10", "16", "block 256"]
    assert all(row[1] == NAMED[row[0]].task for row in rows)


def test_a_named_configuration_of_which_nothing_is_said_is_refused(monkeypatch):
    monkeypatch.delitem(FOR, "micro")
    with pytest.raises(ValueError, match="micro: found no word of what it is for"):
        text()


def test_a_key_of_which_nothing_is_said_is_refused(monkeypatch):
    monkeypatch.delitem(ALLOWED, "engines")
    with pytest.raises(ValueError, match="engines: found no word of what is allowed"):
        text()
