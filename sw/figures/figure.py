"""A line of the bench's table."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure.

    Members:
        value: plain, for bench.json; text: the same for people. target: what is asked; reached: whether it is.
    """

    figure: str
    value: Any
    text: str
    target: str
    reached: bool
    how: str
