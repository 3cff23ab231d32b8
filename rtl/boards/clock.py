"""A board's crystal to the core's clock: which settings a family's PLL needs, as plain numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from rtl.bus.uart import MIN_DIVISOR


class ClockError(ValueError):
    """A clock that the board's PLL cannot make: the message names what was found and what is allowed."""


@dataclass(frozen=True)
class Pll:
    """Settings of one PLL.

    Members:
        crystal, megahertz: what comes in and out, MHz, exactly. detector: crystal / reference, MHz.
        reference, feedback, output: the dividers.
    """

    crystal: Fraction
    reference: int
    feedback: int
    output: int
    megahertz: Fraction

    @property
    def detector(self) -> Fraction:
        return self.crystal / self.reference


@dataclass(frozen=True)
class Limits:
    """What a family's PLL allows: divider ranges, and MHz of phase detector and oscillator (the vendors' data sheets).

    feedback_output: the feedback is taken behind the output divider, so that the oscillator runs at f_out x output.
    """

    reference: range
    feedback: range
    output: tuple[int, ...]
    detector: tuple[float, float]
    oscillator: tuple[float, float]
    feedback_output: bool = False


GOWIN_OUTPUTS = (2, 4, 8, *range(16, 129, 16))
LIMITS = {
    # EHXPLLL, Lattice FPGA-DS-02012 (ECP5 family data sheet), table 3.31
    "ecp5": Limits(range(1, 17), range(1, 81), tuple(range(1, 129)), (3.125, 400), (400, 800), feedback_output=True),
    # SB_PLL40 with simple feedback, Lattice FPGA-TN-02052 (iCE40 sysCLOCK PLL); the output divider is a power of two
    "ice40": Limits(range(1, 17), range(1, 129), (2, 4, 8, 16, 32, 64), (10, 133), (533, 1066)),
    # rPLL of a GW2A at speed C8/I7, Gowin DS226 (GW2AR data sheet), PLL switching characteristics
    "gowin": Limits(range(1, 65), range(1, 65), GOWIN_OUTPUTS, (3, 500), (500, 1250), feedback_output=True),
    # MMCME2, AMD DS181 (Artix-7 data sheet), speed grade -1
    "xilinx": Limits(range(1, 11), range(2, 65), tuple(range(1, 129)), (10, 450), (600, 1200)),
}
"""By family."""

CLOSE = Fraction(1, 50)
"""A clock more than 2 % beside the one asked for is refused."""


def pll_settings(family: str, crystal: Fraction, wanted: Fraction) -> Pll:
    """The settings that come closest to `wanted` MHz from a crystal of `crystal` MHz, never above it where two are as close.

    Raises:
        ClockError: nothing within 2 %.
    """
    least, most = reach(family, crystal)
    if not least * (1 - CLOSE) <= wanted <= most * (1 + CLOSE):
        allowed = f"allowed is {float(least):g} to {float(most):g} MHz"
        raise ClockError(f"clock: found {float(wanted):g} MHz; from this board's {float(crystal):g} MHz {allowed}")
    found = []
    for choice in _choices(family, crystal):
        below = floor(wanted / choice.step)
        for feedback in (below, below + 1):
            pll = choice.made(crystal, min(max(feedback, choice.feedback[0]), choice.feedback[-1]))
            order = abs(pll.megahertz - wanted), pll.megahertz > wanted, pll.reference, -pll.megahertz * pll.output
            found.append((order, pll))
    (off, *_), best = min(found, key=lambda one: one[0])
    if off > wanted * CLOSE:
        nearest = f"{float(best.megahertz):g} MHz is the nearest"
        raise ClockError(f"clock: found {float(wanted):g} MHz; from this board's {float(crystal):g} MHz {nearest}")
    return best


def reach(family: str, crystal: Fraction) -> tuple[Fraction, Fraction]:
    """The slowest and the fastest clock, MHz, that a family's PLL makes of a crystal of so many MHz.

    Raises:
        ClockError: it takes no such crystal.
    """
    choices = list(_choices(family, crystal))
    if not choices:
        low, high = LIMITS[family].detector
        raise ClockError(f"crystal: found {float(crystal):g} MHz; allowed is what a divider brings to {low:g}..{high:g} MHz")
    return min(c.step * c.feedback[0] for c in choices), max(c.step * c.feedback[-1] for c in choices)


@dataclass(frozen=True)
class _Choice:
    """A reference and an output divider. step: MHz of the clock for one of the feedback divider; feedback: its range."""

    reference: int
    output: int
    step: Fraction
    feedback: range

    def made(self, crystal: Fraction, feedback: int) -> Pll:
        return Pll(crystal, self.reference, feedback, self.output, self.step * feedback)


def _choices(family: str, crystal: Fraction) -> Iterator[_Choice]:
    """Those with which the phase detector, and with some feedback divider the oscillator, is within its limits."""
    limits = LIMITS[family]
    for reference in limits.reference:
        detector = crystal / reference
        if not limits.detector[0] <= detector <= limits.detector[1]:
            continue
        for output in limits.output:
            step = detector * (output if limits.feedback_output else 1)  # of the oscillator, for one of the feedback divider
            least = max(ceil(limits.oscillator[0] / step), limits.feedback[0])
            most = min(floor(limits.oscillator[1] / step), limits.feedback[-1])
            if least <= most:
                yield _Choice(reference, output, step / output, range(least, most + 1))


FILTER_STEPS = (17, 26, 44, 66, 101)
"""iCE40: MHz of the phase detector from which the loop filter's next range holds (as Lattice's own PLL tool chooses)."""


def filter_range(detector: Fraction) -> int:
    """iCE40's loop filter for a phase detector at `detector` MHz: 1..6."""
    return 1 + sum(detector >= step for step in FILTER_STEPS)


def line_divisor(megahertz: Fraction, baud: int) -> int:
    """Clocks a bit of a serial line of `baud` bits a second.

    Raises:
        ClockError: no whole number of clocks, at least `MIN_DIVISOR`, comes within 2 % of it.
    """
    exact = megahertz * 1_000_000 / max(baud, 1)
    divisor = round(exact)
    if baud < 1 or divisor < MIN_DIVISOR or abs(divisor - exact) > exact * CLOSE:
        most = int(megahertz * 1_000_000 / MIN_DIVISOR)
        raise ClockError(
            f"baud: found {baud}; at {float(megahertz):g} MHz allowed is what whole clocks a bit come near, up to {most}"
        )
    return divisor
