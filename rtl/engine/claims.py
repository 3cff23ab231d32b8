"""Claims: for which sources a sample may begin, as one of their two lists is free: for a pass of step 3 or 4 (contract)."""

from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.layouts import sent, walked_layout

LISTS = 2
"""Samples of a source that may be listed or about to be."""


class Claims(Block):
    """A credit counter: of each source's samples, from their claim, before the first word, to the end of their walk.

    Members:
        begins: In, a bit a source, pulse: a sample is claimed. released: In, `walked_layout` with `valid`: it has been
            walked. room: Out, a bit a source.
    """

    def _members(self, f):
        sources = len(f.sources)
        return {"begins": In(sources), "released": In(sent(walked_layout(f))), "room": Out(sources)}

    def elaborate(self, platform):
        m = Module()
        walked = self.released.payload
        for number, source in enumerate(self.form.sources):
            if source.lateral:  # its words go into lists that are claimed for the stimulus
                continue
            count = Signal(range(LISTS + 1), name=f"lists{number}")
            ends = self.released.valid & (walked.context == source.context) & (walked.apical == source.apical)
            if self.form.autoencoder:
                ends &= walked.echo == source.echo
            m.d.sync += count.eq(count + self.begins[number] - ends)
            m.d.comb += self.room[number].eq(count != LISTS)
            never(m, "a sample is claimed where both lists are", self.begins[number] & ~self.room[number])
            never(m, "a list is released that was not claimed", ends & (count == 0))
        return m
