"""What `verify` makes of what it is given; what it compares: tests/sw/training/test_sim_backend.py."""

import pytest

from golden.config import Config
from sw.proof.verify import bottleneck


@pytest.mark.parametrize("length", [5, 53, 54, 64])
def test_the_second_core_has_a_name_also_where_the_first_has_the_longest(length):
    small = bottleneck(Config(name="n" * length, sizes=(9, 8, 2), lanes=4))
    assert small.name == "n" * min(length, 53) + "-bottleneck"
