"""Digits read in patches, the codes that come next, and tables that foretell them."""

import numpy as np

from sw.related import patches


def test_patches_are_cut_in_reading_order():
    x = np.arange(128).reshape(2, 64)
    read = patches.cut(x)
    assert read.shape == (2, 8, 8)
    picture = x[1].reshape(8, 8)
    assert np.array_equal(read[1, 0], picture[:2, :4].reshape(-1))
    assert np.array_equal(read[1, 1], picture[:2, 4:].reshape(-1))
    assert np.array_equal(read[1, 2], picture[2:4, :4].reshape(-1))


def test_an_element_is_a_patch_with_the_code_of_the_next_and_a_digit_ends_a_sequence():
    read, codes = patches.cut(np.arange(128).reshape(2, 64)), np.arange(16).reshape(2, 8)
    learned = patches.dataset(read, codes, read[:1]).training
    assert len(learned) == 14
    assert np.array_equal(learned.x[8], read[1, 1]) and learned.y[8] == codes[1, 2]
    assert np.flatnonzero(learned.last).tolist() == [6, 13]


def test_what_is_foretold_knows_no_code_of_the_test():
    read, codes = patches.cut(np.arange(128).reshape(2, 64)), np.arange(16).reshape(2, 8)
    assert not patches.dataset(read, codes, read[:1]).testing.y.any()


def test_tables_look_as_far_back_as_they_may_and_less_where_nothing_is_known():
    codes = np.array([[0, 1, 2, 0, 1, 2, 0, 1], [3, 1, 4, 3, 1, 4, 3, 1]])
    assert patches.counted(codes, np.array([[3, 1, 0]]), 2).tolist() == [[1, 4]]
    assert patches.counted(codes, np.array([[0, 1, 0]]), 2).tolist() == [[1, 2]]
    assert patches.counted(codes, np.array([[9, 9, 9]]), 2).tolist() == [[1, 1]]
    assert patches.counted(codes, np.array([[0, 3, 0]]), 0).tolist() == [[1, 1]]


def test_the_core_is_measured_against_its_memoryless_twin():
    def result(recurrent: float) -> patches.Patches:
        accuracy = dict.fromkeys(patches.NEXT, 0.3) | {"recurrent": recurrent}
        return patches.Patches(0, accuracy, *(np.zeros(1),) * 4, 630, 1)

    assert patches.figures([result(0.4)])[0].reached
    assert not patches.figures([result(0.2)])[0].reached
