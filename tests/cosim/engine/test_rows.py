"""The list of active rows, alone."""

from rtl.engine.rows import Rows
from tests.cosim.engine.blocks import case, parametrized


def rows(sizes, layers, lanes, **config):
    return case("rows", lambda f: Rows(f, 2), sizes, layers, lanes, **config)


CASES = [
    rows((7, 5, 4, 3), (0, 1, 2, 3), 2),
    rows((10, 6, 3), (0, 1, 2), 4, steps=8),
    rows((5, 9, 3), (0, 2), 3, coding="rate"),
    rows((4, 3, 2), (0, 1, 2), 1),
    rows((6, 3), (1,), 3, learn=False),
]


@parametrized(CASES)
def test_active_rows(simulator, case):
    case.run(simulator)
