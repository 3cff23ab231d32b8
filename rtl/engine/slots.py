"""The learning samples under way, oldest first: dot products, then a lesson for the scalars, then errors and apical sums.

Contract, steps 6 to 8; of step 9 that S is taken out.
"""

from amaranth.hdl import Array, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import never, patient
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import concept_layout, sent, teach_layout
from rtl.engine.learner_layouts import dot_layout, drawn_layout, lesson_layout, slot_layout
from rtl.engine.settings import setting
from rtl.hdl import assigned, constant, signals


def oldest_signature(f: EngineFormat) -> wiring.Signature:
    """The oldest sample. kept: what is kept of it, a clock behind; number: of its slot. ended: its lesson is, a clock
    behind; spares: it teaches nothing. close: pulse: it has been taught."""
    return wiring.Signature(
        {
            "kept": Out(slot_layout(f)),
            "number": Out(f.under_way_bits),
            "ended": Out(1),
            "spares": Out(1),
            "close": In(1),
        }
    )


class Slots(Block):
    """What is kept of each. The settings stay as they are until it has been taught.

    Members:
        learn_theta: In. begin: In, `teach_layout` with `valid`, while `room` (Out): a sample takes the slot `begun` (Out, in
            the clocks behind). drawn: In, `drawn_layout`: the noise of the sample that began last.
        dot: In, `dot_layout`. lesson: Out, stream, of the oldest sample whose dot products are there; or to `take` out S
            (In, `concept_layout` with `valid`). spared: In, see `Scalars`.
        oldest: Out, `oldest_signature`. busy: Out, there is one.
    """

    def _members(self, f):
        return {
            "learn_theta": In(setting("learn_theta")),
            "begin": In(sent(teach_layout(f))),
            "room": Out(1),
            "begun": Out(f.under_way_bits),
            "drawn": In(drawn_layout),
            "dot": In(dot_layout(f)),
            "lesson": Out(stream.Signature(lesson_layout(f))),
            "take": In(sent(concept_layout(f))),
            "spared": In(1),
            "oldest": Out(oldest_signature(f)),
            "busy": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f, lesson = self.form, self.lesson.payload
        slots = [Signal(slot_layout(f), name=f"slot{i}") for i in range(f.under_way)]
        used, dotted, ended, spares = signals(used=f.under_way, dotted=f.under_way, ended=f.under_way, spares=f.under_way)
        next_one, middle, oldest = signals(next_one=f.under_way_bits, middle=f.under_way_bits, oldest=f.under_way_bits)
        for i, slot in enumerate(slots):
            with m.If(self.begin.valid & (next_one == i)):
                m.d.sync += slot.taught.eq(self.begin.payload)
            with m.If(self.drawn.valid & (self.begun == i)):
                m.d.sync += slot.noise.eq(self.drawn.noise)
        m.d.sync += self.room.eq(~used.bit_select(next_one, 1) & ~self.begin.valid)
        with m.If(self.begin.valid):
            m.d.sync += next_one.eq(self._after(next_one)), self.begun.eq(next_one), used.bit_select(next_one, 1).eq(1)
        with m.If(self.dot.valid & self.dot.final & ~self.dot.norm):
            m.d.sync += dotted.bit_select(self.dot.slot, 1).eq(1)

        taught = data.View(slot_layout(f), Array(slots)[middle])
        given = Signal()
        # A lesson once offered stays, whatever is to be taken out meanwhile.
        m.d.sync += given.eq(self.lesson.valid & ~lesson.take & ~self.lesson.ready)
        m.d.comb += [
            lesson.take.eq(self.take.valid & ~given),
            self.lesson.valid.eq(lesson.take | dotted.bit_select(middle, 1)),
            lesson.slot.eq(middle),
            lesson.context.eq(Mux(lesson.take, self.take.payload.context, taught.taught.context)),
            lesson.label.eq(Mux(lesson.take, self.take.payload.k, taught.taught.label)),
            lesson.apical.eq(self.learn_theta & constant((c.pre_apical > 0 for c in f.contexts), taught.taught.context)),
        ]
        with m.If(self.lesson.ready & self.lesson.valid & ~lesson.take):
            m.d.sync += middle.eq(self._after(middle)), dotted.bit_select(middle, 1).eq(0)
            m.d.sync += ended.bit_select(middle, 1).eq(1), spares.bit_select(middle, 1).eq(self.spared)
        with m.If(self.oldest.close):
            m.d.sync += oldest.eq(self._after(oldest)), used.bit_select(oldest, 1).eq(0), ended.bit_select(oldest, 1).eq(0)
        m.d.sync += self.oldest.kept.eq(Array(slots)[oldest])
        m.d.sync += self.oldest.ended.eq(ended.bit_select(oldest, 1) & ~self.oldest.close)
        m.d.comb += assigned(self.oldest, number=oldest, spares=spares.bit_select(oldest, 1))
        m.d.comb += self.busy.eq(used.any())
        patient(m, "lesson", self.lesson)
        never(m, "a sample for a slot in use", self.begin.valid & ~self.room)
        never(m, "dot products of no sample", self.dot.valid & ~self.dot.norm & ~used.bit_select(self.dot.slot, 1))
        never(m, "a sample closed before its lesson has ended", self.oldest.close & ~ended.bit_select(oldest, 1))
        return m

    def _after(self, slot):
        """The slot behind that one, in turns."""
        return Mux(slot == self.form.under_way - 1, 0, slot + 1)
