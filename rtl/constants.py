"""Numbers that are known beforehand, of which one is chosen."""

from collections.abc import Iterable

from amaranth.hdl import Array, Value, ValueLike


def constant(values: Iterable[int | bool], index: ValueLike) -> Value:
    """The one of these numbers, 0 or more, at `index`; the last one beyond them. As wide as the largest."""
    return Array(int(value) for value in values)[index]
