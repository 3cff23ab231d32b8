"""The King James text, by a program in the place of Debian's."""

from pathlib import Path

import pytest

from golden.config import NAMED
from sw.common.errors import DataError
from sw.data import foretold, kjv, text

VERSES = ["Ge1:1 In the beginning", "Ge1:2 And the earth: was", "1Co3:4 For while"]


def program(folder: Path, monkeypatch, *lines: str) -> None:
    path = folder / "bible"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")


def test_verses_are_a_text_without_their_places(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, *(f"echo '{verse}'" for verse in VERSES))
    assert kjv.text() == "In the beginning And the earth: was For while"
    assert "".join(text.SYMBOLS[symbol] for symbol in text.read(Path("kjv"))) == kjv.text().lower()


def test_a_configuration_of_characters_reads_it_where_nothing_else_is_said(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, *(f"echo '{verse}'" for verse in VERSES * 20))
    dataset = foretold.load(None, NAMED["text"])
    assert dataset.name == "kjv" and dataset.x_train.shape[1] == 128
    assert foretold.usual(NAMED["electricity"]) == foretold.usual(None) == "electricity"


@pytest.mark.parametrize("lines, said", [((), "found no program bible"), (("exit 3",), "bible failed: .* exit status 3")])
def test_one_line_says_what_is_missing(tmp_path, monkeypatch, lines, said):
    if lines:
        program(tmp_path, monkeypatch, *lines)
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataError, match=f"kjv: .*{said}.*apt-get install bible-kjv"):
        kjv.text()
