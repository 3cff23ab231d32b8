"""Which job the learner's lanes do, and with which groups and concepts (docs/arithmetic.md, steps 6 to 9).

A sample is two jobs of the lanes, its dot products and its errors with the apical sums; between them are its scalars. Some
samples may be under way, so that the lanes work on one while the others' scalars are made.
"""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect

from rtl.checks import never
from rtl.constants import constant
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import concept_layout, sent, teach_layout
from rtl.engine.learner_layouts import (
    draw_layout,
    drawn_layout,
    lanes_signature,
    learner_settings_layout,
    lesson_layout,
    record_layout,
)
from rtl.engine.signatures import learner_signature
from rtl.engine.slots import Slots


class Jobs(wiring.Component):
    """One job of the lanes after another: what is furthest first.

    Members:
        settings: In, `learner_settings_layout`. teach, recalled: In, streams, schedule: In, `learner_signature`: see
            `rtl.engine.learner`.
        lanes: Out, `lanes_signature`. lesson: Out, stream, spared, live: In: see `Scalars`. draw: Out, stream, drawn: In,
            record: Out: see `Records`.
        idle: Out, nothing is under way, and nothing offered.
    """

    def __init__(self, form: EngineFormat):
        self.form = f = form
        super().__init__(
            {
                "settings": In(learner_settings_layout(f)),
                "teach": In(stream.Signature(teach_layout(f))),
                "recalled": In(stream.Signature(concept_layout(f))),
                "schedule": In(learner_signature(f)),
                "lanes": Out(lanes_signature(f)),
                "lesson": Out(stream.Signature(lesson_layout(f))),
                "spared": In(1),
                "live": In(f.classes).array(f.under_way),
                "draw": Out(stream.Signature(draw_layout(f))),
                "drawn": In(drawn_layout),
                "record": Out(sent(record_layout(f))),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.place, self.k, self.k_last = Signal(f.place_bits), Signal(range(f.classes + 1)), Signal(range(f.classes))
        self.context, self.spacing = Signal(f.context_bits), Signal(range(max(2, f.lanes)))
        self.block, self.parity = Signal(), Signal()
        self.last_place = self._of(lambda c: c.place_base + c.groups - 1, self.context) == self.place
        self.first_place = self._of(lambda c: c.place_base, self.context)
        with m.If(self.spacing.any()):
            m.d.sync += self.spacing.eq(self.spacing - 1)
        self._slots(m)
        self._choose(m)
        return m

    def _of(self, what, context):
        """A number of each layer, of that one."""
        return constant((what(c) for c in self.form.contexts), context)

    def _slots(self, m):
        """The samples under way."""
        m.submodules.slots = self.slots = slots = Slots(self.form)
        self.now = slots.oldest.kept
        connect(m, slots.lesson, wiring.flipped(self.lesson))
        m.d.comb += [
            slots.learn_theta.eq(self.settings.learn_theta),
            slots.begin.payload.eq(self.teach.payload),
            slots.drawn.noise.eq(self.drawn.noise),
            slots.drawn.valid.eq(self.drawn.valid & ~self.block),
            slots.dot.eq(self.lanes.dot),
            slots.take.payload.eq(self.schedule.concept.payload.concept),
            slots.spared.eq(self.spared),
        ]
        never(m, "noise is asked for while none may be", self.draw.valid & ~self.draw.ready)

    def _choose(self, m):
        f, now = self.form, self.now
        bottom = self._of(lambda c: c.bottom, now.taught.context)
        rate = Array(self.settings.rates[number] for number in range(len(f.contexts)))[self.context]
        asked, taught, normed = self.schedule.concept, self.schedule.taught, self.schedule.normed
        concept, recalled, teach, dot = asked.payload.concept, self.recalled.payload, self.teach.payload, self.lanes.dot
        # What may begin, a clock behind: nothing but a job's begin or end takes it back, which are clocks away from idle.
        may_make, may_teach = Signal(), Signal()
        m.d.sync += [
            may_make.eq(asked.valid & self.draw.ready & ~asked.ready),
            may_teach.eq(self.teach.valid & self.slots.room & self.draw.ready & ~self.teach.ready),
        ]
        m.d.comb += [
            self.lanes.bank.eq(Mux(self.block, Cat(concept.k[0], 1), now.taught.parity)),
            self.record.payload.at.context.eq(self.context),
            self.record.payload.at.bank.eq(self.lanes.bank),
            self.record.payload.record.errors.eq(self.lanes.state.wrong),
            self.record.payload.record.rate.eq(Mux(self.block, self.settings.backward_rate, rate)),
            self.record.payload.record.noise.eq(Mux(self.block, self.drawn.noise, now.noise)),
            self.record.payload.record.stochastic.eq(self.settings.stochastic),
            normed.valid.eq(dot.valid & dot.norm & dot.final),
            normed.payload.context.eq(dot.context),
            normed.payload.k.eq(dot.k),
            self.draw.payload.context.eq(Mux(may_make, concept.context, teach.context)),
            self.draw.payload.apical.eq(may_make),
            self.draw.payload.k.eq(concept.k),
        ]
        m.d.sync += [taught.valid.eq(0), self.schedule.made.eq(0), taught.payload.eq(Cat(self.context, now.taught.parity))]

        def begin(context, k, k_last, state):
            m.d.sync += self.context.eq(context), self.k.eq(k), self.k_last.eq(k_last)
            m.d.sync += self.place.eq(self._of(lambda c: c.place_base, context))
            m.next = state

        with m.FSM():
            with m.State("idle"):
                m.d.comb += self.lanes.clear.eq(1)
                m.d.sync += self.block.eq(0)
                with m.If(self.slots.oldest.ended):
                    label = now.taught.label[: f.class_bits]
                    with m.If(self.slots.oldest.spares):
                        begin(now.taught.context, 0, 0, "taught")
                    with m.Elif(bottom):
                        begin(now.taught.context, label, label, "sums")
                    with m.Else():
                        begin(now.taught.context, 0, f.classes - 1, "errors")
                with m.Elif(may_make):
                    m.d.comb += self.draw.valid.eq(1)
                    m.d.sync += self.block.eq(1)
                    begin(concept.context, concept.k, 0, "take")
                    with m.If(~asked.payload.relearn):
                        m.next = "made"
                with m.Elif(self.recalled.valid):
                    begin(recalled.context, recalled.k, 0, "norm")
                with m.Elif(may_teach):
                    only, label = self._of(lambda c: c.bottom, teach.context), teach.label[: f.class_bits]
                    m.d.comb += self.draw.valid.eq(1), self.teach.ready.eq(1), self.slots.begin.valid.eq(1)
                    m.d.sync += self.parity.eq(teach.parity)
                    begin(teach.context, f.classes, Mux(only, label, f.classes - 1), "dots")
                with m.Else():
                    m.d.comb += self.idle.eq(~self.slots.busy & ~self.lanes.state.dotting & self.draw.ready)
            self._states(m)

    def _states(self, m):
        """What the lanes do in each clock of a job."""
        f, item, now, lesson, slots = self.form, self.lanes.item, self.now, self.lesson, self.slots
        is_r, first, last = self.k == f.classes, self.place == self.first_place, self.last_place
        m.d.comb += item.place.eq(self.place), item.k.eq(self.k), item.context.eq(self.context)
        m.d.comb += item.slot.eq(slots.oldest.number), item.parity.eq(now.taught.parity)
        free = self.spacing == 0  # the rounding takes a group in P clocks

        def next_group():
            m.d.sync += self.place.eq(Mux(last, self.first_place, self.place + 1))

        with m.State("dots"):
            m.d.comb += [
                *(item.dot.eq(1), item.own.eq(is_r), item.first.eq(first), item.last.eq(last)),
                *(item.final.eq(last & (self.k == self.k_last)), item.slot.eq(slots.begun)),
                item.parity.eq(self.parity),
            ]
            next_group()
            with m.If(last):
                only = self._of(lambda c: c.bottom, self.context)
                m.d.sync += self.k.eq(Mux(is_r, Mux(only, self.k_last, 0), self.k + 1))
                with m.If(item.final):
                    m.next = "idle"
        with m.State("norm"):
            m.d.comb += item.dot.eq(1), item.norm.eq(1), item.first.eq(first), item.last.eq(last), item.final.eq(last)
            next_group()
            with m.If(last):
                m.d.comb += self.recalled.ready.eq(1)
                m.next = "idle"
        with m.State("errors"), m.If(~is_r | free):
            m.d.comb += item.error.eq(1), item.own.eq(is_r), item.first.eq(self.k == 0), item.last.eq(is_r)
            m.d.sync += self.k.eq(self.k + 1)
            with m.If(is_r):
                m.d.sync += self.k.eq(0), self.spacing.eq(f.lanes - 1)
                next_group()
                with m.If(last):
                    m.next = "sums"
                    with m.If(~(self.settings.learn_theta & self._of(lambda c: c.pre_apical > 0, self.context))):
                        m.next = "taught"
        with m.State("sums"):
            live = Array(self.live)[slots.oldest.number].bit_select(self.k, 1) | self._of(lambda c: c.bottom, self.context)
            m.d.comb += item.apical.eq(live), item.own.eq(1), item.first.eq(1)
            with m.If(live):
                next_group()
            with m.If(last | ~live):
                m.d.sync += self.k.eq(self.k + 1)
                with m.If(self.k == self.k_last):
                    m.next = "taught"
        with m.State("taught"), m.If(~self.lanes.state.busy):
            m.d.comb += self.record.valid.eq(1), slots.oldest.close.eq(1)
            m.d.sync += self.schedule.taught.valid.eq(1)
            m.next = "idle"
        with m.State("take"):
            m.d.comb += slots.take.valid.eq(1)
            with m.If(lesson.payload.take & lesson.ready):
                m.next = "low"
        with m.State("low"):
            m.d.comb += item.low.eq(1), item.first.eq(1)
            m.next = "high"
        with m.State("high"), m.If(free):
            m.d.comb += item.high.eq(1), item.last.eq(1)
            m.d.sync += self.spacing.eq(f.lanes - 1)
            next_group()
            m.next = "low"
            with m.If(last):
                m.next = "made"
        with m.State("made"), m.If(~self.lanes.state.busy & self.draw.ready):
            m.d.comb += self.record.valid.eq(1), self.schedule.concept.ready.eq(1)
            m.d.sync += self.schedule.made.eq(1)
            m.next = "idle"
