"""The folded engine's small registers, and its indices: what an instruction loads, counts up or down."""

from amaranth.hdl import Mux, Signal, signed
from amaranth.lib import data

from rtl.folded.arithmetic import WORD_BITS
from rtl.folded.microcode import Do
from rtl.formats import LABEL_BITS, NOISE_BITS, THRESHOLD_BITS
from rtl.interface.memory_map import INDEX_BITS, LAYER_BITS, MEMORY_BITS

UNIT_BITS = 14
"""-2^(rate + 8), at most -2^13."""
COUNTER_BITS = 5


def small_registers(m, engine) -> None:
    """Small ones that an instruction loads."""
    now, total = engine.now, engine.total
    engine.threshold = Signal(THRESHOLD_BITS)
    engine.unit = Signal(signed(UNIT_BITS))
    engine.noise = Signal(NOISE_BITS + 1)
    engine.above = Signal()
    engine.below = Signal()
    engine.counter = Signal(COUNTER_BITS)
    engine.busy = Signal(init=1)
    engine.clocks = Signal(WORD_BITS)
    engine.head = Signal(data.StructLayout({"label": LABEL_BITS, "learn": 1, "recall": 1}))
    m.d.sync += engine.clocks.eq(engine.clocks + 1)
    with m.Switch(now.do):
        for what, register in ((Do.THRESHOLD, engine.threshold), (Do.UNIT, engine.unit), (Do.NOISE, engine.noise)):
            with m.Case(what):
                m.d.sync += register.eq(total)
        with m.Case(Do.ABOVE):
            m.d.sync += engine.above.eq(~engine.arithmetic.negative)
        with m.Case(Do.BELOW):
            m.d.sync += engine.below.eq(engine.arithmetic.negative)
        with m.Case(Do.LOAD_COUNTER):
            m.d.sync += engine.counter.eq(total)
        with m.Case(Do.UP):
            m.d.sync += engine.counter.eq(engine.counter + 1)
        with m.Case(Do.DOWN):
            m.d.sync += engine.counter.eq(engine.counter - 1)
        with m.Case(Do.BUSY):
            m.d.sync += engine.busy.eq(1)
        with m.Case(Do.IDLE):
            m.d.sync += engine.busy.eq(0)


def indices(m, engine) -> None:
    """Layer, concept, pre and post neuron. Memories are asked for what these will be in the next clock."""
    plan, now, total = engine.plan, engine.now, engine.total
    engine.host_address = data.View(
        data.StructLayout({"index": INDEX_BITS, "memory": MEMORY_BITS, "layer": LAYER_BITS}), engine.host_i.payload.address
    )
    engine.layer = Signal(plan.layer_bits)
    engine.pre, engine.next_pre = (Signal(plan.neuron_bits, name=name) for name in ("pre", "next_pre"))
    engine.post, engine.next_post = (Signal(plan.neuron_bits, name=name) for name in ("post", "next_post"))
    engine.concept, engine.next_concept = (Signal(LABEL_BITS, name=name) for name in ("concept", "next_concept"))
    engine.row, engine.word = Signal.like(engine.walk.row, name="row"), Signal.like(engine.walk.word, name="word")
    engine.column = Signal(NOISE_BITS)
    next_row = engine.does(Do.NEXT_PRE) | engine.walk.advance
    m.d.comb += [
        engine.next_pre.eq(Mux(engine.does(Do.LOAD_PRE), total, engine.pre + next_row)),
        engine.next_post.eq(Mux(engine.does(Do.LOAD_POST), total, engine.post + engine.does(Do.NEXT_POST))),
        engine.next_concept.eq(Mux(engine.does(Do.LOAD_CONCEPT), total, engine.concept + engine.does(Do.NEXT_CONCEPT))),
    ]
    with m.If(engine.does(Do.LABEL)):
        m.d.comb += engine.next_concept.eq(engine.head.label)
    m.d.sync += [
        engine.pre.eq(engine.next_pre),
        engine.post.eq(engine.next_post),
        engine.concept.eq(engine.next_concept),
        engine.row.eq(Mux(engine.does(Do.LOAD_PRE), 0, engine.row + next_row)),
    ]
    with m.If(engine.does(Do.LOAD_POST)):
        m.d.sync += engine.column.eq(0)
    with m.Elif(engine.does(Do.NEXT_POST)):
        m.d.sync += engine.column.eq(engine.column + 5)
    with m.If(engine.does(Do.LOAD_WORD)):
        m.d.sync += engine.word.eq(total)
    with m.Elif(engine.walk.advance):
        m.d.sync += engine.word.eq(engine.word + 1)
    with m.Switch(now.do):
        with m.Case(Do.LOAD_LAYER):
            m.d.sync += engine.layer.eq(total)
        with m.Case(Do.NEXT_LAYER):
            m.d.sync += engine.layer.eq(engine.layer + 1)
        with m.Case(Do.LAST_LAYER):
            m.d.sync += engine.layer.eq(engine.layer - 1)
        with m.Case(Do.HOST_LAYER):
            m.d.sync += engine.layer.eq(engine.host_address.layer)
