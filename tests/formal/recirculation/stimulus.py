"""`RecalledStimulus`: a sample's beats go to both layers, each once, under one header; codes go down alone."""

from amaranth.hdl import Mux, Signal

from rtl.checks import holds, never
from rtl.engine.contexts import Target
from rtl.recirculation.stimulus import RecalledStimulus
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES, RECALLED
from tests.formal.proof import Bench, Proof

SOURCE = ECHOES.source_of(Target(1))


def rules(bench: Bench, block: RecalledStimulus) -> None:
    """A patient host, the same in all beats of a sample; rooms that stay until a sample is claimed."""
    m, beat, words, header = bench.m, block.i.payload, block.link.words, block.header
    claim, counts, bottom = block.link.list.claim, block.bottom.words, block.bottom.sample
    bench.patient(block.i, "host")
    blank, sent = bench.inner("blank", 2), [bench.inner(f"sent_{name}", 1) for name in ("words", "counts")]
    bench.assume(~block.finish | (block.idle & ~block.i.valid))  # nothing is inside
    asked, before = Signal(2, name="asked"), Signal(len(beat.as_value()), name="beat_before")
    taken = block.i.valid & block.i.ready
    with m.If(taken):
        m.d.sync += asked.eq(Mux(block.group == RECALLED.beats - 1, 0, 1)), before.eq(beat)
    flags = block.i.payload.shape()(before)
    with m.If(block.i.valid & (asked != 0)):
        bench.assume((beat.learn == flags.learn) & (beat.recall == flags.recall))
    # A sample: claimed once, as many words to either layer as it has groups, then layer 0 has it whole.
    inside, parity = Signal(name="inside"), Signal(name="sample_parity")
    m.d.sync += inside.eq((inside | claim) & ~bottom.taken), parity.eq(parity ^ bottom.taken)
    never(m, "a sample is claimed within another", claim & inside)
    never(m, "a sample is claimed where there is no room", claim & ~(block.link.list.room & bottom.free))
    holds(m, "begun where it is claimed", bench.inner("begun", 1) == inside)
    never(m, "something is left of a sample", ~inside & (sent[0] | sent[1] | (block.group != 0)))
    holds(m, "a parity a sample", header.parity == parity)
    never(m, "a sample is whole that has not begun", bottom.taken & ~inside)
    groups = ECHOES.sources[SOURCE].words
    for number, (name, target) in enumerate((("words", words), ("counts", counts))):
        count = Signal(range(groups + 1), name=f"{name}_sent")
        goes = target.valid & target.ready
        m.d.sync += count.eq(Mux(bottom.taken, 0, count + goes))
        never(m, f"{name}: one of no sample", target.valid & ~inside)
        never(m, f"{name}: one too many", goes & (count == groups))
        never(m, f"{name}: a sample that lacks some", bottom.taken & (count != groups))
        holds(m, f"{name}: as many as groups", count == block.group + sent[number])
    never(m, "more groups than there are", block.group >= RECALLED.beats)
    never(m, "a host's beat is taken as a blank", taken & header.blank)
    never(m, "a code, or a blank sample, is learned", header.learn & (header.drawn | header.blank))
    never(m, "of a code something goes up", words.valid & header.drawn & words.payload.trains[0].any())
    never(m, "a code's count above T", block.code.valid & (block.code.payload.counts[0] > RECALLED.steps))
    never(m, "a code's group of no code", block.code.valid & ~header.drawn)
    never(m, "more blank samples than were asked for", blank == 3)
    held, was = Signal(name="under_way"), Signal(len(header.as_value()), name="header_before")
    m.d.sync += held.eq(inside & ~bottom.taken & (words.valid | counts.valid)), was.eq(header)
    never(m, "a sample's header changes", held & inside & (words.valid | counts.valid) & (header.as_value() != was))


PROOFS = (
    Proof(
        "recirculation/stimulus",
        "a sample goes whole to layers 0 and 1, each group once, claimed where both have room; of a code nothing goes up",
        lambda: RecalledStimulus(RECALLED, ECHOES),
        rules,
        depth=1,
        bugs=12,
        mutants=(
            Mutant("claims without room", "engine/beats.py", "link.list.room & (self", "(self"),
            Mutant("a code goes up", "recirculation/stimulus.py", "return self.blanks | header.drawn", "return self.blanks"),
            Mutant("sends it again", "engine/beats.py", "m.d.sync += sent.eq(1)", "m.d.sync += sent.eq(0)"),
            Mutant("blanks take a beat", "engine/beats.py", "(begun & sent_all & ~self.blanks)", "(begun & sent_all)"),
        ),
    ),
)
