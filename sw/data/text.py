"""A text as a network takes it: the last characters as pixels, the next one as a label."""

import re
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data import kjv
from sw.data.source import ending_of

SYMBOLS = " abcdefghijklmnopqrstuvwxyz,.;:'"
"""The characters of a text, 32 of them, in the order of their labels. Capitals become small letters, all else a blank."""
FULL = 15
"""The pixel of the character that stands there."""
EPOCH = 50_000
"""Characters that a training reads in an epoch: each epoch goes on where the last one ended."""


def is_text(name: str | Path | None) -> bool:
    """Whether data of this name is a text: a `.txt` file, or kjv, the King James text."""
    return str(name) == kjv.NAME or ending_of(name) == ".txt"


def read(path: Path) -> np.ndarray:
    """(N,) uint8 symbols of a text file or of kjv, of blanks in a row one.

    Raises:
        DataError: no such file, no text in UTF-8, fewer than two symbols.
    """
    try:
        text = kjv.text() if str(path) == kjv.NAME else path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{path}: found no such file; allowed is a .txt file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot read it: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: found no text in UTF-8; allowed is a .txt file in UTF-8") from None
    symbols = coded(text)
    if len(symbols) < 2:
        raise DataError(f"{path}: found {len(symbols)} characters; allowed are two or more of {SYMBOLS!r}")
    return symbols


def coded(text: str) -> np.ndarray:
    """(N,) uint8, 0..31, the symbols of a text."""
    plain = re.sub(rf"[^{re.escape(SYMBOLS)}]", " ", text.lower())
    places = {symbol: place for place, symbol in enumerate(SYMBOLS)}
    return np.array([places[symbol] for symbol in re.sub(" +", " ", plain)], np.uint8)


def elements(symbols: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    """x (N - window, 32 window) uint8 of the last `window` symbols, the newest first; y (N - window,) int64, the next."""
    count = len(symbols) - window
    if count < 1:
        raise DataError(f"text: found {len(symbols)} characters; allowed are more than the window of {window}")
    places = np.arange(count)[:, None] + np.arange(window)[::-1]  # of the symbols that an element sees
    x = np.zeros((count, window, len(SYMBOLS)), np.uint8)
    np.put_along_axis(x, symbols[places][:, :, None].astype(np.int64), FULL, axis=2)
    return x.reshape(count, -1), symbols[window:].astype(np.int64)
