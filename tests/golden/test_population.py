"""Values as populations of neurons: tents of pixels, the nearest concept, and the expectation back."""

import numpy as np
import pytest

from golden.population import Population

FIVE = Population(-1, 1, 5)


def test_a_value_is_a_tent_of_pixels_around_its_place():
    # A neuron sees a value up to one and a half distances away: 15 at its centre, 5 at one distance, 0 from 1.5 on.
    assert FIVE.pixels([0.0])[0].tolist() == [0, 5, 15, 5, 0]
    assert FIVE.pixels([0.25])[0].tolist() == [0, 0, 10, 10, 0]
    assert FIVE.pixels([-1.0])[0].tolist() == [15, 5, 0, 0, 0]


def test_values_beyond_the_ends_count_as_these():
    assert np.array_equal(FIVE.pixels([-7.0, 3.0]), FIVE.pixels([-1.0, 1.0]))
    assert FIVE.labels([-7.0, 3.0]).tolist() == [0, 4]


def test_the_concept_is_the_nearest():
    assert FIVE.labels([-0.26, -0.24, 0.1, 0.74, 0.76]).tolist() == [1, 2, 2, 3, 4]


def test_places_are_whole_256ths_of_a_distance():
    assert FIVE.places([-1, -0.5, 0.001, 1]).tolist() == [0, 256, 513, 1024]


def test_the_expectation_weighs_voltages_and_takes_negative_ones_as_none():
    voltages = np.array([[-900, 0, 100, 300, -5], [0, 7, 0, 0, 0], [-1, -2, -3, -4, -5]])
    assert FIVE.values(voltages) == pytest.approx([0.375, -0.5, 0])


def test_a_place_is_rounded_half_to_even():
    ends = Population(0, 256, 2)  # a unit is a place
    assert ends.places([0.5, 1.5, 2.5, 254.5, 255.5]).tolist() == [0, 2, 2, 254, 256]


@pytest.mark.parametrize(
    "given, text",
    [
        ((-1, 1, 1), "count: found 1; allowed is a whole number, 2 or more"),
        ((-1, 1, 2.0), "count: found 2.0; allowed is a whole number, 2 or more"),
        ((1, 1, 4), "low, high: found 1, 1; allowed are finite ends, low below high"),
        ((2, 1, 4), "low, high: found 2, 1; allowed are finite ends, low below high"),
        ((0, float("nan"), 4), "low, high: found 0, nan; allowed are finite ends, low below high"),
    ],
)
def test_what_is_no_population_is_refused(given, text):
    with pytest.raises(ValueError) as error:
        Population(*given)
    assert str(error.value) == text


def test_what_is_no_number_has_no_place():
    for asked in (FIVE.places, FIVE.pixels, FIVE.labels):
        with pytest.raises(ValueError, match=r"^values: found nan; allowed are numbers$"):
            asked([0.0, float("nan")])
