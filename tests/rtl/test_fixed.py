"""saturate and the rounding shift against plain integers: every value of small widths, edges and random ones of large."""

import random

import pytest
from amaranth import Module, Signal, signed, unsigned
from amaranth.sim import Simulator

from rtl.fixed import as_signed, round_half, round_shift, saturate, shift_keep_half


def evaluate(expression, *inputs) -> list[int]:
    """Values of a combinational expression; inputs are pairs (signal, its values)."""
    m = Module()
    result = Signal(expression.shape())
    m.d.comb += result.eq(expression)
    found = []

    async def bench(ctx):
        for row in zip(*(values for _, values in inputs), strict=True):
            for (signal, _), value in zip(inputs, row, strict=True):
                ctx.set(signal, value)
            await ctx.delay(1e-9)
            found.append(ctx.get(result))

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()
    return found


def rnd(value: int, shift: int) -> int:
    """The contract's rounding shift, by exact division: floor(value / 2^shift + 1/2)."""
    return (2 * value + (1 << shift)) // (2 << shift)


def clip(value: int, bits: int) -> int:
    return max(-(1 << bits - 1), min((1 << bits - 1) - 1, value))


def values_of(width: int, is_signed: bool) -> list[int]:
    low = -(1 << width - 1) if is_signed else 0
    if width <= 9:
        return list(range(low, low + (1 << width)))
    high = low + (1 << width) - 1
    edges = [v for p in range(width) for e in (-1, 0, 1) for v in ((1 << p) + e, -(1 << p) + e)]
    return [v for v in [low, high, *edges, *random.Random(width).choices(range(low, high + 1), k=300)] if low <= v <= high]


@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize(("width", "bits"), [(1, 4), (4, 4), (5, 4), (8, 1), (9, 3), (9, 8), (24, 16), (40, 24), (17, 16)])
def test_saturate_clips_every_value_to_signed_bits(width, bits, is_signed):
    value = Signal(signed(width) if is_signed else unsigned(width))
    values = values_of(width, is_signed)
    expression = saturate(value, bits)
    assert expression.shape().signed and expression.shape().width <= bits
    assert evaluate(expression, (value, values)) == [clip(v, bits) for v in values]


@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize(("width", "shift"), [(1, 1), (6, 0), (6, 1), (6, 3), (6, 6), (6, 9), (32, 8), (26, 25)])
def test_round_shift_by_a_number_rounds_half_up(width, shift, is_signed):
    value = Signal(signed(width) if is_signed else unsigned(width))
    values = values_of(width, is_signed)
    assert evaluate(round_shift(value, shift), (value, values)) == [rnd(v, shift) for v in values]


@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize(("width", "shift_bits"), [(5, 3), (7, 2), (28, 5)])
def test_round_shift_by_a_signal_rounds_half_up_at_every_shift(width, shift_bits, is_signed):
    value, shift = Signal(signed(width) if is_signed else unsigned(width)), Signal(shift_bits)
    rows = [(v, s) for v in values_of(width, is_signed) for s in range(1 << shift_bits)]
    inputs = (value, [v for v, _ in rows]), (shift, [s for _, s in rows])
    assert evaluate(round_shift(value, shift), *inputs) == [rnd(v, s) for v, s in rows]


def test_the_two_halves_give_the_same_with_a_register_between():
    value, shift, half = Signal(signed(8)), Signal(3), Signal(signed(9))
    m = Module()
    rounded = Signal(signed(10))
    m.d.sync += half.eq(shift_keep_half(value, shift))
    m.d.comb += rounded.eq(round_half(half))

    async def bench(ctx):
        for v in range(-128, 128):
            for s in range(8):
                ctx.set(value, v)
                ctx.set(shift, s)
                await ctx.tick()
                assert ctx.get(rounded) == rnd(v, s)

    sim = Simulator(m)
    sim.add_clock(1e-8)
    sim.add_testbench(bench)
    sim.run()


def test_as_signed_keeps_the_number():
    for shape in (unsigned(4), signed(4)):
        value = Signal(shape)
        values = values_of(4, shape.signed)
        assert evaluate(as_signed(value), (value, values)) == values
