"""`Arbiter`: an access is its master's, and no master waits for more than one of the other's."""

from amaranth.hdl import Signal

from rtl.bus.bus import Arbiter
from rtl.checks import holds, never
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Arbiter) -> None:
    """Masters that wait patiently, one access at a time, and a slave that answers only what it was asked."""
    m = bench.m
    asked, owner = Signal(), Signal()
    bus, masters = block.bus, block.masters
    taken = [master.request.valid & master.request.ready for master in masters]
    with m.If(bus.request.valid & bus.request.ready):
        m.d.sync += asked.eq(1), owner.eq(taken[1])
        holds(m, "a request is one master's", taken[0] ^ taken[1])
        wanted = [master.request.payload.as_value() for master in masters]
        holds(m, "it is that of the first", ~taken[0] | (bus.request.payload.as_value() == wanted[0]))
        holds(m, "it is that of the second", ~taken[1] | (bus.request.payload.as_value() == wanted[1]))
    with m.Else():
        never(m, "a master's request is lost", taken[0] | taken[1])
    with m.If(bus.response.valid & bus.response.ready):
        m.d.sync += asked.eq(0)
    bench.assume(~bus.response.valid | asked)
    never(m, "a second request before the response", asked & bus.request.valid)
    holds(m, "a response is awaited where a request was taken", asked == block.responding)
    never(m, "an access changes hands", asked & (owner != block.owner))
    for number, master in enumerate(masters):
        bench.patient(master.request, f"master{number}")
        never(m, "a response to who did not ask", master.response.valid & ~(asked & (owner == number)))
        others = Signal(2, name=f"others{number}")
        with m.If(~master.request.valid | master.request.ready):
            m.d.sync += others.eq(0)
        with m.Elif(taken[1 - number]):
            m.d.sync += others.eq(others + 1)
        never(m, "a master waits for two accesses of the other", others > 1)
        never(m, "who has waited is not next", (others == 1) & (block.owner == number) & ~bus.request.valid)
        never(m, "the other is served twice", (others == 1) & (block.owner != number) & bus.request.valid)


PROOFS = (
    Proof(
        "bus/bus",
        "Arbiter: each response goes to who asked, no request is lost, nobody waits for more than one access of the other",
        Arbiter,
        rules,
        depth=6,
        mutants=(
            Mutant(
                "always the first",
                "bus/bus.py",
                "Mux(owner, ~first.request.valid, second.request.valid)",
                "~first.request.valid",
            ),
            Mutant("responds to both", "bus/bus.py", "response.valid & (owner == number)", "response.valid"),
            Mutant("drops a request", "bus/bus.py", "request.ready & (owner == number)", "(owner == number)"),
        ),
    ),
)
