"""`Claims`: as many samples of a source as it has lists, never more, never fewer than none."""

from amaranth.hdl import Signal

from rtl.checks import holds
from rtl.engine.claims import DEPTH, LISTS, Claims
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import FORM
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Claims) -> None:
    """Samples are claimed where there is room, then taken, then walked in the order in which they were taken."""
    m, walking, taken, ended = bench.m, Signal(range(DEPTH + 1)), 0, 0
    source = bench.chosen(FORM.source_bits, "chosen")
    for number in range(len(FORM.sources)):
        waiting = Signal(range(LISTS + 1), name=f"waiting{number}")
        takes = block.taken & (block.source == number)
        m.d.sync += waiting.eq(waiting + block.begins[number] - takes)
        bench.assume(~block.begins[number] | block.room[number])
        bench.assume(~takes | (waiting != 0))
    bench.assume(block.source < len(FORM.sources))
    bench.assume(~block.taken | (walking != DEPTH))
    bench.assume(~block.released | (walking != 0))
    m.d.sync += walking.eq(walking + block.taken - block.released)
    # The chosen source's samples from claim to release, told by their places in the queue.
    places, claimed = Signal(DEPTH), Signal(range(LISTS + 1))
    taken = block.taken & (block.source == source)
    ended = block.released & places[0]
    m.d.sync += places.eq((places | (taken << walking)) >> block.released)
    m.d.sync += claimed.eq(claimed + block.begins.bit_select(source, 1) - ended)
    free = block.room.bit_select(source, 1)
    holds(m, "room where a list is free", (source >= len(FORM.sources)) | (free == (claimed != LISTS)))


PROOFS = (
    Proof(
        "engine/claims",
        "a sample is claimed only where a list is free, and that list is free again with its walk's end",
        lambda: Claims(FORM),
        rules,
        depth=8,
        bounded="the queue's order is not told by its counts",
        bugs=8,
        mutants=(
            Mutant("three at a time", "engine/claims.py", "eq(count != LISTS)", "eq(1)"),
            Mutant("frees any", "engine/claims.py", "self.released & (walked.r_data == number)", "self.released"),
            Mutant("a shorter queue", "engine/claims.py", "depth=DEPTH)", "depth=DEPTH - 1)"),
        ),
    ),
)
