"""A series as elements: which values a network sees, what it is to foretell, and where sequences begin."""

import numpy as np
import pytest

from sw.common.errors import DataError
from sw.data.elements import NEURONS, PIECE, elements, shuffled
from sw.data.series import Series

DAY = 8


def waves(count=400, day=DAY):
    t = np.arange(count)
    return Series("waves", 5 + np.sin(t) + 0.3 * np.sin(t / 7), day)


def test_inputs_are_the_value_and_changes_now_before_a_day_and_a_week_ago():
    series = waves()
    data = elements(series, 32, daily=True, weekly=True)
    known = series.values[:320]
    values = (series.values - known.mean()) / known.std()
    change = np.diff(values, prepend=values[0])
    at = 7 * DAY  # the first with a week behind it
    inputs = data.train.x[0].reshape(-1, NEURONS)
    assert len(inputs) == 6
    expected = [change[at], change[at - 1], change[at + 1 - DAY], change[at + 2 - DAY], change[at + 1 - 7 * DAY]]
    assert np.array_equal(inputs[1:], data_pixels(data, expected))
    assert data.train.now[0] == pytest.approx(values[at]) and data.train.after[0] == pytest.approx(values[at + 1])
    assert data.train.y[0] == data.changes.labels([change[at + 1]])[0]


def data_pixels(data, changes):
    from dataclasses import replace

    return replace(data.changes, count=NEURONS).pixels(changes)


def test_without_lags_a_network_sees_the_value_and_its_change():
    data = elements(waves(day=None), 16, before=False)
    assert data.train.x.shape[1] == 2 * NEURONS
    assert data.changes.count == 16


def test_nothing_of_the_test_part_is_known_in_training():
    series = waves()
    other = Series("other", np.concatenate([series.values[:320], 99 + np.zeros(80)]), DAY)
    some, others = (elements(one, 32, daily=True) for one in (series, other))
    assert np.array_equal(some.train.x, others.train.x) and np.array_equal(some.train.after, others.train.after)
    assert some.changes == others.changes
    assert len(some.train.y) + len(some.test.y) == 400 - DAY - 1 - 1
    assert some.test.now[0] == pytest.approx((series.values[320] - series.values[:320].mean()) / series.values[:320].std())


def test_the_error_is_of_the_next_value():
    part = elements(waves(), 32).test
    assert part.error(part.after - part.now) == pytest.approx(0)
    assert part.error(np.zeros(len(part.y))) == pytest.approx(((part.after - part.now) ** 2).mean())


@pytest.mark.parametrize(
    "series, options, said",
    [
        (waves(30), {"weekly": True}, "waves: found 30 values; allowed are more than"),
        (waves(day=None), {"daily": True}, "waves: found no number of moments a day"),
        (Series("flat", np.ones(99)), {}, "flat: found the same value 79 times"),
    ],
)
def test_a_series_that_will_not_do_is_named(series, options, said):
    with pytest.raises(DataError) as caught:
        elements(series, 32, **options)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_recurrent_network_learns_from_whole_pieces_in_a_new_order_each_epoch():
    count = 3 * PIECE + 7
    places, starts = shuffled(count, True, seed=1, epoch=2)
    assert sorted(places) == list(range(count))
    begins = places[starts == 1]
    assert sorted(begins) == [0, PIECE, 2 * PIECE, 3 * PIECE]
    assert all(b == a + 1 for a, b, start in zip(places, places[1:], starts[1:], strict=False) if not start)
    assert any(not np.array_equal(places, shuffled(count, True, 1, epoch)[0]) for epoch in range(2))


def test_without_recurrence_each_element_is_alone():
    places, starts = shuffled(99, False, seed=1, epoch=0)
    assert sorted(places) == list(range(99)) and starts.all()
    assert not np.array_equal(places, np.arange(99))
