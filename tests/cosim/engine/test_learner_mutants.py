"""Proof that the learner's bench can fail: one line of it is changed, and the bench names a difference."""

import pytest

from cosim.runner import BenchError
from tests.cosim.engine.test_learner import CASES, check
from tests.cosim.mutants import Mutant, parameters, with_mutant

WIDE = next(number for number, case in enumerate(CASES) if case.lanes > case.sizes[-1] + 1)
"""A group has more lanes than there are concepts: only there do errors wait."""
WAITS = "a group's errors do not wait for the last one's"

MUTANTS = (
    Mutant(
        "hidden layers have no wider dead zone",
        "engine/scalars.py",
        "self.dead_zone + Mux(hidden, HIDDEN_DEAD_ZONE, 0)",
        "self.dead_zone",
    ),
    Mutant(
        "S wraps",
        "engine/scalar_sums.py",
        'saturate(p.at("old", late) + p.at("b2", late), SUM_BITS)',
        'p.at("old", late) + p.at("b2", late)',
    ),
    Mutant(
        "b2 does not wait for a C t",
        "engine/steps.py",
        'Step("b2", "work", "t", 2 * BASE + B_SHIFT, "kk", apical=True)',
        'Step("b2", "work", "t", 2 * BASE + B_SHIFT, "kk", apical=True, waits=False)',
    ),
    Mutant(
        "a silent top neuron may fall",
        "engine/rounding.py",
        'Mux(p.at("top", at.error), window[0] | ~falls,',
        'Mux(p.at("top", at.error), 1,',
    ),
    Mutant(
        "an active hidden neuron may not fall",
        "engine/rounding.py",
        "window[0] & (window[1] | falls)",
        "window[0] & window[1]",
    ),
    Mutant(
        WAITS,
        "engine/jobs.py",
        'm.State("errors"), m.If(~is_r | free)',
        'm.State("errors")',
    ),
    Mutant("E stays behind a block", "engine/vector.py", "(item.apical | item.high).replicate", "item.apical.replicate"),
    Mutant("the upper half of S has no sign", "engine/vector.py", "scalars.sum[HALF:].as_signed()", "scalars.sum[HALF:]"),
    Mutant(
        "a group is live by its last lane alone",
        "engine/rounding.py",
        'live.eq(p.at("wrong", done) | (live & (p.at("lane", done) != 0)))',
        'live.eq(p.at("wrong", done))',
    ),
    Mutant(
        "a group is live for the one before",
        "engine/rounding.py",
        'live.eq(p.at("wrong", done) | (live & (p.at("lane", done) != 0)))',
        'live.eq(p.at("wrong", done) | live)',
    ),
    Mutant("E has a bit too few to be clipped", "engine/vector.py", "total[: SUM_BITS + 1]", "total[:SUM_BITS]"),
    Mutant("a concept counts as a sample", "engine/noise.py", "(step == 2) & ~draw.apical", "(step == 2)"),
)


@pytest.mark.parametrize("mutant", parameters(MUTANTS, long=lambda mutant: True))
def test_is_caught(mutant, tmp_path):
    number = WIDE if mutant.name == WAITS else 0
    changed = with_mutant(mutant, "tests.cosim.engine.test_learner:converted", number)
    with pytest.raises(BenchError, match=r"assertion failed in|expected .*, got|one more than expected|nothing for"):
        check(CASES[number], changed, "icarus", root=tmp_path / "build", folder=tmp_path / "run")
