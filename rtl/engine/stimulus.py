"""Stimulus: samples from outside to layer 1's rows and layer 0's counts, and where blocks end (contract, steps 2 and 9)."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import UPDATE_DELAY, Config
from rtl.checks import patient
from rtl.engine.formats import EngineFormat
from rtl.engine.settings import setting
from rtl.engine.signatures import bottom_signature, link_signature
from rtl.formats import BLOCK_BITS, PIXEL_BITS
from rtl.ports import stimulus_layout
from rtl.spikes import pixel_count, pixel_train


class Stimulus(wiring.Component):
    """Passes beats on, and puts in two blank samples on request: with them all that is pending has been applied.

    Args:
        source: the number of layer 1's source on its engine.

    Members:
        i: In, stream of `stimulus_layout`, of as many lanes as the engine has, or n_0 where that is less.
        link: Out, `link_signature`, to layer 1.
        bottom: Out, `bottom_signature`, where there is a layer 0.
        block: In, M - 1. learn_theta: In. position: Out, learning samples in this block; position_data, position_write: In.
        hold: In, no sample from outside begins. finish: In, pulse, while nothing is inside. idle: Out, no sample is halfway
            in.
    """

    def __init__(self, config: Config, form: EngineFormat, source: int):
        self.config, self.form, self.source = config, form, source
        self.recalls = config.lowest_built == 0  # there is a layer 0, which learns from a sample's counts
        f = form
        super().__init__(
            {
                "i": In(stream.Signature(stimulus_layout(config))),
                "link": Out(link_signature(f)),
                "block": In(setting("block")),
                "learn_theta": In(setting("learn_theta")),
                "position": Out(BLOCK_BITS),
                "position_data": In(BLOCK_BITS),
                "position_write": In(1),
                "hold": In(1),
                "finish": In(1),
                "idle": Out(1),
            }
            | ({"bottom": Out(bottom_signature(f, config.groups(0)))} if self.recalls else {})
        )

    def elaborate(self, platform):
        m = Module()
        f, config, beats = self.form, self.config, self.form.sources[self.source].words
        n, beat, header = config.sizes[0], self.i.payload, self.link.words.payload.header
        blank, blanks = Signal(range(UPDATE_DELAY + 1)), Signal()  # samples still to come; are there any?
        begun, group = Signal(), Signal(range(max(2, beats)))
        last = group == beats - 1
        ends_block = Signal()  # a sample ends some clocks before the next one begins
        m.d.sync += ends_block.eq(self.position >= self.block)  # above it where a host has made the block shorter
        m.d.comb += blanks.eq(blank.any())
        label = Mux(blanks, 0, beat.label)  # the next sample may come while a blank one waits
        learn = beat.learn & (beat.label < config.classes) & ~blanks & config.learn
        relearns = learn & ends_block & self.learn_theta
        m.d.comb += [
            header.label.eq(label),
            header.learn.eq(learn),
            header.recall.eq(((beat.recall & ~blanks) | relearns) & config.learn),
            header.relearn.eq(relearns),
            header.blank.eq(blanks),
        ]
        if config.recurrent:
            m.d.comb += header.last.eq(beat.last | blanks)  # to finish ends the sequence
        # A sample begins when both layers have room, and goes on behind the clock in which the later one took its beat.
        room = self.link.list.room & (self.bottom.sample.free if self.recalls else 1)
        present, begins = self.i.valid | blanks, (self.i.valid & ~self.hold) | blanks
        targets = {"words": self.link.words} | ({"counts": self.bottom.words} if self.recalls else {})
        sents = [Signal(name=f"sent{number}") for number in range(len(targets))]
        for sent, (name, target) in zip(sents, targets.items(), strict=True):
            patient(m, name, target)
            m.d.comb += target.valid.eq(present & begun & ~sent)
            with m.If(target.valid & target.ready):
                m.d.sync += sent.eq(1)
        sent_all = Signal()
        m.d.comb += sent_all.eq(Cat(sents).all())
        goes = present & begun & sent_all
        m.d.comb += [
            self.link.list.claim.eq(begins & ~begun & room),
            self.i.ready.eq(begun & sent_all & ~blanks),
            self.idle.eq(~begun & ~blanks),
        ]
        if self.recalls:
            words, sample = self.bottom.words.payload, self.bottom.sample
            m.d.comb += words.group.eq(group), words.last.eq(last)
            m.d.comb += sample.header.eq(header), sample.taken.eq(goes & last)
        with m.If(self.link.list.claim):
            m.d.sync += begun.eq(1)
        with m.If(goes):
            m.d.sync += [sent.eq(0) for sent in sents]
            m.d.sync += group.eq(Mux(last, 0, group + 1))
            with m.If(last):
                m.d.sync += begun.eq(0), blank.eq(Mux(blanks, blank - 1, 0))
                with m.If(learn):
                    m.d.sync += self.position.eq(Mux(ends_block, 0, self.position + 1))
        with m.If(self.finish):
            m.d.sync += blank.eq(UPDATE_DELAY)
        with m.If(self.position_write):
            m.d.sync += self.position.eq(self.position_data)
        direct = config.coding == "direct"
        for p in range(f.lanes):
            beyond = last if n % f.lanes and p >= n % f.lanes else 0
            pixel = Signal(PIXEL_BITS, name=f"pixel{p}")
            if p < config.beat:
                m.d.comb += pixel.eq(Mux(beyond | blanks, 0, beat.pixels[p]))
            m.d.comb += self.link.words.payload.trains[p].eq(pixel if direct else pixel_train(pixel, f.steps))
            if self.recalls:
                m.d.comb += self.bottom.words.payload.counts[p].eq(pixel_count(pixel, f.steps))
        return m
