"""Which job the learner's lanes do, and with which groups and concepts (docs/arithmetic.md, steps 6 to 9).

A sample is two jobs of the lanes, its dot products and its errors with the apical sums; between them are its scalars. Some
samples may be under way, so that the lanes work on one while the others' scalars are made.
"""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.checks import never
from rtl.engine import learner_layouts
from rtl.engine.block import Block
from rtl.engine.layouts import concept_layout, sent, teach_layout
from rtl.engine.signatures import learner_signature
from rtl.engine.slots import Slots
from rtl.hdl import assigned, constant, one_of, signals


class Jobs(Block):
    """The learner's sequencer: one job of the lanes after another, what is furthest first, of those that may begin.

    Members:
        settings: In, `learner_settings_layout`. teach, recalled: In, streams, schedule: In, `learner_signature`: see
            `rtl.engine.learner`.
        lanes: Out, `lanes_signature`. lesson: Out, stream, spared, live: In: see `Scalars`. draw: Out, stream, drawn: In:
            see `Noise`. record: Out, `record_layout` with `valid`.
        idle: Out, nothing is under way; in the first clock of an offer that is still so.
    """

    def _members(self, f):
        return {
            "settings": In(learner_layouts.learner_settings_layout(f)),
            "teach": In(stream.Signature(teach_layout(f))),
            "recalled": In(stream.Signature(concept_layout(f))),
            "schedule": In(learner_signature(f)),
            "lanes": Out(learner_layouts.lanes_signature(f)),
            "lesson": Out(stream.Signature(learner_layouts.lesson_layout(f))),
            "spared": In(1),
            "live": In(f.classes).array(f.under_way),
            "draw": Out(stream.Signature(learner_layouts.draw_layout(f))),
            "drawn": In(learner_layouts.drawn_layout),
            "record": Out(sent(learner_layouts.record_layout(f))),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.place, self.k, self.k_last = signals(place=f.place_bits, k=range(f.classes + 1), k_last=range(f.classes))
        self.context, self.spacing = signals(context=f.context_bits, spacing=range(max(2, f.lanes)))
        self.block, self.parity, self.ending = signals(block=1, parity=1, ending=1)
        self.last_place = self._of(lambda c: c.place_base + c.groups - 1, self.context) == self.place
        self.first_place = self._of(lambda c: c.place_base, self.context)
        with m.If(self.spacing.any()):
            m.d.sync += self.spacing.eq(self.spacing - 1)
        self._slots(m)
        self._choose(m)
        self._end(m)
        return m

    def _of(self, what, context):
        """A number of each layer, of that one."""
        return constant((what(c) for c in self.form.contexts), context)

    def _slots(self, m):
        """The samples under way."""
        m.submodules.slots = self.slots = slots = Slots(self.form)
        self.now = slots.oldest.kept
        connect(m, slots.lesson, flipped(self.lesson))
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
        asked, normed = self.schedule.concept, self.schedule.normed
        concept, recalled, teach, dot = asked.payload.concept, self.recalled.payload, self.teach.payload, self.lanes.dot
        # What may begin, a clock behind: nothing but a job's begin or end takes it back, which are clocks away from idle.
        may_make, may_teach = signals(may_make=1, may_teach=1)
        m.d.sync += [
            may_make.eq(asked.valid & self.draw.ready & ~asked.ready),
            may_teach.eq(self.teach.valid & self.slots.room & self.draw.ready & ~self.teach.ready),
            self.schedule.made.eq(0),
        ]
        makes = may_make & ~self.ending
        m.d.comb += [
            normed.valid.eq(dot.valid & dot.norm & dot.final),
            *assigned(normed.payload, context=dot.context, k=dot.k),
            *assigned(self.draw.payload, context=Mux(makes, concept.context, teach.context), apical=makes, k=concept.k),
        ]

        def begin(state, context, k, k_last=0):
            m.d.sync += self.context.eq(context), self.k.eq(k), self.k_last.eq(k_last)
            m.d.sync += self.place.eq(self._of(lambda c: c.place_base, context))
            m.next = state

        with m.FSM():
            with m.State("idle"):
                m.d.comb += self.lanes.clear.eq(~self.ending)
                m.d.sync += self.block.eq(0)
                with m.If(self.slots.oldest.ended & ~self.ending):
                    label = now.taught.label[: f.class_bits]
                    with m.If(self.slots.oldest.spares):
                        m.d.sync += self.ending.eq(1)
                    with m.Elif(self._of(lambda c: c.bottom, now.taught.context)):
                        begin("label", now.taught.context, label)
                    with m.Else():
                        begin("errors", now.taught.context, 0)
                with m.Elif(makes):
                    m.d.comb += self.draw.valid.eq(1)
                    m.d.sync += self.block.eq(1)
                    begin("take", concept.context, concept.k)
                    with m.If(~asked.payload.relearn):
                        m.next = "made"
                with m.Elif(self.recalled.valid):
                    begin("norm", recalled.context, recalled.k)
                with m.Elif(may_teach):
                    only, label = self._of(lambda c: c.bottom, teach.context), teach.label[: f.class_bits]
                    m.d.comb += self.draw.valid.eq(1), self.teach.ready.eq(1), self.slots.begin.valid.eq(1)
                    m.d.sync += self.parity.eq(teach.parity)
                    begin("dots", teach.context, f.classes, Mux(only, label, f.classes - 1))
                with m.Else():
                    m.d.comb += self.idle.eq(~self.slots.busy & ~self.lanes.state.dotting & self.draw.ready)
            self._states(m)

    def _end(self, m):
        """The record of the errors that are made; a sample's is written here, once its last errors are rounded and its sums
        are there. Until then the next sample's dot products may begin, or a concept's."""
        f, now, record, taught = self.form, self.now, self.record.payload, self.schedule.taught
        concept = self.schedule.concept.payload.concept
        context = Mux(self.block, concept.context, now.taught.context)
        rate = Array(self.settings.rates[number] for number in range(len(f.contexts)))[context]
        m.d.comb += [
            self.lanes.bank.eq(Mux(self.block, Cat(concept.k[0], 1), now.taught.parity)),
            *assigned(record.at, context=context, bank=self.lanes.bank),
            record.record.errors.eq(self.lanes.state.wrong),
            record.record.rate.eq(Mux(self.block, self.settings.backward_rate, rate)),
            record.record.noise.eq(Mux(self.block, self.drawn.noise, now.noise)),
            record.record.stochastic.eq(self.settings.stochastic),
        ]
        m.d.sync += taught.valid.eq(0), taught.payload.eq(Cat(context, now.taught.parity))
        never(m, "a sample draws a concept's noise", self.slots.begin.valid & self.draw.payload.apical)
        with m.If(self.ending & ~self.lanes.state.busy):
            m.d.comb += self.record.valid.eq(1), self.slots.oldest.close.eq(1)
            m.d.sync += taught.valid.eq(1), self.ending.eq(0)

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
            m.d.comb += item.dot.eq(1), item.own.eq(is_r), item.first.eq(first), item.last.eq(last)
            m.d.comb += item.final.eq(last & (self.k == self.k_last)), item.slot.eq(slots.begun), item.parity.eq(self.parity)
            next_group()
            with m.If(last):
                m.d.sync += self.k.eq(Mux(is_r, Mux(self._of(lambda c: c.bottom, self.context), self.k_last, 0), self.k + 1))
                with m.If(item.final):
                    m.next = "idle"
        with m.State("norm"):
            m.d.comb += item.dot.eq(1), item.norm.eq(1), item.first.eq(first), item.last.eq(last), item.final.eq(last)
            next_group()
            with m.If(last):
                m.d.comb += self.recalled.ready.eq(1)
                m.next = "idle"
        # A group's sums, of one concept after another that has any, go where its errors' rounding would be waited for.
        apical = self.settings.learn_theta & self._of(lambda c: c.pre_apical > 0, self.context)
        left = Signal(f.classes)
        others = left & (left - 1)[: f.classes]

        def next_sum():
            m.d.sync += self.k.eq(one_of(left & ~others, range(f.classes))), left.eq(others)

        def end_group(state):
            next_group()
            m.next = state
            with m.If(last):
                m.d.sync += self.ending.eq(1)
                m.next = "idle"

        with m.State("errors"), m.If(~is_r | free):
            m.d.comb += item.error.eq(1), item.own.eq(is_r), item.first.eq(self.k == 0), item.last.eq(is_r)
            m.d.sync += self.k.eq(self.k + 1), left.eq(Mux(apical, Array(self.live)[slots.oldest.number], 0))
            with m.If(is_r):
                m.d.sync += self.k.eq(0), self.spacing.eq(f.lanes - 1)
                with m.If(left.any()):
                    next_sum()
                    m.next = "sums"
                with m.Else():
                    end_group("errors")
        with m.State("sums"):
            m.d.comb += item.apical.eq(1), item.own.eq(1), item.first.eq(1)
            with m.If(left.any()):
                next_sum()
            with m.Else():
                m.d.sync += self.k.eq(0)
                end_group("errors")
        with m.State("label"):  # of the stimulus, which has no errors of W, and sums of its own concept alone
            m.d.comb += item.apical.eq(1), item.own.eq(1), item.first.eq(1)
            end_group("label")
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
