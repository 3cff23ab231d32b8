"""Outlet: where a group's word goes: spikes to the next layer's rows, counts and templates to the learner, V_L out.

Contract, steps 3 and 4, and of step 7 whether a neuron of layer L is open.
"""

from amaranth.hdl import Array, Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from rtl.checks import patient
from rtl.engine import layouts
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import sent
from rtl.engine.turns import under_way_layout
from rtl.formats import PIXEL_BITS
from rtl.hdl import assigned, constant, signals


def voltages_layout(f: EngineFormat) -> data.StructLayout:
    """A group of V_L of the sample in `slot`; last: of its groups. blank: nobody waits for it."""
    lanes = data.ArrayLayout(signed(f.voltage_bits), f.lanes)
    return data.StructLayout({"lanes": lanes, "last": 1, "blank": 1, "slot": f.slot_bits})


class Outlet(Block):
    """A router: one word at a time, from the soma or, where it has none, of layer 0's stimulus.

    Members:
        words: In, stream of `word_layout`. under_way: In, `under_way_layout`, of the pass that they are of; out: Out, pulse:
            its last word has been taken.
        bottom: In, stream of `bottom_layout`; bottom_header, bottom_parity: In, of its sample.
        spikes: Out, streams of `spikes_layout`: to the engine's own rows; where layer 1 is recurrent, back to it; then
            by its links.
        voltages: Out, stream of `voltages_layout`.
        counts, templates: Out, `counts_layout` and `templates_layout` with `valid`.
        teach: Out, stream of `teach_layout`. recalled: Out, stream of `concept_layout`. idle: Out, nothing waits here.
    """

    def __init__(self, form: EngineFormat):
        self.own = 1 if form.lateral_source is None else 2
        super().__init__(form)

    def _members(self, f):
        return {
            "words": In(stream.Signature(layouts.word_layout(f))),
            "under_way": In(under_way_layout(f)),
            "out": Out(1),
            "bottom": In(stream.Signature(layouts.bottom_layout(f, f.contexts[0].groups))),
            "bottom_header": In(layouts.header_layout(f)),
            "bottom_parity": In(1),
            "spikes": Out(stream.Signature(layouts.spikes_layout(f))).array(self.own + len(f.links)),
            "voltages": Out(stream.Signature(voltages_layout(f))),
            "counts": Out(sent(layouts.counts_layout(f))),
            "templates": Out(sent(layouts.templates_layout(f))),
            "teach": Out(stream.Signature(layouts.teach_layout(f))),
            "recalled": Out(stream.Signature(layouts.concept_layout(f))),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f, word, now = self.form, self.words.payload, self.under_way
        ways, sources = self._targets()
        apical, top = now.apical, constant((c.top for c in f.contexts), now.context)
        way, source = (constant(numbers, Cat(apical, now.context)) for numbers in (ways, sources))
        free = Array([*(spikes.ready for spikes in self.spikes), 1])[way]
        returned = self._return(m) if f.lateral_source is not None else 1
        # Where the learner is late, words wait: for as many samples as may be perceived and not taught, they need not.
        to_teach = self._queue(m, "taught", self.teach, 2 if f.slow else 2 * len(f.contexts))
        to_norm = self._queue(m, "normed", self.recalled, 2 if f.slow else 4)
        queued = to_teach.ready & to_norm.ready & returned
        clear = free & (apical | ~top | self.voltages.ready) & queued
        taken = self.words.valid & clear
        last = taken & word.group.last
        m.d.comb += [
            self.words.ready.eq(clear),
            self.out.eq(last),
            self.voltages.valid.eq(self.words.valid & ~apical & top & queued),
            *assigned(self.voltages.payload, last=word.group.last, blank=now.header.blank, slot=now.slot),
            self.templates.valid.eq(taken & apical),
            *assigned(self.templates.payload, k=now.header.label, place=word.group.place),
            to_norm.valid.eq(last & apical),
            *assigned(to_norm.payload, context=now.context, k=now.header.label),
        ]
        for number, spikes in enumerate(self.spikes):
            if number == 1 and self.own > 1:  # see `_return`
                continue
            m.d.comb += [
                spikes.valid.eq(self.words.valid & (way == number) & queued),
                spikes.payload.source.eq(source),
                spikes.payload.header.eq(now.header),
                *(spikes.payload.trains[p].eq(word.lanes[p].train) for p in range(f.lanes)),
            ]
            patient(m, f"spikes{number}", spikes)
        patient(m, "voltages", self.voltages)
        from_bottom, waits = signals(from_bottom=1, waits=1)  # a register between the stimulus and all that is counted here
        m.d.sync += waits.eq(self.bottom.valid & ~self.bottom.ready)
        bottoms = constant((c.bottom for c in f.contexts), now.context)  # whose templates are its counts
        bottom, header, counts = self.bottom.payload, self.bottom_header, self.counts.payload
        m.d.comb += [
            self.bottom.ready.eq(from_bottom),
            from_bottom.eq(waits & ~self.words.valid & to_teach.ready),
            self.counts.valid.eq(Mux(from_bottom, header.learn, taken & ~apical & now.header.learn)),
            counts.parity.eq(Mux(from_bottom, self.bottom_parity, now.slot[0])),
            counts.place.eq(Mux(from_bottom, bottom.group, word.group.place)),
            to_teach.valid.eq(Mux(from_bottom, header.learn & bottom.last, last & ~apical & now.header.learn)),
            to_teach.payload.context.eq(Mux(from_bottom, 0, now.context)),
            to_teach.payload.parity.eq(counts.parity),
            to_teach.payload.label.eq(Mux(from_bottom, header.label, now.header.label)),
            self.idle.eq(~self.teach.valid & ~self.recalled.valid),
        ]
        for p in range(f.lanes):
            lane, count = word.lanes[p], counts.lanes[p]
            m.d.comb += [
                self.voltages.payload.lanes[p].eq(lane.voltage),
                self.templates.payload.lanes[p].eq(Mux(bottoms, lane.count, lane.template)),
                count.count.eq(Mux(from_bottom, bottom.counts[p], lane.count)),
                count.window.eq(Mux(top, ~lane.voltage[-1], lane.window)),  # layer L: V >= 0
            ]
        return m

    def _return(self, m):
        """Sends layer 1's counts back to it as pixels, min(15, 16 r / T), ahead of the spikes; blank ones where a sequence
        ends (docs/sequences.md, 2 and 4). Returns whether the word has been, if it has to.
        """
        f, back, word, now = self.form, self.spikes[1], self.words.payload, self.under_way
        goes = ~now.apical & (now.context == f.context_of(1))
        done = Signal()
        m.d.comb += back.valid.eq(self.words.valid & goes & ~done), back.payload.source.eq(f.lateral_source)
        with m.If(back.valid & back.ready):
            m.d.sync += done.eq(1)
        with m.If(self.words.valid & self.words.ready):
            m.d.sync += done.eq(0)
        for p in range(f.lanes):
            count = word.lanes[p].count
            pixel = Mux(count[-1], (1 << PIXEL_BITS) - 1, count[:-1] << (PIXEL_BITS + 1 - f.count_bits))
            m.d.comb += back.payload.trains[p].eq(Mux(now.header.last, 0, pixel))
        patient(m, "back", back)
        return done | ~goes

    def _targets(self) -> tuple[list[int], list[int]]:
        """By context and side, which of `spikes` a word goes by (their number: none), and for which source there."""
        f, ways, sources = self.form, [], []
        for context in f.contexts:
            for apical in (False, True):
                target = next(iter(f.targets_of(context, apical)), None)
                own = f.source_of(target) if target else None
                by_link = self.own + (f.links.index(target) if target in f.links else len(f.links))
                ways.append(by_link if own is None else 0)
                sources.append(own or 0)
        return ways, sources

    def _queue(self, m, name, target, depth):
        """A queue in front of a stream: a stream of the same payload."""
        source = target.signature.create(path=(name,))
        m.submodules[name] = queue = SyncFIFO(width=len(source.payload.as_value()), depth=depth)
        m.d.comb += assigned(queue, w_data=source.payload, w_en=source.valid & source.ready)
        m.d.comb += source.ready.eq(queue.w_rdy)
        m.d.comb += assigned(target, payload=queue.r_data, valid=queue.r_rdy)
        m.d.comb += queue.r_en.eq(target.ready)
        return source
