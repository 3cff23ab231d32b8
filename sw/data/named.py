"""Data that has a name: the real digits of scikit-learn's wheel, and Fashion-MNIST as Debian packs it."""

from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data import idx
from sw.data.source import Source

FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts its four idx files."""
_INSTALL = "apt-get install dataset-fashion-mnist"


def digits() -> Source:
    """1,797 pictures of 8 x 8 pixels, 0..16 in the original, of which 16 becomes 15."""
    from sklearn.datasets import load_digits  # slow to import, and only needed here

    x, y = load_digits(return_X_y=True)
    return Source("digits", "digits", np.minimum(x, 15).astype(np.uint8), y.astype(np.int64), scale="0..15")


def fashion() -> Source:
    """60,000 and 10,000 pictures of 28 x 28 pixels."""
    if not FASHION_FOLDER.exists():
        raise DataError(f"fashion: found no {FASHION_FOLDER}; allowed is Debian's copy: {_INSTALL}")
    try:
        source = idx.read(FASHION_FOLDER)
    except DataError as error:
        raise DataError(f"fashion: {error}; install it anew: {_INSTALL}") from None
    return Source("fashion", "fashion", source.x, source.y, source.x_test, source.y_test, scale=source.scale)


NAMED = {"digits": digits, "fashion": fashion}
