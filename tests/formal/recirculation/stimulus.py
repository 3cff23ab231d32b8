"""`RecalledStimulus`: a sample's beats go to both layers, each once, under one header; codes go down alone."""

from amaranth.hdl import Mux, Signal

from golden.config import Config
from rtl.checks import holds, never
from rtl.engine.contexts import Target
from rtl.engine.formats import EngineFormat
from rtl.recirculation.stimulus import RecalledStimulus
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES, LAYERS, RECALLED
from tests.formal.proof import Bench, Proof

SOURCE = ECHOES.source_of(Target(1))
LONG_CODE = Config.from_dict({"task": "autoencoder", "sizes": (2, 4), "lanes": 1})
"""A code of four beats, a sample of two."""
LONG_ECHOES = EngineFormat(LONG_CODE, LAYERS[:2], 1)


def rules(bench: Bench, block: RecalledStimulus) -> None:
    """A patient host, the same in all beats of a sample; rooms that stay until a sample is claimed."""
    m, beat, words, header, config = bench.m, block.i.payload, block.link.words, block.header, block.config
    claim, counts, bottom = block.link.list.claim, block.bottom.words, block.bottom.sample
    bench.patient(block.i, "host")
    blank, sent = bench.inner("blank", 2), [bench.inner(f"sent_{name}", 1) for name in ("words", "counts")]
    bench.assume(~block.finish | (block.idle & ~block.i.valid))  # nothing is inside
    asked, before = Signal(2, name="asked"), Signal(len(beat.as_value()), name="beat_before")
    taken = block.i.valid & block.i.ready
    with m.If(taken):
        m.d.sync += asked.eq(Mux(block.group == config.beats - 1, 0, 1)), before.eq(beat)
    flags = block.i.payload.shape()(before)
    with m.If(block.i.valid & (asked != 0)):
        bench.assume((beat.learn == flags.learn) & (beat.recall == flags.recall))
    holds(m, "a host's sample, or a blank one", (asked != 0) == ((block.group != 0) & ~header.blank))
    # A sample: claimed once, as many words to either layer as it has groups, then layer 0 has it whole.
    inside, parity = Signal(name="inside"), Signal(name="sample_parity")
    ends = block.goes & (block.group == config.beats - 1)
    m.d.sync += inside.eq((inside | claim) & ~ends), parity.eq(parity ^ ends)
    never(m, "a sample is claimed within another", claim & inside)
    never(m, "a sample is claimed where there is no room", claim & ~(block.link.list.room & bottom.free))
    holds(m, "begun where it is claimed", bench.inner("begun", 1) == inside)
    never(m, "something is left of a sample", ~inside & (sent[0] | sent[1] | (block.group != 0)))
    holds(m, "a parity a sample", header.parity == parity)
    groups, silent = config.groups(0), header.blank | flags.recall  # of its further beats; the first is there in any case
    last = counts.valid & counts.ready & counts.payload.last
    holds(m, "layer 0 has a sample with its last word", bottom.taken == last)
    before_last = Mux(silent, groups - 1, groups)  # of a code, the last word goes with the last beat
    early = Mux(block.group < before_last, block.group, before_last)
    has_one = (early < groups - 1) | (block.group == Mux(silent, config.beats - 1, groups - 1))  # this beat, of words
    for number, (name, target) in enumerate((("words", words), ("counts", counts))):
        count = Signal(range(groups + 1), name=f"{name}_sent")
        goes = target.valid & target.ready
        m.d.sync += count.eq(Mux(ends, 0, count + goes))
        never(m, f"{name}: one of no sample", target.valid & ~inside)
        never(m, f"{name}: one too many", (count + goes) > groups)
        never(m, f"{name}: a sample that lacks some", ends & (count != groups))
        never(m, f"{name}: one of a beat that has none", sent[number] & ~has_one)
        holds(m, f"{name}: as many as groups", count == early + sent[number])
        never(
            m,
            f"{name}: a code's last before it is whole",
            goes & header.drawn & (count == groups - 1) & (block.group != config.beats - 1),
        )
    never(m, "counts: not in their order", counts.valid & (counts.payload.group != early))
    never(m, "more groups than there are", block.group >= config.beats)
    never(m, "a host's beat is taken as a blank", taken & header.blank)
    never(m, "a code, or a blank sample, is learned", header.learn & (header.drawn | header.blank))
    never(m, "of a code something goes up", words.valid & header.drawn & words.payload.trains[0].any())
    never(m, "a code's count above T", block.code.valid & (block.code.payload.counts[0] > config.steps))
    never(m, "a code's group of no code", block.code.valid & ~header.drawn)
    never(m, "more blank samples than were asked for", blank == 3)
    held, was = Signal(name="under_way"), Signal(len(header.as_value()), name="header_before")
    m.d.sync += held.eq(inside & ~ends & (words.valid | counts.valid)), was.eq(header)
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
            Mutant(
                "layer 0 has it when layer 1's rows do",
                "engine/beats.py",
                "sample.taken.eq(counts.valid & counts.ready & ends)",
                "sample.taken.eq(self.goes & last)",
            ),
        ),
    ),
    Proof(
        "recirculation/stimulus: long code",
        "the same where a code has more beats than a sample has words: the last one goes with the last beat",
        lambda: RecalledStimulus(LONG_CODE, LONG_ECHOES),
        rules,
        depth=1,
        bugs=12,
        mutants=(
            Mutant(
                "before the code is whole",
                "engine/beats.py",
                "Mux(silent, last, self.group == words - 1)",
                "self.group == words - 1",
            ),
        ),
    ),
)
