"""`Schedule`: one pass at a time, and none whose spikes have no room or whose layer waits for something."""

from amaranth.hdl import Array, Cat, Mux, Signal

from rtl.checks import holds, never
from rtl.engine.claims import LISTS
from rtl.engine.contexts import Target
from rtl.engine.schedule import Schedule
from rtl.engine.turns import DEPTH
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import FORM
from tests.formal.proof import Bench, Proof

CONTEXTS = range(len(FORM.contexts))


def rules(bench: Bench, block: Schedule) -> None:
    """Lists, somas and a learner that finish what has begun and nothing else."""
    m, offered, learner = bench.m, block.passes.payload, block.learner
    taken, lookup = block.listing.taken, block.lookup
    under_way, walking, owed = Signal(range(DEPTH + 1)), Signal(range(DEPTH + 1)), Signal()
    m.d.sync += under_way.eq(under_way + taken - block.out), walking.eq(walking + taken - block.released.valid)
    bench.assume(~block.passes.ready | ((under_way != DEPTH) & (walking != DEPTH)))
    bench.assume(~block.out | (under_way != 0))
    walked, released = block.released.payload, []
    looked, update = Signal(), Signal.like(lookup.update.as_value(), name="update_before")
    m.d.sync += looked.eq(lookup.look), update.eq(lookup.update)
    bench.assume(looked | (lookup.update.as_value() == update))
    outside = {*FORM.inputs, FORM.source_of(Target(FORM.layers - 1, apical=True))}
    for number in range(len(FORM.sources)):
        waiting = Signal(range(LISTS + 1), name=f"waiting{number}")
        its_list = block.lists[number]
        begins, takes = its_list.claim, taken & (block.listing.source == number)
        for context in CONTEXTS:
            for apical in (False, True):
                targets = FORM.targets_of(FORM.contexts[context], apical)
                if number in map(FORM.source_of, targets):
                    begins |= taken & (offered.context == context) & (offered.apical == apical)
        m.d.sync += waiting.eq(waiting + begins - takes)
        source, inside = FORM.sources[number], Signal(range(LISTS + 1), name=f"inside{number}")
        ends = block.released.valid & (walked.context == source.context) & (walked.apical == source.apical)
        m.d.sync += inside.eq(inside + takes - ends)
        bench.assume(~ends | (inside != 0))
        released.append(ends)
        bench.assume(~block.listing.listed[number] | (waiting != 0))
        bench.assume(~its_list.claim | (its_list.room if number in outside else 0))
    bench.assume(~block.released.valid | Cat(released).any())
    state = {name: Array(state[name] for state in block.states) for name in ("busy", "closing", "slot", "begun")}
    taught, normed = learner.taught.payload, learner.normed.payload
    for context in (taught.context, normed.context):
        bench.assume(context < len(CONTEXTS))
    bench.assume(~learner.taught.valid | state["busy"][taught.context].bit_select(taught.parity, 1))
    m.d.sync += owed.eq((owed | (learner.concept.valid & learner.concept.ready)) & ~learner.made)
    bench.assume(~learner.made | owed)
    closing, begun = state["closing"][normed.context], state["begun"][normed.context]
    bench.assume(~learner.normed.valid | (closing & (normed.k < begun)))
    bench.assume(~block.codes.done | block.states[-1]["closing"])
    bench.assume(~block.bottom.taken | block.bottom.free)

    never(m, "a pass is chosen while one is offered", block.choosing & block.passes.valid)
    with m.If(block.passes.valid):
        never(m, "a pass of layer 0's that is no recall", ~offered.apical & (offered.context == 0))
        holds(
            m,
            "it is of the source whose rows are looked up",
            offered.apical == Array(s.apical for s in FORM.sources)[block.listing.source],
        )
        closing = state["closing"][offered.context]
        holds(m, "recalls while the layer is closed, samples while it is not", closing == offered.apical)
        busy = state["busy"][offered.context].bit_select(state["slot"][offered.context][0], 1)
        never(m, "a sample before the last but one is taught", ~offered.apical & busy)
    never(m, "the words' queue and the passes' count differ", block.any_under_way != Mux(under_way == 0, 0, 1))


PROOFS = (
    Proof(
        "engine/schedule",
        "one pass at a time, with room for its spikes, of a layer that is open for it; queues never overflow",
        lambda: Schedule(FORM),
        rules,
        depth=20,
        bounded="what is listed, claimed and taught is told by counts of others",
        bugs=20,
        mutants=(
            Mutant("no look at room", "engine/turns.py", "can &= self._list(target)[0]", "can &= 1"),
            Mutant(
                "does not wait for the taught",
                "engine/schedule.py",
                'return ~state["closing"] & ~state["busy"].bit_select(state["slot"][0], 1)',
                'return ~state["closing"]',
            ),
            Mutant(
                "chooses on",
                "engine/turns.py",
                "with m.If(~self.passes.valid & ~self.choosing & ~self.taken):",
                "with m.If(~self.choosing & ~self.taken):",
            ),
        ),
    ),
)
