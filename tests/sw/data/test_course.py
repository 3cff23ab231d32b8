"""The order in which elements are learned: each once, sequences whole where a network remembers, portions of a text."""

import itertools

import numpy as np
import pytest

from golden.config import NAMED
from golden.order import order
from sw.data.course import Course, epoch_order
from sw.data.dataset import Dataset
from sw.data.elements import PIECE, pieces

ALONE, RECURRENT = NAMED["electricity"].replace(seed=1), NAMED["electricity-recurrent"].replace(seed=1)


def dataset(count, course=None):
    x, y = np.zeros((count, 2), np.uint8), np.zeros(count, np.int64)
    return Dataset("own", x, y, x[:1], y[:1], course=course)


def series(count):
    return dataset(count, Course(pieces(count), np.ones(1, bool)))


def text(count, portion):
    return dataset(count, Course(np.arange(count) % portion == portion - 1, np.ones(1, bool), portion=portion))


@pytest.mark.parametrize("found", [dataset(99), series(99)])
def test_without_memory_samples_come_one_by_one_as_in_recognition(found):
    for epoch in (0, 3):
        assert np.array_equal(epoch_order(found, ALONE, epoch), order(99, 1, epoch))
    assert np.array_equal(epoch_order(dataset(99), NAMED["tiny"], 2), order(99, NAMED["tiny"].seed, 2))


def test_with_memory_sequences_stay_whole_and_come_in_a_new_order_each_epoch():
    count = 3 * PIECE + 7
    orders = [epoch_order(series(count), RECURRENT, epoch) for epoch in range(3)]
    last = pieces(count)
    for places in orders:
        assert sorted(places) == list(range(count))
        begins = places[np.concatenate([[True], last[places[:-1]]])]
        assert sorted(begins) == [0, PIECE, 2 * PIECE, 3 * PIECE]
        assert all(b == a + 1 for a, b in itertools.pairwise(places) if not last[a])
    assert len({tuple(places) for places in orders}) > 1
    assert np.array_equal(orders[1], epoch_order(series(count), RECURRENT, 1))


@pytest.mark.parametrize("config", [ALONE, RECURRENT])
def test_an_epoch_of_a_text_takes_what_no_other_takes(config):
    found = text(30, portion=10)
    orders = [epoch_order(found, config, epoch) for epoch in range(3)]
    assert [sorted(places) for places in orders] == [list(range(low, low + 10)) for low in (0, 10, 20)]
    assert (orders[1].tolist() == list(range(10, 20))) == config.recurrent, "one sequence, or shuffled"
