"""Lists: which of a source's two lists is filled and which is walked, when one is complete, and what is in it.

The rows that a pass sums up (contract, step 2), and those of its update alone (7 and 9).
"""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.contexts import Source
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout, job_layout
from rtl.engine.signatures import listing_signature
from rtl.hdl import constant
from rtl.memories import ram, read, write


def ends_of(sources: tuple[Source, ...], which):
    """The first and the last address of a list; which: second of its source's two, and its source."""
    firsts = [s.list_base + number * s.list_rows for s in sources for number in range(2)]
    lasts = [s.list_base + (number + 1) * s.list_rows - 1 for s in sources for number in range(2)]
    return constant(firsts, which), constant(lasts, which)


def owner_of(f: EngineFormat, source):
    """The source whose lists a source's rows are in: its own, but of the lateral one."""
    return source if f.lateral_source is None else Mux(source == f.lateral_source, f.lateral_source - 1, source)


class Lists(Block):
    """A source has two lists: one is filled while the other is walked. A sender may begin a sample only when one of them is
    free, which it knows from the schedule.

    Lists of a recurrent layer 1 have two senders, the stimulus and the layer itself, whose samples are those that the
    stimulus' follow. They are through in any order, the stimulus perhaps a list ahead; with the second a list is complete,
    and its header is the stimulus'. Before the first sample there is none that could send.

    Members:
        row: In, pulse: one of `row_source` (In) goes into the list that `filling` (Out, a bit a source) says; an assertion
            alone looks at both.
        ended: In, pulse: the sender `ended_source` (In) is through with a sample of this `header` (In); closed: Out, in its
            clock: the list is complete, with `new` and `old` (In) rows.
        listing: Out, `listing_signature`.
    """

    def _members(self, f):
        rows = job_layout(f)["new"].shape
        return {
            "row": In(1),
            "row_source": In(f.source_bits),
            "filling": Out(len(f.sources)),
            "ended": In(1),
            "ended_source": In(f.source_bits),
            "header": In(header_layout(f)),
            "new": In(rows),
            "old": In(rows),
            "closed": Out(1),
            "listing": Out(listing_signature(f)),
        }

    def elaborate(self, platform):
        m = Module()
        f, sources, listing = self.form, self.form.sources, self.listing
        # The first lateral words are those of the first sample: they belong to the second.
        filling = Signal(len(sources), init=sum(s.lateral << number for number, s in enumerate(sources)))
        walking = Signal(len(sources))
        owner, second = owner_of(f, self.ended_source), filling.bit_select(self.ended_source, 1)
        row, row_second = owner_of(f, self.row_source), filling.bit_select(self.row_source, 1)
        header = self._complete(m, second)
        m.d.comb += self.filling.eq(filling)

        which = Signal(1 + f.source_bits)
        m.d.sync += which.eq(Cat(walking.bit_select(listing.source, 1), listing.source))
        m.submodules.jobs = jobs = ram(shape=job_layout(f), depth=2 << f.source_bits, at_once=True)
        write(m, jobs, self.closed, Cat(second, owner), {"new": self.new, "old": self.old, "header": header})
        front, back = ends_of(sources, which)
        m.d.comb += listing.job.eq(read(m, jobs, which, domain="comb")), listing.front.eq(front), listing.back.eq(back)
        for number, source in enumerate(sources):
            m.d.sync += filling[number].eq(filling[number] ^ (self.ended & (self.ended_source == number)))
            if source.lateral:  # its rows are listed as the stimulus'
                continue
            full = Signal(2, name=f"full{number}")
            done = self.closed & (owner == number)
            gone = listing.taken & (listing.source == number)
            walks = walking[number]
            m.d.comb += listing.listed[number].eq(full.bit_select(walks, 1))
            never(m, "a row for a list that is full", self.row & (row == number) & full.bit_select(row_second, 1))
            ends = self.ended & (owner == number)
            never(m, "a list is filled that is full", ends & full.bit_select(second, 1))
            never(m, "a list is taken that is not there", gone & ~listing.listed[number])
            m.d.sync += [
                walks.eq(walks ^ gone),
                full.eq((full | Cat(done & ~second, done & second)) & ~Cat(gone & ~walks, gone & walks)),
            ]
        return m

    def _complete(self, m, second):
        """With whose end a list is complete. Returns the header of that list."""
        lateral = self.form.lateral_source
        if lateral is None:
            m.d.comb += self.closed.eq(self.ended)
            return self.header
        through = Signal(2, init=1)  # of each list whether one of the two is through
        headers = Array(Signal.like(self.header, name=f"header{i}") for i in range(2))
        two = (self.ended_source == lateral) | (self.ended_source == lateral - 1)
        with m.If(self.ended & two):
            m.d.sync += through.bit_select(second, 1).eq(~through.bit_select(second, 1))
            with m.If(self.ended_source != lateral):
                m.d.sync += headers[second].eq(self.header)
        m.d.comb += self.closed.eq(self.ended & (~two | through.bit_select(second, 1)))
        return Mux(self.ended_source == lateral, headers[second], self.header)
