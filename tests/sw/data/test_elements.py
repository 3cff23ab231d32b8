"""A series as elements: which values a network sees, what it is to foretell, and where sequences end."""

import json

import numpy as np
import pytest

from golden.population import Population
from sw.common.errors import DataError
from sw.data.elements import NEURONS, PIECE, Coding, Lags, pieces, split
from sw.data.series import Series

DAY = 8
ALL = Lags(2, daily=True, weekly=True, day=DAY)


def waves(count=400):
    t = np.arange(count)
    return Series("waves", 5 + np.sin(t) + 0.3 * np.sin(t / 7), DAY)


def test_inputs_are_the_value_and_changes_now_before_a_day_and_a_week_ago():
    series = waves()
    coding, train, _ = split(series, 32, ALL)
    known = series.values[:320]
    values = (series.values - known.mean()) / known.std()
    change = np.diff(values, prepend=values[0])
    at = 7 * DAY  # the first with a week behind it
    inputs = train.x[0].reshape(-1, NEURONS)
    assert len(inputs) == ALL.inputs == 6 and coding.first == at
    expected = [change[at], change[at - 1], change[at + 1 - DAY], change[at + 2 - DAY], change[at + 1 - 7 * DAY]]
    reach = coding.reach
    assert np.array_equal(inputs[0], Population(coding.low, coding.high, NEURONS).pixels([values[at]])[0])
    assert np.array_equal(inputs[1:], Population(-reach, reach, NEURONS).pixels(expected))
    assert train.now[0] == pytest.approx(values[at]) and train.after[0] == pytest.approx(values[at + 1])
    assert train.y[0] == Population(-reach, reach, 32).labels([change[at + 1]])[0]


def test_the_least_lags_are_the_value_and_its_change():
    coding, train, test = split(waves(), 16, Lags())
    assert (coding.first, train.x.shape[1], coding.changes.count) == (1, 2 * NEURONS, 16)
    assert len(train.y) + len(test.y) == 400 - 1 - 1 - 1, "the one from the training part into the test is in neither"


def test_nothing_of_the_test_part_is_known_in_training():
    series = waves()
    other = Series("other", np.concatenate([series.values[:320], 99 + np.zeros(80)]), DAY)
    (coding, train, test), (another, others, _) = (split(one, 32, ALL) for one in (series, other))
    assert coding == another
    assert np.array_equal(train.x, others.x) and np.array_equal(train.after, others.after)
    assert coding.unscaled(train.after[-1]) == pytest.approx(series.values[319]), "the last one that is learned"
    assert coding.unscaled(test.now[0]) == pytest.approx(series.values[320])
    assert len(train.y) == 320 - 1 - coding.first and len(test.y) == 80 - 1


def test_a_coding_comes_back_from_json():
    coding, train, _ = split(waves(), 32, ALL)
    again = Coding.from_dict(json.loads(json.dumps(coding.to_dict())))
    assert again == coding
    assert np.array_equal(again.elements(waves().values).x[: len(train.y)], train.x)


def test_elements_come_from_the_first_moment_that_has_all_they_show():
    coding, *_ = split(waves(), 32, ALL)
    assert [len(coding.elements(waves(count).values).y) for count in (2, coding.first + 1, coding.first + 2)] == [0, 0, 1]
    values = waves(100).values
    found = coding.elements(values)
    np.testing.assert_allclose(coding.unscaled(found.now), values[coding.first : -1])
    np.testing.assert_allclose(coding.unscaled(found.after), values[coding.first + 1 :])


def test_a_part_of_elements_has_all_of_them():
    _, train, _ = split(waves(), 32, ALL)
    for name in ("x", "y", "now", "after"):
        np.testing.assert_array_equal(getattr(train[3:5], name), getattr(train, name)[3:5], name)


@pytest.mark.parametrize(
    "values, lags, said",
    [
        (waves(70).values, ALL, "found 70 values; allowed are 73 or more with these lags"),
        (np.arange(5.0), Lags(), "found 5 values; allowed are 6 or more with these lags"),
        (np.ones(99), Lags(), "found the same value 79 times; allowed is a series that changes"),
        (np.full(99, 0.1), Lags(), "found the same value 79 times; allowed is a series that changes"),
    ],
)
def test_a_series_that_will_not_do_is_named(values, lags, said):
    with pytest.raises(DataError) as caught:
        split(Series("own", values), 32, lags)
    assert str(caught.value) == f"own: {said}"


@pytest.mark.parametrize("scale", [1e306, 1e120, 1e-120, 1e-320])
@pytest.mark.filterwarnings("error")
def test_a_series_that_cannot_be_scaled_is_named(scale):
    said = "^far: found values -?[0-9.e+-]+ to [0-9.e+-]+, too near or too far to be scaled; allowed is a standard"
    with pytest.raises(DataError, match=said):
        split(Series("far", waves().values * scale), 6, Lags())
    split(Series("far", waves().values * scale**0.25), 6, Lags())


@pytest.mark.parametrize("lags, least", [(ALL, 73), (Lags(), 6), (Lags(8), 13)])
def test_as_many_values_as_are_allowed_will_do(lags, least):
    _, train, test = split(waves(least), 32, lags)
    assert len(train.y) >= 1 and len(test.y) >= 1


def test_a_series_that_seldom_changes_is_scaled_by_its_changes():
    values = np.zeros(5000)
    values[100] = 1.0
    coding, train, _ = split(Series("rare", values), 32, Lags())
    assert coding.reach > 0 and coding.high > coding.low
    assert sorted(set(train.y)) == [0, 16, 31]  # down, none and up


@pytest.mark.parametrize(
    "options, said",
    [
        ({"last": 0}, "--lags: found 0; allowed is 1 to 8 last changes"),
        ({"last": 9}, "--lags: found 9; allowed is 1 to 8 last changes"),
        ({"day": 1}, "--day: found 1; allowed is 2 or more moments of a day"),
        ({"weekly": True}, "--daily, --weekly: found no number of moments of a day; allowed with --day N"),
    ],
)
def test_lags_that_will_not_do_are_named(options, said):
    with pytest.raises(DataError) as caught:
        Lags(**options)
    assert str(caught.value) == said


def test_a_piece_ends_with_its_fiftieth_element_and_the_last_one_with_all():
    assert np.flatnonzero(pieces(3 * PIECE + 7)).tolist() == [49, 99, 149, 156]
    assert np.flatnonzero(pieces(PIECE)).tolist() == [49]
    assert pieces(1).tolist() == [True]
