"""G, the apical errors of a group while its concept is recalled (docs/arithmetic.md, step 9)."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.fixed import overflows, saturate
from rtl.formats import APICAL_ERROR_BITS, BLOCK_SHIFT_BITS, MIN_BLOCK_SHIFT, SUM_BITS, LayerFormat
from rtl.update_units import tag_layout


class ApicalErrors(wiring.Component):
    """Gated as X comes, shifted a bit a clock, clipped; kept until the pass has taken the whole group.

    Members:
        tag: In, of the item whose `totals` (In, X, one a unit) are there, with their window flags `above` and `below`.
        block_shift: In; less than 6 is 6. taken: In, pulse: the pass has taken the group.
        part_done: Out, pulse, a clock before the part's errors go in. valid, live: Out, the whole
            group's are there, any is not 0; g: Out, one a lane, a clock later.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        super().__init__(
            {
                "tag": In(tag_layout(f)),
                "totals": In(signed(SUM_BITS + f.count_bits)).array(f.update_units),
                "above": In(f.update_units),
                "below": In(f.update_units),
                "block_shift": In(BLOCK_SHIFT_BITS),
                "taken": In(1),
                "part_done": Out(1),
                "valid": Out(1),
                "live": Out(1),
                "g": Out(signed(APICAL_ERROR_BITS)).array(f.lanes),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, tag = self.form, self.tag
        left, shifting = Signal(BLOCK_SHIFT_BITS), Signal()
        part = Signal.like(tag.part)
        shifted = [Signal(signed(len(total) - MIN_BLOCK_SHIFT), name=f"shifted{u}") for u, total in enumerate(self.totals)]
        most = Signal.like(left)
        m.d.sync += most.eq(Mux(self.block_shift > MIN_BLOCK_SHIFT, self.block_shift - MIN_BLOCK_SHIFT, 0))
        # A register, as much hangs on it: `shifting`, and `left` is 0.
        m.d.sync += self.part_done.eq(Mux(tag.block, most == 0, shifting & ~self.part_done & (left == 1)))
        with m.If(tag.block):
            m.d.sync += shifting.eq(1), left.eq(most), part.eq(tag.part)
            for u, x in enumerate(self.totals):
                falls = x[-1]  # of an x that is 0 it does not matter whether it opens
                opens = (self.above[u] | ~falls) & (self.below[u] | falls)
                m.d.sync += shifted[u].eq(Mux(opens, x[MIN_BLOCK_SHIFT:].as_signed(), 0))
        with m.Elif(self.part_done):
            m.d.sync += shifting.eq(0), self.valid.eq(part == f.update_rounds - 1)
            m.d.sync += self.live.eq(((part != 0) & self.live) | Cat(x.any() for x in shifted).any())
        with m.Elif(shifting):
            m.d.sync += left.eq(left - 1)
            m.d.sync += [x.eq(x >> 1) for x in shifted]
        with m.Elif(self.valid & self.taken):
            m.d.sync += self.valid.eq(0)
        # Clipped a clock late: `valid` is told sooner than anybody takes them.
        late, over = Signal(), Signal(f.update_units)
        m.d.sync += late.eq(self.part_done), over.eq(Cat(overflows(x, APICAL_ERROR_BITS) for x in shifted))
        for p in range(f.lanes):
            unit, own = divmod(p, f.update_rounds)
            with m.If(late & (part == own)):
                m.d.sync += self.g[p].eq(saturate(shifted[unit], APICAL_ERROR_BITS, over[unit]))
        return m
