"""`Rows` of a recurrent layer: what is kept from before a reset is no row of the first samples behind it."""

from amaranth.hdl import Signal

from rtl.checks import holds, never
from rtl.engine.rows import Rows
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import RECURRENT as FORM
from tests.formal.proof import Bench, Proof

LATERAL = FORM.lateral_source
STIMULUS = LATERAL - 1
WORDS, ROUND = 2, 4
"""Of a sample, and of the samples whose counts are kept."""


def rules(bench: Bench, block: Rows) -> None:
    """A channel for either sender; two samples of the stimulus, and two that come back, the second into the list left."""
    m, reset = bench.m, bench.ports[1]
    counts = []
    for number, source in enumerate((LATERAL, STIMULUS)):
        words = block.words[number]
        bench.patient(words, f"sender{number}")
        bench.assume(words.payload.source == source)
        count = Signal(range(ROUND + 1), name=f"words{number}")
        m.d.sync += count.eq(count + (words.valid & words.ready))
        bench.assume(~words.valid | (count != ROUND))
        counts.append(count)
    bench.assume(block.listing.source == STIMULUS)
    bench.assume(~block.listing.taken | block.listing.listed[STIMULUS])
    bench.assume(~block.host.write | block.idle | reset)
    left = Signal(2, name="left")
    m.d.sync += left.eq(left + block.listing.taken)
    bench.assume(~block.words[0].valid | (counts[0] < WORDS) | (left != 0))
    row, olds = bench.inner("lists.row", 1), bench.inner("now_olds", FORM.count_bits * FORM.lanes)
    lateral = row & (bench.inner("lists.row_source", FORM.source_bits) == LATERAL)
    never(m, "a count of before the reset", lateral & olds.any())
    sent = bench.inner("now_trains", FORM.planes * FORM.lanes)
    holds(m, "a row that is not active", ~lateral | sent.any())


PROOFS = (
    Proof(
        "engine/rows: first has none",
        "the first samples behind a reset have no lateral rows of before it, whatever is kept there",
        lambda: Rows(FORM, 2),
        rules,
        depth=20,
        bounded="a sample that comes back takes 6 clocks, and as many the one before it",
        bugs=20,
        mutants=(
            Mutant("remembers", "engine/rows.py", "Mux(forgets, 0, counts.as_value())", "counts.as_value()"),
            Mutant(
                "forgets one sample's",
                "engine/rows.py",
                "lateral.count_base + lateral.slots * lateral.words - 1",
                "lateral.count_base + lateral.words - 1",
            ),
        ),
    ),
)
