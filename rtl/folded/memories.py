"""The folded engine's memories but that of the program, and what an instruction does to them."""

from amaranth.hdl import Cat, Mux, Signal, signed
from amaranth.lib import data
from amaranth.lib.memory import Memory
from amaranth.utils import ceil_log2

from rtl.folded.arithmetic import WORD_BITS
from rtl.folded.microcode import Mode, Put
from rtl.formats import ERROR_BITS, LABEL_BITS, SUM_BITS
from rtl.spikes import pixel_count, pixel_train

NIBBLE = 4
BLOCK = 1 << 14
"""Words of an iCE40's large memories, which have one port and hold anything at first."""


def one_port_memory(shape, words: int) -> Memory:
    """A memory of which one port, of one address, is to be used: a read or a write in a clock.

    From an eighth of a `BLOCK` on it is whole blocks, so that synthesis for an iCE40 takes its large memories. Nothing
    depends on what those hold at first, nor on what such a port gives after a write, before it reads again.
    """
    if words < BLOCK >> 3:
        return Memory(shape=shape, depth=1 << ceil_log2(max(words, 2)), init=[], attrs={"no_rw_check": 1})
    depth = -(-words // BLOCK) * BLOCK
    return Memory(shape=shape, depth=depth, init=[], attrs={"no_rw_check": 1, "uninitialised": 1})


def scratch(m, engine) -> None:
    plan, now = engine.plan, engine.now
    m.submodules.scratch = memory = Memory(
        shape=WORD_BITS, depth=1 << plan.scratch_bits, init=plan.scratch(), attrs={"no_rw_check": 1}
    )
    read, write = memory.read_port(), memory.write_port()
    offset = Signal(max(LABEL_BITS, plan.concept_bits + plan.layer_bits))
    with m.Switch(now.mode):
        with m.Case(Mode.CONCEPT):
            m.d.comb += offset.eq(engine.next_concept)
        with m.Case(Mode.LAYER):
            m.d.comb += offset.eq(engine.layer)
        with m.Case(Mode.BOTH):
            m.d.comb += offset.eq(Cat(engine.next_concept[: plan.concept_bits], engine.layer))
        with m.Case(Mode.TOTAL):
            m.d.comb += offset.eq(engine.total[:6])
    address = Signal(plan.scratch_bits)
    m.d.comb += [
        address.eq(now.address + offset),
        read.addr.eq(address),
        read.en.eq(now.fetch),
        write.addr.eq(address),
        write.en.eq(now.keep),
        write.data.eq(engine.result),
    ]
    engine.fetched = read.data.as_signed()


def weights(m, engine) -> None:
    """All of W and Theta: one port, as the large memories of an iCE40 have."""
    walk, now = engine.walk, engine.now
    m.submodules.weights = memory = one_port_memory(engine.config.weight_bits, engine.plan.words)
    read, write = memory.read_port(), memory.write_port()
    writes = Signal()
    m.d.comb += [
        writes.eq(walk.write | (now.put == Put.WEIGHT)),
        read.addr.eq(walk.address),
        write.addr.eq(walk.address),
        read.en.eq((walk.read | (now.put == Put.READ_WEIGHT)) & ~writes),
        write.en.eq(writes),
        write.data.eq(engine.result),
    ]
    engine.weight = read.data.as_signed()


def activity(m, engine) -> None:
    """What every neuron did, in a sample and in a recalled concept: words of `activity_layout`."""
    config, now, soma, form = engine.config, engine.now, engine.soma, engine.entry
    again = now.backward << engine.plan.post_bits if config.learn else 0
    m.submodules.activity = memory = Memory(
        shape=form, depth=1 << engine.plan.neuron_bits, init=[], attrs={"no_rw_check": 1}
    )
    read, write = memory.read_port(), memory.write_port()
    m.d.comb += [
        read.addr.eq(Mux(now.pre, engine.next_pre, engine.next_post) | again),
        write.addr.eq(Mux(now.pre, engine.pre, engine.post) | again),
    ]
    engine.was, put, pixel = read.data, write.data, engine.i.payload.pixels[0]
    direct = config.coding == "direct"
    target = engine.row == engine.concept
    with m.Switch(now.put):
        with m.Case(Put.STIMULUS):
            m.d.comb += [
                put.train.eq(pixel if direct else pixel_train(pixel, config.steps)),
                put.count.eq(pixel_count(pixel, config.steps)),
                put.old.eq(engine.was.count),
            ]
        with m.Case(Put.SPIKES):
            m.d.comb += [
                put.train.eq(soma.train),
                put.count.eq(soma.count),
                put.old.eq(Mux(now.backward, engine.template, engine.was.count)),
                put.above.eq(engine.above),
                put.below.eq(engine.below),
            ]
        with m.Case(Put.TARGET):
            m.d.comb += [
                put.train.eq(target.replicate(config.steps)),
                put.count.eq(Mux(target, config.steps, 0)),
                put.old.eq(Mux(target, config.steps, 0)),
            ]
    m.d.comb += write.en.eq((now.put == Put.STIMULUS) | (now.put == Put.SPIKES) | (now.put == Put.TARGET))


def learning(m, engine) -> None:
    """Errors g by neuron; E, count and flags by concept and neuron: in nibbles, as parts of a word are written."""
    plan, now, soma, result = engine.plan, engine.now, engine.soma, engine.result
    m.submodules.errors = memory = Memory(
        shape=signed(ERROR_BITS), depth=1 << plan.post_bits, init=[], attrs={"no_rw_check": 1}
    )
    read, write = memory.read_port(), memory.write_port()
    m.d.comb += [
        read.addr.eq(engine.next_post[: plan.post_bits]),
        write.addr.eq(engine.post[: plan.post_bits]),
        write.en.eq(now.put == Put.ERROR),
        write.data.eq(result),
    ]
    engine.error = read.data

    sum_nibbles = SUM_BITS // NIBBLE
    shape = data.ArrayLayout(NIBBLE, sum_nibbles + 2)
    words = 1 << (plan.concept_bits + plan.neuron_bits)
    m.submodules.concepts = memory = one_port_memory(shape, words)
    read, write = memory.read_port(), memory.write_port(granularity=1)
    address = Cat(Mux(now.pre, engine.next_pre, engine.next_post), engine.next_concept[: plan.concept_bits])
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
        write.data[sum_nibbles + 1].eq(Mux(own, Cat(engine.above, engine.below), result)),
        engine.template.eq(read.data[sum_nibbles]),
    ]
    engine.sum = Cat(read.data[n] for n in range(sum_nibbles)).as_signed()
    engine.flags = read.data[sum_nibbles + 1]
