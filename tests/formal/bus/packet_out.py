"""`PacketOut`: every result is a packet of as many words, and is told of once."""

from amaranth.hdl import Mux, Signal

from golden.config import Config
from rtl.bus.packet_out import PacketOut
from rtl.checks import holds
from rtl.interface.packets import result_words
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

CONFIG = Config(sizes=(3, 3, 2), lanes=3)


def rules(bench: Bench, block: PacketOut) -> None:
    """Words are passed on one by one; the last of a result has `last`, and with it goes `done`."""
    m, words = bench.m, result_words(CONFIG)
    bench.patient(block.i)
    taken, count = block.o.valid & block.o.ready, Signal(range(words))
    last = count == words - 1
    holds(m, "words are counted", block.index == count)
    with m.If(taken):
        m.d.sync += count.eq(Mux(last, 0, count + 1))
        holds(m, "a result's last word", block.o.payload.last == last)
    with m.If(count != 0):
        holds(m, "words are the core's", block.o.payload.data == block.i.payload)
    holds(m, "done with the last word", block.done == (taken & last))
    holds(m, "a word goes out where one comes in", taken == (block.i.valid & block.i.ready))
    holds(m, "inside a packet, or before its first word", block.inside == (block.i.valid | (count != 0)))


PROOFS = (
    Proof(
        "bus/packet_out",
        "a result's words are a packet, the last one marked and counted",
        lambda: PacketOut(CONFIG),
        rules,
        depth=1,
        mutants=(
            Mutant(
                "a word too many",
                "bus/packet_out.py",
                "self.o.payload.last.eq(index == count - 1)",
                "self.o.payload.last.eq(index == count - 2)",
            ),
            Mutant(
                "valid hangs on ready",
                "bus/packet_out.py",
                "self.o.valid.eq(self.i.valid)",
                "self.o.valid.eq(self.i.valid & self.o.ready)",
            ),
        ),
    ),
)
