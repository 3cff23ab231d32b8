"""Between numpy arrays and the bit strings that cocotb takes and gives (bit 0 comes last), whole batches at once."""

import numpy as np

from cosim.host.packets import said
from cosim.wrapper import Widths
from golden.records import Recalled, Records
from rtl.formats import LABEL_BITS, PIXEL_BITS
from rtl.interface.results import result_parts


class UnknownBits(AssertionError):
    """The simulator gave X or Z where a value is due."""


def to_strings(values: np.ndarray, bits: int) -> list[str]:
    """Rows of `bits`-bit values (B, n) to B strings; value 0 of a row is at the string's end."""
    rows = np.asarray(values, dtype=np.int64)
    spread = (rows[:, ::-1, None] >> np.arange(bits - 1, -1, -1)) & 1
    return _lines((spread + ord("0")).astype(np.uint8).reshape(len(rows), -1))


def _lines(characters: np.ndarray) -> list[str]:
    text, width = characters.tobytes().decode("ascii"), characters.shape[1]
    return [text[i : i + width] for i in range(0, len(text), width)]


def from_strings(strings: list[str]) -> np.ndarray:
    """B strings of one length to their bits (B, bits) int64, LSB first. Raises UnknownBits at anything but 0 and 1."""
    characters = np.frombuffer("".join(strings).encode("ascii"), dtype=np.uint8).reshape(len(strings), -1)
    bits = characters[:, ::-1].astype(np.int64) - ord("0")
    if ((bits < 0) | (bits > 1)).any():
        row, bit = np.argwhere((bits < 0) | (bits > 1))[0]
        raise UnknownBits(f"bit {bit} of value {row}: found {chr(characters[row, -1 - bit])}; allowed is 0 or 1")
    return bits


def numbers(bits: np.ndarray, signed: bool = False) -> np.ndarray:
    """The values of bits (..., width), LSB first, at most 62 of them."""
    width = bits.shape[-1]
    weights = np.int64(1) << np.arange(width, dtype=np.int64)
    if signed:
        weights[-1] = -weights[-1]
    return bits @ weights


def samples_to_strings(x: np.ndarray, y: np.ndarray, flags: tuple[np.ndarray, ...], widths: Widths) -> list[str]:
    """Slots of the wrapper's `ring`: x (B, n0) pixels 0..15, y (B,), flags: of `Widths.flags`, (B,) bools each."""
    pixels = np.zeros((len(x), widths.beats * widths.beat // PIXEL_BITS), dtype=np.int64)
    pixels[:, : x.shape[1]] = x
    head = np.asarray(y, dtype=np.int64)
    for bit, flag in enumerate(flags[: len(widths.flags)], start=LABEL_BITS):
        head = head | np.asarray(flag, dtype=np.int64) << bit
    heads = to_strings(head[:, None], widths.head)
    return [head + part for head, part in zip(heads, to_strings(pixels, PIXEL_BITS), strict=True)]


def records_from_strings(strings: list[str], widths: Widths) -> Records | Recalled:
    """Slots of the wrapper's `results_ring` to what the core's task says of samples."""
    bits, config, at, found = from_strings(strings), widths.config, 0, {}
    for part in result_parts(config):
        values = bits[:, at : at + part.bits * part.count].reshape(len(bits), part.count, part.bits)
        found[part.name], at = numbers(values, part.signed), at + part.bits * part.count
    return said(config, found, numbers(bits[:, at:]))
