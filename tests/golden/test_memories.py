"""numpy promises no generator's stream for ever: the initial weights it gives `digits` are pinned, bit by bit."""

import hashlib

import pytest

from golden.config import NAMED
from golden.memories import Memories


@pytest.mark.parametrize(
    "seed, expected",
    [
        (0, "1cf89dabddea27f05047bfd0739a95d7c2cf53d856c6552673f21b4d56dd3193"),
        (3, "62c366a9684de182824228e59e0987083111cdf6d2a93f5604ae1fd2fcb6e7c0"),
    ],
)
def test_initial_weights(seed, expected):
    memories = Memories(NAMED["digits"].replace(seed=seed))
    memories.fill()
    # W1..W3, Theta0..Theta2, pre-major, each weight as eight little-endian bytes.
    content = b"".join(tensor.numpy().astype("<i8").tobytes() for tensor in (*memories.W[1:], *memories.Theta))
    assert hashlib.sha256(content).hexdigest() == expected
