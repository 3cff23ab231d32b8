"""One measured figure."""

from dataclasses import dataclass
from typing import Any

COMMAND = "bispike bench"


@dataclass(frozen=True)
class Figure:
    """A line of the table and of its page.

    Members:
        name: what is measured.  value: plain, for bench.json; text: the same for people.
        target: what is asked; reached: whether it is.  how: on what, over what.
        command: what measures it again; several where they share it.
    """

    name: str
    value: Any
    text: str
    target: str
    reached: bool
    how: str
    command: str = COMMAND
