"""PLL settings: dividers within the data sheets' limits, and the clock that they make."""

from fractions import Fraction

import pytest

from rtl.boards.clock import LIMITS, ClockError, filter_range, line_divisor, settings


@pytest.mark.parametrize("family", LIMITS)
@pytest.mark.parametrize("crystal", [12, 25, 100])
def test_every_setting_is_allowed_and_makes_the_clock_it_says(family, crystal):
    limits, made = LIMITS[family], 0
    for wanted in range(16, 200, 4):
        try:
            pll = settings(family, Fraction(crystal), Fraction(wanted))
        except ClockError:
            continue
        made += 1
        after = 1 if limits.feedback_output else pll.output
        assert pll.megahertz == Fraction(crystal, pll.reference) * pll.feedback / after
        assert abs(pll.megahertz - wanted) <= wanted * Fraction(1, 50)
        assert pll.reference in limits.reference and pll.feedback in limits.feedback and pll.output in limits.output
        assert limits.detector[0] <= pll.detector <= limits.detector[1]
        assert limits.oscillator[0] <= pll.megahertz * pll.output <= limits.oscillator[1]
    assert made > 30


def test_the_boards_clocks_are_those_of_the_vendors_own_tools():
    # ecppll -i 25 -o 100, and icepll -i 12 -o 24 and -o 20
    ecp5 = settings("ecp5", Fraction(25), Fraction(100))
    assert (ecp5.reference, ecp5.feedback, ecp5.megahertz) == (1, 4, 100)
    ice40 = settings("ice40", Fraction(12), Fraction(24))
    assert (ice40.reference, ice40.feedback, ice40.output, ice40.megahertz) == (1, 64, 32, 24)
    assert filter_range(ice40.detector) == 1
    assert settings("ice40", Fraction(12), Fraction(20)).megahertz == Fraction(159, 8)


@pytest.mark.parametrize("wanted", [1, 2000])
def test_a_clock_out_of_reach_is_refused_by_its_name(wanted):
    with pytest.raises(ClockError, match=rf"clock: found {wanted} MHz; .*12 MHz"):
        settings("ice40", Fraction(12), Fraction(wanted))


def test_a_line_takes_whole_clocks_a_bit():
    assert line_divisor(Fraction(24), 1_000_000) == 24
    assert line_divisor(Fraction(100), 115_200) == 868
    for baud in (10_000_000, 4_500_000):
        with pytest.raises(ClockError, match=f"baud: found {baud}"):
            line_divisor(Fraction(24), baud)
