"""Updates: what a learning sample had in force, and how many errors it left, until its pass (docs/autoencoder.md, 3 and 4).

Rates and noise are kept when a pass of the sample begins: its third pass, which makes the errors of W, may come after the
host has written other settings.
"""

from amaranth.hdl import Array, Cat, Module, Mux
from amaranth.lib import data, stream
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.layouts import BANKS, ERROR_COUNT_BITS, record_place, sent
from rtl.engine.learner_layouts import samples_host_layout
from rtl.engine.noise import Noise
from rtl.engine.signatures import lookup_signature
from rtl.formats import NOISE_BITS, RATE_BITS, SAMPLE_BITS
from rtl.hdl import assigned, signals
from rtl.memories import ram, read, write
from rtl.recirculation.layouts import begun_layout, pass_end_layout, rates_layout


class Updates(Block):
    """Keeps updates by layer and bank.

    Members:
        settings: In, `rates_layout`. draw: In, stream of `begun_layout`, taken in its clock: it waits for `ready` before.
        ended: In, `pass_end_layout` with `valid`: of a learning sample.
        lookup: In, `lookup_signature`.
        host: In, `samples_host_layout`, while idle; host_data: Out, `Noise.host_latency` clocks later.
    """

    def _members(self, f):
        return {
            "settings": In(rates_layout(f)),
            "draw": In(stream.Signature(begun_layout(f))),
            "ended": In(sent(pass_end_layout(f))),
            "lookup": In(lookup_signature(f)),
            "host": In(samples_host_layout(f)),
            "host_data": Out(SAMPLE_BITS),
        }

    def elaborate(self, platform):
        m = Module()
        f, draw, settings, end = self.form, self.draw.payload, self.settings, self.ended.payload
        m.submodules.noise = noise = Noise(f)
        kept = data.StructLayout({"rate": RATE_BITS, "noise": NOISE_BITS, "stochastic": 1})
        at, new = signals(at=record_place(f), new=kept)  # of the update whose noise is drawn
        rates = Array(settings.rates[number] for number in range(len(f.contexts)))[draw.context]
        backward_rates = Array(settings.backward_rates[number] for number in range(len(f.contexts)))[draw.context]
        m.d.comb += [
            noise.seed.eq(settings.seed),
            noise.draw.valid.eq(self.draw.valid),
            *assigned(noise.draw.payload, context=draw.context, apical=draw.apical),
            self.draw.ready.eq(noise.draw.ready),
            noise.host.eq(self.host),
            self.host_data.eq(noise.host_data),
        ]
        never(m, "noise is asked for while none may be", self.draw.valid & ~self.draw.ready)
        with m.If(self.draw.valid):
            m.d.sync += at.context.eq(draw.context), at.bank.eq(Cat(draw.parity, draw.apical))
            m.d.sync += new.rate.eq(Mux(draw.apical, backward_rates, rates)), new.stochastic.eq(settings.stochastic)
        m.submodules.records = records = ram(shape=kept, depth=BANKS * len(f.contexts), block=True)
        m.submodules.errors = errors = ram(shape=ERROR_COUNT_BITS, depth=BANKS * len(f.contexts), block=True)
        drawn, lookup = {"rate": new.rate, "noise": noise.drawn.noise, "stochastic": new.stochastic}, self.lookup
        write(m, records, noise.drawn.valid, at, drawn)
        write(m, errors, self.ended.valid, Cat(end.parity, end.apical, end.context), end.errors)
        record = read(m, records, lookup.at, lookup.look)
        m.d.comb += [lookup.update[name].eq(record[name]) for name in drawn]
        m.d.comb += lookup.update.errors.eq(read(m, errors, lookup.at, lookup.look))
        return m
