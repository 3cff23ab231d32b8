"""b1 and b2, the coefficients of the apical sums: a small serial unit with one multiplier (docs/arithmetic.md, step 8)."""

from amaranth import Module, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from rtl.fixed import round_half, round_shift, saturate, shift_keep_half
from rtl.formats import SCALAR_BITS
from rtl.rsqrt import MANTISSA_BITS

AFFINITY_BITS = MAGNITUDE_BITS = 9
"""C is 0..256; |a| is at most 256 (480 with margin 0 and lambda8 15)."""
SCALED_BITS = MAGNITUDE_BITS + MANTISSA_BITS + 1
"""a t_k, signed."""


def entry_layout(classes: int) -> data.StructLayout:
    """What the apical side needs to know of a class with a != 0: k, a t_k and C."""
    return data.StructLayout({"k": range(classes), "scaled": signed(SCALED_BITS), "affinity": AFFINITY_BITS})


class ApicalScalars(wiring.Component):
    """b1 and b2 of a list of entries: one multiplier, six clocks an entry (docs/arithmetic.md, step 8).

    Members:
        clear (In): forget the last sample. go (In): the list is complete, t_r and place_r are true.
        count (In): entries. index (Out) -> entry (In): the list's memory, a clock later.
        entry_k (Out) -> t, place (In): the norm memory, a clock later.
        b_*: as in `Coefficients`.
    """

    def __init__(self, classes: int, place_bits: int):
        super().__init__(
            {
                "clear": In(1),
                "go": In(1),
                "count": In(range(classes + 1)),
                "index": Out(range(classes + 1)),
                "entry": In(entry_layout(classes)),
                "entry_k": Out(range(classes)),
                "t_r": In(MANTISSA_BITS),
                "place_r": In(place_bits),
                "t": In(MANTISSA_BITS),
                "place": In(place_bits),
                "b_valid": Out(1),
                "b_ready": In(1),
                "b_k": Out(range(classes)),
                "b1": Out(signed(SCALAR_BITS)),
                "b2": Out(signed(SCALAR_BITS)),
                "b_done": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        k, t_r = Signal.like(self.entry_k), Signal(MANTISSA_BITS)
        place_r, place, shift = Signal.like(self.place), Signal.like(self.place), Signal(len(self.place) + 1)
        a, b = Signal(signed(SCALED_BITS)), Signal(AFFINITY_BITS)
        product = Signal(signed(SCALED_BITS + AFFINITY_BITS))
        half, rounded = Signal(signed(len(product) - 3)), Signal(signed(SCALAR_BITS))
        m.d.sync += product.eq(a * b)
        m.d.comb += [shift.eq(place + place_r), self.entry_k.eq(k)]
        m.d.comb += rounded.eq(saturate(round_half(half), SCALAR_BITS))
        taken = ~self.b_valid | self.b_ready
        with m.If(self.b_ready):
            m.d.sync += self.b_valid.eq(0)
        with m.If(self.clear):
            m.d.sync += [self.b_done.eq(0), self.index.eq(0)]
        # every state names what the multiplier's registers a and b hold, its product is there one state later
        with m.FSM():
            with m.State("idle"), m.If(self.go):
                m.d.sync += [t_r.eq(self.t_r), place_r.eq(self.place_r)]
                with m.If((self.count == 0) | ~self.t_r[-1]):
                    m.d.sync += self.b_done.eq(1)
                with m.Else():
                    m.next = "entry"
            with m.State("entry"):
                m.d.sync += [k.eq(self.entry.k), a.eq(self.entry.scaled), b.eq(self.entry.affinity)]
                m.d.sync += self.index.eq(self.index + 1)
                m.next = "by_affinity"
            with m.State("by_affinity"):
                m.d.sync += b.eq(t_r)
                m.next = "by_stimulus"
            with m.State("by_stimulus"):
                m.d.sync += [a.eq(round_shift(product, 8)), b.eq(self.t), place.eq(self.place)]
                m.next = "by_concept"
            with m.State("by_concept"):
                m.d.sync += half.eq(shift_keep_half(product, 4) >> shift)
                m.next = "b1"
            with m.State("b1"):
                m.d.comb += shift.eq(place << 1)
                with m.If(taken):
                    m.d.sync += [self.b1.eq(rounded), half.eq(shift_keep_half(product, 4) >> shift)]
                    m.next = "b2"
            with m.State("b2"):
                m.d.sync += [self.b2.eq(rounded), self.b_k.eq(k), self.b_valid.eq(1)]
                m.next = "entry"
                with m.If(self.index == self.count):
                    m.next = "last"
            with m.State("last"), m.If(self.b_ready):
                m.d.sync += self.b_done.eq(1)
                m.next = "idle"
        return m
