"""Noise of updates, and the count of learning samples that it is drawn by (docs/arithmetic.md, step 7)."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from rtl.engine.block import Block
from rtl.engine.learner_layouts import draw_layout, drawn_layout, samples_host_layout
from rtl.engine.settings import setting
from rtl.formats import SAMPLE_BITS
from rtl.hdl import constant, signals
from rtl.memories import ram, read, write

GOLDEN_RATIO = 0x9E3779B9
HASH_STEPS = 4
BACKWARD_STREAM = 32


class Noise(Block):
    """Low byte of a hash of (seed, stream, n, c), a step a clock; n is the samples seen at the layer, in an auto-encoder by
    its W or its Theta.

    Members:
        seed: In. draw: In, stream of `draw_layout`; drawn: Out, `drawn_layout`, pulse, some clocks later: the noise, which
            stays.
        host: In, `samples_host_layout`, while idle; host_data: Out, `host_latency` clocks later.
    """

    host_latency = 2

    def _members(self, f):
        return {
            "seed": In(setting("seed")),
            "draw": In(stream.Signature(draw_layout(f))),
            "drawn": Out(drawn_layout),
            "host": In(samples_host_layout(f)),
            "host_data": Out(SAMPLE_BITS),
        }

    def elaborate(self, platform):
        m = Module()
        f = self.form
        m.submodules.samples = memory = ram(shape=SAMPLE_BITS, depth=max(2, f.sample_counts), block=True)
        host, offered = self.host, self.draw.payload
        step, z = signals(step=range(HASH_STEPS + 1), z=32)
        free = Signal(init=1)  # step == 0: much hangs on it
        draw = Signal(draw_layout(f))
        if f.autoencoder:  # both sides count, each for itself
            place, counts = (lambda which: Cat(which.apical, which.context)), (step == 2)
        else:
            place, counts = (lambda which: which.context), (step == 2) & ~draw.apical
        samples = read(m, memory, Mux(host.on, place(host), place(offered)))
        seen = Signal.like(samples)  # late, from a block RAM: a clock for itself
        m.d.sync += seen.eq(samples)
        new = Mux(host.on, host.data, seen + 1)
        write(m, memory, counts | (host.on & host.write), Mux(host.on, place(host), place(draw)), new)
        m.d.comb += self.host_data.eq(seen), self.draw.ready.eq(free)
        total, a, b, hashed = signals(total=32, a=32, b=32, hashed=32)
        m.d.comb += [
            total.eq(z + GOLDEN_RATIO),
            a.eq(total ^ (total << 13)[:32]),
            b.eq(a ^ (a >> 17)),
            hashed.eq(b ^ (b << 5)[:32]),
        ]
        number = constant((c.layer for c in f.contexts), offered.context) | Mux(offered.apical, BACKWARD_STREAM, 0)
        m.d.sync += self.drawn.valid.eq(0)
        with m.If(free):  # the samples are being read
            m.d.sync += z.eq(self.seed ^ Cat(Const(0, 26), number)[:32]), draw.eq(offered)
            m.d.sync += step.eq(self.draw.valid), free.eq(~self.draw.valid)
        with m.Else():
            concept = 0 if f.autoencoder else Mux((step == 2) & draw.apical, draw.k, 0)
            extra = Mux(step == 1, samples, concept)
            m.d.sync += z.eq(hashed ^ extra), step.eq(step + 1)
            with m.If(step == HASH_STEPS):
                m.d.sync += self.drawn.noise.eq(hashed), self.drawn.valid.eq(1), step.eq(0), free.eq(1)
        return m
