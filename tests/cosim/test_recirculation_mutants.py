"""Proof that the bench of an auto-encoder's core can fail: one line of the RTL is changed, and it names a difference."""

from pathlib import Path

import pytest

from cosim.elaborate import core_verilog
from cosim.runner import BenchError
from tests.cosim.core_runs import bench, built
from tests.cosim.mutants import SAYS, Mutant, parameters, with_mutant
from tests.cosim.recirculation_runs import SLOW, autoencoder, thorough

CONFIG = autoencoder(sizes=(7, 5, 3), lanes=2, seed=3, **SLOW)
ROOM = "recirculation"

MUTANTS = (
    Mutant(
        "a sample goes up before the last but one is taught",
        f"{ROOM}/rounds.py",
        "self.draw.ready & ~state[busy].bit_select(state[slot][0], 1)",
        "self.draw.ready & ~(state[busy].bit_select(state[slot][0], 1) & source.apical)",
    ),
    Mutant(
        "a third pass waits for no further sample",
        f"{ROOM}/rounds.py",
        'self.draw.ready & state["echo"].bit_select(state["slot"][0], 1)',
        'self.draw.ready & state["echo"].any()',
    ),
    Mutant("a third pass is of the sample before", f"{ROOM}/rounds.py", "Mux(echo, 2, 0)", "Mux(echo, 1, 0)", True),
    Mutant("the third pass writes an update, too", f"{ROOM}/rounds.py", "~echo & updates", "updates", True),
    Mutant(
        "noise is drawn for what is not learned",
        f"{ROOM}/rounds.py",
        "self.taken & header.learn & ~offered.echo",
        "self.taken & ~offered.echo",
        True,
    ),
    Mutant("layer 0 takes any sample", f"{ROOM}/rounds.py", 'eq(~state["busy_below"].bit_select(parity, 1))', "eq(1)", True),
    Mutant("above the window all is closed", f"{ROOM}/differences.py", "(high | falls)", "high", True),
    Mutant("Theta learns though it is fixed", f"{ROOM}/differences.py", "(~seen.apical | self.learn_theta)", "1", True),
    Mutant("an error of twice the size", f"{ROOM}/differences.py", "GAIN_SHIFT = 3", "GAIN_SHIFT = 4", True),
    Mutant(
        "a drawn code has a squared error",
        f"{ROOM}/differences.py",
        'p.at("bottom", 3) & ~p.at("drawn", 3)',
        'p.at("bottom", 3)',
        True,
    ),
    Mutant(
        "errors of both networks in one place",
        f"{ROOM}/differences.py",
        'bank.eq(Cat(p.at("parity", 3), p.at("apical", 3)))',
        'bank.eq(p.at("parity", 3))',
        True,
    ),
    Mutant(
        "Theta's rate is that of W",
        f"{ROOM}/updates.py",
        "Mux(draw.apical, backward_rates, rates)",
        "rates",
        True,
    ),
    Mutant(
        "rounding as it is, not as it was",
        f"{ROOM}/updates.py",
        "m.d.comb += [lookup.update[name].eq(record[name]) for name in drawn]",
        'm.d.comb += [lookup.update[name].eq(record[name]) for name in ("rate", "noise")]; '
        "m.d.comb += lookup.update.stochastic.eq(settings.stochastic)",
        True,
    ),
    Mutant(
        "samples of W counted for Theta", "engine/noise.py", "Cat(which.apical, which.context)", "which.context << 1", True
    ),
    Mutant("what is not learned is seen again", f"{ROOM}/outlet.py", "now.header.learn if target.echo else 1", "1", True),
    Mutant(
        "a third pass sends spikes", f"{ROOM}/outlet.py", "for one in wanted)[side] & ~now.echo", "for one in wanted)[side]"
    ),
    Mutant(
        "a word goes on twice", f"{ROOM}/outlet.py", "self.words.valid & wanted & ~gone", "self.words.valid & wanted", True
    ),
    Mutant(
        "codes of one sample alone",
        f"{ROOM}/outlet.py",
        "self.code.valid, Cat(new.group, new.parity)",
        "self.code.valid, new.group",
        True,
    ),
    Mutant("again of the last sample", f"{ROOM}/readout.py", "Mux(again, 2, 0)", "Mux(again, 1, 0)", True),
    Mutant(
        "again without a third pass", f"{ROOM}/readout.py", "Mux(again & ~learned[2], 0, self.value)", "self.value", True
    ),
    Mutant(
        "codes of the samples behind",
        f"{ROOM}/readout.py",
        "(Const(0, 0), sample.slot)",
        "(Const(0, 0), sample.slot + 1)",
        True,
    ),
    Mutant("one blank sample", "engine/beats.py", "blank.eq(Mux(self.blanks, blank - 1, 0))", "blank.eq(0)", True),
    Mutant("a drawn code is learned", f"{ROOM}/stimulus.py", "self.blanks | header.drawn", "self.blanks", True),
    Mutant(
        "an update of counts that were perceived",
        "engine/rows.py",
        "[int(s.apical or s.echo) for s in sources]",
        "[int(not s.echo) for s in sources]",
        True,
    ),
    Mutant("an echo's list is a perception's", "engine/claims.py", "ends &= walked.echo == source.echo", "pass", True),
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    return thorough(CONFIG, tmp_path_factory.mktemp("scenario") / "thorough.npz", samples=8, resets=(70,))


@pytest.mark.long
def test_the_core_as_it_is_passes(scenario, tmp_path):
    bench(CONFIG, tmp_path, scenario, core_verilog(built(CONFIG)))


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda mutant: mutant.long))
def test_is_caught(mutant, scenario, tmp_path):
    text = with_mutant(mutant, "tests.cosim.mutants:core", built(CONFIG))
    with pytest.raises(BenchError, match=SAYS) as found:
        bench(CONFIG, tmp_path, scenario, text)
    print(f"{mutant.name}: {found.value}")
