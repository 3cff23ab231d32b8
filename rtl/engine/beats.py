"""Beats: samples from outside to layer 1's rows and layer 0's counts (contract, step 2); blank ones, to finish (step 7)."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from golden.config import UPDATE_DELAY, Config
from rtl.checks import patient
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.signatures import bottom_signature, link_signature
from rtl.formats import PIXEL_BITS
from rtl.hdl import signals
from rtl.ports import stimulus_layout
from rtl.spikes import pixel_count, pixel_train


class Beats(Block):
    """Passes beats on, and puts in two blank samples on request: with them all that is pending has been applied.

    Args:
        form: of layer 1's engine.

    Members:
        i: In, stream of `stimulus_layout`, of `Config.beat` pixels a beat.
        link: Out, `link_signature`, to layer 1. bottom: Out, `bottom_signature`, where there is a layer 0.
        hold: In, no sample from outside begins. finish: In, pulse, while nothing is inside. idle: Out, no sample is halfway
            in.
    """

    def __init__(self, config: Config, form: EngineFormat):
        self.config = config
        self.recalls = config.lowest_built == 0  # there is a layer 0, which learns from a sample's counts
        super().__init__(form)

    def _members(self, f):
        bottom = {"bottom": Out(bottom_signature(f, self.config.groups(0)))} if self.recalls else {}
        return {
            "i": In(stream.Signature(stimulus_layout(self.config))),
            "link": Out(link_signature(f)),
            "hold": In(1),
            "finish": In(1),
            "idle": Out(1),
        } | bottom

    def elaborate(self, platform):
        m = Module()
        config, words, link = self.config, self.config.groups(0), self.link
        blank = Signal(range(UPDATE_DELAY + 1))  # samples still to come
        begun = Signal()
        self.header = link.words.payload.header
        self.blanks, self.group = signals(blanks=1, group=range(max(2, config.beats)))
        m.d.comb += self.blanks.eq(blank.any())
        last = self.group == config.beats - 1
        # A code may have more beats than layer 0 has groups: of its sample, which is empty, the last word goes with the last
        # of them, so that no layer sees the code before it is whole.
        silent = self._header(m, self.i.payload, self.header)
        ends = Mux(silent, last, self.group == words - 1) if config.beats > words else last
        takes = (self.group < words - 1) | ends if config.beats > words else Const(1)
        # A sample begins when both layers have room, and goes on behind the clock in which the later one took its beat.
        room = link.list.room & (self.bottom.sample.free if self.recalls else 1)
        present, begins = self.i.valid | self.blanks, (self.i.valid & ~self.hold) | self.blanks
        targets = {"words": link.words} | ({"counts": self.bottom.words} if self.recalls else {})
        sents = [Signal(name=f"sent_{name}") for name in targets]
        for sent, (name, target) in zip(sents, targets.items(), strict=True):
            m.d.comb += target.valid.eq(present & begun & takes & ~sent)
            with m.If(target.valid & target.ready):
                m.d.sync += sent.eq(1)
            patient(m, name, target)
        sent_all = Signal()
        m.d.comb += sent_all.eq(Cat(sents).all() | ~takes)
        self.goes = present & begun & sent_all
        m.d.comb += [
            link.list.claim.eq(begins & ~begun & room),
            self.i.ready.eq(begun & sent_all & ~self.blanks),
            self.idle.eq(~begun & ~self.blanks),
        ]
        with m.If(link.list.claim):
            m.d.sync += begun.eq(1)
        with m.If(self.goes):
            m.d.sync += Cat(sents).eq(0), self.group.eq(Mux(last, 0, self.group + 1))
            with m.If(last):
                m.d.sync += begun.eq(0), blank.eq(Mux(self.blanks, blank - 1, 0))
                self._end(m)
        with m.If(self.finish):
            m.d.sync += blank.eq(UPDATE_DELAY)
        self._send(m, ends, silent)
        if self.recalls:
            counts, sample = self.bottom.words, self.bottom.sample
            m.d.comb += counts.payload.group.eq(Mux(ends, words - 1, self.group)), counts.payload.last.eq(ends)
            # Not later: layer 0 may be taught it while its last word still waits for layer 1's rows.
            m.d.comb += sample.header.eq(self.header), sample.taken.eq(counts.valid & counts.ready & ends)
        return m

    # -- what a task says ------------------------------------------------------------------------------------------------

    def _header(self, m, beat, header):
        """Says what goes with the sample. Returns whether its pixels are none."""
        raise NotImplementedError

    def _end(self, m) -> None:
        """What changes with a sample's last beat."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def _send(self, m, last, silent):
        """A word of pixels; last: of the sample's, whose lanes beyond n_0 are none."""
        config, n, lanes = self.config, self.config.sizes[0], self.form.lanes
        for p in range(lanes):
            beyond = last if n % lanes and p >= n % lanes else 0
            pixel = Signal(PIXEL_BITS, name=f"pixel{p}")
            if p < config.beat:
                m.d.comb += pixel.eq(Mux(beyond | silent, 0, self.i.payload.pixels[p]))
            train = pixel if config.coding == "direct" else pixel_train(pixel, config.steps)
            m.d.comb += self.link.words.payload.trains[p].eq(train)
            if self.recalls:
                m.d.comb += self.bottom.words.payload.counts[p].eq(pixel_count(pixel, config.steps))
