"""The folded engine: its memories and registers, and what an instruction does to them."""

from amaranth.hdl import Array, Cat, Module, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.folded.arithmetic import Arithmetic
from rtl.folded.memories import activity, learning, scratch, weights
from rtl.folded.microcode import Do, If, Left, Put, Right, Source
from rtl.folded.plan import Plan
from rtl.folded.program import program
from rtl.folded.registers import UNIT_BITS, indices, small_registers
from rtl.folded.sequencer import Sequencer
from rtl.folded.soma import FoldedSoma
from rtl.folded.walk import Walk, activity_layout
from rtl.formats import SUM_BITS
from rtl.interface.memory_map import DATA_BITS, LAYER_BITS
from rtl.ports import host_answer_signature, host_request_layout, stimulus_layout


class Engine(wiring.Component):
    """A core whose results come as words of 32 bits: prediction, V_L of all concepts, then the counters of layers 1..L.

    Members: as those of `rtl.folded.core.FoldedCore`, but for `o`.
    """

    def __init__(self, config: Config):
        self.config, self.plan = config, Plan(config)
        super().__init__(
            {
                "i": In(stream.Signature(stimulus_layout(config))),
                "o": Out(stream.Signature(DATA_BITS)),
                "host_i": In(stream.Signature(host_request_layout())),
                "host_o": Out(host_answer_signature()),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, plan = self.config, self.plan
        planes = max(f.planes for f in plan.forms)
        count = config.steps.bit_length()
        size = max(config.sizes)
        most = max(a * b for a, b in zip(config.sizes, config.sizes[1:], strict=False))
        sum_bits = max(f.sum_bits for f in plan.forms)
        v_bits = max(f.accumulator_bits for f in plan.forms)
        norm_bits = max(f.norm_bits for f in plan.forms)
        m.submodules.sequencer = self.sequencer = Sequencer(program(plan), plan.scratch_bits)
        m.submodules.walk = self.walk = Walk(planes, count, size, plan.words, most, v_bits, UNIT_BITS)
        m.submodules.soma = self.soma = FoldedSoma(config.steps, config.leak, v_bits, sum_bits)
        right_bits = max(len(self.walk.factor), 10)
        left_bits = max(SUM_BITS, norm_bits + 9)
        total_bits = max(34, left_bits + 10)
        m.submodules.arithmetic = self.arithmetic = Arithmetic(total_bits, left_bits, right_bits, config.weight_bits)
        self.now, self.result = self.sequencer.now, self.arithmetic.result
        self.total = self.arithmetic.total
        self.left = Signal(signed(left_bits))
        self.right = Signal(signed(right_bits))
        self.entry = activity_layout(planes, count)
        self.template = Signal(range(config.steps + 1))
        small_registers(m, self)
        indices(m, self)
        scratch(m, self)
        weights(m, self)
        activity(m, self)
        if config.learn:
            learning(m, self)
        self._arithmetic(m)
        self._walking(m)
        self._ports(m)
        return m

    def does(self, what: Do):
        """This clock's instruction does that."""
        return self.now.do == what

    def last(self, index):
        """Whether a neuron is its layer's last."""
        return Cat(index == last for last in self.plan.lasts).any()

    def _arithmetic(self, m):
        """The operand, and the factors' registers."""
        now, unit, walk, plan = self.now, self.arithmetic, self.walk, self.plan
        x = unit.x
        operands = {
            Source.IMMEDIATE: now.value,
            Source.SCRATCH: self.fetched,
            Source.WEIGHT: Cat(walk.dither, self.weight).as_signed(),
            Source.DENDRITE: Array(walk.sums)[now.value[: max(1, (len(walk.sums) - 1).bit_length())]],
            Source.VOLTAGE: self.soma.voltage,
            Source.INDEX: self.host_address.index[: max(16, plan.word_bits)],
            Source.DATA: self.host_i.payload.data.as_signed(),
            Source.CLOCKS: self.clocks.as_signed(),
            Source.ROWS: walk.rows,
            Source.UPDATES: walk.updates,
            Source.SATURATIONS: walk.saturations,
            Source.CONCEPT: self.concept,
            Source.COUNTER: self.counter,
        }
        if self.config.learn:
            operands[Source.SUM] = self.sum
        with m.Switch(now.x):
            for source, value in operands.items():
                with m.Case(source):
                    m.d.comb += x.eq(value)
        m.d.comb += unit.what.eq(now.total), unit.fit.eq(now.fit)
        m.d.comb += [unit.left.eq(self.left), unit.right.eq(self.right), unit.counted.eq(self.counter == 0)]
        with m.Switch(now.left):
            with m.Case(Left.RESULT):
                m.d.sync += self.left.eq(self.result)
            with m.Case(Left.SCRATCH):
                m.d.sync += self.left.eq(self.fetched)
            with m.Case(Left.COUNT):
                m.d.sync += self.left.eq(self.was.count)
            if self.config.learn:
                with m.Case(Left.ERROR):
                    m.d.sync += self.left.eq(self.error)
                with m.Case(Left.TEMPLATE):
                    m.d.sync += self.left.eq(self.template)
        with m.Switch(now.right):
            with m.Case(Right.COUNT):
                m.d.sync += self.right.eq(self.was.count)
            with m.Case(Right.TEMPLATE):
                m.d.sync += self.right.eq(self.template)
            with m.Case(Right.SCRATCH):
                m.d.sync += self.right.eq(self.fetched[:9])
            with m.Case(Right.ZERO):
                m.d.sync += self.right.eq(0)
        with m.If(walk.advance):
            m.d.sync += self.right.eq(walk.factor)

    def _walking(self, m):
        walk, soma = self.walk, self.soma
        m.d.comb += [
            walk.start.eq(self.does(Do.START)),
            walk.row.eq(self.row),
            walk.last.eq(self.last(self.pre)),
            walk.word.eq(self.word),
            walk.entry.eq(self.was),
            walk.live.eq(self.left[:16].any() & self.unit.any()),
            walk.unit.eq(self.unit),
            walk.noise.eq(self.noise),
            walk.spread.eq(self.noise[-1]),
            walk.column.eq(self.column),
            walk.weight.eq(self.result >> self.config.weight_shift),
            walk.clipped.eq(self.arithmetic.clipped),
            walk.clear.eq(self.does(Do.CLEAR)),
            soma.begin.eq(self.does(Do.START)),
            soma.step.eq(self.does(Do.STEP)),
            soma.threshold.eq(self.threshold),
            soma.v.eq(self.total),
        ]

    def _ports(self, m):
        """Streams, idle, and the conditions of jumps."""
        now, unit, conditions = self.now, self.arithmetic, self.sequencer.conditions
        config, plan = self.config, self.plan
        m.d.comb += [
            self.i.ready.eq(now.put == Put.STIMULUS),
            self.o.valid.eq(now.put == Put.RESULT),
            self.o.payload.eq(self.total),
            self.host_i.ready.eq(now.put == Put.TAKE),
            self.host_o.valid.eq(now.put == Put.ANSWER),
            self.host_o.payload.eq(self.total),
            self.idle.eq(~self.busy & ~self.i.valid),
            self.sequencer.layer.eq(self.host_address.layer),
            self.sequencer.memory.eq(self.host_address.memory),
        ]
        with m.If(self.i.ready):
            m.d.sync += [self.head[name].eq(self.i.payload[name]) for name in ("label", "recall")]
            m.d.sync += self.head.learn.eq(self.i.payload.learn & (self.i.payload.label < config.classes))
        values = {
            If.NEGATIVE: unit.negative,
            If.ZERO: unit.zero,
            If.LARGE: unit.large,
            If.LAST_PRE: self.last(self.pre),
            If.LAST_POST: self.last(self.post),
            If.LAST_CONCEPT: self.concept == config.classes - 1,
            If.TOP: self.layer == config.layers,
            If.BOTTOM: self.layer == 0,
            If.FIRST: self.layer == 1,
            If.COUNTED: self.counter == 0,
            If.WAS_ABOVE: self.was.above,
            If.WAS_BELOW: self.was.below,
            If.LEARN: self.head.learn,
            If.RECALL: self.head.recall,
            If.BEAT: self.i.valid,
            If.REQUEST: self.host_i.valid,
            If.WRITE: self.host_i.payload.write,
            If.SENT: self.o.ready,
            If.WALKED: self.walk.done,
            If.OWN: self.concept == self.head.label,
        }
        if config.learn:
            values |= {If.TEMPLATE_ABOVE: self.flags[0], If.TEMPLATE_BELOW: self.flags[1]}
        m.d.comb += [conditions[condition.value].eq(value) for condition, value in values.items()]
        assert plan.layer_bits <= LAYER_BITS
