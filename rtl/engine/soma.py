"""Soma: leaky integrate-and-fire neurons over T steps (contract, steps 3 and 4)."""

from functools import reduce
from operator import add, or_

from amaranth.hdl import Array, Cat, Module, Mux, Signal, signed
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from rtl.checks import never, patient
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import group_layout, word_layout
from rtl.engine.settings import SOMA_SETTINGS, setting
from rtl.fixed import round_shift, saturate
from rtl.formats import MEMBRANE_BITS, PIXEL_BITS, TEMPLATE_BITS
from rtl.hdl import selected, signals
from rtl.pipeline import Pipeline


class Soma(Block):
    """Takes a group's sums and runs T steps for all of its lanes.

    A few *units* do for all lanes: each has some lanes in turns, *slots*, all of them at step 0, then at step 1, and so on.
    A membrane comes back to its unit a round of slots later, and its loop may take as many clocks. The next group's steps
    begin in the clock behind the last of these, whose word is still on its way: two groups at most are inside.

    Args:
        rounds: lanes a unit takes in turns; fewer than a membrane's loop has clocks leave some unused.
        lead: clocks at least from the one behind `room` until the next group's sums are there, in place of these;
            `SomaStages.wanted` or more.

    Members:
        accumulated: In, pulse: `sums` (planes x lanes) are there `SomaStages.ahead` clocks later, of `group` (In,
            `group_layout`), which stays until their steps begin; the first at any time, then once for each `room` (Out,
            pulse).
        threshold, window_low, window_high: In.
        words: Out, stream of `word_layout`, every other clock at most.
        idle: Out, no sums wait, no group is inside, and no word.
    """

    def __init__(self, form: EngineFormat, rounds: int | None, lead: int):
        self.lead, self.stages = lead, form.stages.soma
        self.units = -(-form.lanes // min(form.lanes, rounds or self.stages.loop))
        self.rounds = -(-form.lanes // self.units)
        self.slots = max(self.rounds, self.stages.loop)
        super().__init__(form)

    def _members(self, f):
        return {
            "accumulated": In(1),
            "sums": In(signed(f.accumulator_bits)).array(f.planes, f.lanes),
            "group": In(group_layout(f)),
            **{name: In(setting(name)) for name in SOMA_SETTINGS},
            "words": Out(stream.Signature(word_layout(f))),
            "room": Out(1),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        p = Pipeline(m, "soma", reset=("collects", "completes"))
        begin, end, goes = signals(begin=1, end=1, goes=1)
        slot, step = self._pace(m, p, begin, end)
        self._hand_on(m, p, begin, end, goes)
        self._of_group(m, begin)
        p.define("kind", 0, self.kind)
        for unit in range(self.units):
            self._select(m, p, unit, slot, step)
            self._current(m, p, unit)
            self._step(m, p, unit)
            self._collect(m, p, unit, goes)
        return m

    def _pace(self, m, p, begin, end):
        """The slot and step of each clock between a group's begin and its end, and when there is room for the next sums."""
        f, stages = self.form, self.stages
        slot, step = signals(slot=range(self.slots), step=range(f.steps))
        running, turn = signals(running=1, turn=1)
        last_step = running & (step == f.steps - 1)
        m.d.comb += turn.eq(slot == self.slots - 1), end.eq(last_step & turn)
        m.d.sync += running.eq(begin | (running & ~end))
        m.d.sync += slot.eq(Mux(begin | turn, 0, slot + 1)), step.eq(Mux(begin, 0, step + turn))
        # The sums are needed until the last slot's last step is selected.
        room_step, room_slot = divmod(max(0, f.steps * self.slots - 1 + stages.wanted - self.lead), self.slots)
        m.d.comb += self.room.eq(running & (slot == room_slot) & (step == room_step))
        never(m, "sums that are still selected are replaced", self.accumulated & running & ~end)
        p.define("starts", 0, step == 0)
        p.define("collects", 0, last_step & (slot < self.rounds))
        p.define("completes", 0, last_step & (slot == self.rounds - 1))
        return slot, step

    def _hand_on(self, m, p, begin, end, goes):
        """When a group's steps may begin, and when its results, complete, go into the word that is offered."""
        words, stages = self.words, self.stages
        waiting, inside, complete = signals(waiting=1, inside=range(3), complete=1)
        group, ended = signals(group=group_layout(self.form), ended=group_layout(self.form))
        m.d.comb += [
            # With one group on its way and no word before it, the next one's results will find theirs gone.
            begin.eq((self.accumulated | waiting) & ((inside == 0) | ((inside == 1) & ~words.valid))),
            goes.eq(complete & ~words.valid),
            self.idle.eq(~waiting & (inside == 0) & ~words.valid),
        ]
        m.d.sync += [
            waiting.eq((self.accumulated | waiting) & ~begin),
            inside.eq(inside + begin - goes),
            complete.eq(p.at("completes", stages.spike) | (complete & ~goes)),
            words.valid.eq(goes | (words.valid & ~words.ready)),
        ]
        with m.If(begin):
            m.d.sync += group.eq(self.group)
        with m.If(end):
            m.d.sync += ended.eq(group)
        with m.If(goes):
            m.d.sync += words.payload.group.eq(ended)
        patient(m, "words", words)
        never(m, "sums are there while others wait", self.accumulated & waiting)
        never(m, "results move while those before are still there", p.at("collects", stages.spike) & complete & ~goes)

    def _of_group(self, m, begin):
        """What is known of a group from its first clock on: what makes v of its sums, `kind`, the number of one of the pairs
        (direct, shift) of `kinds`; and of each lane whether it is `absent`, beyond the layer's neurons.
        """
        f, users, group = self.form, {}, self.group
        for number, c in enumerate(f.contexts):
            for apical in (False, True):
                if c.rows(apical):
                    users.setdefault((False, 0) if apical else (c.direct, c.shift), []).append(number << 1 | apical)
        self.kinds = list(users)
        self.kind, self.absent = signals(kind=range(max(2, len(users))), absent=f.lanes)
        with m.If(begin):
            with m.Switch(Cat(group.apical, group.context)):
                for number, passes in enumerate(users.values()):
                    with m.Case(*passes):
                        m.d.sync += self.kind.eq(number)
            for lane in range(f.lanes):
                of = [i for i, c in enumerate(f.contexts) if (c.groups - 1) * f.lanes + lane >= c.size]
                m.d.sync += self.absent[lane].eq(group.last & reduce(or_, (group.context == i for i in of), 0))

    def _select(self, m, p, unit, slot, step):
        """The planes of the slot's lane, of those the step's, or all that a pixel has bits of; what is not selected is 0.

        A lane that is none is never selected: it sees no current, and so its results are all 0. A slow chip's one lane has
        no register.
        """
        f, at = self.form, self.stages.plane
        if f.slow:
            sums = [plane[0] for plane in self.sums]
            for t, plane in enumerate(sums):
                p.define(f"plane{t}_{unit}", at, plane)
            p.define(f"spikes{unit}", at, Array(sums[: f.steps])[step])
            return
        direct = reduce(or_, [self.kind == k for k, (direct, _) in enumerate(self.kinds) if direct], 0)
        lanes = list(range(unit, f.lanes, self.units))
        for t in range(f.planes):
            plane = Mux(direct, t < PIXEL_BITS, step == t)
            for number, lane in enumerate(lanes):
                p.define(f"wanted{t}_{lane}", 0, (slot == number) & plane & ~self.absent[lane])
            wanted = [p.at(f"wanted{t}_{lane}", self.stages.wanted) for lane in lanes]  # a register: it goes to all lanes
            sums = [self.sums[t][lane] for lane in lanes]
            p.define(f"plane{t}_{unit}", at, selected(m, f"selected{t}_{unit}", sums, wanted))
        p.define(f"spikes{unit}", at, reduce(or_, (p.at(f"plane{t}_{unit}", at) for t in range(f.steps))))

    def _current(self, m, p, unit):
        """v, of spikes or of pixels' bits: sums of 2^b times plane b, 4 bits of which fall off again."""
        f, at, add_up = self.form, self.stages.plane, self.stages.sum
        planes = [p.at(f"plane{t}_{unit}", at) for t in range(f.planes)]
        sums = {False: p.at(f"spikes{unit}", add_up)}
        if any(direct for direct, _ in self.kinds):
            p.define(f"low{unit}", at, planes[0] + (planes[1] << 1))
            p.define(f"high{unit}", at, planes[2] + (planes[3] << 1))
            sums[True] = (p.at(f"low{unit}", add_up) + (p.at(f"high{unit}", add_up) << 2)) >> PIXEL_BITS
        currents = [sums[direct] >> shift for direct, shift in self.kinds]
        v = Signal(signed(f.accumulator_bits), name=f"v{unit}")
        m.d.comb += v.eq(Array(currents)[p.at("kind", add_up)] if len(currents) > 1 else currents[0])
        p.define(f"v{unit}", add_up, v)

    def _step(self, m, p, unit):
        """u - (u >> leak), then + v, then saturated and less the threshold, of which the sign is the spike; V += v."""
        f, at = self.form, self.stages
        before = Signal(signed(MEMBRANE_BITS), name=f"before{unit}")
        start = Mux(p.at("starts", at.leak), (self.threshold >> 1), before)
        leaked, u = (Signal(signed(MEMBRANE_BITS), name=f"{name}{unit}") for name in ("leaked", "u"))
        start_u = Signal(signed(MEMBRANE_BITS), name=f"start{unit}")
        m.d.comb += start_u.eq(start), leaked.eq(start_u - (start_u >> f.leak))
        p.define(f"leaked{unit}", at.leak, leaked)
        v = p.at(f"v{unit}", at.current)
        p.define(f"x{unit}", at.current, p.at(f"leaked{unit}", at.current) + v)
        p.define(f"kept{unit}", at.kept, saturate(p.at(f"x{unit}", at.kept), MEMBRANE_BITS))
        p.define(f"rest{unit}", at.rest, p.at(f"kept{unit}", at.rest) - self.threshold)
        rest = p.at(f"rest{unit}", at.spike)
        spike = ~rest[-1]
        m.d.comb += u.eq(Mux(spike, rest, p.at(f"kept{unit}", at.spike)))
        p.define(f"u{unit}", at.spike, u)
        m.d.comb += before.eq(p.at(f"u{unit}", at.leak + self.slots))
        trains = Signal(f.steps, name=f"trains{unit}")
        p.define(f"train{unit}", at.spike, Cat(trains[1:], spike))
        m.d.comb += trains.eq(p.at(f"train{unit}", at.spike + self.slots))

        voltage, so_far = (Signal(signed(f.voltage_bits), name=f"{name}{unit}") for name in ("voltage", "so_far"))
        m.d.comb += voltage.eq(so_far + v)
        p.define(f"voltage{unit}", at.current, voltage)
        m.d.sync += so_far.eq(p.at(f"voltage{unit}", at.current - 1 + self.slots))
        with m.If(p.at("starts", at.current - 1)):
            m.d.sync += so_far.eq(0)

    def _collect(self, m, p, unit, goes):
        """A lane's results, behind its last step: they go in at the last slot's place, move on to their own, and, once all
        are complete, into the word."""
        f, at, end = self.form, self.stages, self.stages.spike
        v = p.at(f"voltage{unit}", at.window)
        p.define(f"window{unit}", at.window, Cat(v >= self.window_low, v < self.window_high))
        p.define(f"rounded{unit}", at.window, saturate(round_shift(v, f.template_shift), TEMPLATE_BITS))
        rounded = p.at(f"rounded{unit}", at.template)
        lowest = -(1 << TEMPLATE_BITS - 1)
        p.define(f"template{unit}", at.template, Mux(rounded == lowest, lowest + 1, rounded))
        train = p.at(f"train{unit}", end)
        new = {
            "train": train,
            "count": reduce(add, train),
            "voltage": p.at(f"voltage{unit}", end),
            "window": p.at(f"window{unit}", end),
            "template": p.at(f"template{unit}", end),
        }
        layout = self.words.payload.lanes.shape().elem_shape
        came = Signal(layout, name=f"came{unit}")
        m.d.comb += [came[key].eq(value) for key, value in new.items()]
        for number in reversed(range(self.rounds)):
            moved = Signal(layout, name=f"result{number}_{unit}", reset_less=True)
            with m.If(p.at("collects", end)):
                m.d.sync += moved.eq(came)
            came, lane = moved, unit + number * self.units
            if lane < f.lanes:
                with m.If(goes):
                    m.d.sync += self.words.payload.lanes[lane].eq(moved)
