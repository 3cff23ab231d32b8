"""Packets of 32-bit words: a sample in, a result out. Plain data and numpy, read by the RTL, the driver and the benches.

A sample: a header (bits 15:0 label, the others 0), then ceil(n_0 / 8) words of 8 pixels of 4 bits, pixel 0 lowest.
A result: prediction (7:0) and the sample's number (31:16), then V_L of the K concepts, signed, then rows, errors,
saturations, spikes of each layer 1..L.
"""

import numpy as np

from golden.config import Config
from rtl.formats import COUNTERS, PIXEL_BITS
from rtl.interface.registers import DATA_BITS

PIXELS = DATA_BITS // PIXEL_BITS
"""Pixels in a word."""
HEADER_LABEL_BITS = 16
"""Bits of a sample's header that are its label."""
NUMBER_BITS, NUMBER_AT = 16, 16
"""Bits of a sample's number in its result's first word, and the lowest one's place."""


def pixel_words(config: Config) -> int:
    """Words of pixels in a sample's packet, ceil(n_0 / 8)."""
    return -(-config.sizes[0] // PIXELS)


def sample_words(config: Config) -> int:
    """Words of a sample's packet."""
    return 1 + pixel_words(config)


def result_words(config: Config) -> int:
    """Words of a result's packet."""
    return 1 + config.classes + len(COUNTERS) * config.layers


def pack_samples(config: Config, x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
    """Packets (B, sample_words) of uint32.

    Args:
        x: (B, n_0) pixels 0..15. y: (B,) labels 0..K-1; 0 where None.
    """
    count, pixels = x.shape
    padded = np.zeros((count, pixel_words(config) * PIXELS), np.uint32)
    padded[:, :pixels] = x
    words = np.zeros((count, sample_words(config)), np.uint32)
    words[:, 0] = 0 if y is None else y
    shifts = PIXEL_BITS * np.arange(PIXELS, dtype=np.uint32)
    words[:, 1:] = (padded.reshape(count, -1, PIXELS) << shifts).sum(-1, dtype=np.uint32)
    return words


def unpack_samples(config: Config, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x (B, n_0) and labels (B,) of packets (B, sample_words), the inverse of `pack_samples`; a label may be any number."""
    words = np.asarray(words, np.int64)
    pixels = (words[:, 1:, None] >> (PIXEL_BITS * np.arange(PIXELS))) & ((1 << PIXEL_BITS) - 1)
    return pixels.reshape(len(words), -1)[:, : config.sizes[0]], words[:, 0] & ((1 << HEADER_LABEL_BITS) - 1)


def pack_results(config: Config, number: int, prediction, voltages, counters) -> np.ndarray:
    """Packets (B, result_words) of uint32, the inverse of `unpack_results`.

    Args:
        number: of the first of these samples since reset. prediction, voltages, counters: (B,), (B, K), (B, L, 4).
    """
    count = len(prediction)
    words = np.zeros((count, result_words(config)), np.int64)
    words[:, 0] = np.asarray(prediction) | (((number + np.arange(count)) & ((1 << NUMBER_BITS) - 1)) << NUMBER_AT)
    words[:, 1 : 1 + config.classes] = voltages
    words[:, 1 + config.classes :] = np.asarray(counters).reshape(count, -1)
    return words.astype(np.uint32)


def unpack_results(config: Config, words: np.ndarray) -> dict[str, np.ndarray]:
    """What B packets (B, result_words) say: prediction (B,), number (B,), voltages (B, K), counters (B, L, 4)."""
    words = np.asarray(words, np.uint32)
    head, first = words[:, 0].astype(np.int64), 1 + config.classes
    return {
        "prediction": head & 0xFF,
        "number": head >> NUMBER_AT,
        "voltages": words[:, 1:first].astype(np.int32).astype(np.int64),
        "counters": words[:, first:].astype(np.int64).reshape(len(words), config.layers, len(COUNTERS)),
    }
