"""`Slots`: samples are taught in the order in which they came, each with what it came with."""

from amaranth.hdl import Signal

from rtl.checks import holds, never
from rtl.engine.slots import Slots
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import WIDER
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Slots) -> None:
    """Samples begin where there is room; their dot products come in order, their lessons are taken, then they are closed."""
    m, lesson = bench.m, block.lesson
    number, kept = bench.chosen(2, "number"), Signal(len(block.begin.payload.as_value()))
    begun, dotted, taught, closed = (Signal(3, name=name) for name in ("begun", "dotted", "taught", "closed"))
    bench.assume(~block.begin.valid | block.room)
    bench.assume(block.learn_theta == bench.chosen(1, "learn_theta"))
    with m.If(block.begin.valid):
        m.d.sync += begun.eq(begun + 1)
        with m.If(begun == number):
            m.d.sync += kept.eq(block.begin.payload)
        never(m, "more samples are under way than there are slots", (begun - closed)[:3] == WIDER.under_way)
    final = block.dot.valid & block.dot.final & ~block.dot.norm
    slot = Signal(range(WIDER.under_way))
    with m.If(final):
        m.d.sync += dotted.eq(dotted + 1), slot.eq(slot + 1)
        with m.If(slot == WIDER.under_way - 1):
            m.d.sync += slot.eq(0)
    bench.assume(~block.dot.valid | block.dot.norm | ((dotted != begun) & (block.dot.slot == slot)))
    # What is asked for stays, in a state in which no sample begins.
    asks, concept, take = Signal(), Signal(len(block.take.payload.as_value())), block.take
    m.d.sync += asks.eq(take.valid & ~(lesson.valid & lesson.ready & lesson.payload.take)), concept.eq(take.payload)
    bench.assume(~asks | (take.valid & (take.payload.as_value() == concept)))
    bench.assume(~take.valid | ~block.begin.valid)
    with m.If(lesson.valid & ~lesson.payload.take):
        never(m, "a lesson before its dot products", taught == dotted)
        sample = block.begin.payload.shape()(kept)
        own = (lesson.payload.label == sample.label) & (lesson.payload.context == sample.context)
        never(m, "another sample's lesson", (taught == number) & ~own)
        with m.If(lesson.ready):
            m.d.sync += taught.eq(taught + 1)
    with m.If(lesson.valid & lesson.payload.take):
        holds(m, "S of the concept that is asked for", lesson.payload.label == take.payload.k)
    oldest = block.oldest
    bench.assume(~oldest.close | oldest.ended)
    with m.If(oldest.ended):
        never(m, "an end before its lesson", closed == taught)
        holds(m, "the oldest sample is first", (closed != number) | (oldest.kept.taught.as_value() == kept))
    with m.If(oldest.close):
        m.d.sync += closed.eq(closed + 1)


PROOFS = (
    Proof(
        "engine/slots",
        "samples are taught and closed in order, each as it came; a lesson once offered stays",
        lambda: Slots(WIDER),
        rules,
        depth=9,
        bounded="the order of samples is not told by the slots",
        bugs=10,
        mutants=(
            Mutant("withdraws a lesson", "engine/slots.py", "self.take.valid & ~given", "self.take.valid"),
            Mutant("always room", "engine/slots.py", "~used.bit_select(next_one, 1)", "1"),
            Mutant("before its dots", "engine/slots.py", "lesson.take | dotted.bit", "lesson.take | used.bit"),
        ),
    ),
)
