"""Readout: gathers a sample's V_L, and names the concept of the highest (contract, step 3)."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.engine.formats import LABEL_BITS, EngineFormat
from rtl.engine.outlet import voltages_layout


def result_layout(f: EngineFormat) -> data.StructLayout:
    """What leaves the core for each sample."""
    return data.StructLayout({"prediction": LABEL_BITS, "voltages": data.ArrayLayout(signed(f.voltage_bits), f.classes)})


class Readout(wiring.Component):
    """One result a sample; the argmax goes through the concepts one a clock.

    V_L turns by one place a clock meanwhile, so that the one to compare is always the first: after K clocks all are back.

    Members:
        voltages: In, stream of `voltages_layout`. o: Out, stream of `result_layout`. idle: Out.
    """

    def __init__(self, form: EngineFormat):
        self.form = f = form
        super().__init__(
            {
                "voltages": In(stream.Signature(voltages_layout(f))),
                "o": Out(stream.Signature(result_layout(f))),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        voltages = Signal(data.ArrayLayout(signed(f.voltage_bits), f.classes))
        groups = -(-f.classes // f.lanes)
        group, k = Signal(range(max(2, groups))), Signal(range(f.classes))
        best, highest = Signal(range(f.classes)), Signal(signed(f.voltage_bits))
        word = self.voltages.payload
        with m.FSM() as fsm:
            with m.State("gather"):
                m.d.comb += self.voltages.ready.eq(1)
                with m.If(self.voltages.valid):
                    m.d.sync += group.eq(Mux(word.last, 0, group + 1)), k.eq(0)
                    for g in range(groups):
                        with m.If(group == g):
                            for p in range(min(f.lanes, f.classes - g * f.lanes)):
                                m.d.sync += voltages[g * f.lanes + p].eq(word.lanes[p])
                    with m.If(word.last & ~word.blank):
                        m.next = "compare"
            with m.State("compare"):
                m.d.sync += [voltages[i].eq(voltages[(i + 1) % f.classes]) for i in range(f.classes)]
                with m.If((k == 0) | (voltages[0] > highest)):
                    m.d.sync += best.eq(k), highest.eq(voltages[0])
                m.d.sync += k.eq(Mux(k == f.classes - 1, 0, k + 1))
                with m.If(k == f.classes - 1):
                    m.next = "emit"
            with m.State("emit"):
                m.d.comb += self.o.valid.eq(1)
                with m.If(self.o.ready):
                    m.next = "gather"
            m.d.comb += self.idle.eq(fsm.ongoing("gather") & (group == 0))
        m.d.comb += self.o.payload.prediction.eq(best), self.o.payload.voltages.eq(voltages)
        return m
