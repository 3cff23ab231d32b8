"""Claims: for which sources a sample may begin, as one of their two lists is free."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from rtl.checks import fits, never
from rtl.engine.formats import EngineFormat

DEPTH = 4
"""Passes that may be under way: walked, in the soma, on their way out."""
LISTS = 2
"""Samples of a source that may be listed or about to be."""


class Claims(wiring.Component):
    """Counts a source's samples from their claim, before their first word, to the end of the walk over their list.

    Members:
        begins: In, a bit a source, pulse: a sample is claimed. taken: In, pulse: a pass of `source` (In) is taken; released:
            In, pulse: the oldest of those has been walked. room: Out, a bit a source.
    """

    def __init__(self, form: EngineFormat):
        self.form = f = form
        sources = len(f.sources)
        super().__init__(
            {
                "begins": In(sources),
                "taken": In(1),
                "source": In(f.source_bits),
                "released": In(1),
                "room": Out(sources),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.walked = walked = SyncFIFO(width=self.form.source_bits, depth=DEPTH)
        m.d.comb += [
            walked.w_data.eq(self.source),
            walked.w_en.eq(self.taken),
            walked.r_en.eq(self.released),
        ]
        for number in range(len(self.form.sources)):
            count = Signal(range(LISTS + 1), name=f"lists{number}")
            ends = self.released & (walked.r_data == number)
            m.d.sync += count.eq(count + self.begins[number] - ends)
            m.d.comb += self.room[number].eq(count != LISTS)
            never(m, "a sample is claimed where both lists are", self.begins[number] & ~self.room[number])
            never(m, "a list is released that was not claimed", ends & (count == 0))
        fits(m, "walked", walked)
        return m
