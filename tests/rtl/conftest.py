"""Blocks that are simulated here have their assertions, as in every simulation."""

import pytest

from rtl.checks import asserting


@pytest.fixture(autouse=True)
def assertions():
    with asserting():
        yield
