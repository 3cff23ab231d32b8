"""Signals made several at once."""

from collections.abc import Iterator

from amaranth.hdl import ShapeLike, Signal


def signals(**shapes: ShapeLike) -> Iterator[Signal]:
    """A signal of each shape, by its name, for `a, b = signals(a=1, b=range(3))`.

    Of `a, b = Signal(), Signal(range(3))` Amaranth finds no names: waves and Verilog would show `$signal`.
    """
    return (Signal(shape, name=name) for name, shape in shapes.items())
