"""The list of active rows, alone."""

import pytest

from rtl.engine.rows import Rows
from tests.cosim.engine.blocks import case, parametrized


def rows(sizes, layers, lanes, **config):
    return case("rows", lambda f: Rows(f, 2), sizes, layers, lanes, **config)


RECURRENT = {"task": "sequence", "recurrent": True, "neighbours": 0}
CASES = [
    rows((7, 5, 4, 3), (0, 1, 2, 3), 2),
    rows((10, 6, 3), (0, 1, 2), 4, steps=8),
    rows((5, 9, 3), (0, 2), 3, coding="rate"),
    rows((4, 3, 2), (0, 1, 2), 1),
    rows((6, 3), (1,), 3, learn=False),
    rows((7, 5, 4, 3), (0, 1, 2, 3), 2, **RECURRENT),
]
MORE = [
    rows((3, 9, 3), (1,), 4, steps=8, **RECURRENT),
    rows((4, 3, 2), (0, 1, 2), 1, **RECURRENT),
    rows((9, 2), (0, 1), 5, steps=8, **RECURRENT),
]
"""Two senders of a list: an engine of layer 1 alone, one lane, layer 1 on top."""


def converted(number: int) -> str:
    """Verilog of a case, as the block is in this process."""
    return CASES[number].verilog()


@parametrized(CASES)
def test_active_rows(simulator, case):
    case.run(simulator)


@pytest.mark.long
@pytest.mark.parametrize("case", MORE, ids=lambda case: case.name)
def test_active_rows_of_two_senders(case):
    case.run()
