"""What Amaranth's language has no word for: signals made and assigned several at once, and one of several values."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from amaranth.hdl import Array, Module, Mux, ShapeLike, Signal, Value, ValueLike


def signals(**shapes: ShapeLike) -> Iterator[Signal]:
    """A signal of each shape, by its name, for `a, b = signals(a=1, b=range(3))`.

    Of `a, b = Signal(), Signal(range(3))` Amaranth finds no names: waves and Verilog would show `$signal`.
    """
    return (Signal(shape, name=name) for name, shape in shapes.items())


def assigned(target, **values: ValueLike) -> list:
    """Assignments to several fields of a view, or members of an interface, by their names."""
    return [getattr(target, name).eq(value) for name, value in values.items()]


def constant(values: Iterable[int | bool], index: Value) -> Value:
    """The one of these numbers, 0 or more, at `index`; beyond them it means nothing. As wide as the largest."""
    return Array(int(value) for value in values)[index]


def one_of(pick: Value, values: Iterable[Value]) -> Value:
    """The value whose bit is set in `pick`, at most one, else 0: gates and an OR, no decoder."""
    return reduce(or_, (Mux(pick[p], value, 0) for p, value in enumerate(values)))


def selected(m: Module, name: str, values: Sequence[Value], wanted: Sequence[Value]) -> Value:
    """The value that was wanted in the clock before, 0 where none was; two must not be.

    A register a value, that is reset where it is not wanted, costs no LUT, and then an OR does: of 16 values 5 LUTs a bit,
    where a multiplexer has 10.

    Args:
        m: where the registers go. name: in their names.
        values: of one shape. wanted: of each value, whether it is.
    """
    kept = []
    for number, (value, is_wanted) in enumerate(zip(values, wanted, strict=True)):
        one = Signal(value.shape(), name=f"{name}_{number}", reset_less=True)
        m.d.sync += one.eq(value)
        with m.If(~is_wanted):
            m.d.sync += one.eq(0)
        kept.append(one)
    return reduce(or_, kept)
