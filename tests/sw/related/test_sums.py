"""The cheapest names that obey a sum, against all there are."""

import itertools

import numpy as np
import pytest

from sw.related import sums


@pytest.mark.parametrize("seed", range(20))
def test_the_names_found_obey_the_sum_at_the_least_cost_there_is(seed):
    random = np.random.default_rng(seed)
    n, K = int(random.integers(1, 5)), int(random.integers(2, 6))
    cost = sums.costs(random.integers(-50, 200, (n, K)))
    assert (cost >= 0).all() and (cost.min(1) == 0).all()
    for total in range(n * (K - 1) + 1):
        names = sums.cheapest(cost, total)
        assert names.sum() == total
        least = min(
            sum(cost[i, name] for i, name in enumerate(way))
            for way in itertools.product(range(K), repeat=n)
            if sum(way) == total
        )
        assert cost[np.arange(n), names].sum() == least


def test_one_wrong_name_with_a_near_second_is_put_right_and_right_ones_stay():
    y = np.array([3, 1, 4, 1])
    voltages = np.zeros((4, 6)) + 100 * np.eye(6)[y]
    voltages[2, 5] = 120  # named 5, with 4 close behind
    right, broken = sums.checked(voltages, y, 4, 3, np.random.default_rng(0))
    assert (right, broken) == (1.0, 1.0)
    assert sums.checked(voltages, y, 2, 20, np.random.default_rng(0)) == (1.0, 0.5)


def test_a_rest_that_fills_no_group_stays_as_named():
    y = np.array([0, 0, 0])
    voltages = np.array([[1.0, 2.0]] * 3)  # all named 1
    assert sums.checked(voltages, y, 2, 5, np.random.default_rng(0)) == (pytest.approx(2 / 3), 1.0)
