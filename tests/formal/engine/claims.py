"""`Claims`: as many samples of a source as it has lists, never more, never fewer than none."""

from collections.abc import Callable

from amaranth.hdl import Signal

from rtl.checks import holds
from rtl.engine.claims import LISTS, Claims
from rtl.engine.formats import EngineFormat
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES, FORM, RECURRENT
from tests.formal.proof import Bench, Proof


def of(form: EngineFormat) -> Callable[[Bench, Claims], None]:
    """Rules of the sources of this engine."""

    def rules(bench: Bench, block: Claims) -> None:
        """Samples are claimed where there is room, and walked after that; for what a layer sends itself nothing is."""
        m, walked = bench.m, block.released.payload
        for number, source in enumerate(form.sources):
            if source.lateral:
                continue
            held = Signal(range(LISTS + 1), name=f"held{number}")
            ends = block.released.valid & (walked.context == source.context) & (walked.apical == source.apical)
            ends &= (walked.echo == source.echo) if form.autoencoder else 1
            m.d.sync += held.eq(held + block.begins[number] - ends)
            bench.assume(~block.begins[number] | block.room[number])
            bench.assume(~ends | (held != 0))
            holds(m, "room where a list is free", block.room[number] == (held != LISTS))
            holds(m, "as many as are claimed", bench.inner(f"lists{number}", held.shape()) == held)

    return rules


PROOFS = (
    Proof(
        "engine/claims",
        "a sample is claimed only where a list is free, and that list is free again with its walk's end",
        lambda: Claims(FORM),
        of(FORM),
        depth=1,
        bugs=4,
        mutants=(
            Mutant("three at a time", "engine/claims.py", "eq(count != LISTS)", "eq(1)"),
            Mutant("frees any", "engine/claims.py", " & (walked.context == source.context) & ", " & "),
            Mutant("frees the other side's", "engine/claims.py", " & (walked.apical == source.apical)", ""),
        ),
    ),
    Proof(
        "engine/claims: lateral",
        "a recurrent layer's lists are the stimulus' alone: for what comes back to it none is claimed and none freed",
        lambda: Claims(RECURRENT),
        of(RECURRENT),
        depth=1,
        bugs=4,
        mutants=(Mutant("lists of its own", "engine/claims.py", "if source.lateral:", "if not source:"),),
    ),
    Proof(
        "engine/claims: echoes",
        "the same where a layer has lists of what is recalled, too",
        lambda: Claims(ECHOES),
        of(ECHOES),
        depth=1,
        bugs=4,
        mutants=(Mutant("frees an echo's", "engine/claims.py", "ends &= walked.echo == source.echo", "pass"),),
    ),
)
