"""Stimulus of an auto-encoder: samples; drawn codes to layer L (docs/autoencoder.md, 1 and 5)."""

from amaranth.hdl import Mux, Signal
from amaranth.lib.wiring import Out

from rtl.engine.beats import Beats
from rtl.engine.layouts import sent
from rtl.hdl import assigned
from rtl.recirculation.layouts import code_layout


class RecalledStimulus(Beats):
    """A drawn code comes in as many beats as a sample, its counts in place of pixels; what goes up is then empty. A count
    above T stands for T, and what lies beyond a code's or a sample's last value does not count.

    Members, beside those of `Beats`, of whose `i` `recall` says that it is a code:
        code: Out, `code_layout` with `valid`, to layer L.
    """

    def _members(self, f):
        return super()._members(f) | {"code": Out(sent(code_layout(f)))}

    def elaborate(self, platform):
        self.parity = Signal()
        m = super().elaborate(platform)
        config, code = self.config, self.code.payload
        n, lanes, groups = config.sizes[-1], config.lanes, config.groups(config.layers)
        m.d.comb += [
            self.code.valid.eq(self.goes & self.header.drawn & (self.group < groups)),
            *assigned(code, parity=self.parity, group=self.group),
        ]
        for p in range(config.beat):
            beyond = self.group == groups - 1 if n % lanes and p >= n % lanes else 0
            count = self.i.payload.pixels[p]
            m.d.comb += code.counts[p].eq(Mux(beyond, 0, Mux(count > config.steps, config.steps, count)))
        return m

    def _header(self, m, beat, header):
        m.d.comb += [
            header.drawn.eq(beat.recall & ~self.blanks),
            header.learn.eq(beat.learn & ~header.drawn & ~self.blanks & self.config.learn),
            *assigned(header, blank=self.blanks, parity=self.parity),
        ]
        return self.blanks | header.drawn

    def _end(self, m):
        m.d.sync += self.parity.eq(~self.parity)
