"""Between arrays and a core's packets (docs/registers.md), whole batches at once; and what the parts of a result say."""

import numpy as np

from golden.config import Config
from golden.records import Recalled, Records
from rtl.formats import PIXEL_BITS
from rtl.interface.packets import (
    HEADER_LABEL_BITS,
    LAST_BIT,
    NUMBER_AT,
    NUMBER_BITS,
    PIXELS,
    number_alone,
    pixel_words,
    sample_words,
)
from rtl.interface.results import Part, result_parts


def pack_samples(config: Config, x: np.ndarray, y: np.ndarray | None = None, last: np.ndarray | None = None) -> np.ndarray:
    """Packets (B, sample_words) of uint32.

    Args:
        x: (B, n_0) pixels 0..15, or (B, n_L) counts 0..T of codes to be drawn. y: (B,) labels 0..K-1; 0 where None.
        last: (B,) 1 where a sequence ends; None: nowhere.
    """
    words = np.zeros((len(x), sample_words(config)), np.uint32)
    words[:, 0] = 0 if y is None else y
    words[:, 0] |= np.uint32(0) if last is None else np.asarray(last, np.uint32) << np.uint32(LAST_BIT)
    words[:, 1:] = _packed(x, PIXEL_BITS, PIXELS, pixel_words(config))
    return words


def unpack_samples(config: Config, words: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values (B, inputs), labels (B,) and ends of sequences (B,) of packets (B, sample_words), the inverse of
    `pack_samples`; a label may be any number."""
    words = np.asarray(words, np.int64)
    label, last = words[:, 0] & ((1 << HEADER_LABEL_BITS) - 1), words[:, 0] >> LAST_BIT & 1
    return _unpacked(words[:, 1:], PIXEL_BITS, PIXELS)[:, : config.inputs], label, last


def pack_results(config: Config, number: int, results: Records | Recalled) -> np.ndarray:
    """Packets (B, result_words) of uint32, the inverse of `unpack_results`. number: of the first of them since reset."""
    count = len(results)
    numbers = ((number + np.arange(count)) & ((1 << NUMBER_BITS) - 1)) << NUMBER_AT
    words = [np.zeros((count, int(number_alone(config))), np.int64)]
    for part in result_parts(config):
        values = np.asarray(getattr(results, part.name)).reshape(count, part.count)
        words.append(_packed(values, part.bits, part.packed, part.words))
    words = np.concatenate(words, 1)
    words[:, 0] |= numbers
    return words.astype(np.uint32)


def unpack_results(config: Config, words: np.ndarray) -> tuple[np.ndarray, Records | Recalled]:
    """Numbers (B,) of B packets (B, result_words), and what they say."""
    words = np.array(words, np.uint32).astype(np.int64)
    numbers = words[:, 0] >> NUMBER_AT
    words[:, 0] &= (1 << NUMBER_AT) - 1
    at, values = int(number_alone(config)), {}
    for part in result_parts(config):
        values[part.name] = _values(part, words[:, at : at + part.words])
        at += part.words
    return numbers, said(config, values)


def said(config: Config, values: dict[str, np.ndarray], clocks: np.ndarray | None = None) -> Records | Recalled:
    """What a core says of B samples, of the values (B, count) of its result's parts by name."""
    shaped = dict(values)
    counters = values["counters"]
    shaped["counters"] = counters.reshape(len(counters), config.layers, counters.shape[1] // config.layers)
    if config.task == "autoencoder":
        return Recalled(shaped["recalled"], shaped["code"], shaped["squared_error"][:, 0], shaped["counters"], clocks)
    return Records(shaped["prediction"][:, 0], shaped["voltages"], shaped["counters"], clocks)


def _values(part: Part, words: np.ndarray) -> np.ndarray:
    """(B, count) of a part's words."""
    if part.packed > 1:
        return _unpacked(words, part.bits, part.packed)[:, : part.count]
    return words.astype(np.uint32).astype(np.int32).astype(np.int64) if part.signed else words


def _packed(values: np.ndarray, bits: int, packed: int, words: int) -> np.ndarray:
    """(B, words) of values (B, count), `packed` a word, the first lowest."""
    padded = np.zeros((len(values), words * packed), np.int64)
    padded[:, : values.shape[1]] = values
    return (padded.reshape(len(values), words, packed) << (bits * np.arange(packed))).sum(-1)


def _unpacked(words: np.ndarray, bits: int, packed: int) -> np.ndarray:
    """(B, words x packed), the inverse."""
    values = (words[:, :, None] >> (bits * np.arange(packed))) & ((1 << bits) - 1)
    return values.reshape(len(words), words.shape[1] * packed)
