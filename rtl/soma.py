"""Soma: leaky integrate-and-fire neurons over T steps, for either network (docs/arithmetic.md, step 3)."""

from amaranth.hdl import Array, Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.fixed import gated, saturate
from rtl.formats import MEMBRANE_BITS, THRESHOLD_BITS, WINDOW_BITS, LayerFormat


class Soma(wiring.Component):
    """Takes a group's sums and runs T steps for all of its lanes, a few of them at a time.

    A group takes many more clocks to accumulate than T, so that some neurons' worth of adders does for all lanes: `units`
    lanes go through T steps, then the next ones (`rounds` in all). On the way to its step a lane's sum is picked (by round,
    then by step), becomes v, and gets its excess v - threshold. The step then needs one sum for the membrane without a spike
    and one for that with, side by side. The sign of the latter is the spike, as saturation is far above thresholds.

    Args:
        units: lanes that step at the same time; None: all.
        lead: clocks at least from `room` to the sums that it makes room for: they come behind the last pick of the group
            before. None: room is only made when that group has been taken.

    Members:
        accumulated: In, pulse: `sums` (planes x lanes) are there and stay until `lead` clocks behind `room` (None: until
            then); the first at any time, then once for each `room`.
        waiting: Out, they wait for the last group to be taken. begins: Out, pulse: their steps begin, with `accumulated` or,
            behind `waiting`, later.
        apical: In, which network's group it is, with `begins`.
        threshold: In. low, high: In, surrogate window of this network. They stay from the second clock after `begins` until
            `valid`.
        valid, ready: Out/In, the group `latency` clocks later, stable until both: `trains` (T bits, bit t a spike at step
            t), `counts`, summed `voltages`, one a lane, and the flags of the surrogate window, a bit a lane: V >= low
            (`above`) and V < high (`below`).
        room: Out, pulse: there is room for the next group's sums. busy: Out, sums wait, or a group's steps or word do.
    """

    def __init__(self, form: LayerFormat, units: int | None = None, lead: int | None = None):
        self.form, self.lead = form, lead
        f = form
        self.rounds = -(-f.lanes // (units or f.lanes))
        self.units = -(-f.lanes // self.rounds)
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
                "room": Out(1),
                "waiting": Out(1),
                "begins": Out(1),
                "busy": Out(1),
            }
        )

    def latency(self, apical: bool) -> int:
        """Clocks from `begins` to `valid`."""
        return self.rounds * self.form.steps + 4 + (self.form.direct and not apical)

    def elaborate(self, platform):
        m = Module()
        f = self.form
        step_bits = ceil_log2(f.steps)
        apical, emit = Signal(), Signal()
        # Picking, a clock later v (the direct code: another clock later), its excess, its step: on, and step + T x round.
        # The first is picked as it comes.
        at = Signal(step_bits + ceil_log2(self.rounds))
        picking, goes_on, summing, planes_paired = Signal(), Signal(), Signal(), Signal()
        idle, last_pick = Signal(init=1), (self.rounds - 1) * f.steps
        round_begins = Signal(init=1)  # at step 0, a register, as all units' sums hang on it
        m.d.sync += idle.eq((idle & ~self.begins) | (emit & self.ready))
        m.d.comb += self.begins.eq((self.accumulated | self.waiting) & idle)
        if self.lead is None:
            m.d.comb += self.room.eq(emit & self.ready)
        else:  # a register, as it goes far
            m.d.sync += self.room.eq(picking & (at == max(last_pick - self.lead, 0)))
            m.d.sync += self.waiting.eq((self.accumulated | self.waiting) & ~self.begins)
        m.d.comb += picking.eq(self.begins | goes_on)
        m.d.sync += goes_on.eq(picking & (at != self.rounds * f.steps - 1)), at.eq(Mux(picking, at + 1, 0))
        m.d.sync += round_begins.eq(~picking | (at[:step_bits] == f.steps - 1))
        m.d.sync += summing.eq(picking), planes_paired.eq(summing)
        step, paired_step, next_step = (Signal(step_bits, name=name) for name in ("step", "paired_step", "next_step"))
        m.d.sync += step.eq(at[:step_bits]), paired_step.eq(step)
        exceeding, stepping, first_step, final = Signal(), Signal(), Signal(), Signal()
        late = ~apical if f.direct else 0
        takes, combines = Signal(), Signal()
        if f.direct:  # the planes make one current for all steps; registers, as all units hang on them
            m.d.sync += combines.eq(summing & (step == 0) & ~apical)
            m.d.sync += takes.eq(Mux(self.begins, self.apical, apical) | (summing & (step == 0)))
        m.d.sync += next_step.eq(Mux(late, paired_step, step)), exceeding.eq(Mux(late, planes_paired, summing))
        m.d.sync += stepping.eq(exceeding), first_step.eq(next_step == 0), final.eq(next_step == f.steps - 1)
        with m.If(self.begins):
            m.d.sync += apical.eq(self.apical)
        collect, rounds_left = Signal(), Signal(range(self.rounds + 1))
        with m.If(self.begins):
            m.d.sync += rounds_left.eq(self.rounds)
        with m.Elif(collect):
            m.d.sync += rounds_left.eq(rounds_left - 1)
        m.d.sync += collect.eq(stepping & final)
        m.d.sync += emit.eq((collect & (rounds_left == 1)) | (emit & ~self.ready))
        m.d.comb += self.valid.eq(emit), self.busy.eq(self.waiting | ~idle)

        for s in range(self.units):
            planes = self._picked(m, s, round_begins, at[step_bits:])
            v, excess = self._voltage(m, planes, s, apical, step, takes, combines)
            self._step(m, stepping, first_step, final, collect, v, excess, s)
        return m

    def _picked(self, m, s, begins, number):
        """Unit s's sums of the round of this number, one a plane."""
        f = self.form
        picked = [Signal(signed(f.accumulator_bits), name=f"picked{t}_{s}") for t in range(f.planes)]
        with m.If(begins):
            for t in range(f.planes):
                lanes = [self.sums[t][p] for p in range(s, f.lanes, self.units)]
                lane = Array(lanes)[number] if len(lanes) > 1 else lanes[0]
                m.d.sync += picked[t].eq(lane)
        return picked

    def _voltage(self, m, planes, s, apical, step, takes, combines):
        """v of unit s's step and its excess over the threshold, registers both."""
        f = self.form
        current, v = (Signal(signed(f.voltage_bits), name=f"{name}{s}") for name in ("current", "v"))
        excess = Signal(signed(f.voltage_bits + 1), name=f"excess{s}")
        now = Signal(signed(f.accumulator_bits), name=f"now{s}")
        m.d.comb += now.eq(Array(planes[: f.steps])[step])
        scaled = now if f.direct or not f.scale else now >> f.scale
        if f.pre_basal and f.pre_apical and not f.direct:
            scaled = Mux(apical, now, scaled)
        m.d.sync += v.eq(current), excess.eq(current - self.threshold)
        if not f.direct:
            m.d.sync += current.eq(scaled)
            return v, excess
        low, high = (Signal(signed(f.accumulator_bits + 2), name=f"{name}{s}") for name in ("low_planes", "high_planes"))
        m.d.sync += low.eq(planes[0] + (planes[1] << 1)), high.eq(planes[2] + (planes[3] << 1))
        with m.If(takes):
            m.d.sync += current.eq(Mux(combines, (low + (high << 2)) >> (4 + f.scale), now))
        return v, excess

    def _leaked_and(self, membrane, more, bits):
        """u - (u >> leak) + more. The three are saved carries first, a LUT's delay: one carry chain, not two in a row."""
        kept, leak, more = (Cat(v, v[-1].replicate(bits - len(v))) for v in (membrane, ~(membrane >> self.form.leak), more))
        carries = (kept & leak) | (kept & more) | (leak & more)
        return ((kept ^ leak ^ more) + Cat(1, carries[:-1]))[:bits].as_signed()

    def _step(self, m, stepping, first_step, final, collect, v, excess, s):
        """u - (u >> leak) + v, the spike, and what it leaves; after T steps the lane's results."""
        f = self.form
        bits = max(MEMBRANE_BITS, f.voltage_bits) + 2  # of all that comes here; sums of these bits are exact
        membrane = Signal(signed(MEMBRANE_BITS), name=f"membrane{s}")
        x, rest = Signal(signed(bits), name=f"x{s}"), Signal(signed(bits), name=f"rest{s}")
        spike = Signal(name=f"spike{s}")
        most = ((1 << MEMBRANE_BITS - 1) - 1) - self.threshold
        over = ~x[-1] & x[MEMBRANE_BITS - 1 : -1].any()
        m.d.comb += [
            x.eq(self._leaked_and(membrane, v, bits)),
            rest.eq(self._leaked_and(membrane, excess, bits)),
            spike.eq(~rest[-1]),
        ]
        left = Signal(signed(MEMBRANE_BITS), name=f"left{s}")
        m.d.comb += left.eq(Mux(spike, Mux(over, most, rest), saturate(x, MEMBRANE_BITS)))
        goes = stepping & ~final
        m.d.sync += membrane.eq(gated(left, goes) | gated(self.threshold >> 1, ~goes))
        voltage, count = Signal(signed(f.sum_bits), name=f"voltage{s}"), Signal(f.count_bits, name=f"count{s}")
        with m.If(stepping):
            m.d.sync += voltage.eq(Mux(first_step, 0, voltage) + v)
        # The spike is known late in its clock, and is counted in the next one: what it makes is taken as it goes in there.
        late, late_first, counting = (Signal(name=f"{name}{s}") for name in ("late_spike", "late_first", "counting"))
        m.d.sync += late.eq(spike), late_first.eq(first_step), counting.eq(stepping)
        train, counted, trained = Signal(f.steps, name=f"train{s}"), Signal.like(count), Signal(f.steps, name=f"trained{s}")
        m.d.comb += counted.eq(Mux(late_first, 0, count) + late), trained.eq(Cat(train[1:], late))
        with m.If(counting):
            m.d.sync += count.eq(counted), train.eq(trained)
        new = {
            "trains": trained,
            "counts": counted,
            "voltages": voltage,
            "above": voltage >= self.low,
            "below": voltage < self.high,
        }
        for r in reversed(range(self.rounds)):  # a result goes in at the last round's place and moves on to its own
            moved = {key: Signal(Value.cast(value).shape(), name=f"{key}{r}_{s}") for key, value in new.items()}
            with m.If(collect):
                m.d.sync += [moved[key].eq(value) for key, value in new.items()]
            new, p = moved, s + r * self.units
            if p < f.lanes:
                m.d.comb += [getattr(self, key)[p].eq(value) for key, value in moved.items()]
