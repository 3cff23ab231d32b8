"""What a program gives, checked where Python itself would say something else, or nothing."""

from numbers import Integral

from sw.common.errors import UserError


def whole_number(name: str, value: object, low: int, high: int | None = None) -> int:
    """The number itself, a whole one from low to high, numpy's too. Raises UserError."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low or (high is not None and value > high):
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        raise UserError(f"{name}: found {value!r}; allowed is a whole number, {allowed}")
    return int(value)


def checked_seed(seed: int, most: int = 2**31 - 1) -> int:
    """What --seed says, a whole number from 0 to `most`. Raises UserError."""
    if not 0 <= seed <= most:
        raise UserError(f"--seed: found {seed}; allowed is a whole number from 0 to {most}")
    return seed


def checked_decay(decay: object) -> int:
    """A shift of the rates. Raises UserError."""
    return whole_number("decay", decay, -8, 0)
