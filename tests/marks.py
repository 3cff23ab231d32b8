"""Marks of parameters."""

from typing import Any

import pytest


def long(*values: Any, **options: Any) -> Any:
    """A parameter for `make test-all` only: pytest's `param`, marked."""
    return pytest.param(*values, marks=pytest.mark.long, **options)
