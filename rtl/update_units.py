"""The multiply-add units of a layer's plasticity, a DSP each (docs/arithmetic.md, steps 7 to 9)."""

from itertools import pairwise

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.concepts import concept_word
from rtl.fixed import gated
from rtl.formats import SCALAR_BITS, SUM_BITS, LayerFormat

HALF = SUM_BITS // 2
"""Bits of the lower half of S."""


def tag_layout(form: LayerFormat) -> data.StructLayout:
    """What goes beside a job's data, one item a clock.

    error, sum, low, block: what it is, a block's job as two items (`low` first). kept: the sample's own counts, not a
    template. first, last: of the items that are added up. part, group, k: whose data.
    """
    places = {"part": form.update_rounds, "group": form.groups, "k": form.classes}
    layout = {name: 1 for name in ("error", "sum", "low", "block", "kept", "first", "last")}
    return data.StructLayout(layout | {name: range(max(count, 2)) for name, count in places.items()})


def place_of(form: LayerFormat, tag):
    """Address of a tag's word among those of all concepts, groups and parts."""
    return Cat(tag.part[: ceil_log2(form.update_rounds)], tag.group[: form.group_bits], tag.k)


class UpdateUnits(wiring.Component):
    """scalar x count for every neuron of a part, added to or subtracted from what the job adds up.

    Of S, 24 bits, a block's job takes the lower half and in the next clock the upper one, so that one multiplier of 18 x 18
    bits is enough: what it multiplies with is then the count x 2^12.

    Members:
        memory, word, factors: In, the tags of the items whose words are being read, are there, and are in the multipliers:
            the tags 1, 2 and 4 of `rtl.plasticity`.
        scalar: In, b1 or S, with `word`. q_data: In, an error's coefficient, with `memory`. concept, kept: In, the words.
        apical_sums: In, E of the part's neurons, one a unit, a clock before the total.
        totals: Out, two clocks behind `factors`, one a unit. above, below: Out, the neurons' flags, with them.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        super().__init__(
            {
                "memory": In(tag_layout(f)),
                "word": In(tag_layout(f)),
                "factors": In(tag_layout(f)),
                "scalar": In(signed(SUM_BITS)),
                "q_data": In(signed(SCALAR_BITS)),
                "concept": In(concept_word(f)),
                "kept": In(concept_word(f)),
                "apical_sums": In(signed(SUM_BITS)).array(f.update_units),
                # X = E - S h is the widest: 2^23 and T times 2^23.
                "totals": Out(signed(SUM_BITS + f.count_bits)).array(f.update_units),
                "above": Out(f.update_units),
                "below": Out(f.update_units),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, word, units = self.form, self.word, range(self.form.update_units)
        factor, q_data = Signal(signed(SCALAR_BITS + 1)), Signal(signed(SCALAR_BITS))
        low, high = (Signal(f.count_bits * len(units), name=name) for name in ("low", "high"))
        halves = Cat(self.scalar[:HALF], 0).as_signed(), self.scalar[HALF:].as_signed()
        job = Mux(word.low, halves[0], Mux(word.block, halves[1], self.scalar[:SCALAR_BITS].as_signed()))
        value = Signal(signed(SCALAR_BITS))
        if f.pre_basal:
            m.d.sync += q_data.eq(self.q_data)
        m.d.comb += value.eq(Mux(word.error, q_data, job) if f.pre_basal else job)
        minus = (word.error & word.kept) | word.low | word.block
        m.d.sync += factor.eq(Mux(minus, -value, value))
        neurons = data.View(concept_word(f), Mux(word.kept, self.kept, self.concept))
        picked = [self._picked(word.part, neurons, u) for u in units]
        counts = Cat(neuron.count for neuron in picked)
        plain = Signal(init=1)  # not `block`, as a register: the reset of many others
        m.d.sync += plain.eq(~self.memory.block)
        m.d.sync += low.eq(Mux(word.block, 0, counts)), high.eq(Mux(plain, 0, counts))
        for name in ("above", "below"):  # they go with the products, and with the sums
            stages = [Signal(len(units), name=f"{name}{i}") for i in range(3)]
            m.d.sync += stages[0].eq(Cat(neuron[name] for neuron in picked))
            m.d.sync += [later.eq(sooner) for sooner, later in pairwise((*stages, getattr(self, name)))]
        # What a product is added to, and whether there is one, as coefficients may come with gaps: registers, as much hangs
        # on them. An error's sum begins with a half of what is shifted away.
        on, first, go_on, from_sums = (Signal(name=name) for name in ("on", "first", "go_on", "from_sums"))
        sums = self.factors.sum | self.factors.low
        m.d.sync += on.eq(self.factors.error | sums | self.factors.block), first.eq(self.factors.first)
        m.d.sync += go_on.eq(~self.factors.first & ~sums), from_sums.eq(sums)
        # All multiplicands go into the multipliers' own registers: the wires to them are long ones.
        taken = Signal.like(factor, reset_less=True)
        m.d.sync += taken.eq(factor)
        for u in units:
            in_low, in_high = (side.word_select(u, f.count_bits) for side in (low, high))
            times = Signal(signed(HALF + f.count_bits + 1), name=f"times{u}", reset_less=True)
            m.d.sync += times.eq(Cat(in_low, Const(0, HALF - f.count_bits), in_high, 0))
            product = Signal(signed(SUM_BITS + f.count_bits), name=f"product{u}")
            m.d.sync += product.eq(taken * times)
            addend = gated(self.totals[u], go_on)
            if not f.top:
                addend |= gated(self.apical_sums[u], from_sums)
            if f.pre_basal:
                addend |= first << (f.shift_error - 1)
            with m.If(on):
                m.d.sync += self.totals[u].eq(addend + product)
        return m

    def _picked(self, part, neurons, u):
        """Unit u's neuron of this part of the group; a lane that is none is silent, and its window closed."""
        f = self.form
        neuron = concept_word(f).elem_shape
        lanes = range(u * f.update_rounds, (u + 1) * f.update_rounds)
        chosen = Array(neurons[p].as_value() if p < f.lanes else Const(0, neuron.size) for p in lanes)[part]
        return data.View(neuron, chosen)
