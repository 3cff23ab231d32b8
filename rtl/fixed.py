"""Fixed-point operations, the one place: `saturate` and the round-half-up shift (docs/arithmetic.md, `sat` and `rnd`).

`saturate` and the shifts return Amaranth expressions of signed shape. Where a shift needs a clock of its own,
`shift_keep_half` and `round_half` are the two halves of `round_shift`, to be separated by a register; of a shift in a
pipeline that is no constant `round_in_clocks` makes three parts.
"""

from functools import reduce
from operator import add

from amaranth import Cat, Const, Mux, Value
from amaranth.hdl import ValueLike

from rtl.pipeline import Pipeline


def as_signed(value: ValueLike) -> Value:
    """The same number with a signed shape; an unsigned value gains a bit."""
    value = Value.cast(value)
    return value if value.shape().signed else Cat(value, Const(0, 1)).as_signed()


def saturate(value: ValueLike, bits: int, over: ValueLike | None = None) -> Value:
    """Clip to -2^(bits-1) .. 2^(bits-1) - 1. Shape signed(bits), or narrower where the value is.

    Args:
        over: what `overflows` gives, where it is known already.
    """
    value = as_signed(value)
    if len(value) <= bits:
        return value
    limit = Cat((~value[-1]).replicate(bits - 1), value[-1])
    return Mux(overflows(value, bits) if over is None else over, limit, value[:bits]).as_signed()


def overflows(value: ValueLike, bits: int) -> Value:
    """Whether `saturate` changes the value."""
    value = as_signed(value)
    sign, excess = value[-1], value[bits - 1 : -1]
    return (excess ^ sign.replicate(len(excess))).any()


def times(value: ValueLike, factor: int) -> Value:
    """value * factor of a constant factor, 1 or more, in sums: no multiplier is spent on it."""
    return reduce(add, (Value.cast(value) << bit for bit in range(factor.bit_length()) if factor >> bit & 1))


def gated(value: ValueLike, on: ValueLike) -> Value:
    """The value where `on`, else 0, of its own shape. In gates: of a Mux the synthesis would make a register's reset, which
    a multiplier's register lacks, or share the sum with another state's."""
    value = Value.cast(value)
    gate = Value.cast(on).replicate(len(value))
    return value & (gate.as_signed() if value.shape().signed else gate)


def clipped(value: ValueLike, bits: int, on: ValueLike) -> Value:
    """saturate(value, bits) where `on`, else 0, in gates that leave room for an OR with something else in the same LUT."""
    value = as_signed(value)
    over = overflows(value, bits)
    kept, highest, lowest = (on & which for which in (~over, over & ~value[-1], over & value[-1]))
    limits = Cat(highest.replicate(bits - 1), lowest)
    return (gated(value[:bits], kept) | limits).as_signed()


def shift_keep_half(value: ValueLike, shift: int | ValueLike) -> Value:
    """floor(value * 2 / 2^shift): the shifted value with one fraction bit more, which `round_half` takes off.

    Args:
        value: any width, signed or not.
        shift: 0 or more; a number or an unsigned expression.
    """
    value = as_signed(value)
    if isinstance(shift, int):
        return value.shift_left(1 - shift) if shift < 1 else value.shift_right(shift - 1)
    return value.shift_left(1) >> shift


def round_half(value: ValueLike) -> Value:
    """(value + 1) >> 1: takes off the fraction bit of `shift_keep_half`, a half goes up."""
    return (as_signed(value) + 1).shift_right(1)


def round_in_clocks(p: Pipeline, at, value: str, rounded: str, bits: int | None = None) -> None:
    """Defines `rounded` in the stage at.round as round_shift(value, shift): shifted in the stage `coarse` by its upper bits,
    in `fine` by its lowest two, with one fraction bit more.

    Args:
        p: with value, signed, and `shift` in the stage `coarse`. bits: of what the stage `fine` needs; None: all.
    """
    coarse = (p.at(value, at.coarse) << 1) >> (p.at("shift", at.coarse)[2:] << 2)
    p.define("coarse", at.coarse, coarse[:bits].as_signed())
    p.define("fine", at.fine, p.at("coarse", at.fine) >> p.at("shift", at.fine)[:2])
    p.define(rounded, at.round, round_half(p.at("fine", at.round)))


def round_shift(value: ValueLike, shift: int | ValueLike) -> Value:
    """rnd(value, shift) = (value + 2^(shift-1)) >> shift, for shift >= 0, a number or an unsigned expression.

    Exact for every value: floor(floor(2 v / 2^s + 1) / 2) is the rounded quotient.
    """
    if isinstance(shift, int) and shift == 0:
        return as_signed(value)
    return round_half(shift_keep_half(value, shift))
