"""Outlet: where a group's word goes: spikes on, up, down or to be seen again; counts to be compared; what a result shows.

docs/autoencoder.md, 1, 2, 5 and 6: the spikes of layer L, or a drawn code's, drive the backward network; those of a third
pass go nowhere.
"""

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from rtl.checks import patient
from rtl.engine.block import Block
from rtl.engine.contexts import Target
from rtl.engine.layouts import bottom_layout, header_layout, sent, side_fields, spikes_layout, word_layout
from rtl.engine.turns import under_way_layout
from rtl.hdl import constant, signals
from rtl.memories import ram, read, write
from rtl.recirculation.layouts import code_layout, seen_layout, shown_layout
from rtl.spikes import code_train

OWN_STREAMS = 2
"""Streams to the engine's own rows: of what goes up and down, and of what is to be seen again."""


class RecalledOutlet(Block):
    """A router: one word at a time, from the soma or, where it has none, of layer 0's stimulus. A word may go to several
    places.

    Members:
        words: In, stream of `word_layout`. under_way: In, `under_way_layout`, of the pass that they are of; out: Out, pulse:
            its last word has been taken.
        bottom: In, stream of `bottom_layout`; bottom_header: In, of its sample.
        code: In, `code_layout` with `valid`: a group of a code that is to go down, before layer L sees its sample.
        spikes: Out, streams of `spikes_layout`: to the engine's own rows (`OWN_STREAMS` of them), then by its links.
        seen: Out, `seen_layout` with `valid`. codes, recalled: Out, streams of `shown_layout`: of layer L on the way up, or
            as drawn, and of layer 0.
        idle: Out, nothing waits here.
    """

    def _members(self, f):
        return {
            "words": In(stream.Signature(word_layout(f))),
            "under_way": In(under_way_layout(f)),
            "out": Out(1),
            "bottom": In(stream.Signature(bottom_layout(f, f.contexts[0].groups))),
            "bottom_header": In(header_layout(f)),
            "code": In(sent(code_layout(f))),
            "spikes": Out(stream.Signature(spikes_layout(f))).array(OWN_STREAMS + len(f.links)),
            "seen": Out(sent(seen_layout(f))),
            "codes": Out(stream.Signature(shown_layout(f))),
            "recalled": Out(stream.Signature(shown_layout(f))),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f, word, now = self.form, self.words.payload, self.under_way
        coded = constant((c.top for c in f.contexts), now.context) & ~now.apical & ~now.echo
        recalled = constant((c.bottom for c in f.contexts), now.context) & now.apical
        drawn = Signal()  # the word is of a code: its neurons have seen nothing
        m.d.comb += drawn.eq(coded & now.header.drawn)
        codes = self._codes(m)
        for p in range(f.lanes):
            train = Mux(drawn, code_train(codes[p], f.steps), word.lanes[p].train)
            m.d.comb += [spikes.payload.trains[p].eq(train) for spikes in self.spikes]
            m.d.comb += self.codes.payload.counts[p].eq(Mux(drawn, codes[p], word.lanes[p].count))
            m.d.comb += self.recalled.payload.counts[p].eq(word.lanes[p].count)
        ways = [(spikes, self._goes(m, number, spikes)) for number, spikes in enumerate(self.spikes)]
        ways += [(self.codes, coded), (self.recalled, recalled)]
        waits = []
        for number, (way, wanted) in enumerate(ways):
            gone = Signal(name=f"gone{number}")  # the word has been taken there, and waits for another place
            m.d.comb += way.valid.eq(self.words.valid & wanted & ~gone)
            m.d.sync += gone.eq((gone | (way.valid & way.ready)) & ~self.words.ready)
            waits.append(way.valid & ~way.ready)
            patient(m, f"way{number}", way)
        taken = self.words.valid & ~Cat(waits).any()
        m.d.comb += [self.words.ready.eq(taken), self.out.eq(taken & word.group.last), self.idle.eq(1)]
        for shown in (self.codes.payload, self.recalled.payload):
            m.d.comb += [shown.slot.eq(now.slot), shown.last.eq(word.group.last)]
            m.d.comb += [shown[name].eq(now.header[name]) for name in ("blank", "learn")]
        self._see(m, taken)
        return m

    def _codes(self, m):
        """Counts of the group in the code that is to go down, of two samples."""
        f, new = self.form, self.code.payload
        if not f.has(f.layers):
            return [Const(0, f.count_bits)] * f.lanes
        depth = 2 << len(Value.cast(new.group))
        m.submodules.code = memory = ram(shape=new.counts.shape(), depth=depth, at_once=True)
        write(m, memory, self.code.valid, Cat(new.group, new.parity), new.counts)
        group = self.words.payload.group.group[: len(Value.cast(new.group))]
        return list(read(m, memory, Cat(group, self.under_way.header.parity), domain="comb"))

    def _goes(self, m, number, spikes):
        """Whether the word goes by this stream of spikes; and for which source there."""
        f, now = self.form, self.under_way
        wanted, sources = [], []
        for context in f.contexts:
            for apical in (False, True):
                target = next((t for t in f.targets_of(context, apical) if self._way(t) == number), None)
                wanted.append(0 if target is None else now.header.learn if target.echo else 1)
                sources.append(0 if target is None else f.source_of(target) or 0)
        side = Cat(now.apical, now.context)
        m.d.comb += spikes.payload.source.eq(constant(sources, side)), spikes.payload.header.eq(now.header)
        return Array(Value.cast(one) for one in wanted)[side] & ~now.echo

    def _way(self, target: Target) -> int:
        """By which of `spikes` a word goes to a target."""
        f = self.form
        return OWN_STREAMS + f.links.index(target) if f.source_of(target) is None else int(target.echo)

    def _see(self, m, taken):
        """The counts of the word, or of the stimulus, which are those of layer 0 on the way up."""
        f, seen, now, word, bottom = self.form, self.seen.payload, self.under_way, self.words.payload, self.bottom.payload
        from_bottom, waits = signals(from_bottom=1, waits=1)
        m.d.sync += waits.eq(self.bottom.valid & ~self.bottom.ready)
        m.d.comb += [
            from_bottom.eq(waits & ~self.words.valid),
            self.bottom.ready.eq(from_bottom),
            self.seen.valid.eq(from_bottom | taken),
            seen.context.eq(Mux(from_bottom, 0, now.context)),
            *(seen[name].eq(now[name] & ~from_bottom) for name in side_fields(f)),
            seen.parity.eq(Mux(from_bottom, self.bottom_header.parity, now.header.parity)),
            *(seen[name].eq(now.header[name]) for name in ("learn", "drawn")),
            seen.last.eq(Mux(from_bottom, bottom.last, word.group.last)),
            seen.place.eq(Mux(from_bottom, bottom.group, word.group.place)),
        ]
        for p in range(f.lanes):
            count = Mux(from_bottom, bottom.counts[p], word.lanes[p].count)
            m.d.comb += seen.lanes[p].count.eq(count), seen.lanes[p].window.eq(word.lanes[p].window)
