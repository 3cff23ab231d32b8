"""`Held`: nothing is lost, doubled, changed or overtaken."""

from amaranth.hdl import Signal

from rtl.checks import holds, never
from rtl.streams import Held
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, held: Held) -> None:
    """What was taken in last is what is there, for as long as it is there; nothing else is ever there."""
    m = bench.m
    inside, item = Signal(), Signal(8)
    taken, given = held.i.valid & held.i.ready, held.o.valid & held.o.ready
    m.d.sync += inside.eq((inside | taken) & ~given)
    with m.If(taken):
        m.d.sync += item.eq(held.i.payload)
    holds(m, "an item is there where one was taken in and not given out", held.o.valid == inside)
    holds(m, "it is the one that was taken in", ~inside | (held.o.payload == item))
    never(m, "an item is taken in where one is", inside & taken)


PROOFS = (
    Proof(
        "streams",
        "Held keeps one item, unchanged, until it is taken",
        lambda: Held(8),
        rules,
        depth=1,
        mutants=(
            Mutant("takes while it holds", "streams.py", "with m.If(~self.o.valid):", "with m.If(self.i.valid):"),
            Mutant("loses the item", "streams.py", "Mux(self.o.valid, ~self.o.ready, self.i.valid)", "self.i.valid"),
        ),
    ),
)
