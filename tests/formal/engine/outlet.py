"""`Outlet`: what is offered stays; nothing for the learner is lost."""

from amaranth.hdl import Mux, Signal

from rtl.checks import holds, never
from rtl.engine.outlet import Outlet
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import FORM, RECURRENT
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Outlet) -> None:
    """A patient soma, whose pass stays until its last word is out; an item for the learner for each sample it learns."""
    m, word, now = bench.m, block.words, block.under_way
    bench.patient(word, "soma")
    bench.patient(block.bottom, "bottom")
    waits, before = Signal(), Signal(len(now.as_value()))
    m.d.sync += waits.eq(word.valid & ~word.ready), before.eq(now)
    bench.assume(~waits | (now.as_value() == before))
    bench.assume(now.context < len(FORM.contexts))
    bench.assume(~(word.valid & ~now.apical & (now.context == 0)))  # layer 0 has no perception of its own
    last = word.valid & word.ready & word.payload.group.last
    learned = last & ~now.apical & now.header.learn
    bottom = block.bottom.valid & block.bottom.ready
    learned |= bottom & block.bottom_header.learn & block.bottom.payload.last
    for name, comes, stream, depth in (
        ("taught", learned, block.teach, 6),
        ("normed", last & now.apical, block.recalled, 4),
    ):
        inside, waited = Signal(4, name=f"{name}_inside"), Signal(name=f"{name}_waited")
        goes = stream.valid & stream.ready
        m.d.sync += inside.eq(inside + comes - goes), waited.eq((inside != 0) & ~goes)
        never(m, f"{name}: an item is lost", comes & (inside == depth))
        never(m, f"{name}: an item of nothing", stream.valid & (inside == 0))
        never(m, f"{name}: an item that came, and none went, is not offered two clocks later", waited & ~stream.valid)
    holds(m, "out with a pass's last word", block.out == last)
    spikes = block.spikes[0]
    top = now.context == len(FORM.contexts) - 1
    taken = word.valid & word.ready
    sent = spikes.valid & spikes.ready
    never(m, "a word is taken twice by the rows", sent & ~taken & ~(top & ~now.apical))
    voltages = block.voltages.valid & block.voltages.ready
    never(m, "V_L without its word, or of no top", voltages & ~(taken & top & ~now.apical))


def returns(bench: Bench, block: Outlet) -> None:
    """A word of layer 1 comes back before it goes on; of a sample that ends a sequence nothing but blanks."""
    rules(bench, block)
    m, word, back = bench.m, block.words, block.spikes[1]
    own = word.valid & ~block.under_way.apical & (block.under_way.context == 1)
    been, comes, goes = Signal(), back.valid & back.ready, word.valid & word.ready
    m.d.sync += been.eq((been | comes) & ~goes)
    never(m, "a word that is not layer 1's comes back, or one twice", back.valid & (~own | been))
    never(m, "a word of layer 1 goes on that has not been back", goes & own & ~been)
    sent = back.payload.trains.as_value().any()
    never(m, "a sequence has ended, and goes on", back.valid & block.under_way.header.last & sent)
    count = word.payload.lanes[0].count
    bench.assume(count <= RECURRENT.steps)
    expected = Mux(count == RECURRENT.steps, 15, count << 2)
    holds(m, "16 r / T, at most 15", ~back.valid | block.under_way.header.last | (back.payload.trains[0] == expected))


PROOFS = (
    Proof(
        "engine/outlet",
        "spikes and V_L stay until taken, and go once a word; no sample for the learner is lost",
        lambda: Outlet(FORM),
        rules,
        depth=10,
        bounded="its queues' fill is theirs alone",
        bugs=10,
        mutants=(
            Mutant(
                "a full queue is no matter",
                "engine/outlet.py",
                "queued = to_teach.ready & to_norm.ready & returned",
                "queued = to_norm.ready & returned",
            ),
            Mutant(
                "the last item stays in its queue",
                "engine/outlet.py",
                "valid=queue.r_rdy)\n        m.d.comb += queue.r_en.eq(target.ready)",
                "valid=queue.level > 1)\n        m.d.comb += queue.r_en.eq(target.ready & (queue.level > 1))",
            ),
            Mutant(
                "spikes before there is room",
                "engine/outlet.py",
                "(way == number) & queued",
                "(way == number)",
            ),
            Mutant("V_L before its word", "engine/outlet.py", "~apical & top & queued", "~apical & top & to_teach.ready"),
            Mutant("takes what nobody took", "engine/outlet.py", "clear = free & (apical", "clear = (apical"),
        ),
    ),
    Proof(
        "engine/outlet: returns",
        "each word of a recurrent layer 1 comes back once, before it goes on, as 16 r / T; blank where a sequence ends",
        lambda: Outlet(RECURRENT),
        returns,
        depth=10,
        bounded="its queues' fill is theirs alone",
        bugs=10,
        mutants=(
            Mutant("comes back again", "engine/outlet.py", "self.words.valid & goes & ~done", "self.words.valid & goes"),
            Mutant("goes on at once", "engine/outlet.py", "return done | ~goes", "return 1"),
            Mutant("recalls come back", "engine/outlet.py", "goes = ~now.apical & (now", "goes = (now"),
            Mutant("a sequence without an end", "engine/outlet.py", "Mux(now.header.last, 0, pixel)", "pixel"),
            Mutant("T is none", "engine/outlet.py", "Mux(count[-1], (1 << PIXEL_BITS) - 1,", "Mux(count[-1], 0,"),
        ),
    ),
)
