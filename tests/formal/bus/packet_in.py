"""`PacketIn`: what becomes of every packet; the ring never overflows."""

from amaranth.hdl import Array, Cat, Mux, Signal

from golden.config import Config
from rtl.bus.packet_in import PacketIn
from rtl.checks import holds, never
from rtl.interface.packets import sample_words
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

CONFIG = Config(sizes=(3, 3, 2), lanes=3)
"""A packet of two words in a ring of four; a beat a sample."""


def rules(bench: Bench, block: PacketIn) -> None:
    """A packet is good if it has its words and a concept's label; only good ones become samples."""
    m, words = bench.m, sample_words(CONFIG)
    bench.patient(block.i)
    index, unknown, packets, told = Signal(range(words + 1)), Signal(), Signal(2), Signal(2)
    due = Array(Signal(name=f"due{i}") for i in range(4))
    first, label = index == 0, block.i.payload.data[:16] >= CONFIG.classes
    good = (index == words - 1) & ~Mux(first, label, unknown)
    with m.If(block.i.valid & block.i.ready):
        with m.If(first):
            m.d.sync += unknown.eq(label)
        m.d.sync += index.eq(index + (index != words))
        with m.If(block.i.payload.last):
            m.d.sync += index.eq(0), packets.eq(packets + 1), due[packets].eq(good)
    dropped = block.short_packet | block.long_packet | block.label
    with m.If(block.good | dropped):
        m.d.sync += told.eq(told + 1)
        never(m, "told of a packet that has not come", packets == told)
        holds(m, "good packets are good, and others dropped", (block.good == due[told]) & (dropped != block.good))
    # Samples are the good packets, in order: their labels and pixels.
    packed, goods, samples = Array(Signal(13, name=f"packed{i}") for i in range(4)), Signal(2), Signal(2)
    head, beat = Signal(), block.o.payload
    with m.If(block.i.valid & block.i.ready & first):
        m.d.sync += head.eq(block.i.payload.data[0])
    with m.If(block.i.valid & block.i.ready & block.i.payload.last & good):
        m.d.sync += goods.eq(goods + 1), packed[goods].eq(Cat(block.i.payload.data[:12], head))
    with m.If(block.o.valid):
        never(m, "a sample of no good packet", goods == samples)
        sample = Cat(beat.pixels.as_value(), beat.label[0])
        holds(m, "a sample is a good packet's", (sample == packed[samples]) & (beat.label[1:] == 0))
    with m.If(block.o.valid & block.o.ready):
        m.d.sync += samples.eq(samples + 1)


PROOFS = (
    Proof(
        "bus/packet_in",
        "each packet is told of once, good or dropped; its ring never overflows; a sample waits unchanged",
        lambda: PacketIn(CONFIG),
        rules,
        depth=16,
        bounded="nothing short says which words of the ring are a good packet's",
        bugs=17,
        mutants=(
            Mutant("never full", "bus/packet_in.py", "held.ready.eq(beyond | ~full)", "held.ready.eq(1)"),
            Mutant("keeps what is too short", "bus/packet_in.py", "write.eq(committed)\n", "write.eq(write)\n"),
            Mutant("any label", "bus/packet_in.py", "Mux(first, held.payload.unknown, unknown)", "unknown"),
        ),
    ),
)
