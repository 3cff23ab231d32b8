"""Schedule: which layer takes the next pass, on which sample; concepts behind a block's end (contract, steps 3, 4 and 9).

Nobody steers the layers: a pass is taken when its rows are listed, the errors that it applies are known, and there is room
for its spikes. Passes nearer to the top go first, so that what is under way makes room for what comes.
"""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from rtl.checks import fits, never, patient
from rtl.engine.claims import Claims
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import (
    concept_layout,
    header_layout,
    job_layout,
    offered_layout,
    pass_layout,
    sent,
    update_layout,
    walked_layout,
)

DEPTH = 4
"""Passes that may be under way: walked, in the soma, on their way out."""


def under_way_layout(f: EngineFormat) -> data.StructLayout:
    """A pass whose words are still to come; slot: its sample's number, modulo 2^slot_bits, the lowest bit its parity."""
    return data.StructLayout({"context": f.context_bits, "apical": 1, "slot": f.slot_bits, "header": header_layout(f)})


class Schedule(wiring.Component):
    """Keeps, for every layer, the parity of its next sample, what of it is being taught, and how far its recall is.

    Members:
        listed, job, front, back: In, source, taken: Out: see `rtl.engine.rows.Rows`.
        passes: Out, stream of `pass_layout`; what it has offered stays for the clock behind, in which it is `taken`.
        released: In, `walked_layout` with `valid`: the rows of one have been walked.
        under_way: Out, `under_way_layout`, of the oldest pass whose words are not all out, from two clocks behind its taking
            or behind `out` on. out: In, pulse: they are.
        room: Out, a bit a source: a sample for it may begin. claim: In, a bit a source, pulse: one begins from outside.
        link_room: In, link_claim: Out, a bit a link: the same of sources on other engines.
        concept: Out, stream of `offered_layout`: the errors of a concept are to be made; made: In, pulse.
        recalled: In, pulse: the concept `recalled_as` (In, `concept_layout`) has its templates and their norm.
        taught: In, pulse: a sample of the layer `taught_context`, parity `taught_parity` (In), has been taught.
        look: Out, pulse: the record at `read` (Out), layer and bank, is `update` (In, `update_layout`) from the next clock
            on.
        bottom_free: Out, layer 0 may take a sample of `bottom_parity` (Out). bottom_taken: In, pulse: it has one, whole, of
            `bottom_header` (In). codes: Out, pulse: concepts are to be recalled; codes_done: In, pulse.
        idle: Out, no pass is under way, nothing is taught or recalled.
    """

    def __init__(self, form: EngineFormat):
        self.form = f = form
        sources = len(f.sources)
        super().__init__(
            {
                "listed": In(sources),
                "job": In(job_layout(f)),
                "front": In(f.list_bits),
                "back": In(f.list_bits),
                "source": Out(f.source_bits),
                "taken": Out(1),
                "passes": Out(stream.Signature(pass_layout(f))),
                "released": In(sent(walked_layout(f))),
                "under_way": Out(under_way_layout(f)),
                "out": In(1),
                "room": Out(sources),
                "claim": In(sources),
                "link_room": In(max(1, len(f.links))),
                "link_claim": Out(max(1, len(f.links))),
                "concept": Out(stream.Signature(offered_layout(f))),
                "made": In(1),
                "recalled": In(1),
                "recalled_as": In(concept_layout(f)),
                "taught": In(1),
                "taught_context": In(f.context_bits),
                "taught_parity": In(1),
                "look": Out(1),
                "read": Out(data.StructLayout({"context": f.context_bits, "bank": 2})),
                "update": In(update_layout()),
                "bottom_free": Out(1),
                "bottom_parity": Out(1),
                "bottom_taken": In(1),
                "bottom_header": In(header_layout(f)),
                "codes": Out(1),
                "codes_done": In(1),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.states = [self._state(m, number) for number in range(len(f.contexts))]
        m.submodules.claims = counts = Claims(f)
        claims = Signal(len(f.sources))
        m.d.comb += [
            counts.begins.eq(claims | self.claim),
            self.room.eq(counts.room),
        ]
        wiring.connect(m, wiring.flipped(self.released), counts.released)
        # What a pass changes that is taken, a clock behind: much hangs on it, and what was offered stays as long.
        taken = self.taken
        m.d.sync += taken.eq(self.passes.valid & self.passes.ready)
        header = self._offer(m)
        self._take(m, taken, header, claims)
        self._concepts(m, taken)
        busy = Cat(state["busy"] for state in self.states).any() | Cat(state["closing"] for state in self.states).any()
        m.d.comb += self.idle.eq(
            ~busy & ~self.passes.valid & ~self.choosing & ~self.taken & ~self.any_under_way & ~self.listed.any()
        )
        return m

    def _state(self, m, number):
        """What is kept of a layer.

        slot: of its next sample. busy: samples, by parity, that are perceived and not yet taught. update: there is an
        update of that parity's last sample. closing: concepts are being recalled, `relearn`: and Theta learns; `begun`: how
        many of their passes have begun, `asked`, `made`: the errors of the next one are being made, are there.
        """
        names = {
            "slot": self.form.slot_bits,
            "busy": 2,
            "update": 2,
            "closing": 1,
            "relearn": 1,
            "begun": range(self.form.classes + 1),
            "asked": 1,
            "made": 1,
        }
        state = {name: Signal(bits, name=f"{name}{number}") for name, bits in names.items()}
        with m.If(self.taught & (self.taught_context == number)):
            m.d.sync += state["busy"].bit_select(self.taught_parity, 1).eq(0)
            never(m, "a sample is taught twice", ~state["busy"].bit_select(self.taught_parity, 1))
        return state

    def _target(self, number, apical, own, links):
        """Of a pass's target its bit of `own`, a bit a source, or of `links`; None where its spikes go nowhere."""
        f = self.form
        target = f.target_of(f.contexts[number], apical)
        if target is None:
            return None
        source = f.source_of(*target)
        return links[f.links.index(target)] if source is None else own[source]

    def _offer(self, m):
        """Chooses a pass that can be taken, a clock; looks up its rows and its update, two; and offers it."""
        f = self.form
        candidates = []
        for apical in (True, False):
            for source in reversed(range(len(f.sources))):
                if f.sources[source].apical == apical:
                    number = f.sources[source].context
                    state, room = self.states[number], self._target(number, apical, self.room, self.link_room)
                    can = self.listed[source]
                    if apical:
                        can &= state["closing"] & state["made"]
                    else:
                        can &= ~state["closing"] & ~state["busy"].bit_select(state["slot"][0], 1)
                    if room is not None:
                        can &= room
                    candidates.append((can, source))
        self.choosing, chosen = Signal(), Signal(f.source_bits)
        apical = Array(source.apical for source in f.sources)[chosen]
        number = Array(source.context for source in f.sources)[chosen]
        slot = Array(state["slot"] for state in self.states)[number]
        begun = Array(state["begun"] for state in self.states)[number]
        with m.If(~self.passes.valid & ~self.choosing & ~self.taken):
            for can, source in reversed(candidates):  # the first of them wins
                with m.If(can):
                    m.d.sync += self.choosing.eq(1), chosen.eq(source)
        offered, updates, looking = Signal(pass_layout(f)), Signal(), Signal()
        m.d.comb += self.source.eq(chosen), self.look.eq(looking), self.passes.payload.eq(offered)
        m.d.comb += self.read.context.eq(number), self.read.bank.eq(Cat(Mux(apical, begun[0], slot[0]), apical))
        update = self.passes.payload.update
        m.d.comb += update.eq(self.update), update.errors.eq(Mux(updates, self.update.errors, 0))
        header = Signal(header_layout(f))
        m.d.sync += looking.eq(self.choosing & ~looking)  # a clock for where its list is and which record it has
        with m.If(looking):
            has_update = Array(state["update"] for state in self.states)[number].bit_select(slot[0], 1)
            m.d.sync += [
                self.passes.valid.eq(1),
                self.choosing.eq(0),
                offered.context.eq(number),
                offered.apical.eq(apical),
                offered.new.eq(self.job.new),
                offered.old.eq(self.job.old),
                offered.front.eq(self.front),
                offered.back.eq(self.back),
                offered.bank.eq(self.read.bank),
                offered.slot.eq(slot),
                updates.eq(apical | has_update),
                header.eq(self.job.header),
            ]
        with m.Elif(self.passes.ready):
            m.d.sync += self.passes.valid.eq(0)
        return header

    def _take(self, m, taken, header, claims):
        """What a pass that is taken changes."""
        f, slot = self.form, self.passes.payload.slot
        m.submodules.words = words = SyncFIFO(width=len(self.under_way.as_value()), depth=DEPTH)
        coming = Signal(under_way_layout(f))
        m.d.comb += [
            coming.context.eq(self.passes.payload.context),
            coming.apical.eq(self.passes.payload.apical),
            coming.slot.eq(slot),
            coming.header.eq(header),
            words.w_data.eq(coming),
            words.w_en.eq(taken),
            words.r_en.eq(self.out),
        ]
        m.d.sync += self.under_way.eq(words.r_data)  # a pass's first word comes clocks later
        self.any_under_way = words.r_rdy
        fits(m, "words", words)
        patient(m, "passes", self.passes)
        for number, state in enumerate(self.states):
            here = taken & (self.passes.payload.context == number)
            for apical in (True, False):
                claim = self._target(number, apical, claims, self.link_claim)
                if claim is not None:
                    m.d.comb += claim.eq(here & (self.passes.payload.apical == apical))
                    room = self._target(number, apical, self.room, self.link_room)
                    never(m, "a pass whose spikes have no room", claim & ~room)
            if f.contexts[number].bottom:
                m.d.comb += self.bottom_parity.eq(state["slot"][0])
                m.d.comb += self.bottom_free.eq(~state["closing"] & ~state["busy"].bit_select(state["slot"][0], 1))
                self._sample(m, number, self.bottom_taken, self.bottom_header, state["slot"][0])
            else:
                self._sample(m, number, here & ~self.passes.payload.apical, header, slot[0])
            with m.If(here & self.passes.payload.apical):
                m.d.sync += state["begun"].eq(state["begun"] + 1), state["made"].eq(0)

    def _sample(self, m, number, begins, header, parity):
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
                m.d.comb += self.codes.eq(header.recall)

    def _concepts(self, m, taken):
        """At a block's end: asks for a concept's errors, once the one before is being walked; closes with the last."""
        f, ask = self.form, self.concept
        asking = Signal()
        for number, (context, state) in enumerate(zip(f.contexts, self.states, strict=True)):
            if context.top:
                with m.If(self.codes_done):
                    m.d.sync += state["closing"].eq(0)
                continue
            wants = state["closing"] & ~state["made"] & ~state["asked"] & ~state["busy"].any() & (state["begun"] < f.classes)
            with m.If(wants & ~asking):
                m.d.sync += [
                    ask.valid.eq(1),
                    ask.payload.concept.context.eq(number),
                    ask.payload.concept.k.eq(state["begun"]),
                    ask.payload.relearn.eq(state["relearn"]),
                ]
                m.d.sync += asking.eq(1), [other["asked"].eq(other is state) for other in self.states]
            with m.If(self.made & state["asked"]):
                m.d.sync += state["made"].eq(1), state["asked"].eq(0), asking.eq(0)
            with m.If(self.recalled & (self.recalled_as.context == number) & (self.recalled_as.k == f.classes - 1)):
                m.d.sync += state["closing"].eq(0)
        with m.If(ask.valid & ask.ready):
            m.d.sync += ask.valid.eq(0)
        patient(m, "concept", ask)
        never(m, "errors are made that nobody asked for", self.made & ~asking)
