"""Stimulus: samples with their labels, and where blocks end (contract, steps 2 and 9)."""

from amaranth.hdl import Mux, Signal
from amaranth.lib.wiring import In, Out

from rtl.engine.beats import Beats
from rtl.engine.settings import setting
from rtl.formats import BLOCK_BITS
from rtl.hdl import assigned


class Stimulus(Beats):
    """Members, beside those of `Beats`:

    block: In, M - 1. learn_theta: In. position: Out, learning samples in this block; position_data, position_write: In.
    """

    def _members(self, f):
        return super()._members(f) | {
            "block": In(setting("block")),
            "learn_theta": In(setting("learn_theta")),
            "position": Out(BLOCK_BITS),
            "position_data": In(BLOCK_BITS),
            "position_write": In(1),
        }

    def elaborate(self, platform):
        self.ends_block = Signal()  # a sample ends some clocks before the next one begins
        m = super().elaborate(platform)
        m.d.sync += self.ends_block.eq(self.position >= self.block)  # above it where a host has made the block shorter
        with m.If(self.position_write):
            m.d.sync += self.position.eq(self.position_data)
        return m

    def _header(self, m, beat, header):
        config, blanks = self.config, self.blanks
        relearns = header.learn & self.ends_block & self.learn_theta
        m.d.comb += [
            header.label.eq(Mux(blanks, 0, beat.label)),  # the next sample may come while a blank one waits
            header.learn.eq(beat.learn & (beat.label < config.classes) & ~blanks & config.learn),
            header.recall.eq(((beat.recall & ~blanks) | relearns) & config.learn),
            *assigned(header, relearn=relearns, blank=blanks),
        ]
        if config.recurrent:
            m.d.comb += header.last.eq(beat.last | blanks)  # to finish ends the sequence
        return blanks

    def _end(self, m):
        with m.If(self.header.learn):
            m.d.sync += self.position.eq(Mux(self.ends_block, 0, self.position + 1))
