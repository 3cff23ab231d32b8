"""Where errors wait for the pass that applies them (contract, steps 7 and 9)."""

from amaranth.hdl import Cat, Module
from amaranth.lib import data
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import BANKS, errors_layout, sent
from rtl.hdl import signals
from rtl.memories import ram, read, write


def waiting_layout(f: EngineFormat) -> data.StructLayout:
    """Where a group's errors wait. Places above banks: so no word is unused, however many places there are."""
    return data.StructLayout({"bank": 2, "place": f.place_bits})


class WaitingErrors(Block):
    """A word of P errors for each bank and place; beside it, whether a group is *live*: not all of them are 0.

    A write is there to be read, errors and liveness, two clocks later.

    Members:
        write: In, `errors_layout` with `valid`.
        ahead: In, `waiting_layout` -> live: Out, a clock later. row: In, `waiting_layout` -> errors: Out, a clock later.
    """

    def _members(self, f):
        return {
            "write": In(sent(errors_layout(f))),
            "ahead": In(waiting_layout(f)),
            "live": Out(1),
            "row": In(waiting_layout(f)),
            "errors": Out(errors_layout(f)["errors"].shape),
        }

    def elaborate(self, platform):
        m = Module()
        words, new = BANKS * max(2, self.form.places), self.write.payload
        m.submodules.words = memory = ram(shape=new.errors.shape(), depth=words, block=True)
        m.submodules.lives = lives = ram(shape=1, depth=words)
        at = Cat(new.bank, new.place)
        write(m, memory, self.write.valid, at, new.errors)
        written, place, live = signals(written=1, place=len(at), live=1)
        m.d.sync += written.eq(self.write.valid), place.eq(at), live.eq(new.live)
        write(m, lives, written, place, live)
        m.d.comb += self.errors.eq(read(m, memory, self.row)), self.live.eq(read(m, lives, self.ahead))
        alive = new.errors.as_value().any()
        never(m, "errors are said to be live that are not, or not that are", self.write.valid & (new.live ^ alive))
        return m
