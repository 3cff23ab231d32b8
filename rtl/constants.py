"""Numbers that are known beforehand, of which one is chosen."""

from collections.abc import Iterable

from amaranth.hdl import Array, Value


def constant(values: Iterable[int | bool], index: Value) -> Value:
    """The one of these numbers, 0 or more, at `index`; beyond them it means nothing. As wide as the largest."""
    return Array(int(value) for value in values)[index]
