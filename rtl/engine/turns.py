"""Turns: which pass is next: one whose rows are listed, whose errors are known, and for whose spikes there is room.

Nobody steers the layers: a pass (contract, steps 3 and 4), with the update that waits for it (7 and 9), is taken when it can
be. What a layer waits for besides is the task's: `rtl.engine.schedule` and `rtl.recirculation.rounds`.
"""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import data, stream
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.checks import fits, never, patient
from rtl.engine.block import Block
from rtl.engine.claims import Claims
from rtl.engine.contexts import Source
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout, pass_layout, sent, side_fields, walked_layout
from rtl.engine.signatures import claim_signature, listing_signature, lookup_signature, sample_signature
from rtl.hdl import assigned, constant, signals

DEPTH = 4
"""Passes that may be under way: one that is walked, one whose sums wait, two in the soma, one of them on its way out."""


def under_way_layout(f: EngineFormat) -> data.StructLayout:
    """A pass whose words are still to come; slot: its sample's number, modulo 2^slot_bits, the lowest bit its parity."""
    return data.StructLayout(walked_layout(f).members | {"slot": f.slot_bits, "header": header_layout(f)})


class Turns(Block):
    """The scheduler: offers one pass after another, and keeps which are under way. A task has members of its own, too.

    Members:
        listing: In, `listing_signature`.
        passes: Out, stream of `pass_layout`; what it has offered stays for the clock behind, in which it is `taken`.
        released: In, `walked_layout` with `valid`: the rows of one have been walked.
        under_way: Out, `under_way_layout`, of the oldest pass whose words are not all out, from two clocks behind its taking
            or behind `out` on. out: In, pulse: they are.
        lists: In, `claim_signature` of each source, for samples that begin from outside. links: Out, of each link.
        bottom: In, `sample_signature`, of layer 0.
        lookup: Out, `lookup_signature`. idle: Out.
    """

    def _members(self, f):
        return {
            "listing": In(listing_signature(f)),
            "passes": Out(stream.Signature(pass_layout(f))),
            "released": In(sent(walked_layout(f))),
            "under_way": Out(under_way_layout(f)),
            "out": In(1),
            "lists": In(claim_signature()).array(len(f.sources)),
            "links": Out(claim_signature()).array(len(f.links)),
            "bottom": In(sample_signature(f)),
            "lookup": Out(lookup_signature(f)),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.states = [
            {name: Signal(shape, name=f"{name}{number}") for name, shape in self._kept().items()}
            for number in range(len(f.contexts))
        ]
        m.submodules.claims = claims = Claims(f)
        self.taken = self.listing.taken
        self.claimed = Signal(len(f.sources))  # by a pass that is taken
        m.d.comb += claims.begins.eq(self.claimed | Cat(one.claim for one in self.lists))
        m.d.comb += Cat(one.room for one in self.lists).eq(claims.room)
        connect(m, flipped(self.released), claims.released)
        # What a pass changes that is taken, a clock behind: much hangs on it, and what was offered stays as long.
        m.d.sync += self.taken.eq(self.passes.valid & self.passes.ready)
        header = self._offer(m)
        self._queue(m, header)
        self._claim(m, header)
        self._follow(m, header)
        resting = ~self.passes.valid & ~self.choosing & ~self.taken & ~self.any_under_way
        m.d.comb += self.idle.eq(self._rests() & resting)
        return m

    # -- what a task says ------------------------------------------------------------------------------------------------

    def _kept(self) -> dict:
        """What is kept of a layer: names and shapes of its `states`."""
        raise NotImplementedError

    def _order(self) -> list[int]:
        """The sources, those first whose passes go first."""
        raise NotImplementedError

    def _can(self, source: Source):
        """Whether the layer waits for nothing but rows and room."""
        raise NotImplementedError

    def _sample(self, chosen, number, apical):
        """Of the pass that is chosen, of that source, layer and side: its sample's number, the bank of the errors that it
        applies, and whether there are any."""
        raise NotImplementedError

    def _follow(self, m, header) -> None:
        """What a pass that is taken changes, and all else."""
        raise NotImplementedError

    def _rests(self):
        """Whether no layer has anything to do."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def _of_source(self, name, source):
        """What `rtl.engine.contexts.Source` says of that one."""
        return constant((getattr(s, name) for s in self.form.sources), source)

    def _of_layer(self, name, number):
        """What is kept of that layer."""
        return Array(state[name] for state in self.states)[number]

    def _list(self, target):
        """Whether a list of this target has room, and its claim."""
        source = self.form.source_of(target)
        if source is not None:
            return self.lists[source].room, self.claimed[source]
        link = self.links[self.form.links.index(target)]
        return link.room, link.claim

    def _offer(self, m):
        """Chooses a pass that can be taken, a clock; looks up its rows and its update, two; and offers it."""
        f, listing, lookup = self.form, self.listing, self.lookup
        candidates = []
        for source in self._order():
            of = f.sources[source]
            can = listing.listed[source] & self._can(of)
            targets = () if of.echo else f.targets_of(f.contexts[of.context], of.apical)
            for target in targets:
                can &= self._list(target)[0]
            candidates.append((can, source))
        self.choosing, chosen = signals(choosing=1, chosen=f.source_bits)
        with m.If(~self.passes.valid & ~self.choosing & ~self.taken):
            for can, source in reversed(candidates):  # the first of them wins
                with m.If(can):
                    m.d.sync += self.choosing.eq(1), chosen.eq(source)
        apical, number = (self._of_source(name, chosen) for name in ("apical", "context"))
        slot, bank, has_update = self._sample(chosen, number, apical)
        offered, updates, looking = signals(offered=pass_layout(f), updates=1, looking=1)
        m.d.comb += listing.source.eq(chosen), lookup.look.eq(looking), self.passes.payload.eq(offered)
        m.d.comb += lookup.at.context.eq(number), lookup.at.bank.eq(bank)
        update = self.passes.payload.update
        m.d.comb += update.eq(lookup.update), update.errors.eq(Mux(updates, lookup.update.errors, 0))
        header = Signal(header_layout(f))
        m.d.sync += looking.eq(self.choosing & ~looking)  # a clock for where its list is and which record it has
        with m.If(looking):
            m.d.sync += [
                self.passes.valid.eq(1),
                self.choosing.eq(0),
                offered.context.eq(number),
                *(offered[name].eq(self._of_source(name, chosen)) for name in side_fields(f)),
                *assigned(offered, new=listing.job.new, old=listing.job.old, front=listing.front, back=listing.back),
                *assigned(offered, bank=lookup.at.bank, slot=slot),
                updates.eq(has_update),
                header.eq(listing.job.header),
            ]
        with m.Elif(self.passes.ready):
            m.d.sync += self.passes.valid.eq(0)
        patient(m, "passes", self.passes)
        return header

    def _queue(self, m, header):
        """Passes taken wait here until their words are out."""
        m.submodules.words = words = SyncFIFO(width=len(self.under_way.as_value()), depth=DEPTH)
        coming = Signal(under_way_layout(self.form))
        m.d.comb += [
            *(coming[name].eq(self.passes.payload[name]) for name in ("context", *side_fields(self.form), "slot")),
            coming.header.eq(header),
            *assigned(words, w_data=coming, w_en=self.taken, r_en=self.out),
        ]
        m.d.sync += self.under_way.eq(words.r_data)  # a pass's first word comes clocks later
        self.any_under_way = words.r_rdy
        fits(m, "words", words)

    def _claim(self, m, header):
        """A pass that is taken begins a sample at each of its targets, at an echo where the sample is learned."""
        f, offered = self.form, self.passes.payload
        for number, context in enumerate(f.contexts):
            for apical in (True, False):
                here = self.taken & (offered.context == number) & (offered.apical == apical)
                if f.echoes:
                    here &= ~offered.echo
                for target in f.targets_of(context, apical):
                    room, claim = self._list(target)
                    m.d.comb += claim.eq(here & header.learn if target.echo else here)
                    never(m, "a pass whose spikes have no room", claim & ~room)
