"""Soma: P leaky integrate-and-fire neurons over T steps, for either network (docs/arithmetic.md, step 3)."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.fixed import saturate
from rtl.formats import MEMBRANE_BITS, THRESHOLD_BITS, WINDOW_BITS, LayerFormat


class Soma(wiring.Component):
    """Takes a group's accumulators and runs T steps, one a clock; the direct code's planes take two clocks before.

    Members:
        accumulated: In, pulse, with `sums` (planes x lanes). Only when the last group has been taken.
        apical: In, which network's group it is. threshold: In. low, high: In, surrogate window of this network.
        valid, ready: Out/In, the group after T steps, stable until both: `trains` (T bits, bit t a spike at step t),
            `counts`, summed
            `voltages`, one a lane, and the flags of the surrogate window, a bit a lane: `above`: V >= low, `below`: V <
            high.
        taken: Out, pulse: there is room for the next group.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        super().__init__(
            {
                "accumulated": In(1),
                "sums": In(signed(f.accumulator_bits)).array(f.planes, f.lanes),
                "apical": In(1),
                "threshold": In(THRESHOLD_BITS),
                "low": In(signed(WINDOW_BITS)),
                "high": In(signed(WINDOW_BITS)),
                "valid": Out(1),
                "ready": In(1),
                "trains": Out(f.steps).array(f.lanes),
                "counts": Out(f.count_bits).array(f.lanes),
                "voltages": Out(signed(f.sum_bits)).array(f.lanes),
                "above": Out(f.lanes),
                "below": Out(f.lanes),
                "taken": Out(1),
                "busy": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        apical = Signal()
        lanes = range(f.lanes)
        step = Signal(range(f.steps))
        wide = signed(f.accumulator_bits + 4)
        held = [[Signal(wide, name=f"held{t}_{p}") for p in lanes] for t in range(f.planes)]
        membrane = [Signal(signed(MEMBRANE_BITS), name=f"membrane{p}") for p in lanes]

        with m.FSM() as fsm:
            with m.State("idle"), m.If(self.accumulated):
                m.d.sync += [held[t][p].eq(self.sums[t][p]) for t in range(f.planes) for p in lanes]
                m.d.sync += [membrane[p].eq(self.threshold >> 1) for p in lanes]
                m.d.sync += apical.eq(self.apical)
                m.d.sync += [value[p].eq(0) for value in (self.counts, self.voltages) for p in lanes]
                m.next = "step"
                if f.direct:
                    with m.If(~self.apical):
                        m.next = "pairs"
            if f.direct:
                with m.State("pairs"):
                    for p in lanes:
                        m.d.sync += held[0][p].eq(held[0][p] + (held[1][p] << 1))
                        m.d.sync += held[1][p].eq(held[2][p] + (held[3][p] << 1))
                    m.next = "combine"
                with m.State("combine"):
                    for p in lanes:
                        m.d.sync += held[0][p].eq((held[0][p] + (held[1][p] << 2)) >> (4 + f.scale))
                    m.next = "step"
            with m.State("step"):
                for p in lanes:
                    self._step(m, held[0][p], apical, membrane[p], p)
                with m.If(apical if f.direct else 1):
                    m.d.sync += [held[t][p].eq(held[t + 1][p]) for t in range(f.planes - 1) for p in lanes]
                m.d.sync += step.eq(step + 1)
                with m.If(step == f.steps - 1):
                    m.next = "emit"
            with m.State("emit"):
                m.d.comb += self.valid.eq(1)
                with m.If(self.ready):
                    m.d.comb += self.taken.eq(1)
                    m.next = "idle"
        m.d.comb += self.busy.eq(~fsm.ongoing("idle"))
        m.d.comb += self.above.eq(Cat(self.voltages[p] >= self.low for p in lanes))
        m.d.comb += self.below.eq(Cat(self.voltages[p] < self.high for p in lanes))
        return m

    def _step(self, m, held, apical, membrane, p):
        """u - (u >> leak) + v, the spike, and what it leaves."""
        f = self.form
        if f.pre_basal and not f.direct and f.scale:
            held = Mux(apical, held, held >> f.scale) if f.pre_apical else held >> f.scale
        v = Signal(signed(f.voltage_bits), name=f"v{p}")
        x = Signal(signed(MEMBRANE_BITS), name=f"x{p}")
        rest = Signal(signed(MEMBRANE_BITS + 1), name=f"rest{p}")
        spike = Signal(name=f"spike{p}")
        m.d.comb += [
            v.eq(held),
            x.eq(saturate(membrane - (membrane >> f.leak) + v, MEMBRANE_BITS)),
            rest.eq(x - self.threshold),
            spike.eq(~rest[-1]),
        ]
        m.d.sync += [
            membrane.eq(Mux(spike, rest[:-1].as_signed(), x)),
            self.voltages[p].eq(self.voltages[p] + v),
            self.counts[p].eq(self.counts[p] + spike),
            self.trains[p].eq(Cat(self.trains[p][1:], spike)),
        ]
