"""What was tried stands under a question that misses a target, and its figures stand in a page of docs/, too."""

import re
from pathlib import Path

import pytest

from sw.paper import page, run
from sw.paper.plan import Plan
from sw.paper.table import Row, Section
from sw.paper.tried import TRIED
from sw.trials.provenance import Provenance

DOCS = [path for path in (Path(__file__).parents[3] / "docs").glob("*.md") if path.name != "results.md"]


def section(reached: bool | None, key: str = "agreement", note: str = "A note.") -> Section:
    return Section(key, "Is it so?", [Row("row", "1", [1], "", ">= 1" if reached is not None else "", reached)], note)


def test_what_was_tried_is_told_where_a_target_is_missed_and_nowhere_else():
    tried = f"Tried: {TRIED['agreement']}"
    assert page.said(section(False)) == ["A note.", tried]
    assert page.said(section(False, note="")) == [tried]
    assert page.said(section(True)) == page.said(section(None)) == ["A note."]
    assert page.said(section(False, key="recall")) == ["A note."]
    sources = {"agreement": [Provenance("2001-02-03", "commit 1", "2 cores")]}
    text = page.text([section(False)], Plan(quick=False, seeds=3), sources)
    assert f"\n\nA note.\n\n{tried}\n\n*Measured on 2001" in text


def test_it_is_told_of_questions_that_there_are():
    assert set(TRIED) <= {question.KEY for question in run.QUESTIONS}


@pytest.mark.parametrize("key", TRIED)
def test_every_figure_stands_in_a_page_too(key):
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)
    figures = re.findall(r"\d+\.\d+", TRIED[key])
    missing = [figure for figure in figures if not re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.]*\d)", pages)]
    assert figures and not missing
