"""Soma: P leaky integrate-and-fire neurons over T steps, for either network (docs/arithmetic.md, step 3)."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.fixed import saturate
from rtl.formats import MEMBRANE_BITS, THRESHOLD_BITS, WINDOW_BITS, LayerFormat


class Soma(wiring.Component):
    """Takes a group's accumulators and runs T steps, one a clock; the direct code's planes take two clocks before.

    A step's v and its excess v - threshold are both ready before the step: it then needs one sum for the membrane without a
    spike and one for that with, side by side. The sign of the latter is the spike, as saturation is far above thresholds.

    Members:
        accumulated: In, pulse, with `sums` (planes x lanes). Only when the last group has been taken.
        apical: In, which network's group it is. threshold: In. low, high: In, surrogate window of this network.
        valid, ready: Out/In, the group after T steps, stable until both: `trains` (T bits, bit t a spike at step t),
            `counts`, summed `voltages`, one a lane, and the flags of the surrogate window, a bit a lane: `above`: V >= low,
            `below`: V < high.
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
        excess = [Signal(signed(f.voltage_bits + 1), name=f"excess{p}") for p in lanes]
        membrane = [Signal(signed(MEMBRANE_BITS), name=f"membrane{p}") for p in lanes]

        # The states, each a register of its own, as they steer too much to be decoded first. Idle is none of them.
        pairs, combine, stepping, emit = Signal(), Signal(), Signal(), Signal()
        planes_first = self.accumulated & ~self.apical if f.direct else Const(0, 1)
        final = step == f.steps - 1
        m.d.sync += pairs.eq(planes_first), combine.eq(pairs)
        m.d.sync += stepping.eq((self.accumulated & ~planes_first) | combine | (stepping & ~final))
        m.d.sync += emit.eq((stepping & final) | (emit & ~self.ready))
        m.d.comb += self.valid.eq(emit), self.taken.eq(emit & self.ready)
        m.d.comb += self.busy.eq(pairs | combine | stepping | emit)
        with m.If(self.accumulated):
            for p in lanes:
                v = [self._voltage(self.sums[t][p], self.apical) for t in range(f.planes)]
                m.d.sync += [held[t][p].eq(v[t]) for t in range(f.planes)]
                m.d.sync += excess[p].eq(v[0] - self.threshold)
            m.d.sync += apical.eq(self.apical)
            m.d.sync += [value[p].eq(0) for value in (self.counts, self.voltages) for p in lanes]
        if f.direct:
            with m.If(pairs):
                for p in lanes:
                    m.d.sync += held[0][p].eq(held[0][p] + (held[1][p] << 1))
                    m.d.sync += held[1][p].eq(held[2][p] + (held[3][p] << 1))
            with m.If(combine):
                for p in lanes:
                    total, shift = held[0][p] + (held[1][p] << 2), 4 + f.scale
                    m.d.sync += held[0][p].eq(total >> shift)
                    m.d.sync += excess[p].eq((total - (self.threshold << shift)) >> shift)
        with m.If(stepping):
            m.d.sync += step.eq(step + 1)
            with m.If(apical if f.direct else 1):
                m.d.sync += [held[t][p].eq(held[t + 1][p]) for t in range(f.planes - 1) for p in lanes]
                m.d.sync += [excess[p].eq(held[1][p] - self.threshold) for p in lanes]
        for p in lanes:
            self._step(m, stepping, held[0][p], excess[p], membrane[p], p)
        m.d.comb += self.above.eq(Cat(self.voltages[p] >= self.low for p in lanes))
        m.d.comb += self.below.eq(Cat(self.voltages[p] < self.high for p in lanes))
        return m

    def _voltage(self, accumulated, apical):
        """v of a step, or for the direct code a plane of it, which is scaled with the others."""
        f = self.form
        if not f.pre_basal or f.direct or not f.scale:
            return accumulated
        return Mux(apical, accumulated, accumulated >> f.scale) if f.pre_apical else accumulated >> f.scale

    def _step(self, m, stepping, held, excess, membrane, p):
        """u - (u >> leak) + v, the spike, and what it leaves."""
        f = self.form
        v = Signal(signed(f.voltage_bits), name=f"v{p}")
        bits = max(MEMBRANE_BITS, f.voltage_bits) + 2
        x, rest = Signal(signed(bits), name=f"x{p}"), Signal(signed(bits), name=f"rest{p}")
        spike = Signal(name=f"spike{p}")
        leaked = membrane - (membrane >> f.leak)
        most = ((1 << MEMBRANE_BITS - 1) - 1) - self.threshold
        over = ~x[-1] & x[MEMBRANE_BITS - 1 : -1].any()
        m.d.comb += [
            v.eq(held),
            x.eq(leaked + v),
            rest.eq(leaked + excess),
            spike.eq(~rest[-1]),
        ]
        left = Signal(signed(MEMBRANE_BITS), name=f"left{p}")
        m.d.comb += left.eq(Mux(spike, Mux(over, most, rest), saturate(x, MEMBRANE_BITS)))
        # Gates in place of a Mux: it would show the synthesis that these sums can be shared with those of other states.
        went, begins = stepping.replicate(MEMBRANE_BITS), (~stepping).replicate(MEMBRANE_BITS)
        m.d.sync += membrane.eq((left & went) | ((self.threshold >> 1) & begins))
        with m.If(stepping):
            m.d.sync += [
                self.voltages[p].eq(self.voltages[p] + v),
                self.counts[p].eq(self.counts[p] + spike),
                self.trains[p].eq(Cat(self.trains[p][1:], spike)),
            ]
