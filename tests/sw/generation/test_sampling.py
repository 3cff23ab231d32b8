"""New codes: what they are made of, and that class and seed alone decide."""

import numpy as np
import pytest

from sw.generation.sampling import between, mixed

CODES = np.random.default_rng(0).integers(0, 9, (40, 12))


def test_every_neuron_takes_its_count_in_one_of_two_codes_of_the_class():
    for code in mixed(CODES, 30, 0, 3):
        agree = code == CODES
        assert any((agree[i] | agree[j]).all() for i in range(40) for j in range(i + 1))
    assert not (mixed(CODES, 30, 0, 3)[:, None] == CODES).all(2).any(), "none is new"


def test_the_second_code_is_the_nearest_of_sixteen():
    # Two heaps far apart: among 16 of 40 there is nearly always another code of the first one's heap.
    codes = np.repeat([[0] * 12, [8] * 12], 20, axis=0)
    codes[np.arange(40), np.arange(40) % 12] = 4
    drawn = mixed(codes, 200, 1, 0)
    assert (np.isin(drawn, (0, 4)).all(1) | np.isin(drawn, (4, 8)).all(1)).mean() > 0.99


def test_class_and_seed_decide():
    assert np.array_equal(mixed(CODES, 5, 0, 1), mixed(CODES, 5, 0, 1))
    for other in (mixed(CODES, 5, 1, 1), mixed(CODES, 5, 0, 2)):
        assert not np.array_equal(mixed(CODES, 5, 0, 1), other)


@pytest.mark.parametrize("codes", [CODES[:1], np.repeat(CODES[:1], 5, axis=0)])
def test_where_there_is_one_code_it_is_taken(codes):
    assert np.array_equal(mixed(codes, 3, 0, 0), np.repeat(CODES[:1], 3, axis=0))


def test_the_way_between_two_codes_begins_and_ends_with_them():
    assert between(np.array([0, 8, 3]), np.array([8, 0, 3]), 5).tolist() == [
        [0, 8, 3],
        [2, 6, 3],
        [4, 4, 3],
        [6, 2, 3],
        [8, 0, 3],
    ]
    assert between(np.array([0]), np.array([5]), 3).tolist() == [[0], [3], [5]]  # 2.5 rounds up
    assert between(np.array([1]), np.array([0]), 2).tolist() == [[1], [0]]
