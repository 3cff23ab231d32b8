"""A layer's counters of one sample: rows, updates, saturations, spikes (docs/arithmetic.md, step 10)."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.formats import LayerFormat
from rtl.readout import counters_layout

WALKED = ("rows", "updates", "saturations")
"""What the synapses count."""


class SampleCounters(wiring.Component):
    """One item a sample, with nothing of the next pass in it; it leaves when the sample's last group has been.

    A group's spikes are summed in two clocks and added in the next.

    Members:
        groups: In, stream, the groups of a sample as the soma gives them; payload: the last one. first: In, it is the first.
        counts: In, the group's spike counts, one a lane.
        complete: In, pulse: rows, updates and saturations (In) are those of a whole pass; before its last group is taken,
            and the next pass's three clocks behind that at the soonest.
        o: Out, stream of `counters_layout`. busy: Out.
    """

    def __init__(self, form: LayerFormat):
        self.form = form
        members = {
            "groups": In(stream.Signature(1)),
            "first": In(1),
            "counts": In(form.count_bits).array(form.lanes),
            "complete": In(1),
            "o": Out(stream.Signature(counters_layout)),
            "busy": Out(1),
        }
        super().__init__(members | {name: In(counters_layout[name].shape) for name in WALKED})

    def elaborate(self, platform):
        m = Module()
        f, item = self.form, self.o.payload
        came, first, ended = Signal(), Signal(), Signal()
        parts = [Signal(range(4 * f.steps + 1), name=f"spikes{p}") for p in range(0, f.lanes, 4)]  # of four lanes each
        summing = Signal(data.StructLayout({"came": 1, "first": 1, "ended": 1}))
        spikes, all_spikes = Signal(range(f.lanes * f.steps + 1)), Signal(range(f.groups * f.lanes * f.steps + 1))
        taken = self.groups.valid & self.groups.ready
        m.d.comb += self.groups.ready.eq(~ended & ~self.o.valid)
        m.d.sync += summing.came.eq(taken), summing.ended.eq(taken & self.groups.payload), summing.first.eq(self.first)
        m.d.sync += [
            part.eq(sum(self.counts[p] for p in range(4 * i, min(4 * i + 4, f.lanes)))) for i, part in enumerate(parts)
        ]
        m.d.sync += Cat(came, first, ended).eq(Cat(summing.came, summing.first, summing.ended)), spikes.eq(sum(parts))
        m.d.comb += self.busy.eq(summing.came | came | self.o.valid)
        m.d.comb += item.spikes.eq(all_spikes)
        with m.If(came):
            m.d.sync += all_spikes.eq(Mux(first, 0, all_spikes) + spikes)
        for name in WALKED:
            value = getattr(self, name)
            complete = Signal.like(value, name=f"complete_{name}")
            with m.If(self.complete):
                m.d.sync += complete.eq(value)
            with m.If(ended):
                m.d.sync += item[name].eq(complete)
        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(ended):
            m.d.sync += self.o.valid.eq(1)
        return m
