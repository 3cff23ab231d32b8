"""Update records: how many errors an update has, its rate and its noise, kept until its pass (contract, steps 7 and 9)."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import BANKS, sent, update_layout
from rtl.engine.learner_layouts import draw_layout, drawn_layout, record_layout, samples_host_layout
from rtl.engine.noise import Noise
from rtl.engine.settings import setting
from rtl.engine.signatures import lookup_signature
from rtl.formats import SAMPLE_BITS
from rtl.memories import ram


class Records(wiring.Component):
    """Keeps records by layer and bank, and draws their noise.

    Members:
        seed, draw, drawn, host, host_data: see `rtl.engine.noise.Noise`.
        record: In, `record_layout` with `valid`, written. lookup: In, `lookup_signature`.
    """

    host_latency = Noise.host_latency

    def __init__(self, form: EngineFormat):
        self.form = f = form
        super().__init__(
            {
                "seed": In(setting("seed")),
                "draw": In(stream.Signature(draw_layout(f))),
                "drawn": Out(drawn_layout),
                "record": In(sent(record_layout(f))),
                "lookup": In(lookup_signature(f)),
                "host": In(samples_host_layout(f)),
                "host_data": Out(SAMPLE_BITS),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, lookup = self.form, self.lookup
        m.submodules.records = memory = ram(shape=update_layout(), depth=BANKS * len(f.contexts), block=True)
        write, read = memory.write_port(), memory.read_port()
        new = self.record.payload
        m.d.comb += write.addr.eq(new.at), write.en.eq(self.record.valid), write.data.eq(new.record)
        m.d.comb += read.addr.eq(lookup.at), read.en.eq(lookup.look), lookup.update.eq(read.data)
        m.submodules.noise = noise = Noise(f)
        wiring.connect(m, wiring.flipped(self.draw), noise.draw)
        m.d.comb += [
            noise.seed.eq(self.seed),
            self.drawn.eq(noise.drawn),
            noise.host.eq(self.host),
            self.host_data.eq(noise.host_data),
        ]
        return m
