"""`Counters`: what is read is what was written last."""

from amaranth.hdl import Signal

from rtl.checks import holds
from rtl.engine.counters import Counters, place_layout
from rtl.formats import COUNTERS
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import FORM
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Counters) -> None:
    """Of a chosen sample the rows, read in another clock than that of their write."""
    m, place = bench.m, bench.chosen(place_layout(FORM).size, "chosen")
    bench.assume(~bench.ports[1])  # memories outlive a reset
    bench.assume(block.rows <= FORM.most_rows)
    begins, rows = block.begins & (block.place.as_value() == place), Signal(24)
    with m.If(begins):
        m.d.sync += rows.eq(block.rows)
    read, known, due, expected = Signal(), Signal(), Signal(24), Signal(24)
    asked = (block.read.at.as_value() == place) & (block.read.kind == COUNTERS.index("rows"))
    m.d.sync += read.eq(asked & ~begins), due.eq(rows), known.eq(read), expected.eq(due)
    with m.If(known):
        holds(m, "rows as they were written last", block.read.value == expected)


PROOFS = (
    Proof(
        "engine/counters",
        "a sample's rows are read as they were written last",
        lambda: Counters(FORM),
        rules,
        depth=10,
        bounded="what a memory holds is not told by what was read",
        bugs=10,
        mutants=(
            Mutant("another kind", "engine/counters.py", "m.d.sync += kind.eq(", "m.d.comb += kind.eq("),
            Mutant("another counter", "engine/counters.py", '{"rows": self.rows,', '{"rows": self.errors,'),
        ),
    ),
)
