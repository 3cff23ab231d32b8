"""`Schedule`: one pass at a time, and none whose spikes have no room or whose layer waits for something."""

from collections.abc import Callable

from amaranth.hdl import Array, Cat, Signal

from rtl.checks import holds, never
from rtl.engine.contexts import Target
from rtl.engine.formats import EngineFormat
from rtl.engine.schedule import Schedule
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import FORM, RECURRENT
from tests.formal.engine.turns import Surroundings
from tests.formal.proof import Bench, Proof

STATE = ("busy", "closing", "slot", "begun", "asked", "made")


def of(form: EngineFormat) -> Callable[[Bench, Schedule], None]:
    """Rules of an engine of all layers."""

    def rules(bench: Bench, block: Schedule) -> None:
        """A learner that finishes what has begun and nothing else."""
        m, offered, learner = bench.m, block.passes.payload, block.learner
        outside = {*form.inputs, form.source_of(Target(form.layers - 1, apical=True))}
        pending = Surroundings(bench, block, form, outside).pending
        state = {name: Array(state[name] for state in block.states) for name in STATE}
        taught, normed = learner.taught.payload, learner.normed.payload
        for context in (taught.context, normed.context):
            bench.assume(context < len(form.contexts))
        bench.assume(~learner.taught.valid | state["busy"][taught.context].bit_select(taught.parity, 1))
        closing, begun = state["closing"][normed.context], state["begun"][normed.context]
        bench.assume(~learner.normed.valid | (closing & (normed.k < begun)))
        bench.assume(~block.codes.done | block.states[-1]["closing"])
        bench.assume(~block.bottom.taken | block.bottom.free)
        _concepts(bench, block, form)

        never(m, "a pass is chosen while one is offered", block.choosing & block.passes.valid)
        source = block.listing.source
        number, apical = (Array(getattr(s, name) for s in form.sources)[source] for name in ("context", "apical"))
        with m.If(pending):
            holds(m, "recalls while the layer is closed, samples while it is not", state["closing"][number] == apical)
            holds(m, "no recall without its errors", ~apical | state["made"][number])
            busy = state["busy"][number].bit_select(state["slot"][number][0], 1)
            never(m, "a sample before the last but one is taught", ~apical & busy)
        with m.If(block.passes.valid | block.taken):
            never(m, "a pass of layer 0's that is no recall", ~offered.apical & (offered.context == 0))
            holds(m, "it is of the source whose rows are looked up", offered.apical == apical)
            holds(m, "it is the layer's next sample", apical | (offered.slot == state["slot"][number]))

    return rules


def _concepts(bench: Bench, block: Schedule, form: EngineFormat) -> None:
    """Errors are made that have been asked for, of one concept at a time, in a layer that is closed."""
    m, owed, ask, made = bench.m, Signal(), block.learner.concept, block.learner.made
    asking = bench.inner("asking", 1)
    m.d.sync += owed.eq((owed | (ask.valid & ask.ready)) & ~made)
    bench.assume(~made | owed)
    asked = Cat(state["asked"] for state in block.states)
    holds(m, "asked for, or being made, or neither", asking == (ask.valid | owed))
    never(m, "asked for and being made", ask.valid & owed)
    holds(m, "one layer has asked", (asking == asked.any()) & ~(asked & (asked - 1)).any())
    for state in block.states:
        waits = state["asked"] | state["made"]
        holds(m, "of a concept that is not recalled yet", ~waits | (state["closing"] & (state["begun"] < form.classes)))
        never(m, "asked for what is there", state["asked"] & state["made"])
    never(m, "the top layer asks", block.states[-1]["asked"] | block.states[-1]["made"])


PROOFS = (
    Proof(
        "engine/schedule",
        "one pass at a time, with room for its spikes, of a layer that is open for it; queues never overflow",
        lambda: Schedule(FORM),
        of(FORM),
        depth=1,
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
    Proof(
        "engine/schedule: lateral",
        "the same where layer 1 is recurrent; what comes back to it has no pass of its own",
        lambda: Schedule(RECURRENT),
        of(RECURRENT),
        depth=1,
        bugs=20,
        mutants=(
            Mutant(
                "a pass of its own", "engine/schedule.py", "enumerate(sources) if not source.lateral]", "enumerate(sources)]"
            ),
        ),
    ),
)
