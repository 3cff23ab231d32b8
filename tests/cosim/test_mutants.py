"""Proof that the core's bench can fail: one line of the RTL is changed, in memory, and the bench names a difference.

Mutants of what a block's bench looks at are beside the tests of that block, in tests/cosim/engine.
"""

from pathlib import Path

import pytest

from cosim.elaborate import core_verilog
from cosim.runner import BenchError
from golden.config import Config
from tests.cosim.core_runs import bench, built, thorough
from tests.cosim.mutants import SAYS, Mutant, parameters, with_mutant

CONFIG = Config(sizes=(7, 5, 3), lanes=2, block=4, rate=-6, theta_rate=-4, seed=3)
"""Sizes that lanes do not divide, blocks that end within the scenario, rates at which the rounding shows."""

MUTANTS = (
    Mutant(
        "the counts of now, not of two samples ago",
        "engine/rows.py",
        "entry.old.eq(one_of(chosen, counts))",
        "entry.old.eq(train_count(train, f.steps))",
    ),
    Mutant("rows of the update alone are left out", "engine/rows.py", "mask.eq(active | was)", "mask.eq(active)", True),
    Mutant(
        "counts are those of the last sample",
        "engine/rows.py",
        "s.words if by_parity else s.slots * s.words",
        "(s.slots - (not s.apical)) * s.words",
        True,
    ),
    Mutant(
        "a list begins where the one before ended",
        "engine/rows.py",
        "m.d.sync += new[ended_tally].eq(0), old[ended_tally].eq(0)",
        "m.d.sync += new[ended_tally].eq(0)",
        True,
    ),
    Mutant("a sample more than there are lists", "engine/claims.py", "LISTS = 2", "LISTS = 3", True),
    Mutant(
        "a sample's pass waits for nobody",
        "engine/schedule.py",
        'return ~state["closing"] & ~state["busy"].bit_select(state["slot"][0], 1)',
        'return ~state["closing"]',
    ),
    Mutant(
        "samples go on while concepts are recalled",
        "engine/schedule.py",
        'self.bottom.free.eq(~state["closing"] & ~state["busy"]',
        'self.bottom.free.eq(~state["busy"]',
        True,
    ),
    Mutant(
        "the update of a sample that taught nothing",
        "engine/turns.py",
        "Mux(updates, lookup.update.errors, 0)",
        "lookup.update.errors",
        True,
    ),
    Mutant(
        "a recall on request moves Theta",
        "engine/schedule.py",
        'ask.payload.relearn.eq(state["relearn"])',
        "ask.payload.relearn.eq(1)",
        True,
    ),
    Mutant("one concept less", "engine/schedule.py", "normed.payload.k == f.classes - 1", "normed.payload.k == 0", True),
    Mutant(
        "a code of one spike less", "engine/codes.py", "spikes.replicate(f.steps)", "spikes.replicate(f.steps - 1)", True
    ),
    Mutant(
        "layer L's window the other way round",
        "engine/outlet.py",
        "Mux(top, ~lane.voltage[-1], lane.window)",
        "Mux(top, lane.voltage[-1], lane.window)",
    ),
    Mutant(
        "layer 0's templates are not its counts",
        "engine/outlet.py",
        "Mux(bottoms, lane.count, lane.template)",
        "lane.template",
        True,
    ),
    Mutant(
        "the stimulus in the other sample's place",
        "engine/outlet.py",
        "Mux(from_bottom, self.bottom_parity, now.slot[0])",
        "Mux(from_bottom, ~self.bottom_parity, now.slot[0])",
        True,
    ),
    Mutant("spikes of all samples", "engine/counters.py", "Mux(first, 0, total) + group", "total + group", True),
    Mutant(
        "saturations of another pass",
        "engine/engine.py",
        "(counters.saturated_place, neurons.changes)",
        "(counters.saturated_place, passes)",
        True,
    ),
    Mutant("a tie goes to the last", "engine/readout.py", "(voltage > highest)", "(voltage >= highest)", True),
    Mutant("noise of the next sample", "engine/noise.py", "Mux(step == 1, samples,", "Mux(step == 1, samples + 1,", True),
    Mutant("noise of W in Theta", "engine/noise.py", "Mux(offered.apical, BACKWARD_STREAM, 0)", "0", True),
    Mutant("one noise for all concepts", "engine/noise.py", "Mux((step == 2) & draw.apical, draw.k, 0)", "0", True),
    Mutant(
        "Theta learns at W's rate",
        "engine/jobs.py",
        "Mux(self.block, self.settings.backward_rate, rate)",
        "rate",
        True,
    ),
    Mutant(
        "an update at another layer's rate",
        "engine/jobs.py",
        "for number in range(len(f.contexts)))[context]",
        "for number in range(len(f.contexts)))[0]",
        True,
    ),
    Mutant(
        "a sample closed before its errors are rounded",
        "engine/jobs.py",
        "self.ending & ~self.lanes.state.busy",
        "self.ending",
        True,
    ),
    Mutant(
        "a sample draws a concept's noise", "engine/jobs.py", "makes = may_make & ~self.ending", "makes = may_make", True
    ),
    Mutant("a group's sums of one concept", "engine/jobs.py", "left.eq(others)", "left.eq(0)", True),
    Mutant(
        "errors forgotten while they are rounded",
        "engine/jobs.py",
        "self.lanes.clear.eq(~self.ending)",
        "self.lanes.clear.eq(1)",
        True,
    ),
    Mutant(
        "a block one sample too long",
        "engine/stimulus.py",
        "self.position >= self.block",
        "self.position > self.block",
        True,
    ),
    Mutant(
        "a clock counts as two",
        "engine/core.py",
        "clocks.eq(clocks + 1)",
        "clocks.eq(clocks + 2)",
        True,
    ),
    Mutant(
        "a register reads as another one",
        "engine/core.py",
        "read.eq(registers[name])",
        "read.eq(registers[name.replace('_low', '_high')])",
        True,
    ),
    Mutant(
        "a claim survives the reset",
        "engine/claims.py",
        'name=f"lists{number}")',
        'name=f"lists{number}", reset_less=True)',
        True,
    ),
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    return thorough(CONFIG, tmp_path_factory.mktemp("scenario") / "thorough.npz", samples=16, resets=(70,))


@pytest.mark.long
def test_the_core_as_it_is_passes(scenario, tmp_path):
    bench(CONFIG, tmp_path, scenario, core_verilog(built(CONFIG)))


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda mutant: mutant.long))
def test_is_caught(mutant, scenario, tmp_path):
    text = with_mutant(mutant, "tests.cosim.mutants:core", built(CONFIG))
    with pytest.raises(BenchError, match=SAYS) as found:
        bench(CONFIG, tmp_path, scenario, text)
    print(f"{mutant.name}: {found.value}")
