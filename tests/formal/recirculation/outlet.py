"""`RecalledOutlet`: a word goes once to each of the places it is for, and its counts are seen once."""

from amaranth.hdl import Signal, Value

from rtl.checks import holds, never
from rtl.recirculation.outlet import OWN_STREAMS, RecalledOutlet
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES as FORM
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: RecalledOutlet) -> None:
    """A patient soma, whose pass stays until its last word is out, of the layers and passes there are."""
    m, word, now = bench.m, block.words, block.under_way
    bench.patient(word, "soma")
    bench.patient(block.bottom, "bottom")
    waits, before = Signal(name="word_waits"), Signal(len(now.as_value()))
    m.d.sync += waits.eq(word.valid & ~word.ready), before.eq(now)
    bench.assume(~waits | (now.as_value() == before))
    top, bottom = now.context == FORM.layers, now.context == 0
    bench.assume(now.context <= FORM.layers)
    bench.assume(~(word.valid & bottom & ~now.apical))  # layer 0 has no perception of its own
    bench.assume(~(word.valid & top & now.apical))
    bench.assume(~(word.valid & now.apical & now.echo))
    # A code is there before its sample comes to layer L, and the next one of its parity behind that sample's recall.
    bench.assume(~(word.valid & block.code.valid) | (block.code.payload.parity != now.header.parity))
    up, down = ~now.apical & ~now.echo, now.apical
    taken = word.valid & word.ready
    # What goes up has echoes below it where it is recalled: by the second of the streams, of learned samples alone.
    wanted = (up | (down & ~bottom), down & now.header.learn, up & top, down & bottom)
    for number, (way, wants) in enumerate(zip((*block.spikes, block.codes, block.recalled), wanted, strict=True)):
        been, comes = Signal(name=f"been{number}"), way.valid & way.ready
        m.d.sync += been.eq((been | comes) & ~taken)
        never(m, "a word twice, or where it does not belong", way.valid & (been | ~wants))
        never(m, "a word goes on that has not been everywhere", taken & wants & ~been & ~comes)
        # Its own register says so, too: for the induction.
        holds(m, "gone where it has been", bench.inner(f"gone{number}", 1) == been)
        holds(m, "only a word that waits has been anywhere", ~been | (waits & wants))
    from_bottom = block.bottom.valid & block.bottom.ready
    seen = block.seen.payload
    holds(m, "counts are seen once", block.seen.valid == (taken | from_bottom))
    never(m, "two counts at once", taken & from_bottom)
    holds(m, "out with a pass's last word", block.out == (taken & word.payload.group.last))
    with m.If(from_bottom):
        holds(m, "layer 0's on the way up", (seen.context == 0) & ~seen.apical & ~seen.echo)
        holds(m, "of its sample", seen.parity == block.bottom_header.parity)
        holds(m, "as they are", seen.lanes[0].count == block.bottom.payload.counts[0])
    with m.If(taken):
        holds(m, "the pass's", (seen.context == now.context) & (seen.apical == now.apical) & (seen.echo == now.echo))
        holds(m, "of its sample", (seen.parity == now.header.parity) & (seen.last == word.payload.group.last))
        holds(m, "as they are", Value.cast(seen.lanes[0].count) == word.payload.lanes[0].count)
    assert len(block.spikes) == OWN_STREAMS


PROOFS = (
    Proof(
        "recirculation/outlet",
        "a word goes once to each place it is for, whoever is late; each word's counts, and layer 0's own, are seen once",
        lambda: RecalledOutlet(FORM),
        rules,
        depth=1,
        bugs=5,
        mutants=(
            Mutant(
                "goes there again",
                "recirculation/outlet.py",
                "self.words.valid & wanted & ~gone)",
                "self.words.valid & wanted)",
            ),
            Mutant(
                "forgets who has it",
                "recirculation/outlet.py",
                "(gone | (way.valid & way.ready)) & ~self",
                "(way.valid & way.ready) & ~self",
            ),
            Mutant("waits for the first alone", "recirculation/outlet.py", "~Cat(waits).any()", "~waits[0]"),
            Mutant(
                "a third pass goes on",
                "recirculation/outlet.py",
                "for one in wanted)[side] & ~now.echo",
                "for one in wanted)[side]",
            ),
            Mutant("an echo of all", "recirculation/outlet.py", "now.header.learn if target.echo else 1", "1"),
            Mutant("the stimulus' under a word", "recirculation/outlet.py", "waits & ~self.words.valid)", "waits)"),
        ),
    ),
)
