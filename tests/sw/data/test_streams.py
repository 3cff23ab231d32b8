"""numpy promises no generator's stream for ever: what ours draw for `digits` is pinned, bit by bit."""

import hashlib

import numpy as np
import pytest

from sw.data import load, order


def digest(*arrays: np.ndarray) -> str:
    """Of whole numbers, each as eight little-endian bytes."""
    return hashlib.sha256(b"".join(array.astype("<i8").tobytes() for array in arrays)).hexdigest()


@pytest.mark.parametrize(
    "seed, epoch, expected",
    [
        (0, 0, "cb7b38d41864a5caeb39897586a9b6331e2ee2995a176a5f2a726afaf512546f"),
        (0, 19, "4479482e069ece03191952631e2dcea3159d375714c6a24753b3babe423a4c7c"),
        (3, 1, "3825acf8d33d2d84ab0264cefc3ae6cb748c016eebab62ee56b7546d60e5cbf7"),
    ],
)
def test_the_order_of_an_epoch(seed, epoch, expected):
    assert digest(order(1437, seed, epoch)) == expected


@pytest.mark.parametrize(
    "split, expected",
    [
        (0, "a8d3065ddcf4e247dde028f469ddff6e50db4172a477ce032ab48dd5cf4911a1"),
        (3, "5fc20366d22f2725874d3366f86730e3bab7507e05751a8f49dc7614ac50b3d2"),
    ],
)
def test_the_samples_of_a_split_in_their_order(split, expected):
    digits = load("digits", split)
    assert digest(digits.x_train, digits.y_train, digits.x_test, digits.y_test) == expected
