"""The folded engine: its memories and registers, and what an instruction does to them."""

from amaranth.hdl import Array, Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from golden.config import Config
from rtl.folded.arithmetic import WORD_BITS, Arithmetic
from rtl.folded.microcode import Do, If, Left, Mode, Put, Right, Source
from rtl.folded.plan import Plan
from rtl.folded.program import program
from rtl.folded.sequencer import Sequencer
from rtl.folded.soma import FoldedSoma
from rtl.folded.walk import Walk, activity_layout
from rtl.formats import (
    ERROR_BITS,
    LABEL_BITS,
    NOISE_BITS,
    PIXEL_BITS,
    SUM_BITS,
    THRESHOLD_BITS,
    WEIGHT_BITS,
)
from rtl.layer_host import DATA_BITS, INDEX_BITS, LAYER_BITS, MEMORY_BITS
from rtl.ports import host_request_layout, stimulus_layout
from rtl.spikes import pixel_count, pixel_train

UNIT_BITS = 14
"""-2^(rate + 8), at most -2^13."""
COUNTER_BITS = 5
NIBBLE = 4
BLOCK = 1 << 14
"""Words of an iCE40's large memories, which have one port and hold anything at first."""


def one_port_memory(shape, words: int) -> Memory:
    """A memory of which one port, of one address, is to be used: a read or a write in a clock.

    From an eighth of a `BLOCK` on it is whole blocks, so that synthesis for an iCE40 takes its large memories; nothing depends
    on what those hold at first.
    """
    if words < BLOCK >> 3:
        return Memory(shape=shape, depth=1 << ceil_log2(max(words, 2)), init=[], attrs={"no_rw_check": 1})
    depth = -(-words // BLOCK) * BLOCK
    return Memory(shape=shape, depth=depth, init=[], attrs={"no_rw_check": 1, "uninitialised": 1})


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
                "host_o": Out(stream.Signature(DATA_BITS)),
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
        m.submodules.arithmetic = self.arithmetic = Arithmetic(max(34, left_bits + 10), left_bits, right_bits)
        self.now, self.result = self.sequencer.now, self.arithmetic.result
        self.total = self.arithmetic.total
        self.left = Signal(signed(left_bits))
        self.right = Signal(signed(right_bits))
        self.entry = activity_layout(planes, count)
        self.template = Signal(range(config.steps + 1))
        self._registers(m)
        self._indices(m)
        self._scratch(m)
        self._weights(m)
        self._activity(m)
        if config.learn:
            self._learning(m)
        self._arithmetic(m)
        self._walking(m)
        self._ports(m)
        return m

    def does(self, what: Do):
        """This clock's instruction does that."""
        return self.now.do == what

    def _registers(self, m):
        """Small ones that an instruction loads."""
        now, total = self.now, self.total
        self.threshold = Signal(THRESHOLD_BITS)
        self.unit = Signal(signed(UNIT_BITS))
        self.noise = Signal(NOISE_BITS + 1)
        self.above = Signal()
        self.below = Signal()
        self.counter = Signal(COUNTER_BITS)
        self.busy = Signal(init=1)
        self.clocks = Signal(WORD_BITS)
        self.head = Signal(data.StructLayout({"label": LABEL_BITS, "learn": 1, "recall": 1}))
        m.d.sync += self.clocks.eq(self.clocks + 1)
        with m.Switch(now.do):
            for what, register in ((Do.THRESHOLD, self.threshold), (Do.UNIT, self.unit), (Do.NOISE, self.noise)):
                with m.Case(what):
                    m.d.sync += register.eq(total)
            with m.Case(Do.ABOVE):
                m.d.sync += self.above.eq(~self.arithmetic.negative)
            with m.Case(Do.BELOW):
                m.d.sync += self.below.eq(self.arithmetic.negative)
            with m.Case(Do.LOAD_COUNTER):
                m.d.sync += self.counter.eq(total)
            with m.Case(Do.UP):
                m.d.sync += self.counter.eq(self.counter + 1)
            with m.Case(Do.DOWN):
                m.d.sync += self.counter.eq(self.counter - 1)
            with m.Case(Do.BUSY):
                m.d.sync += self.busy.eq(1)
            with m.Case(Do.IDLE):
                m.d.sync += self.busy.eq(0)

    def _indices(self, m):
        """Layer, concept, the pre and the post neuron: each as it will be in the next clock is what memories are asked for."""
        plan, now, total = self.plan, self.now, self.total
        self.host_address = data.View(
            data.StructLayout({"index": INDEX_BITS, "memory": MEMORY_BITS, "layer": LAYER_BITS}), self.host_i.payload.address
        )
        self.layer = Signal(plan.layer_bits)
        self.pre, self.next_pre = (Signal(plan.neuron_bits, name=name) for name in ("pre", "next_pre"))
        self.post, self.next_post = (Signal(plan.neuron_bits, name=name) for name in ("post", "next_post"))
        self.concept, self.next_concept = (Signal(LABEL_BITS, name=name) for name in ("concept", "next_concept"))
        self.row, self.word = Signal.like(self.walk.row, name="row"), Signal.like(self.walk.word, name="word")
        self.column = Signal(NOISE_BITS)
        next_row = self.does(Do.NEXT_PRE) | self.walk.advance
        m.d.comb += [
            self.next_pre.eq(Mux(self.does(Do.LOAD_PRE), total, self.pre + next_row)),
            self.next_post.eq(Mux(self.does(Do.LOAD_POST), total, self.post + self.does(Do.NEXT_POST))),
            self.next_concept.eq(Mux(self.does(Do.LOAD_CONCEPT), total, self.concept + self.does(Do.NEXT_CONCEPT))),
        ]
        with m.If(self.does(Do.LABEL)):
            m.d.comb += self.next_concept.eq(self.head.label)
        m.d.sync += [
            self.pre.eq(self.next_pre),
            self.post.eq(self.next_post),
            self.concept.eq(self.next_concept),
            self.row.eq(Mux(self.does(Do.LOAD_PRE), 0, self.row + next_row)),
        ]
        with m.If(self.does(Do.LOAD_POST)):
            m.d.sync += self.column.eq(0)
        with m.Elif(self.does(Do.NEXT_POST)):
            m.d.sync += self.column.eq(self.column + 5)
        with m.If(self.does(Do.LOAD_WORD)):
            m.d.sync += self.word.eq(total)
        with m.Elif(self.walk.advance):
            m.d.sync += self.word.eq(self.word + 1)
        with m.Switch(now.do):
            with m.Case(Do.LOAD_LAYER):
                m.d.sync += self.layer.eq(total)
            with m.Case(Do.NEXT_LAYER):
                m.d.sync += self.layer.eq(self.layer + 1)
            with m.Case(Do.LAST_LAYER):
                m.d.sync += self.layer.eq(self.layer - 1)
            with m.Case(Do.HOST_LAYER):
                m.d.sync += self.layer.eq(self.host_address.layer)

    def last(self, index):
        """Whether a neuron is its layer's last."""
        return Cat(index == last for last in self.plan.lasts).any()

    def _scratch(self, m):
        plan, now = self.plan, self.now
        m.submodules.scratch = memory = Memory(
            shape=WORD_BITS, depth=1 << plan.scratch_bits, init=plan.scratch(), attrs={"no_rw_check": 1}
        )
        read, write = memory.read_port(), memory.write_port()
        offset = Signal(max(LABEL_BITS, plan.concept_bits + plan.layer_bits))
        with m.Switch(now.mode):
            with m.Case(Mode.CONCEPT):
                m.d.comb += offset.eq(self.next_concept)
            with m.Case(Mode.LAYER):
                m.d.comb += offset.eq(self.layer)
            with m.Case(Mode.BOTH):
                m.d.comb += offset.eq(Cat(self.next_concept[: plan.concept_bits], self.layer))
            with m.Case(Mode.TOTAL):
                m.d.comb += offset.eq(self.total[:6])
        address = Signal(plan.scratch_bits)
        m.d.comb += [
            address.eq(now.address + offset),
            read.addr.eq(address),
            read.en.eq(now.fetch),
            write.addr.eq(address),
            write.en.eq(now.keep),
            write.data.eq(self.result),
        ]
        self.fetched = read.data.as_signed()

    def _weights(self, m):
        """All of W and Theta: one port, as the large memories of an iCE40 have."""
        walk, now = self.walk, self.now
        m.submodules.weights = memory = one_port_memory(WEIGHT_BITS, self.plan.words)
        read, write = memory.read_port(), memory.write_port()
        writes = Signal()
        m.d.comb += [
            writes.eq(walk.write | (now.put == Put.WEIGHT)),
            read.addr.eq(walk.address),
            write.addr.eq(walk.address),
            read.en.eq((walk.read | (now.put == Put.READ_WEIGHT)) & ~writes),
            write.en.eq(writes),
            write.data.eq(self.result),
        ]
        self.weight = read.data.as_signed()

    def _activity(self, m):
        """What every neuron did, in a sample and in a recalled concept: words of `activity_layout`."""
        config, now, soma, form = self.config, self.now, self.soma, self.entry
        again = now.backward << self.plan.post_bits if config.learn else 0
        m.submodules.activity = memory = Memory(
            shape=form, depth=1 << self.plan.neuron_bits, init=[], attrs={"no_rw_check": 1}
        )
        read, write = memory.read_port(), memory.write_port()
        m.d.comb += [
            read.addr.eq(Mux(now.pre, self.next_pre, self.next_post) | again),
            write.addr.eq(Mux(now.pre, self.pre, self.post) | again),
        ]
        self.was, put, pixel = read.data, write.data, self.i.payload.pixels[0]
        direct = config.coding == "direct"
        target = self.row == self.concept
        with m.Switch(now.put):
            with m.Case(Put.STIMULUS):
                m.d.comb += [
                    put.train.eq(pixel if direct else pixel_train(pixel, config.steps)),
                    put.count.eq(pixel_count(pixel, config.steps)),
                    put.old.eq(self.was.count),
                ]
            with m.Case(Put.SPIKES):
                m.d.comb += [
                    put.train.eq(soma.train),
                    put.count.eq(soma.count),
                    put.old.eq(Mux(now.backward, self.template, self.was.count)),
                    put.above.eq(self.above),
                    put.below.eq(self.below),
                ]
            with m.Case(Put.TARGET):
                m.d.comb += [
                    put.train.eq(target.replicate(config.steps)),
                    put.count.eq(Mux(target, config.steps, 0)),
                    put.old.eq(Mux(target, config.steps, 0)),
                ]
        m.d.comb += write.en.eq((now.put == Put.STIMULUS) | (now.put == Put.SPIKES) | (now.put == Put.TARGET))

    def _learning(self, m):
        """Errors g by neuron; and by concept and neuron E, count and flags, in nibbles, as one port writes parts of a word."""
        plan, now, soma, result = self.plan, self.now, self.soma, self.result
        m.submodules.errors = memory = Memory(
            shape=signed(ERROR_BITS), depth=1 << plan.post_bits, init=[], attrs={"no_rw_check": 1}
        )
        read, write = memory.read_port(), memory.write_port()
        m.d.comb += [
            read.addr.eq(self.next_post[: plan.post_bits]),
            write.addr.eq(self.post[: plan.post_bits]),
            write.en.eq(now.put == Put.ERROR),
            write.data.eq(result),
        ]
        self.error = read.data

        sum_nibbles = SUM_BITS // NIBBLE
        shape = data.ArrayLayout(NIBBLE, sum_nibbles + 2)
        words = 1 << (plan.concept_bits + plan.neuron_bits)
        m.submodules.concepts = memory = one_port_memory(shape, words)
        read, write = memory.read_port(), memory.write_port(granularity=1)
        address = Cat(Mux(now.pre, self.next_pre, self.next_post), self.next_concept[: plan.concept_bits])
        sums, counts, flags = ((1 << sum_nibbles) - 1, 1 << sum_nibbles, 2 << sum_nibbles)
        for put, mask in (
            (Put.SUM, sums),
            (Put.CONCEPT, counts | flags),
            (Put.HOST_COUNT, counts),
            (Put.HOST_FLAGS, flags),
        ):
            with m.If(now.put == put):
                m.d.comb += write.en.eq(mask)
        own = now.put == Put.CONCEPT
        m.d.comb += [
            read.addr.eq(address),
            write.addr.eq(address),
            read.en.eq(now.template & ~write.en.any()),
            Cat(write.data[n] for n in range(sum_nibbles)).eq(result),
            write.data[sum_nibbles].eq(Mux(own, soma.count, result)),
            write.data[sum_nibbles + 1].eq(Mux(own, Cat(self.above, self.below), result)),
            self.template.eq(read.data[sum_nibbles]),
        ]
        self.sum = Cat(read.data[n] for n in range(sum_nibbles)).as_signed()
        self.flags = read.data[sum_nibbles + 1]

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
        with m.If(walk.looking):
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
            walk.weight.eq(self.result >> (WEIGHT_BITS - 8)),
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
            If.ANSWERED: self.host_o.ready,
            If.SENT: self.o.ready,
            If.WALKED: self.walk.done,
            If.OWN: self.concept == self.head.label,
        }
        if config.learn:
            values |= {If.TEMPLATE_ABOVE: self.flags[0], If.TEMPLATE_BELOW: self.flags[1]}
        m.d.comb += [conditions[condition.value].eq(value) for condition, value in values.items()]
        assert plan.layer_bits <= LAYER_BITS
