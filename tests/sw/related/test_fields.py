"""How local and how smooth a field is, on fields where that is known."""

import numpy as np
import pytest

from sw.related import fields


def spot(side: int, *places: tuple[int, int]) -> np.ndarray:
    field = np.zeros((1, side, side))
    for place in places:
        field[0][place] = -2.0
    return field


def test_spread_is_the_distance_from_the_middle():
    assert fields.spread(spot(9, (3, 5)))[0] == pytest.approx(0, abs=1e-6)
    assert fields.spread(spot(9, (0, 4), (8, 4)))[0] == pytest.approx(4)
    assert fields.spread(np.ones((1, 8, 8)))[0] == pytest.approx(np.sqrt(2 * 63 / 12))


def test_participation_counts_pixels_that_share_a_field():
    assert fields.participation(spot(9, (3, 5)))[0] == pytest.approx(1)
    assert fields.participation(spot(9, (0, 0), (1, 1), (5, 5)))[0] == pytest.approx(3)
    assert fields.participation(np.ones((1, 8, 8)))[0] == pytest.approx(64)


def test_likeness_tells_smooth_from_independent_from_alternating():
    row = np.sin(np.linspace(0, np.pi * 2, 16))
    smooth = row[None, :, None] * row[None, None, :]
    board = (-1.0) ** np.indices((16, 16)).sum(0)[None]
    noise = np.random.default_rng(0).normal(size=(50, 16, 16))
    assert fields.likeness(smooth)[0] > 0.8
    assert fields.likeness(board)[0] == pytest.approx(-1, abs=0.01)
    assert abs(np.median(fields.likeness(noise))) < 0.05


def test_a_field_counts_as_local_where_it_is_narrower_than_shuffled():
    def result(spread: list[float]) -> fields.Fields:
        other = np.array([10.0, 20.0, 30.0])
        return fields.Fields(
            0, np.array(spread), other, np.array([0.5, 0, 0]), 3.2, np.zeros((1, 4)), np.zeros((1, 4)), (2, 2)
        )

    assert [figure.reached for figure in fields.figures([result([1.0, 2.0, 3.0])])] == [True, True, True]
    assert [figure.reached for figure in fields.figures([result([2.5, 2.0, 3.0])])] == [False, True, True]
