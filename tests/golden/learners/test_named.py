"""The learners by name: each is of one year, wherever it is told."""

import re
from pathlib import Path

import pytest

from golden.learners.learner import Network
from golden.learners.named import NAMES, learner

PAGE = (Path(__file__).parents[3] / "docs/learners.md").read_text(encoding="utf-8")
OURS = {"bsd", "backprop-snn", "backprop-ann"}
"""What a year says nothing of: BSD, and what it is measured against."""


def years(text: str) -> list[str]:
    return re.findall(r"\b(?:19|20)\d\d\b", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_is_of_one_year(name):
    (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", PAGE, re.MULTILINE)
    assert years(NAMES[name]) == years(row) and len(years(row)) == (name not in OURS)
    assert set(years(row)) <= set(years(learner(name, Network((5, 4, 3))).SOURCE))


def test_a_rule_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"learner: found 'stpd'; allowed are bsd, backprop-snn, .*, dendritic"):
        learner("stpd", Network((5, 4, 3)))
