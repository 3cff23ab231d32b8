"""Schedule: which layer takes the next pass, on which sample; concepts behind a block's end (contract, steps 3, 4 and 9).

Passes nearer to the top go first, so that what is under way makes room for what comes.
"""

from amaranth.hdl import Cat, Mux, Signal
from amaranth.lib.wiring import Out

from rtl.checks import never, patient
from rtl.engine.signatures import codes_signature, learner_signature
from rtl.engine.turns import Turns
from rtl.hdl import assigned


class Schedule(Turns):
    """Keeps, for every layer, the parity of its next sample, what of it is being taught, and how far its recall is.

    Members, beside those of `Turns`:
        learner: Out, `learner_signature`. codes: Out, `codes_signature`.
        bottom_parity: Out, of layer 0's next sample.
        idle: Out, no pass is under way, nothing is taught or recalled.
    """

    def _members(self, f):
        own = {"learner": Out(learner_signature(f)), "codes": Out(codes_signature()), "bottom_parity": Out(1)}
        return super()._members(f) | own

    def _kept(self):
        """slot: of its next sample. busy: samples, by parity, that are perceived and not yet taught. update: there is an
        update of that parity's last sample. closing: concepts are being recalled, `relearn`: and Theta learns; `begun`: how
        many of their passes have begun, `asked`, `made`: the errors of the next one are being made, are there.
        """
        sample = {"slot": self.form.slot_bits, "busy": 2, "update": 2, "closing": 1, "relearn": 1}
        return sample | {"begun": range(self.form.classes + 1), "asked": 1, "made": 1}

    def _order(self):
        sources = self.form.sources
        walked = [number for number, source in enumerate(sources) if not source.lateral]
        return sorted(reversed(walked), key=lambda source: not sources[source].apical)

    def _can(self, source):
        state = self.states[source.context]
        if source.apical:
            return state["closing"] & state["made"]
        return ~state["closing"] & ~state["busy"].bit_select(state["slot"][0], 1)

    def _sample(self, chosen, number, apical):
        slot = self._of_layer("slot", number)
        bank = Cat(Mux(apical, self._of_layer("begun", number)[0], slot[0]), apical)
        return slot, bank, apical | self._of_layer("update", number).bit_select(slot[0], 1)

    def _rests(self):
        busy = Cat(state["busy"] for state in self.states).any() | Cat(state["closing"] for state in self.states).any()
        return ~busy & ~self.listing.listed.any()

    def _follow(self, m, header):
        f, offered, taught = self.form, self.passes.payload, self.learner.taught
        for number, state in enumerate(self.states):
            here = self.taken & (offered.context == number)
            with m.If(taught.valid & (taught.payload.context == number)):
                m.d.sync += state["busy"].bit_select(taught.payload.parity, 1).eq(0)
                never(m, "a sample is taught twice", ~state["busy"].bit_select(taught.payload.parity, 1))
            if f.contexts[number].bottom:
                m.d.comb += self.bottom_parity.eq(state["slot"][0])
                m.d.comb += self.bottom.free.eq(~state["closing"] & ~state["busy"].bit_select(state["slot"][0], 1))
                self._begin(m, number, self.bottom.taken, self.bottom.header, state["slot"][0])
            else:
                self._begin(m, number, here & ~offered.apical, header, offered.slot[0])
            with m.If(here & offered.apical):
                m.d.sync += state["begun"].eq(state["begun"] + 1), state["made"].eq(0)
        self._concepts(m)

    def _begin(self, m, number, begins, header, parity):
        """A layer takes a sample: what of it is to be waited for."""
        state = self.states[number]
        with m.If(begins):
            never(m, "a sample before the last but one is taught", state["busy"].bit_select(parity, 1))
            never(m, "a sample while concepts are recalled", state["closing"])
            m.d.sync += [
                state["slot"].eq(state["slot"] + 1),
                state["update"].bit_select(parity, 1).eq(header.learn),
                state["closing"].eq(header.recall),
                state["relearn"].eq(header.relearn),
                state["begun"].eq(0),
            ]
            with m.If(header.learn):
                m.d.sync += state["busy"].bit_select(parity, 1).eq(1)
            if self.form.contexts[number].top:
                m.d.comb += self.codes.start.eq(header.recall)

    def _concepts(self, m):
        """At a block's end: asks for a concept's errors, once the one before is being walked; closes with the last."""
        f, ask, made, normed = self.form, self.learner.concept, self.learner.made, self.learner.normed
        asking = Signal()
        for number, (context, state) in enumerate(zip(f.contexts, self.states, strict=True)):
            if context.top:
                with m.If(self.codes.done):
                    m.d.sync += state["closing"].eq(0)
                continue
            wants = state["closing"] & ~state["made"] & ~state["asked"] & ~state["busy"].any() & (state["begun"] < f.classes)
            with m.If(wants & ~asking):
                m.d.sync += ask.valid.eq(1), assigned(ask.payload.concept, context=number, k=state["begun"])
                m.d.sync += ask.payload.relearn.eq(state["relearn"]), asking.eq(1)
                m.d.sync += [other["asked"].eq(other is state) for other in self.states]
            with m.If(made & state["asked"]):
                m.d.sync += state["made"].eq(1), state["asked"].eq(0), asking.eq(0)
            with m.If(normed.valid & (normed.payload.context == number) & (normed.payload.k == f.classes - 1)):
                m.d.sync += state["closing"].eq(0)
        with m.If(ask.valid & ask.ready):
            m.d.sync += ask.valid.eq(0)
        patient(m, "concept", ask)
        never(m, "errors are made that nobody asked for", made & ~asking)
