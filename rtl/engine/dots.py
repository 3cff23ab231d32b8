"""Dot products of counts and templates, over lanes and groups (docs/arithmetic.md, step 5)."""

from functools import reduce
from operator import add

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.data import View

from rtl.formats import TEMPLATE_BITS
from rtl.pipeline import Pipeline

SQUARE_BITS = 2 * TEMPLATE_BITS - 1
"""A product of two templates or counts, signed."""


def add_up(m: Module, p: Pipeline, stage: int, lanes: int, dot: View, dotting: Value) -> None:
    """Products added up over the lanes, two at a time (a carry chain each), and over the groups.

    Args:
        p: the pipeline of items: item, and the product of each lane. stage: in which products are there.
        dot: `dot_layout`, which it drives; dotting: whether any item is on its way there, likewise.
    """
    parts = [p.at(f"product{i}", stage)[:SQUARE_BITS].as_signed() for i in range(lanes)]
    while len(parts) > 1:
        for i, start in enumerate(range(0, len(parts), 2)):
            p.define(f"part{stage}_{i}", stage, reduce(add, parts[start : start + 2]))
        names = [f"part{stage}_{i}" for i in range(-(-len(parts) // 2))]
        stage += 1
        parts = [p.at(name, stage) for name in names]
    item = p.at("item", stage)
    total = Signal.like(dot.value)
    with m.If(item.dot):
        m.d.sync += total.eq(Mux(item.first, 0, total) + parts[0])
    m.d.comb += dotting.eq(Cat(p.at("item", at).dot for at in range(stage + 2)).any())
    item = p.at("item", stage + 1)
    m.d.comb += dot.valid.eq(item.dot & item.last), dot.value.eq(total)
    m.d.comb += [dot[name].eq(item[name]) for name in ("norm", "final", "slot", "context", "k")]
