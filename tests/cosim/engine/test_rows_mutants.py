"""Proof that the rows' bench can fail where a list has two senders: one line is changed, and it names a difference."""

import pytest

from cosim.runner import BenchError
from tests.cosim.engine.test_rows import CASES
from tests.cosim.mutants import Mutant, parameters, with_mutant

RECURRENT = next(number for number, case in enumerate(CASES) if case.config.recurrent)

MUTANTS = (
    Mutant("the first list has two senders", "engine/lists.py", "Signal(2, init=1)", "Signal(2)"),
    Mutant("a list goes with its first sender", "engine/lists.py", "(~two | through.bit_select(second, 1))", "1"),
    Mutant("the header of the other list", "engine/lists.py", "headers[second].eq(", "headers[~second].eq("),
    Mutant(
        "what comes back is counted apart", "engine/rows.py", "Mux(two, self", "Mux(two & (source != f.lateral_source), self"
    ),
    Mutant("one count of rows for both lists", "engine/rows.py", "self.channels + second", "self.channels"),
    Mutant("rows of pixels", "engine/rows.py", "constant([s.first_row for s in sources], held.source) if", "0 if"),
    Mutant("counts from before the first sample", "engine/rows.py", "Mux(forgets, 0, counts", "Mux(0, 0, counts"),
    Mutant("counts are forgotten for good", "engine/rows.py", "m.d.sync += first.eq(0)", "pass"),
)


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda mutant: True))
def test_is_caught(mutant, tmp_path):
    text = with_mutant(mutant, "tests.cosim.engine.test_rows:converted", RECURRENT)
    with pytest.raises(BenchError, match=r"assertion failed in|expected .*, got|nothing for"):
        CASES[RECURRENT].run(text=text, root=tmp_path)
