"""What a run kept, to compare with what another did."""

from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint


def arrays(path: Path) -> dict[str, np.ndarray]:
    return Checkpoint.load(path).state


def assert_same(one: dict, two: dict) -> None:
    assert one.keys() == two.keys()
    for key in one:
        np.testing.assert_array_equal(one[key], two[key], err_msg=key)
