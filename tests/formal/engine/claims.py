"""`Claims`: as many samples of a source as it has lists, never more, never fewer than none."""

from amaranth.hdl import Signal

from rtl.checks import holds
from rtl.engine.claims import LISTS, Claims
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import FORM
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Claims) -> None:
    """Samples are claimed where there is room, and walked after that."""
    m, walked = bench.m, block.released.payload
    for number, source in enumerate(FORM.sources):
        held = Signal(range(LISTS + 1), name=f"held{number}")
        ends = block.released.valid & (walked.context == source.context) & (walked.apical == source.apical)
        m.d.sync += held.eq(held + block.begins[number] - ends)
        bench.assume(~block.begins[number] | block.room[number])
        bench.assume(~ends | (held != 0))
        holds(m, "room where a list is free", block.room[number] == (held != LISTS))


PROOFS = (
    Proof(
        "engine/claims",
        "a sample is claimed only where a list is free, and that list is free again with its walk's end",
        lambda: Claims(FORM),
        rules,
        depth=8,
        bounded="two counts that differ show only where lists are full",
        bugs=8,
        mutants=(
            Mutant("three at a time", "engine/claims.py", "eq(count != LISTS)", "eq(1)"),
            Mutant("frees any", "engine/claims.py", " & (walked.context == source.context) & ", " & "),
            Mutant("frees the other side's", "engine/claims.py", " & (walked.apical == source.apical)", ""),
        ),
    ),
)
