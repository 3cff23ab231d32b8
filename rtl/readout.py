"""Readout: gathers a sample's V_L and counters, and names the concept of the highest (docs/arithmetic.md, step 3)."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.formats import COUNTER_BITS, COUNTERS, LABEL_BITS, LayerFormat

counters_layout = data.StructLayout({name: COUNTER_BITS for name in COUNTERS})


def result_layout(form: LayerFormat) -> data.StructLayout:
    """What leaves the core for each sample; `form` is that of the top layer. `counters[l - 1]` are those of layer l."""
    return data.StructLayout(
        {
            "prediction": LABEL_BITS,
            "voltages": data.ArrayLayout(signed(form.sum_bits), form.classes),
            "counters": data.ArrayLayout(counters_layout, form.layer),
        }
    )


class Readout(wiring.Component):
    """One result a sample; the argmax goes through the concepts one a clock.

    V_L turns by one place a clock meanwhile, so that the one to compare is always the first: after K clocks all are back.

    Members:
        voltages: In, stream, a group of V_L at a time. counters: In, L streams, one item a sample each.
        o: Out, stream of `result_layout`. busy: Out.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        super().__init__(
            {
                "voltages": In(stream.Signature(data.ArrayLayout(signed(f.sum_bits), f.lanes))),
                "counters": In(stream.Signature(counters_layout)).array(f.layer),
                "o": Out(stream.Signature(result_layout(f))),
                "busy": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        voltages = Signal(data.ArrayLayout(signed(f.sum_bits), f.classes))
        group, k = Signal(range(max(f.groups, 2))), Signal(range(f.classes))
        best, highest = Signal(range(f.classes)), Signal(signed(f.sum_bits))
        with m.FSM() as fsm:
            with m.State("gather"):
                m.d.comb += self.voltages.ready.eq(1)
                with m.If(self.voltages.valid):
                    m.d.sync += group.eq(group + 1)
                    for g in range(f.groups):
                        with m.If(group == g):
                            first = g * f.lanes
                            for p in range(min(f.lanes, f.classes - first)):
                                m.d.sync += voltages[first + p].eq(self.voltages.payload[p])
                    with m.If(group == f.groups - 1):
                        m.d.sync += group.eq(0), k.eq(0)
                        m.next = "compare"
            with m.State("compare"):
                m.d.sync += [voltages[i].eq(voltages[(i + 1) % f.classes]) for i in range(f.classes)]
                with m.If((k == 0) | (voltages[0] > highest)):
                    m.d.sync += best.eq(k), highest.eq(voltages[0])
                m.d.sync += k.eq(Mux(k == f.classes - 1, 0, k + 1))
                with m.If(k == f.classes - 1):
                    m.next = "emit"
            with m.State("emit"):
                # A register, as the counters are far from what takes the result.
                m.d.sync += self.o.valid.eq(Cat(counters.valid for counters in self.counters).all())
                with m.If(self.o.valid & self.o.ready):
                    m.d.sync += self.o.valid.eq(0)
                    m.next = "release"
            with m.State("release"):  # in a clock of its own, as they are far
                m.d.comb += [counters.ready.eq(1) for counters in self.counters]
                m.next = "gather"
            m.d.comb += self.busy.eq(~fsm.ongoing("gather") | (group != 0))
        m.d.comb += self.o.payload.prediction.eq(best), self.o.payload.voltages.eq(voltages)
        m.d.comb += [self.o.payload.counters[i].eq(self.counters[i].payload) for i in range(f.layer)]
        return m
