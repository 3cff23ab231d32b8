"""S of every layer and concept, summed up over a block (docs/arithmetic.md, steps 8 and 9)."""

from amaranth.hdl import Cat, Module, Mux, signed
from amaranth.lib.wiring import In, Out

from rtl.engine.block import Block
from rtl.engine.learner_layouts import scalars_host_layout
from rtl.fixed import gated, saturate
from rtl.formats import SCALAR_BITS, SUM_BITS
from rtl.memories import ram, read, write
from rtl.pipeline import Pipeline


class ScalarSums(Block):
    """A word of a block RAM each.

    Members:
        context, k: In, which one, and a clock behind it: add: In, b2 (In) is added to it, clipped; or take: In, from the
            next clock on sum (Out) is what it was, and it is 0.
        host: In, as of `Scalars`; host_data: Out, a clock later.
    """

    def _members(self, f):
        return {
            "context": In(f.context_bits),
            "k": In(f.class_bits),
            "add": In(1),
            "b2": In(signed(SCALAR_BITS)),
            "take": In(1),
            "sum": Out(signed(SUM_BITS)),
            "host": In(scalars_host_layout(f)),
            "host_data": Out(signed(SUM_BITS)),
        }

    def elaborate(self, platform):
        m = Module()
        f, host = self.form, self.host
        m.submodules.memory = memory = ram(signed(SUM_BITS), max(2, len(f.contexts) << f.class_bits), block=True)
        p = Pipeline(m, "scalar_sums", reset=("add", "take"))
        host_place, place = Cat(host.k, host.context), p.define("place", 0, Cat(self.k, self.context))
        old = read(m, memory, Mux(host.on, host_place, place))
        m.d.comb += self.host_data.eq(old)
        # What comes from a block RAM is late: it has its clock.
        p.define_all(1, add=self.add, take=self.take, old=old, b2=self.b2)
        at = f.stages.scalars.sum
        late = min(2, at)
        p.define("new", late, saturate(p.at("old", late) + p.at("b2", late), SUM_BITS))
        added, taken = p.at("add", at), p.at("take", at)
        with m.If(self.take):
            m.d.sync += self.sum.eq(old)
        writes = added | taken | (host.on & host.write & host.sums)
        new = gated(p.at("new", at), added) | gated(host.data.as_signed(), host.on)
        write(m, memory, writes, Mux(host.on, host_place, p.at("place", at)), new)
        return m
