"""Sums of a group of neurons over its rows, one for each step of time (docs/arithmetic.md, steps 3 and 4)."""

from amaranth.hdl import Module, Signal, ValueLike, signed

from rtl.engine.formats import EngineFormat
from rtl.formats import SYNAPSE_BITS
from rtl.pipeline import Pipeline


def accumulate(m: Module, p: Pipeline, f: EngineFormat, sums: ValueLike) -> None:
    """One accumulator for each lane and each bit of the row's train; behind a group's last row it is empty again.

    Args:
        p: the pipeline of rows: what is stored of each lane, train and last. sums: planes x lanes, which it drives.
    """
    stored = f.stored
    sent = stored + 1
    for t in range(f.planes):
        for lane in range(f.lanes):
            weight = Signal(signed(SYNAPSE_BITS), name=f"sent{t}_{lane}")
            m.d.sync += weight.eq(p.at(f"stored{lane}", stored) >> (f.weight_bits - SYNAPSE_BITS))
            with m.If(~p.at("train", stored)[t]):  # on its own: a flip-flop's reset, and no gate
                m.d.sync += weight.eq(0)
            running, complete = (Signal(signed(f.accumulator_bits), name=f"{n}{t}_{lane}") for n in ("running", "sum"))
            total = running + weight
            m.d.sync += running.eq(total)
            with m.If(p.at("last", sent)):
                m.d.sync += running.eq(0), complete.eq(total)
            m.d.comb += sums[t][lane].eq(complete)
