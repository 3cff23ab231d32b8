"""`Rounds`: passes up, down and again in the order of the contract, whenever rows, errors and noise come."""

from functools import reduce
from operator import add

from amaranth.hdl import Array, Mux, Signal

from rtl.checks import holds, never
from rtl.engine.contexts import Target
from rtl.engine.layouts import header_layout
from rtl.recirculation.rounds import Rounds
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES, TWO_ECHOES
from tests.formal.engine.turns import Surroundings
from tests.formal.proof import Bench, Proof


class Rules(Surroundings):
    """What comes: samples in their order, lists that say what went into them, ends of passes that were taken."""

    def __init__(self, bench: Bench, block: Rounds):
        f = block.form
        super().__init__(bench, block, f, set(f.inputs))
        self.layers = range(1, f.layers + 1)  # those with W; each is the context of its number
        self.stimulus = f.source_of(Target(1))
        self.up = {c: f.source_of(Target(c)) for c in self.layers}
        self.down = {c - 1: f.source_of(Target(c - 1, apical=True)) for c in self.layers}
        self.echo = {c: f.source_of(Target(c, echo=True)) for c in self.layers}
        self._samples()
        self._lists()
        self._noise()
        self._ends()
        self._chosen()
        self._numbers()
        self._echoes()

    def _samples(self):
        """The stimulus: one sample after another, each where both layers have room, its header unchanged while it comes;
        layer 0 has it whole at its end, or before.
        """
        bench, block, m, header = self.bench, self.block, self.bench.m, self.block.bottom.header
        begun, self.parity, before = Signal(name="begun"), Signal(name="parity"), Signal.like(header.as_value(), name="came")
        claim, taken = block.lists[self.stimulus].claim, block.bottom.taken
        ends, whole = bench.free(1, "ends"), Signal(name="whole")
        bench.assume(~claim | (~begun & block.bottom.free))
        bench.assume(header.parity == self.parity)
        bench.assume(~begun | (header.as_value() == before))
        bench.assume(~taken | (begun & ~whole))
        bench.assume(~ends | (begun & (whole | taken)))
        m.d.sync += begun.eq((begun | claim) & ~ends), before.eq(header), whole.eq((whole | taken) & ~ends)
        m.d.sync += self.parity.eq(self.parity ^ ends)
        self.claimed = self.parity ^ begun  # of the next sample that begins
        busy = block.states[0]["busy_below"].bit_select(self.parity, 1)
        never(m, "a sample comes to layer 0 before the last but one is recalled", begun & ~whole & busy)

    def _lists(self):
        """Of a source's samples the oldest is listed, under the header that its words came with."""
        bench, block, m = self.bench, self.block, self.bench.m
        self.queues = []
        for number in range(len(self.form.sources)):
            queue = [Signal(header_layout(self.form), name=f"queue{number}_{place}") for place in range(2)]
            comes = block.bottom.header if number == self.stimulus else self.header
            waiting, takes = self.waiting[number], self.takes[number]
            left = waiting - takes
            with m.If(takes):
                m.d.sync += queue[0].eq(queue[1])
            for place in range(2):
                with m.If(self.begins[number] & (left == place)):
                    m.d.sync += queue[place].eq(comes)
            self.queues.append(queue)
        front = Array(queue[0].as_value() for queue in self.queues)[block.listing.source]
        bench.assume(~block.lookup.look | (block.listing.job.header.as_value() == front))
        offers = block.passes.valid | block.taken
        holds(m, "the header of the sample that is taken", ~offers | (self.header.as_value() == front))

    def _noise(self):
        """It may be drawn until it is."""
        bench, block, m = self.bench, self.block, self.bench.m
        was = Signal(name="was_free")
        m.d.sync += was.eq(block.draw.ready & ~block.draw.valid)
        bench.assume(~was | block.draw.ready)
        never(m, "noise is asked for while none may be", self.pending & ~block.draw.ready)

    def _ends(self):
        """A pass down or again whose errors come has been taken, and they come once."""
        bench, block, m, end = self.bench, self.block, self.bench.m, self.block.ended.payload
        for number, state in enumerate(block.states):
            here = block.ended.valid & (end.context == number)
            bottom = self.form.contexts[number].bottom
            for parity in range(2):
                for apical, source in ((0, self.echo.get(number)), (1, self.down.get(number))):
                    taken = Signal(name=f"{'down' if apical else 'again'}{number}_{parity}")
                    comes = 0
                    if source is not None:
                        comes = self.takes[source] & (self.header.parity == parity) & (self.header.learn | bottom)
                    ends = here & (end.apical == apical) & (end.parity == parity)
                    m.d.sync += taken.eq((taken | comes) & ~ends)
                    bench.assume(~ends | taken)
                    if not apical:
                        waited = state["busy"][parity] & ~state["echo"][parity]
                        holds(m, "errors that come are waited for", ~taken | waited)
                waits = state["echo"][parity] & ~state["busy"][parity]
                never(m, "a third pass is waited for, and its errors are not", waits)
        bench.assume(end.context < len(self.form.contexts))

    def _chosen(self):
        """What a pass waited for when it was chosen is so until it is taken."""
        m, block, offered = self.bench.m, self.block, self.offered
        offers = block.passes.valid | block.taken
        for number, source in enumerate(self.form.sources):
            chosen, state = self.pending & (block.listing.source == number), block.states[source.context]
            below = "_below" if source.apical else ""
            slot = state[f"slot{below}"]
            if source.echo:
                never(m, "a third pass that nobody waits for", chosen & ~state["echo"].bit_select(slot[0], 1))
            elif not self.form.contexts[source.context].bottom:
                never(m, "the last but one is not taught", chosen & state[f"busy{below}"].bit_select(slot[0], 1))
            at = (slot - (2 if source.echo else 0))[: self.form.slot_bits]
            holds(m, "its sample is the next, of a third pass the last but one", ~(chosen & offers) | (offered.slot == at))

    def _numbers(self):
        """Samples are one after another in all layers, as many between two as wait there."""
        m, states = self.bench.m, self.block.states

        def follows(before, after, number):
            waiting, queue = self.waiting[number], self.queues[number]
            holds(m, "samples follow one another", before == (after + waiting)[: len(before)])
            for place in range(2):
                apart = (waiting > place) & (queue[place].parity != (after[0] ^ place))
                never(m, "a sample of another parity than its number", apart)

        follows(self.claimed, states[1]["slot"], self.stimulus)
        for number in self.layers[:-1]:
            follows(states[number]["slot"], states[number + 1]["slot"], self.up[number + 1])
        follows(states[-1]["slot"], states[-2]["slot_below"], self.down[self.form.layers - 1])
        for number in self.layers[:-1]:
            follows(states[number]["slot_below"], states[number - 1]["slot_below"], self.down[number - 1])

    def _echoes(self):
        """A layer's samples between its way up and the recall below it: those learned are the ones waited for."""
        m, states = self.bench.m, self.block.states
        for number in self.layers:
            state, ahead = states[number], []
            slot, echo = state["slot"], state["echo"]
            between = [self.up[n] for n in self.layers if n > number]
            between += [self.down[n] for n in reversed(range(number - 1, self.form.layers))]
            for source in between:  # from the youngest on
                queue, waiting = self.queues[source], self.waiting[source]
                for place in range(2):
                    distance = reduce(add, ahead, waiting - place)  # 1: of the sample that went up last
                    here, learn = waiting > place, queue[place].learn
                    waited = echo.bit_select(queue[place].parity, 1) & (distance <= 2)
                    holds(m, "learned and waited for", ~here | (learn == waited))
                ahead.append(waiting)
            apart = reduce(add, ahead)
            old, new = echo.bit_select(slot[0], 1) & (apart <= 1), echo.bit_select(~slot[0], 1) & (apart == 0)
            waiting, queue = self.waiting[self.echo[number]], self.queues[self.echo[number]]
            holds(m, "what is recalled is to be seen again", waiting == old + new)
            first = Mux(old, slot[0], ~slot[0])
            never(m, "the older one comes first", (waiting != 0) & (queue[0].parity != first))
            never(m, "and the younger one then", (waiting == 2) & (queue[1].parity == slot[0]))


