"""`Control`: one response for each request, and the core's host port asked patiently and once."""

from amaranth.hdl import Signal

from golden.config import Config
from rtl.bus.control import Control
from rtl.checks import holds, never
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

CONFIG = Config(sizes=(3, 3, 2), lanes=3)


def rules(bench: Bench, block: Control) -> None:
    """A patient host; a core that answers what it has taken, some time."""
    m, bus = bench.m, block.bus
    bench.patient(bus.request, "host")
    bench.patient(block.result, "core")
    inside, asked = Signal(), Signal()
    taken, given = bus.request.valid & bus.request.ready, bus.response.valid & bus.response.ready
    m.d.sync += inside.eq((inside | taken) & ~given)
    never(m, "a request is taken while one is inside", taken & inside)
    never(m, "a response without a request", bus.response.valid & ~inside)
    never(m, "an error with data", bus.response.valid & bus.response.payload.error & (bus.response.payload.data != 0))
    m.d.sync += asked.eq((asked | (block.host_i.valid & block.host_i.ready)) & ~block.host_o.valid)
    never(m, "the core is asked while it owes an answer", block.host_i.valid & asked)
    never(m, "the core is asked for nobody", (block.host_i.valid | asked) & ~inside)
    bench.assume(~block.host_o.valid | asked)
    holds(m, "the answer is waited for", ~asked | block.answering)


PROOFS = (
    Proof(
        "bus/control",
        "one response for each request, unchanged until taken; the core is asked once for it, and waited for",
        lambda: Control(CONFIG, 1),
        rules,
        depth=11,
        bounded="which state follows which hangs on the packets inside",
        bugs=11,
        mutants=(
            Mutant(
                "does not wait",
                "bus/control.py",
                'with m.State("answer"), m.If(self.host_o.valid):',
                'with m.State("answer"):',
            ),
            Mutant(
                "asks twice",
                "bus/control.py",
                'with m.If(self.host_i.ready):\n                    m.next = "answer"',
                'm.next = "host"',
            ),
            Mutant(
                "an error, and data",
                "bus/control.py",
                "self.response.error.eq(1), self.response.data.eq(0)",
                "self.response.error.eq(1), self.response.data.eq(7)",
            ),
        ),
    ),
)
