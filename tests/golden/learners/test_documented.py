"""docs/learners.md: one table has every parameter of BSD, with the default that the code has, and every choice there is."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

from golden.learners.bsd import Bsd, Rivals, Top
from golden.learners.learner import fit
from golden.learners.losses import InfoNce, Reco
from golden.learners.neuron import RESETS, SURROGATES, Neuron

PAGE = (Path(__file__).parents[3] / "docs/learners.md").read_text(encoding="utf-8")
TABLE = PAGE.split("\n## BSD after the paper\n")[1].split("\n\n")[1]
OWNERS = {"Bsd": Bsd, "Neuron": Neuron, "Reco": Reco, "InfoNce": InfoNce, "fit": fit}
GIVEN = {"network", "learner", "x", "y", "epochs", "after"}
"""What is no matter of the rule."""


def documented() -> dict[str, str]:
    """By "Owner.name" the default that the table says."""
    found = re.findall(r"`(\w+\.\w+) = ([^`]+)`", TABLE)
    assert len(dict(found)) == len(found)  # once
    return dict(found)


def defaults() -> dict[str, object]:
    """The same of the code."""
    found = {
        f"{owner}.{name}": parameter.default
        for owner, called in OWNERS.items()
        for name, parameter in inspect.signature(called).parameters.items()
        if name not in GIVEN
    }
    return found | {"Bsd.BATCH": Bsd.BATCH}


def test_it_is_a_table_of_four_columns():
    rows = TABLE.splitlines()
    assert rows[0] == "| | the paper | here | why |" and len(rows) > 15
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}


def test_every_parameter_is_in_it_with_its_default():
    said = {name: eval(text, {"Reco": Reco}) for name, text in documented().items()}
    assert said == defaults()


@pytest.mark.parametrize("owner, choices", [
    ("Neuron.reset", RESETS), ("Neuron.surrogate", SURROGATES), ("Bsd.top", get_args(Top)), ("Bsd.rivals", get_args(Rivals)),
])  # fmt: skip
def test_every_choice_is_in_its_row(owner, choices):
    (row,) = [line for line in TABLE.splitlines() if f"`{owner} = " in line]
    assert all(f'"{choice}"' in row for choice in choices)