def hurried(bench: Bench, block: Rounds) -> None:
    """Without resets, all samples learned, nobody waits: so that bugs show sooner."""
    bench.assume(~bench.ports[1] & block.draw.ready & block.passes.ready & (block.any_under_way == block.out))
    bench.assume(block.bottom.header.learn & ~block.bottom.header.drawn & ~block.bottom.header.blank)


PROOFS = (
    Proof(
        "recirculation/rounds",
        "no sample before the last but one is taught and recalled, no third pass nobody waits for, none without room",
        lambda: Rounds(TWO_ECHOES),
        Rules,
        depth=1,
        bugs=18,
        hunt=hurried,
        mutants=(
            Mutant(
                "a third pass at once",
                "recirculation/rounds.py",
                'return self.draw.ready & state["echo"].bit_select(state["slot"][0], 1)',
                "return self.draw.ready",
            ),
            Mutant(
                "does not wait for the taught",
                "recirculation/rounds.py",
                "return self.draw.ready & ~state[busy].bit_select(state[slot][0], 1)",
                "return self.draw.ready",
            ),
            Mutant(
                "layer 0 is always free",
                "recirculation/rounds.py",
                'self.bottom.free.eq(~state["busy_below"].bit_select(parity, 1))',
                "self.bottom.free.eq(1)",
            ),
        ),
    ),
    Proof(
        "recirculation/rounds: three layers",
        "the same with a layer between the stimulus and the code",
        lambda: Rounds(ECHOES),
        Rules,
        depth=1,
        bugs=6,
        mutants=(
            Mutant(
                "no look at the noise",
                "recirculation/rounds.py",
                "return self.draw.ready & ~state[busy].bit_select(state[slot][0], 1)",
                "return ~state[busy].bit_select(state[slot][0], 1)",
            ),
        ),
    ),
)
