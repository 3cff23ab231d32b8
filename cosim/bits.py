"""Between numpy arrays and the bit strings that cocotb takes and gives (bit 0 comes last), whole batches at once."""

from dataclasses import dataclass

import numpy as np

from cosim.wrapper import Widths


class UnknownBits(AssertionError):
    """The simulator gave X or Z where a value is due."""


@dataclass
class Records:
    """What the chip sent for each of B samples; the layout of golden's Records, and when it came.

    Members:
        prediction: (B,) concept.  voltages: (B, K) signed.  counters: (B, L, 4) rows, updates, saturations, spikes.
        clocks: (B,) unsigned 32-bit clock stamps of the results; None where they come from golden.
    """

    prediction: np.ndarray
    voltages: np.ndarray
    counters: np.ndarray
    clocks: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.prediction)

    def __getitem__(self, part: slice) -> "Records":
        clocks = None if self.clocks is None else self.clocks[part]
        return Records(self.prediction[part], self.voltages[part], self.counters[part], clocks)

    @staticmethod
    def join(parts: list["Records"]) -> "Records":
        """One after the other; at least one part."""
        names = ("prediction", "voltages", "counters", "clocks")
        return Records(
            *(None if getattr(parts[0], n) is None else np.concatenate([getattr(p, n) for p in parts]) for n in names)
        )


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


def samples_to_strings(x: np.ndarray, y: np.ndarray, learn: np.ndarray, recall: np.ndarray, widths: Widths) -> list[str]:
    """Slots of the wrapper's `ring`: x (B, n0) pixels 0..15, y (B,), learn and recall (B,) bools."""
    pixels = np.zeros((len(x), widths.beats * widths.beat // 4), dtype=np.int64)
    pixels[:, : x.shape[1]] = x
    head = np.asarray(y, dtype=np.int64) | (learn.astype(np.int64) << 6) | (recall.astype(np.int64) << 7)
    return [h + p for h, p in zip(to_strings(head[:, None], 8), to_strings(pixels, 4), strict=True)]


def records_from_strings(strings: list[str], widths: Widths) -> Records:
    """Slots of the wrapper's `results_ring` to Records."""
    bits, config = from_strings(strings), widths.config
    low, top = 6 + config.classes * widths.voltage, widths.result
    voltages = bits[:, 6:low].reshape(len(bits), config.classes, widths.voltage)
    counters = bits[:, low:top].reshape(len(bits), config.layers, 4, 24)
    return Records(numbers(bits[:, :6]), numbers(voltages, signed=True), numbers(counters), numbers(bits[:, top:]))
