"""Samples with what goes along: cut, joined, and kept as arrays."""

import io

import numpy as np
import pytest

from golden.population import Population
from golden.samples import Samples

X, Y = np.arange(12, dtype=np.uint8).reshape(6, 2), np.arange(6) % 3
LAST, TRUE = np.array([0, 1, 0, 0, 1, 0], bool), np.linspace(-1, 1, 6)
PLAIN, WHOLE = Samples(X, Y), Samples(X, Y, LAST, TRUE, Population(-1, 1, 3))


def assert_equal(one, two):
    for name in ("x", "y", "last", "true"):
        assert (getattr(one, name) is None) == (getattr(two, name) is None), name
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), name)
    assert one.concepts == two.concepts


@pytest.mark.parametrize("part", [slice(2, 5), np.array([5, 0, 4]), slice(3, 3)])
def test_a_part_has_all_that_goes_along(part):
    assert_equal(WHOLE[part], Samples(X[part], Y[part], LAST[part], TRUE[part], WHOLE.concepts))
    assert_equal(PLAIN[part], Samples(X[part], Y[part]))
    assert len(WHOLE[part]) == len(X[part])


def test_samples_that_stand_alone_all_end():
    assert PLAIN.ends.tolist() == [True] * 6 and PLAIN.ends.dtype == bool
    assert WHOLE.ends is LAST


def test_joined_samples_keep_where_sequences_end():
    assert_equal(Samples.join([PLAIN[:2], PLAIN[2:]]), PLAIN)
    joined = Samples.join([WHOLE, PLAIN[:2], WHOLE[2:4]])
    expected = [*LAST, True, True, *LAST[2:4]]
    assert_equal(joined, Samples(np.concatenate([X, X[:2], X[2:4]]), np.concatenate([Y, Y[:2], Y[2:4]]), np.array(expected)))


@pytest.mark.parametrize("samples", [PLAIN, WHOLE, Samples(X, Y, LAST), WHOLE[:0]])
def test_arrays_of_a_file_are_the_samples_again(samples):
    file = io.BytesIO()
    np.savez(file, **samples.arrays("test_"), **Samples(X[:1], Y[:1]).arrays())
    found = dict(np.load(io.BytesIO(file.getvalue())))
    assert_equal(Samples.of_arrays(found, "test_"), samples)
    assert_equal(Samples.of_arrays(found), PLAIN[:1])


def test_what_there_is_not_is_not_kept():
    assert set(PLAIN.arrays()) == {"x", "y"}
    assert set(WHOLE.arrays()) == {"x", "y", "last", "true", "concepts"}
