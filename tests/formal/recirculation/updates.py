"""`Updates`: a pass gets what was in force when its sample began, its own noise, and how many errors it left."""

from amaranth.hdl import Array, Cat, Mux, Signal

from rtl.checks import holds, never
from rtl.engine.layouts import ERROR_COUNT_BITS, record_place
from rtl.engine.learner_layouts import drawn_layout
from rtl.formats import RATE_BITS
from rtl.recirculation.updates import Updates
from tests.cosim.mutants import Mutant
from tests.formal.engine.small import ECHOES as FORM
from tests.formal.proof import Bench, Proof


def rules(bench: Bench, block: Updates) -> None:
    """Of a chosen layer and bank the record, read in another clock than that of its writes."""
    m, draw, end, read = bench.m, block.draw.payload, block.ended.payload, block.lookup.update
    place = bench.chosen(record_place(FORM).size, "chosen")
    bench.assume(~bench.ports[1])  # memories outlive a reset
    bench.assume(~block.host.on)
    bench.assume(~block.draw.valid | block.draw.ready)
    bench.assume((draw.context <= FORM.layers) & (end.context <= FORM.layers))
    drawn = drawn_layout(bench.inner("noise.drawn", drawn_layout.size))
    here = Cat(draw.parity, draw.apical, draw.context) == place
    own, owed = Signal(name="own"), Signal(name="owed")
    rate, stochastic = Signal(RATE_BITS, name="rate"), Signal(name="stochastic")
    with m.If(block.draw.valid):
        m.d.sync += own.eq(here)
        rates, backward = (
            Array(getattr(block.settings, name)[number] for number in range(len(FORM.contexts)))[draw.context]
            for name in ("rates", "backward_rates")
        )
        m.d.sync += rate.eq(Mux(draw.apical, backward, rates)), stochastic.eq(block.settings.stochastic)
    m.d.sync += owed.eq((owed & ~drawn.valid) | block.draw.valid)
    never(m, "noise that nobody asked for", drawn.valid & ~owed)
    never(m, "noise may be asked for while some is owed", block.draw.ready & owed & ~drawn.valid)
    kept, known = Signal(len(read.as_value()) - ERROR_COUNT_BITS, name="kept"), Signal(name="known")
    with m.If(drawn.valid & own):
        m.d.sync += kept.eq(Cat(rate, drawn.noise, stochastic)), known.eq(1)
    errors, counted = Signal(ERROR_COUNT_BITS, name="errors"), Signal(name="counted")
    ends = block.ended.valid & (Cat(end.parity, end.apical, end.context) == place)
    with m.If(ends):
        m.d.sync += errors.eq(end.errors), counted.eq(1)
    asked = block.lookup.look & (block.lookup.at.as_value() == place)
    was, told = Signal(1 + len(kept), name="was"), Signal(1 + ERROR_COUNT_BITS, name="told")
    m.d.sync += was.eq(Cat(asked & known & ~(drawn.valid & own), kept)), told.eq(Cat(asked & counted & ~ends, errors))
    record = Cat(read.rate, read.noise, read.stochastic)
    holds(m, "rate and noise of its sample's begin", ~was[0] | (record == was[1:]))
    holds(m, "as many errors as it left", ~told[0] | (read.errors == told[1:]))


PROOFS = (
    Proof(
        "recirculation/updates",
        "a pass gets the rate of its sample's begin, whatever was set since, that sample's noise, and its errors' number",
        lambda: Updates(FORM),
        rules,
        depth=14,
        bounded="what a memory holds is not told by what was read; two draws take 12 clocks",
        bugs=14,
        mutants=(
            Mutant("another network's rate", "recirculation/updates.py", "Mux(draw.apical, backward_rates, rates)", "rates"),
            Mutant("kept at once", "recirculation/updates.py", "records, noise.drawn", "records, self.draw"),
            Mutant("another bank's", "recirculation/updates.py", "Cat(end.parity, end.apical", "Cat(end.apical, end.parity"),
            Mutant("draws on", "engine/noise.py", "free.eq(~self.draw.valid)", "free.eq(1)"),
        ),
    ),
)
