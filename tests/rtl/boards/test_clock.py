"""PLL settings: dividers within the data sheets' limits, and the clock that they make."""

from fractions import Fraction

import pytest

from rtl.boards.clock import CLOSE, LIMITS, ClockError, filter_range, line_divisor, pll_settings, reach


@pytest.mark.parametrize("family", LIMITS)
@pytest.mark.parametrize("crystal", [12, 25, 100])
def test_every_setting_is_allowed_and_makes_the_clock_it_says(family, crystal):
    limits, made = LIMITS[family], 0
    for wanted in range(16, 200, 8):
        try:
            pll = pll_settings(family, Fraction(crystal), Fraction(wanted))
        except ClockError:
            continue
        made += 1
        after = 1 if limits.feedback_output else pll.output
        assert pll.megahertz == Fraction(crystal, pll.reference) * pll.feedback / after
        assert abs(pll.megahertz - wanted) <= wanted * Fraction(1, 50)
        assert pll.reference in limits.reference and pll.feedback in limits.feedback and pll.output in limits.output
        assert limits.detector[0] <= pll.detector <= limits.detector[1]
        assert limits.oscillator[0] <= pll.megahertz * pll.output <= limits.oscillator[1]
    assert made > 15


def test_the_boards_clocks_are_those_of_the_vendors_own_tools():
    # ecppll -i 25 -o 100, and icepll -i 12 -o 24 and -o 20
    ecp5 = pll_settings("ecp5", Fraction(25), Fraction(100))
    assert (ecp5.reference, ecp5.feedback, ecp5.megahertz) == (1, 4, 100)
    ice40 = pll_settings("ice40", Fraction(12), Fraction(24))
    assert (ice40.reference, ice40.feedback, ice40.output, ice40.megahertz) == (1, 64, 32, 24)
    assert filter_range(ice40.detector) == 1
    assert pll_settings("ice40", Fraction(12), Fraction(20)).megahertz == Fraction(159, 8)


@pytest.mark.parametrize("wanted", [1, 2000])
def test_a_clock_out_of_reach_is_refused_by_its_name(wanted):
    with pytest.raises(ClockError, match=rf"clock: found {wanted} MHz; .*12 MHz"):
        pll_settings("ice40", Fraction(12), Fraction(wanted))


@pytest.mark.parametrize("family", LIMITS)
@pytest.mark.parametrize("crystal", [12, 16, 27, 100])
def test_a_clock_is_near_or_refused_at_either_end_of_the_reach_and_beyond(family, crystal):
    for end in reach(family, Fraction(crystal)):
        for share in (-3, -2, -1, 0, 1, 2, 3):
            wanted = end * (1 + share * CLOSE / 2)
            try:
                made = pll_settings(family, Fraction(crystal), wanted).megahertz
            except ClockError:
                assert abs(end - wanted) > wanted * CLOSE, "the end itself would have done"
            else:
                assert abs(made - wanted) <= wanted * CLOSE and abs(made - wanted) <= abs(end - wanted)


def test_a_clock_just_above_the_fastest_is_the_fastest():
    assert pll_settings("xilinx", Fraction(12), Fraction(391, 2)).megahertz == 192
    assert pll_settings("ice40", Fraction(16), Fraction(67)).megahertz == 66  # not 68, which is as near, and above


@pytest.mark.parametrize("family", LIMITS)
@pytest.mark.parametrize("crystal", [0, Fraction(1, 10), 100_000])
def test_a_crystal_that_no_divider_helps_is_refused(family, crystal):
    with pytest.raises(ClockError, match="crystal: found "):
        pll_settings(family, Fraction(crystal), Fraction(48))


def test_a_line_takes_whole_clocks_a_bit():
    assert line_divisor(Fraction(24), 1_000_000) == 24
    assert line_divisor(Fraction(100), 115_200) == 868
    for baud in (10_000_000, 4_500_000):
        with pytest.raises(ClockError, match=f"baud: found {baud}"):
            line_divisor(Fraction(24), baud)
