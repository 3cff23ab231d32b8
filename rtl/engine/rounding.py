"""From a group's sums to its errors g or G, a lane a clock (docs/arithmetic.md, steps 7 and 9)."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import ERROR_COUNT_BITS, errors_layout, sent
from rtl.engine.settings import setting
from rtl.fixed import round_in_clocks, saturate
from rtl.formats import APICAL_ERROR_BITS, ERROR_BITS, SUM_BITS
from rtl.hdl import constant, selected, signals
from rtl.pipeline import Pipeline

FRACTION_BITS = 15
"""Of q_k and q_r."""
ERROR_SHIFT = FRACTION_BITS - 9
"""The rounding shift of e in hidden layers; one more at the top."""


class Rounding(Block):
    """Keeps a group's sums and rounds, clips and gates them one after another: a shifter for all lanes, as there is time.

    Members:
        start: In, pulse: totals, windows (two bits a lane), apical (these are X, not e), context, place: a group's. At
            least P clocks apart.
        bank: In, where the errors go, block_shift: In, the shift of X; stable.
        errors: Out, `errors_layout` with `valid`. wrong: Out, how many were not 0 since `clear` (In). busy: Out.
        pick: In: keeps `totals` without rounding them. lane -> picked: the lower bits of that total, while nothing is
            rounded, `pick_latency` clocks behind `pick`.
    """

    pick_latency = 3

    def __init__(self, form: EngineFormat, total_bits: int):
        self.total_bits = total_bits
        super().__init__(form)

    def _members(self, f):
        return {
            "start": In(1),
            "totals": In(signed(self.total_bits)).array(f.lanes),
            "windows": In(2).array(f.lanes),
            "apical": In(1),
            "context": In(f.context_bits),
            "place": In(f.place_bits),
            "bank": In(2),
            "block_shift": In(setting("block_shift")),
            "errors": Out(sent(errors_layout(f))),
            "wrong": Out(ERROR_COUNT_BITS),
            "clear": In(1),
            "busy": Out(1),
            "pick": In(1),
            "lane": In(range(max(2, f.lanes))),
            "picked": Out(signed(SUM_BITS)),
        }

    def elaborate(self, platform):
        m = Module()
        f, lanes, at = self.form, range(self.form.lanes), self.form.stages.rounding
        totals = [Signal.like(total, name=f"kept{i}", reset_less=True) for i, total in enumerate(self.totals)]
        windows = [Signal(2, name=f"window{i}", reset_less=True) for i in lanes]
        apical, top, shift, place = signals(apical=1, top=1, shift=setting("block_shift"), place=f.place_bits)
        running, lane = signals(running=1, lane=range(max(2, f.lanes)))
        last = running & (lane == f.lanes - 1)
        with m.If(self.start):
            m.d.sync += running.eq(1), lane.eq(0)
        with m.Elif(running):
            m.d.sync += running.eq(~last), lane.eq(lane + 1)
        with m.Else():
            m.d.sync += lane.eq(self.lane)
        never(m, "a group's sums while another's are rounded", self.start & running & ~last)
        is_top = constant((c.top for c in f.contexts), self.context)
        with m.If(self.start | self.pick):
            m.d.sync += [kept.eq(total) for kept, total in zip(totals, self.totals, strict=True)]
            m.d.sync += [kept.eq(window) for kept, window in zip(windows, self.windows, strict=True)]
            m.d.sync += apical.eq(self.apical), top.eq(is_top), place.eq(self.place)
            m.d.sync += shift.eq(Mux(self.apical, self.block_shift, ERROR_SHIFT + is_top))

        p = Pipeline(m, "rounding", reset=("valid", "last", "wrong"))
        p.define_all(0, valid=running, last=last, lane=lane)
        if f.slow:
            value, window = totals[0], windows[0]
        else:
            wanted = [lane == i for i in lanes]
            value, window = selected(m, "total", totals, wanted), selected(m, "window", windows, wanted)
        p.define_all(at.value, value=value, window=window, negative=value[-1])
        p.define_all(0, apical=apical, top=top, shift=shift, place=place)
        m.d.comb += self.picked.eq(p.at("value", at.coarse)[:SUM_BITS].as_signed())
        round_in_clocks(p, at, "value", "rounded")
        rounded, window, falls = p.at("rounded", at.error).as_signed(), p.at("window", at.error), p.at("negative", at.error)
        basal_opens = Mux(p.at("top", at.error), window[0] | ~falls, window[0] & (window[1] | falls))
        opens = Mux(p.at("apical", at.error), (window[0] | ~falls) & (window[1] | falls), basal_opens)
        g, most = saturate(rounded, ERROR_BITS), saturate(rounded, APICAL_ERROR_BITS)
        p.define("error", at.error, Mux(opens, Mux(p.at("apical", at.error), most, g), 0)[: f.error_bits].as_signed())
        done = at.done
        for i in lanes:
            with m.If(p.at("valid", done) & (p.at("lane", done) == i)):
                m.d.sync += self.errors.payload.errors[i].eq(p.at("error", done).as_signed())
        p.define("wrong", done, p.at("valid", done) & p.at("error", done).any())
        live = self.errors.payload.live
        with m.If(p.at("valid", done)):
            m.d.sync += live.eq(p.at("wrong", done) | (live & (p.at("lane", done) != 0)))
        with m.If(self.clear):
            m.d.sync += self.wrong.eq(0)
        with m.Elif(p.at("wrong", done + 1)):
            m.d.sync += self.wrong.eq(self.wrong + 1)
        m.d.sync += self.errors.valid.eq(p.at("last", done)), self.errors.payload.place.eq(p.at("place", done))
        m.d.sync += self.errors.payload.bank.eq(self.bank)
        m.d.comb += self.busy.eq(p.any("valid", 0, done) | self.errors.valid)
        return m
