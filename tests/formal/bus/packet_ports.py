"""`PacketPorts`: a word that there was room for goes into its packet, whenever the route turns."""

from amaranth.hdl import Signal

from golden.config import Config
from rtl.bus.packet_ports import PacketPorts
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

CONFIG = Config(sizes=(3, 3, 2), lanes=3)


def rules(bench: Bench, block: PacketPorts) -> None:
    """A word comes a clock after there was room, and none in the clock after a word; words are taken that are there."""
    room, pushed = Signal(), Signal()
    bench.m.d.sync += room.eq(block.room), pushed.eq(block.push)
    bench.assume(~block.push | (room & ~pushed))
    bench.assume(~block.pop | block.there)
    bench.patient(block.stream_i, "stream")
    bench.patient(block.result, "core")


PROOFS = (
    Proof(
        "bus/packet_ports",
        "a word by register has room, and is never left behind by a route that turns",
        lambda: PacketPorts(CONFIG, 1),
        rules,
        depth=12,
        bounded="PacketIn is inside",
        bugs=12,
        mutants=(
            Mutant(
                "room for the next packet, too",
                "bus/packet_ports.py",
                "by_register & ~held_valid & (self.route | packets.inside)",
                "by_register & ~held_valid",
            ),
            Mutant(
                "turns under a word that comes",
                "bus/packet_ports.py",
                "& ~(source.valid & source.ready) & ~self.push",
                "& ~(source.valid & source.ready)",
            ),
        ),
    ),
)
