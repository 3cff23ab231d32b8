"""Rounds: which layer takes the next pass of an auto-encoder (docs/autoencoder.md, 1 and 4).

Over W of a layer round n is up(n), which writes the update of sample n-2, and then again(n-1). So a layer that has taken
up(n+1) waits for again(n), where n is learned, and for its errors, before it takes up(n+2): two samples are under way, and a
core without a further sample rests with the last one's third pass undone. Over Theta round n is down(n).
"""

from amaranth.hdl import Cat, Mux
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.layouts import sent
from rtl.engine.turns import Turns
from rtl.hdl import assigned
from rtl.recirculation.layouts import begun_layout, pass_end_layout


class Rounds(Turns):
    """Keeps, for every layer, the numbers of its next samples up and down, and which samples it waits for.

    Members, beside those of `Turns`:
        draw: Out, stream of `begun_layout`, whose `ready` a pass waits for.
        ended: In, `pass_end_layout` with `valid`: a pass down or again, whose errors are written.
        idle: Out, no pass is under way, and none can be taken before a further sample comes.
    """

    def _members(self, f):
        own = {"draw": Out(stream.Signature(begun_layout(f))), "ended": In(sent(pass_end_layout(f)))}
        return super()._members(f) | own

    def _kept(self):
        """Of its passes up and again, and of those down (`below`).

        slot, slot_below: of its next sample. busy: samples, by parity, whose errors of W are still to come, echo: whose
        third pass has not begun; busy_below: those whose errors of Theta are, in layer 0 those that are not recalled yet.
        update, update_below: there is an update of that parity's last sample.
        """
        slots = dict.fromkeys(("slot", "slot_below"), self.form.slot_bits)
        pairs = dict.fromkeys(("busy", "echo", "busy_below", "update", "update_below"), 2)
        return slots | pairs

    def _order(self):
        """A third pass first, which its layer waits for; then what is nearer to the result."""
        sources = self.form.sources
        near = [(not s.echo, not s.apical, s.context if s.apical else -s.context) for s in sources]
        return sorted(range(len(sources)), key=near.__getitem__)

    def _can(self, source):
        state = self.states[source.context]
        if source.echo:
            return self.draw.ready & state["echo"].bit_select(state["slot"][0], 1)
        if self.form.contexts[source.context].bottom:  # which takes no sample while it is busy
            return self.draw.ready
        slot, busy = ("slot_below", "busy_below") if source.apical else ("slot", "busy")
        return self.draw.ready & ~state[busy].bit_select(state[slot][0], 1)

    def _sample(self, chosen, number, apical):
        """Of a third pass it is the one before the last one that went up, before the next one does."""
        echo = self._of_source("echo", chosen)
        slot = Mux(apical, self._of_layer("slot_below", number), self._of_layer("slot", number) - Mux(echo, 2, 0))
        updates = Mux(apical, self._of_layer("update_below", number), self._of_layer("update", number))
        return slot, Cat(slot[0], apical), ~echo & updates.bit_select(slot[0], 1)

    def _rests(self):
        """A third pass that waits for the next sample, its rows listed, is at rest, too."""
        works, listed = [], []
        for state in self.states:
            works += [(state["busy"] & ~state["echo"]).any(), state["busy_below"].any()]
        for number, source in enumerate(self.form.sources):
            listed.append(self.listing.listed[number] & (self._can(source) if source.echo else 1))
        return ~Cat(works).any() & ~Cat(listed).any()

    def _follow(self, m, header):
        f, offered, end = self.form, self.passes.payload, self.ended.payload
        parity = offered.slot[0]
        m.d.comb += self.draw.valid.eq(self.taken & header.learn & ~offered.echo)
        m.d.comb += assigned(self.draw.payload, context=offered.context, apical=offered.apical, parity=parity)
        never(m, "a sample of another parity than its header says", self.taken & (parity != header.parity))
        for number, (context, state) in enumerate(zip(f.contexts, self.states, strict=True)):
            with m.If(self.ended.valid & (end.context == number)):
                for name, side in (("busy", ~end.apical), ("busy_below", end.apical)):
                    with m.If(side):
                        m.d.sync += state[name].bit_select(end.parity, 1).eq(0)
                never(m, "errors of a third pass that was not taken", ~end.apical & state["echo"].bit_select(end.parity, 1))
            here = self.taken & (offered.context == number)
            with m.If(here & offered.echo):
                never(m, "a third pass that nobody waits for", ~state["echo"].bit_select(parity, 1))
                m.d.sync += state["echo"].bit_select(parity, 1).eq(0)
            with m.Elif(here & offered.apical):
                self._begin(m, state, "_below", header, parity)
                if not context.bottom:
                    with m.If(header.learn):
                        m.d.sync += state["busy_below"].bit_select(parity, 1).eq(1)
            with m.Elif(here):
                self._begin(m, state, "", header, parity)
                never(m, "a sample before the last but one is taught", state["busy"].bit_select(parity, 1))
                with m.If(header.learn):
                    m.d.sync += state["busy"].bit_select(parity, 1).eq(1), state["echo"].bit_select(parity, 1).eq(1)
            if context.bottom:
                self._bottom(m, state)

    @staticmethod
    def _begin(m, state, which, header, parity):
        m.d.sync += state[f"slot{which}"].eq(state[f"slot{which}"] + 1)
        m.d.sync += state[f"update{which}"].bit_select(parity, 1).eq(header.learn)

    def _bottom(self, m, state):
        """Layer 0 takes samples from outside, learned or not, and has two at most until they are recalled."""
        parity = self.bottom.header.parity
        m.d.comb += self.bottom.free.eq(~state["busy_below"].bit_select(parity, 1))
        with m.If(self.bottom.taken):
            never(m, "a sample before the last but one is recalled", state["busy_below"].bit_select(parity, 1))
            m.d.sync += state["busy_below"].bit_select(parity, 1).eq(1)
