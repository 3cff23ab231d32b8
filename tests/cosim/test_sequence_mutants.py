"""Proof that the bench of a sequence's core can fail: one line of the RTL is changed, and it names a difference.

Here is what this core has beside that of recognition; bugs in what both have are planted in test_mutants.py.
"""

from pathlib import Path

import pytest

from cosim.elaborate import core_verilog
from cosim.runner import BenchError
from tests.cosim.core_runs import bench, built
from tests.cosim.mutants import SAYS, Mutant, parameters, with_mutant
from tests.cosim.sequence_runs import SLOW, brief, sequence

CONFIG = sequence(sizes=(5, 4, 3), lanes=2, block=4, recurrent=True, neighbours=1, seed=3, **SLOW)

MUTANTS = (
    Mutant(
        "neighbours are rivals but the nearest",
        "engine/scalars.py",
        "Mux(away[-1], -away, away) > self.neighbours",
        "Mux(away[-1], -away, away) >= self.neighbours",
        True,
    ),
    Mutant("lower concepts are no rivals", "engine/scalars.py", "Mux(away[-1], -away, away) >", "away >", True),
    Mutant("neighbours are rivals", "engine/scalars.py", 'rival &= p.at("far", at)', "pass", True),
    Mutant(
        "the nearness of the concept behind",
        "engine/scalars.py",
        'away = p.at("k", at - 1) - lesson.label',
        'away = p.at("k", at - 2) - lesson.label',
        True,
    ),
    Mutant(
        "the setting is not the host's",
        "engine/learner.py",
        "scalars.neighbours.eq(self.settings.neighbours)",
        "scalars.neighbours.eq(1)",
        True,
    ),
    Mutant("an element sees its own counts", "engine/lists.py", "sum(s.lateral << number", "sum(0 << number", True),
    Mutant("the first element waits for counts", "engine/lists.py", "Signal(2, init=1)", "Signal(2)", True),
    Mutant(
        "a list is complete with its first sender",
        "engine/lists.py",
        "self.ended & (~two | through.bit_select(second, 1))",
        "self.ended",
    ),
    Mutant(
        "a list has the header of its last sender",
        "engine/lists.py",
        "Mux(self.ended_source == lateral, headers[second], self.header)",
        "self.header",
        True,
    ),
    Mutant(
        "a list has the other list's header",
        "engine/lists.py",
        "headers[second].eq(self.header)",
        "headers[~second].eq(self.header)",
        True,
    ),
    Mutant(
        "the stimulus alone completes a list",
        "engine/lists.py",
        "two = (self.ended_source == lateral) | (self.ended_source == lateral - 1)",
        "two = self.ended_source == lateral",
        True,
    ),
    Mutant(
        "what comes back is counted apart",
        "engine/rows.py",
        "Mux(two, self.channels + second, of_channel)",
        "Mux(two & (source != f.lateral_source), self.channels + second, of_channel)",
        True,
    ),
    Mutant("one count of rows for both lists", "engine/rows.py", "self.channels + second", "self.channels", True),
    Mutant(
        "lateral rows are those of pixels",
        "engine/rows.py",
        "constant([s.first_row for s in sources], held.source) if",
        "0 if",
        True,
    ),
    Mutant(
        "counts of before the reset",
        "engine/rows.py",
        "Mux(forgets, 0, counts.as_value())",
        "counts.as_value()",
    ),
    Mutant(
        "the counts of one element are forgotten",
        "engine/rows.py",
        "lateral.slots * lateral.words - 1",
        "lateral.words - 1",
        True,
    ),
    Mutant(
        "counts that came back are kept as of spikes",
        "engine/rows.py",
        "for number, source in enumerate(sources) if source.direct]",
        "for number, source in enumerate(sources) if source.direct and not source.lateral]",
        True,
    ),
    Mutant(
        "a place for the counts of one element",
        "engine/contexts.py",
        "words += slots * of_own",
        "words += of_own",
        True,
    ),
    Mutant("a sequence goes on", "engine/outlet.py", "Mux(now.header.last, 0, pixel)", "pixel", True),
    Mutant("all return as half", "engine/outlet.py", "(PIXEL_BITS + 1 - f.count_bits)", "(PIXEL_BITS - f.count_bits)", True),
    Mutant("T spikes are none", "engine/outlet.py", "Mux(count[-1], (1 << PIXEL_BITS) - 1,", "Mux(count[-1], 0,", True),
    Mutant("a recall returns", "engine/outlet.py", "goes = ~now.apical & (now", "goes = (now", True),
    Mutant(
        "a word returns as often as it waits",
        "engine/outlet.py",
        "self.words.valid & goes & ~done",
        "self.words.valid & goes",
        True,
    ),
    Mutant("a word waits for no return", "engine/outlet.py", "return done | ~goes", "return 1", True),
    Mutant("layer 2 returns", "engine/outlet.py", "f.context_of(1)", "f.context_of(2)", True),
    Mutant("to finish does not end a sequence", "engine/stimulus.py", "beat.last | blanks", "beat.last", True),
    Mutant("any end is the host's last", "engine/stimulus.py", "beat.last | blanks", "blanks", True),
    Mutant("what returns claims a list", "engine/claims.py", "if source.lateral:", "if False:", True),
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    return brief(CONFIG, tmp_path_factory.mktemp("scenario") / "brief.npz", samples=7, resets=(70,))


@pytest.mark.long
def test_the_core_as_it_is_passes(scenario, tmp_path):
    bench(CONFIG, tmp_path, scenario, core_verilog(built(CONFIG)))


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda mutant: mutant.long))
def test_is_caught(mutant, scenario, tmp_path):
    text = with_mutant(mutant, "tests.cosim.mutants:core", built(CONFIG))
    with pytest.raises(BenchError, match=SAYS) as found:
        bench(CONFIG, tmp_path, scenario, text)
    print(f"{mutant.name}: {found.value}")
