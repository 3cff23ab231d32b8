"""Stimulus of an auto-encoder: samples to layer 1's rows and layer 0's counts; drawn codes to layer L (1 and 5)."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import UPDATE_DELAY, Config
from rtl.checks import patient
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout, link_signature, sent
from rtl.ports import stimulus_layout
from rtl.recirculation.layouts import code_layout, stimulus_counts_layout
from rtl.spikes import pixel_count, pixel_train


class RecalledStimulus(wiring.Component):
    """Passes beats on, and puts in blank samples on request: with them all that is pending has been applied.

    A drawn code comes in as many beats as a sample, its counts in place of pixels; what goes up is then empty. A count above
    T stands for T, and what lies beyond a code's or a sample's last value does not count.

    Args:
        form: of layer 1's engine; source: the number of layer 1's source there.

    Members:
        i: In, stream of `stimulus_layout`; `recall` says that it is a code.
        link: Out, `link_signature`, to layer 1. counts: Out, stream of `stimulus_counts_layout` to layer 0, of `group`
            (Out), the `last` (Out) or not. code: Out, `code_layout` with `valid`, to layer L.
        bottom_free: In, layer 0 may take a sample; bottom_taken: Out, pulse: it has one, whole, of `header` (Out).
        hold: In, no sample from outside begins. finish: In, pulse, while nothing is inside. idle: Out, no sample is halfway
            in.
    """

    def __init__(self, config: Config, form: EngineFormat, source: int):
        self.config, self.form, self.source = config, form, source
        f = form
        super().__init__(
            {
                "i": In(stream.Signature(stimulus_layout(config))),
                "link": Out(link_signature(f)),
                "counts": Out(stream.Signature(stimulus_counts_layout(f))),
                "code": Out(sent(code_layout(f))),
                "bottom_free": In(1),
                "bottom_taken": Out(1),
                "header": Out(header_layout(f)),
                "group": Out(range(max(2, config.beats))),
                "last": Out(1),
                "hold": In(1),
                "finish": In(1),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, config, words = self.form, self.config, self.form.sources[self.source].words
        beat, header, n, top = self.i.payload, self.header, config.sizes[0], config.sizes[-1]
        blank = Signal(range(UPDATE_DELAY + 1))  # samples still to come
        group, (begun, parity, blanks) = self.group, (Signal(name=name) for name in ("begun", "parity", "blanks"))
        last_beat, takes = group == config.beats - 1, Signal()
        m.d.comb += [
            blanks.eq(blank.any()),
            header.drawn.eq(beat.recall & ~blanks),
            header.learn.eq(beat.learn & ~header.drawn & ~blanks & config.learn),
            header.blank.eq(blanks),
            header.parity.eq(parity),
            self.last.eq(group == words - 1),
            takes.eq(group < words),  # a code may have more beats than layer 0 has groups
        ]
        # A sample begins when both layers have room, and goes on behind the clock in which the later one took its beat.
        present, begins = self.i.valid | blanks, (self.i.valid & ~self.hold) | blanks
        sents = []
        for name, target in (("words", self.link.words), ("counts", self.counts)):
            sent_to = Signal(name=f"sent_{name}")
            m.d.comb += target.valid.eq(present & begun & takes & ~sent_to)
            with m.If(target.valid & target.ready):
                m.d.sync += sent_to.eq(1)
            sents.append(sent_to)
            patient(m, name, target)
        sent_all = Signal()
        m.d.comb += sent_all.eq(Cat(sents).all() | ~takes)
        goes = present & begun & sent_all
        m.d.comb += [
            self.link.claim.eq(begins & ~begun & self.link.room & self.bottom_free),
            self.i.ready.eq(begun & sent_all & ~blanks),
            self.link.words.payload.header.eq(header),
            self.bottom_taken.eq(goes & last_beat),
            self.code.valid.eq(goes & header.drawn & (group < config.groups(config.layers))),
            self.code.payload.parity.eq(parity),
            self.code.payload.group.eq(group),
            self.idle.eq(~begun & ~blanks),
        ]
        with m.If(self.link.claim):
            m.d.sync += begun.eq(1)
        with m.If(goes):
            m.d.sync += [sent_to.eq(0) for sent_to in sents]
            m.d.sync += group.eq(Mux(last_beat, 0, group + 1))
            with m.If(last_beat):
                m.d.sync += begun.eq(0), parity.eq(~parity), blank.eq(Mux(blanks, blank - 1, 0))
        with m.If(self.finish):
            m.d.sync += blank.eq(UPDATE_DELAY)
        silent = blanks | header.drawn
        last_code = group == config.groups(config.layers) - 1
        for p in range(f.lanes):
            beyond = self.last if n % f.lanes and p >= n % f.lanes else 0
            beyond_code = last_code if top % f.lanes and p >= top % f.lanes else 0
            pixel, count = Signal(4, name=f"pixel{p}"), Signal(4, name=f"count{p}")
            if p < config.beat:
                m.d.comb += pixel.eq(Mux(beyond | silent, 0, beat.pixels[p]))
                most = Mux(beat.pixels[p] > f.steps, f.steps, beat.pixels[p])
                m.d.comb += count.eq(Mux(beyond_code, 0, most))
            m.d.comb += self.link.words.payload.trains[p].eq(pixel_train(pixel, f.steps))
            m.d.comb += self.counts.payload.counts[p].eq(pixel_count(pixel, f.steps))
            m.d.comb += self.code.payload.counts[p].eq(count)
        return m
