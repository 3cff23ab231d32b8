"""Differences: from a layer's counts in two passes to the errors of its neurons (docs/autoencoder.md, 2)."""

from functools import reduce
from operator import add

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.layouts import ERROR_COUNT_BITS, errors_layout, lanes_of, sent
from rtl.engine.settings import setting
from rtl.fixed import gated, saturate
from rtl.formats import COUNTER_BITS, ERROR_BITS
from rtl.hdl import constant
from rtl.memories import ram, read, write
from rtl.pipeline import Pipeline
from rtl.recirculation.layouts import pass_end_layout, seen_layout

GAIN_SHIFT = 3
"""g = sat7(8 d)."""


class Differences(Block):
    """Keeps the counts on the way up, and takes those of the way down, or of the third pass, away from them.

    Members:
        seen: In, `seen_layout` with `valid`, any number of clocks apart. learn_theta: In.
        errors: Out, `errors_layout` with `valid`. ended: Out, `pass_end_layout` with `valid`, behind the last of a learning
            sample's pass, and of any pass down to layer 0.
        squared: Out, with `valid`, in the clock of such an end: the squared error of the sample, 0 of a drawn code.
        idle: Out, nothing is under way.
    """

    def _members(self, f):
        return {
            "seen": In(sent(seen_layout(f))),
            "learn_theta": In(setting("learn_theta")),
            "errors": Out(sent(errors_layout(f))),
            "ended": Out(sent(pass_end_layout(f))),
            "squared": Out(sent(COUNTER_BITS)),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f, lanes, seen = self.form, range(self.form.lanes), self.seen.payload
        p = Pipeline(m, "differences", reset=("compares",))
        up = ~seen.apical & ~seen.echo
        m.submodules.counts = counts = ram(shape=lanes_of(f, f.count_bits), depth=2 << f.place_bits)
        here = Cat(seen.place, seen.parity)
        write(m, counts, self.seen.valid & up, here, Cat(lane.count for lane in seen.lanes))
        p.define("compares", 0, self.seen.valid & ~up)
        for name in ("context", "apical", "parity", "learn", "drawn", "last", "place"):
            p.define(name, 0, seen[name])
        p.define("learns", 0, seen.learn & (~seen.apical | self.learn_theta))
        p.define("bottom", 0, constant((c.bottom for c in f.contexts), seen.context) & seen.apical)
        p.define("before", 1, Value.cast(read(m, counts, here)))
        for i in lanes:
            p.define_all(0, **{f"{name}{i}": seen.lanes[i][name] for name in ("count", "window")})
            before = p.at("before", 2).word_select(i, f.count_bits)
            d = p.define(f"d{i}", 2, Cat(before, 0).as_signed() - Cat(p.at(f"count{i}", 2), 0).as_signed())
            low, high = p.at(f"window{i}", 2)
            rises, falls = (d > 0), d[-1]
            opens = p.at("learns", 2) & (low | rises) & (high | falls)
            p.define(f"g{i}", 2, gated(saturate(d << GAIN_SHIFT, ERROR_BITS), opens))
            size = Mux(p.at(f"d{i}", 3)[-1], -p.at(f"d{i}", 3), p.at(f"d{i}", 3))[: f.count_bits]
            square = constant((n * n for n in range(f.steps + 1)), size)
            p.define(f"square{i}", 3, gated(square, p.at("bottom", 3) & ~p.at("drawn", 3)))
            p.define(f"wrong{i}", 3, p.at(f"g{i}", 3).any())
        m.d.comb += [
            self.errors.valid.eq(p.at("compares", 3) & p.at("learn", 3)),
            self.errors.payload.bank.eq(Cat(p.at("parity", 3), p.at("apical", 3))),
            self.errors.payload.place.eq(p.at("place", 3)),
            self.errors.payload.live.eq(Cat(p.at(f"wrong{i}", 3) for i in lanes).any()),
            *(self.errors.payload.errors[i].eq(p.at(f"g{i}", 3).as_signed()) for i in lanes),
        ]
        # Sums over the lanes in a clock, over the groups in the next.
        totals = []
        for name, bits in (("wrong", ERROR_COUNT_BITS), ("square", COUNTER_BITS)):
            p.define(name, 4, reduce(add, (p.at(f"{name}{i}", 4) for i in lanes)))
            total, so_far = Signal(bits, name=f"{name}s"), Signal(bits, name=f"{name}s_so_far")
            m.d.comb += total.eq(so_far + p.at(name, 5))
            with m.If(p.at("compares", 5)):
                m.d.sync += so_far.eq(Mux(p.at("last", 5), 0, total))
            totals.append(total)
        ends = p.at("compares", 5) & p.at("last", 5)
        end = self.ended.payload
        m.d.sync += [
            self.ended.valid.eq(ends & (p.at("learn", 5) | p.at("bottom", 5))),
            *(end[name].eq(p.at(name, 5)) for name in ("context", "apical", "parity")),
            end.errors.eq(totals[0]),
            self.squared.valid.eq(ends & p.at("bottom", 5)),
            self.squared.payload.eq(totals[1]),
        ]
        m.d.comb += self.idle.eq(~p.any("compares", 0, 5) & ~self.ended.valid)
        never(m, "a third pass of a sample that is not learned", self.seen.valid & seen.echo & ~seen.learn)
        return m
