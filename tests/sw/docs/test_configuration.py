"""docs/configuration.md names every key, with what the configuration itself allows."""

import dataclasses

import pytest

from golden.config import Config
from sw.docs.configuration import ALLOWED, FILE, text


def test_the_page_is_up_to_date():
    assert FILE.read_text(encoding="utf-8") == text(), "run `python -m sw.docs.configuration`"


def test_every_key_has_a_row():
    rows = [line.split(" | ")[0].removeprefix("| ") for line in text().splitlines() if line.startswith("| ")]
    assert rows[1:] == ["sizes", "lanes", *(f.name for f in dataclasses.fields(Config) if f.name not in ("sizes", "lanes"))]
    assert "| coding | direct | direct, rate |" in text() and "| rate | 0 | -8 to 8 |" in text()
    assert "| engines | [] | lists of layers, as [[1], [0, 2]], with each of 0 to L once |" in text()
    assert "| decay | [0, -1, -2, -3, -4, -5] | 1 to 16 shifts of -8 to 0 |" in text()


def test_a_key_of_which_nothing_is_said_is_refused(monkeypatch):
    monkeypatch.delitem(ALLOWED, "engines")
    with pytest.raises(ValueError, match="engines: found no word of what is allowed"):
        text()
