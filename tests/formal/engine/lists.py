"""`Lists`: a list is there to be walked when all its senders are through, and says what was in it."""

from amaranth.hdl import Array, Mux, Signal

from rtl.checks import holds
from rtl.engine.lists import Lists
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import RECURRENT
from tests.formal.proof import Bench, Proof

SOURCES = RECURRENT.sources
LATERAL = RECURRENT.lateral_source
STIMULUS = LATERAL - 1


def rules(bench: Bench, block: Lists) -> None:
    """A sender is through with a sample for which there was room, layer 1 itself with that of the list that is walked."""
    m, listing, listed = bench.m, block.listing, []
    for source in (listing.source, block.ended_source, block.row_source):
        bench.assume(source < len(SOURCES))
    bench.assume(listing.source != LATERAL)
    for number in range(len(SOURCES)):
        # Samples that this sender is through with, and whose list has not been taken; the first has no lateral ones.
        lateral = number == LATERAL
        ahead = Signal(2, name=f"ahead{number}", init=lateral)
        comes = block.ended & (block.ended_source == number)
        goes = listing.taken & (listing.source == (STIMULUS if lateral else number))
        room = ahead == 0 if lateral else ahead != 2
        m.d.sync += ahead.eq(ahead + comes - goes)
        bench.assume(~comes | room)
        bench.assume(~(block.row & (block.row_source == number)) | room)
        listed.append(ahead != 0)
    listed[STIMULUS] &= listed[LATERAL]
    for number in range(len(SOURCES)):
        if number != LATERAL:
            bench.assume(~(listing.taken & (listing.source == number)) | listed[number])
            holds(m, "listed where all are through", listing.listed[number] == listed[number])
    _kept(bench, block, listed)


def _kept(bench: Bench, block: Lists, listed: list) -> None:
    """What is said of the stimulus' lists: its own header, and the rows when they were complete."""
    m, listing = bench.m, block.listing
    headers = Array(Signal(len(block.header.as_value()), name=f"kept{number}") for number in range(2))
    rows = Array(Signal(len(block.new), name=f"rows{number}") for number in range(2))
    sent, complete, gone, asked = (Signal(name=name) for name in ("sent", "complete", "gone", "asked"))
    comes = block.ended & (block.ended_source == STIMULUS)
    taken = listing.taken & (listing.source == STIMULUS)
    closes = block.closed & (block.ended_source <= LATERAL) & (block.ended_source >= STIMULUS)
    with m.If(comes):
        m.d.sync += headers[sent].eq(block.header), sent.eq(~sent)
    with m.If(closes):
        m.d.sync += rows[complete].eq(block.new), complete.eq(~complete)
    m.d.sync += gone.eq(gone ^ taken), asked.eq((listing.source == STIMULUS) & ~taken)
    there = asked & listed[STIMULUS]
    holds(m, "a list's header is the stimulus'", ~there | (listing.job.header.as_value() == headers[gone]))
    holds(m, "as many rows as when it was complete", ~there | (listing.job.new == rows[gone]))
    first = SOURCES[STIMULUS].list_base
    holds(m, "from the front of the list that is next", ~there | (listing.front == first + Mux(gone, 4, 0)))


PROOFS = (
    Proof(
        "engine/lists",
        "a list is there when all its senders are through, under the stimulus' header; none is filled that is full",
        lambda: Lists(RECURRENT),
        rules,
        depth=10,
        bounded="two samples of a source bring its bits back to where they were",
        bugs=10,
        mutants=(
            Mutant("two senders of the first list", "engine/lists.py", "Signal(2, init=1)", "Signal(2)"),
            Mutant("complete with one", "engine/lists.py", "(~two | through.bit_select(second, 1))", "1"),
            Mutant("the other list's header", "engine/lists.py", "headers[second].eq(", "headers[~second].eq("),
            Mutant(
                "the layer's header", "engine/lists.py", "Mux(self.ended_source == lateral, headers[second], ", "Mux(0, 0, "
            ),
            Mutant("its own counts", "engine/lists.py", "sum(s.lateral << number", "sum(0 << number"),
            Mutant("stays when it is taken", "engine/lists.py", " & ~Cat(gone & ~walks, gone & walks)", ""),
            Mutant("always the first list", "engine/lists.py", "walks.eq(walks ^ gone)", "walks.eq(0)"),
        ),
    ),
)
