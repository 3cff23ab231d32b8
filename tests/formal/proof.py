"""What a proof is: a block with free inputs, what is assumed of these, and bugs that must be found."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from amaranth.back import rtlil
from amaranth.hdl import Assume, ClockDomain, Module, Signal, Value
from amaranth.lib import wiring

from rtl.checks import asserting
from tests.cosim.mutants import Mutant

INNER = "inner"
"""How an input's name begins that is to be a signal of the block: yosys connects it."""


@dataclass(frozen=True)
class Proof:
    """A block's assertions, and what its bench asserts of it beside, hold in every clock, whatever comes, reset included.

    Args:
        name: as "streams", of tests.formal.streams: the module that has it.
        says: what is proven, for the table.
        make: the block. rules: adds to the bench, given it and the block, what is assumed and asserted.
        depth: of the induction, which makes the proof unbounded; or, where `bounded` says why, clocks from the reset.
        mutants: bugs that must be found; within `bugs` clocks. hunt: adds to the bench what is assumed beside while they are
            looked for, where that would take too long otherwise: what is found is found all the same.
    """

    name: str
    says: str
    make: Callable[[], wiring.Component]
    rules: Callable[["Bench", wiring.Component], None]
    depth: int
    mutants: tuple[Mutant, ...]
    bounded: str = ""
    bugs: int = 20
    hunt: Callable[["Bench", wiring.Component], None] | None = None

    def rtlil(self, hunting: bool = False) -> str:
        """The bench's text, as rtl/ is in this process."""
        with asserting():
            block = self.make()
            bench = Bench(block)
            self.rules(bench, block)
            if hunting and self.hunt:
                self.hunt(bench, block)
            text = rtlil.convert(bench.m, name="top", ports=bench.ports)
        # An assertion looks at every state, not at what a register has sampled of it at a clock's edge.
        text = re.sub(r"TRG_ENABLE 1\n(.*)TRG_WIDTH 1\n", r"TRG_ENABLE 0\n\1TRG_WIDTH 0\n", text)
        return re.sub(r"(parameter \\TRG_POLARITY) 1\n", r"\1 0'\n", re.sub(r"connect \\TRG .*", r"connect \\TRG { }", text))


class Bench:
    """A block, all of whose inputs are free in every clock; the reset, too.

    Members: m: for what is assumed and asserted. ports: the inputs.
    """

    def __init__(self, block: wiring.Component):
        self.m = Module()
        self.m.domains.sync = sync = ClockDomain("sync")
        self.m.submodules.block = block.elaborate(None)  # now, so that the rules can name what is in it
        leaves = block.signature.flatten(block)
        self.ports = [sync.clk, sync.rst]
        self.ports += [Value.cast(value) for _, member, value in leaves if member.flow == wiring.In]

    def free(self, shape, name: str) -> Signal:
        """A further input."""
        self.ports.append(signal := Signal(shape, name=name))
        return signal

    def inner(self, path: str, shape) -> Signal:
        """The block's signal of that name, `claims.lists0` say: for what an induction has to know of it."""
        return self.free(shape, f"{INNER}.{path}")

    def chosen(self, shape, name: str) -> Signal:
        """A further input that stays what it is, through resets, too."""
        signal, before, began = self.free(shape, name), Signal(shape, reset_less=True), Signal(reset_less=True)
        self.m.d.sync += before.eq(signal), began.eq(1)
        self.assume(~began | (before == signal))
        return signal

    def assume(self, condition) -> None:
        """Of what comes."""
        self.m.d.comb += Assume(condition)

    def patient(self, stream, name: str = "sender") -> None:
        """Assumes what `rtl.checks.patient` asserts."""
        waits, before = Signal(name=f"{name}_waits"), Signal.like(Value.cast(stream.payload), name=f"{name}_before")
        self.m.d.sync += waits.eq(stream.valid & ~stream.ready), before.eq(stream.payload)
        self.assume(~waits | (stream.valid & (before == Value.cast(stream.payload))))
