"""Affinity: dot products of a sample's counts with each concept, and its norm (docs/arithmetic.md, step 6)."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.concepts import other_behind
from rtl.fixed import gated, small_product
from rtl.formats import LABEL_BITS, MULTIPLIER_BITS, LayerFormat
from rtl.stages import stage


def counts_word(form: LayerFormat) -> data.StructLayout:
    """A group's spike counts of a learning sample, or of a recalled concept; and whether it is the last group."""
    counts = data.ArrayLayout(form.count_bits, form.lanes)
    return data.StructLayout({"counts": counts, "label": LABEL_BITS, "last": 1, "recall": 1})


def packing(steps: int) -> tuple[int, int]:
    """(lanes, bits): how many lanes' products of counts 0..T one multiplier sums, and bits from one digit to the next.

    (a0 + a1 B + a2 B^2) (b2 + b1 B + b0 B^2) has a0 b0 + a1 b1 + a2 b2 at B^2, where B is more than that sum can be.
    """
    fits = []
    for lanes in range(1, 9):
        bits = (lanes * steps * steps).bit_length()
        if (lanes - 1) * bits + steps.bit_length() < MULTIPLIER_BITS:
            fits.append((lanes, bits))
    return fits[-1]


class Affinity(wiring.Component):
    """One concept a clock: a group takes K + 2 clocks, hidden behind the pass over the next group.

    The partial sums go round in a ring of K registers, in the fixed order label, then the others ascending: the last group's
    round gives the finished d_k in this order.

    Args:
        own_only: layer 0: the label's concept only.

    Members:
        i: In, stream of `counts_word`.
        k, group: Out, template to read; template: In, its counts, two clocks later.
        free: In, the coefficients of the last sample are done with.
        start: Out, pulse, a clock after a sample's last word: its d follow; `label` with it. d, d_valid: Out. norm: Out,
            |r|^2 until the next start.
        recalled: Out, pulse: `norm` is |h[k]|^2 of a recalled concept (no start, no d).
    """

    def __init__(self, form: LayerFormat, *, own_only: bool = False):
        self.form, self.own_only = form, own_only
        self.positions = 2 if own_only else form.classes + 1
        f = form
        super().__init__(
            {
                "i": In(stream.Signature(counts_word(f))),
                "k": Out(range(max(f.classes, 2))),
                "group": Out(range(max(f.groups, 2))),
                "template": In(data.ArrayLayout(f.count_bits, f.lanes)),
                "free": In(1),
                "start": Out(1),
                "label": Out(LABEL_BITS),
                "d_valid": Out(1),
                "d": Out(f.norm_bits),
                "norm": Out(f.norm_bits),
                "recalled": Out(1),
                "busy": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        word = Signal(counts_word(f))
        running, first, free = Signal(), Signal(init=1), Signal()
        m.d.sync += free.eq(self.free)  # a register: what makes it low comes while a last word's round is running
        position, group = Signal(range(self.positions)), Signal(range(max(f.groups, 2)))
        k, following = Signal.like(self.k), Signal(range(f.classes + 2))
        m.d.comb += [
            self.i.ready.eq(~running & (free | ~self.i.payload.last | self.i.payload.recall)),
            self.label.eq(word.label),
            self.group.eq(group),
            self.k.eq(k),
        ]
        taken = self.i.valid & self.i.ready
        m.d.sync += self.start.eq(taken & self.i.payload.last & ~self.i.payload.recall)
        with m.If(~running):  # what is offered, taken or not: whether it is, is known late
            m.d.sync += running.eq(taken), word.eq(self.i.payload), position.eq(0)
            m.d.sync += k.eq(self.i.payload.label), following.eq(self.i.payload.label == 0)
        with m.If(running):
            m.d.sync += position.eq(position + 1)
            with m.If(position.any()):  # the norm looks at no template, and with the label's d has two clocks of k
                m.d.sync += k.eq(following), following.eq(other_behind(following, word.label))
            with m.If((position == self.positions - 1) | word.recall):
                m.d.sync += running.eq(0), first.eq(word.last)
                m.d.sync += group.eq(Mux(word.last, 0, group + 1))

        # The template is read, and takes a clock in its register: a block RAM's clock to output is more than half of 10 ns.
        # Then its products with the counts, summed by some in a multiplier, then all.
        is_norm = Signal()
        m.d.comb += is_norm.eq(position == 0)
        asked = {"valid": running, "norm": is_norm, "first": first, "last": word.last, "recall": word.recall}
        asked = stage(m, "asked", asked)
        come = stage(m, "come", asked)
        here = stage(m, "here", come)
        counts = Signal.like(word.counts)  # they go with it, as the next word may be there already
        m.d.sync += counts.eq(word.counts)
        partial = []
        together, bits = packing(f.steps)
        for start in range(0, f.lanes, together):
            lanes = range(start, min(start + together, f.lanes))
            own, others = [], []
            for p in lanes:
                a, b = Signal(f.count_bits, name=f"own{p}"), Signal(f.count_bits, name=f"other{p}")
                m.d.sync += a.eq(counts[p]), b.eq(gated(counts[p], come["norm"]) | gated(self.template[p], ~come["norm"]))
                own.append(a)
                others.insert(0, b)
            gap = Const(0, bits - f.count_bits)
            left, right = (Cat(*(Cat(digit, gap) for digit in digits)) for digits in (own, others))
            product = left * right if len(lanes) > 1 else small_product(a, b)  # one alone is not worth a multiplier
            some = Signal(bits, name=f"some{start}")
            m.d.sync += some.eq(product.bit_select((len(lanes) - 1) * bits, bits))
            partial.append(some)
        summed = stage(m, "summed", here)
        dot = Signal((f.lanes * f.steps * f.steps).bit_length())
        pairs = [Signal(bits + 1, name=f"pair{i}") for i in range(0, len(partial), 2)]
        m.d.sync += [pair.eq(sum(partial[2 * i : 2 * i + 2])) for i, pair in enumerate(pairs)]
        m.d.sync += dot.eq(sum(pairs))
        paired = stage(m, "paired", summed)
        total = stage(m, "total", paired)

        ring = [Signal(f.norm_bits, name=f"partial{k}") for k in range(self.positions - 1)]
        norm, so_far = Signal(f.norm_bits), Signal(f.norm_bits)
        m.d.comb += so_far.eq(Mux(total["first"], 0, Mux(total["norm"], norm, ring[-1])) + dot)
        with m.If(total["valid"] & total["norm"]):
            m.d.sync += norm.eq(so_far)
            with m.If(total["last"]):
                m.d.sync += self.norm.eq(so_far)
        m.d.sync += self.recalled.eq(total["valid"] & total["recall"] & total["last"])
        with m.If(total["valid"] & ~total["norm"]):
            m.d.sync += [ring[k].eq(ring[k - 1]) for k in range(1, len(ring))]
            m.d.sync += ring[0].eq(so_far)
        m.d.comb += self.d.eq(so_far), self.d_valid.eq(total["valid"] & ~total["norm"] & total["last"])
        rows = (asked, come, here, summed, paired, total)
        # A register, and so high from the clock behind a word to the one behind its last number.
        m.d.sync += self.busy.eq(taken | running | Cat(row["valid"] for row in rows).any())
        return m
