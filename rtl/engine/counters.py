"""Counters of every layer's samples: rows, errors, saturations, spikes (contract, step 10)."""

from functools import reduce
from operator import add

from amaranth.hdl import Array, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import side_fields
from rtl.formats import COUNTER_BITS, COUNTERS
from rtl.hdl import signals
from rtl.memories import ram, read, write
from rtl.pipeline import Pipeline

QUAD = 4
"""Lanes that are added up first."""


def place_layout(f: EngineFormat) -> data.StructLayout:
    """A layer's sample, in an auto-encoder of one of its passes."""
    return data.StructLayout({"slot": f.slot_bits, "context": f.context_bits} | (side_fields(f) if f.autoencoder else {}))


def counter_signature(f: EngineFormat) -> wiring.Signature:
    """`at` a sample, one of the kinds `COUNTERS`: its counter is `value` two clocks later."""
    return wiring.Signature({"at": Out(place_layout(f)), "kind": Out(2), "value": In(COUNTER_BITS)})


class Counters(Block):
    """Keeps the counters of the last samples, what comes at the same time in the same memory.

    Members:
        begins: In, pulse: a perception, or any pass of an auto-encoder, begins, of the sample `place` (In), over `rows`
            (In), with so many `errors` (In).
        saturated: In, pulse: of the perception of `saturated_place` (In) so many `saturations` (In) synapses have saturated.
        word: In, pulse: a group of the sample `word_place` has these `counts` (In, one a lane), and is the `last` (In).
        read: In, `counter_signature`.
    """

    def _members(self, f):
        return {
            "begins": In(1),
            "place": In(place_layout(f)),
            "rows": In(COUNTER_BITS),
            "errors": In(COUNTER_BITS),
            "saturated": In(1),
            "saturated_place": In(place_layout(f)),
            "saturations": In(COUNTER_BITS),
            "word": In(1),
            "word_place": In(place_layout(f)),
            "counts": In(f.count_bits).array(f.lanes),
            "last": In(1),
            "read": In(counter_signature(f)),
        }

    def elaborate(self, platform):
        m = Module()
        f = self.form
        # A group's spikes are summed in two clocks, and added in the next.
        p = Pipeline(m, "word", reset=("came",))
        total = Signal(COUNTER_BITS)
        first = Signal(init=1)
        p.define_all(0, came=self.word, ends=self.last, place=self.word_place)
        quads = range(0, f.lanes, QUAD)
        for quad in quads:
            p.define(f"quad{quad}", 0, reduce(add, self.counts[quad : quad + QUAD]))
        p.define("group", 1, reduce(add, (p.at(f"quad{quad}", 1) for quad in quads)))
        came, ends, place, group = (p.at(name, 2) for name in ("came", "ends", "place", "group"))
        with m.If(came):
            m.d.sync += total.eq(Mux(first, 0, total) + group), first.eq(ends)
        done, done_place = signals(done=1, done_place=place_layout(f))
        m.d.sync += done.eq(came & ends), done_place.eq(place)
        counted = {"rows": self.rows, "errors": self.errors, "saturations": self.saturations, "spikes": total}
        values = {}
        kind = Signal(2)
        m.d.sync += kind.eq(self.read.kind)
        for names, en, address in (
            (("rows", "errors"), self.begins, self.place),
            (("saturations",), self.saturated, self.saturated_place),
            (("spikes",), done, done_place),
        ):
            shape = data.StructLayout({name: self._bits(name) for name in names})
            m.submodules[names[0]] = memory = ram(shape=shape, depth=1 << place_layout(f).size)
            write(m, memory, en, address, {name: counted[name] for name in names})
            kept = read(m, memory, self.read.at)
            values |= {name: kept[name] for name in names}
        m.d.sync += self.read.value.eq(Array(values[name] for name in COUNTERS)[kind])
        return m

    def _bits(self, name: str) -> int:
        """The most that a layer's counter can be."""
        f = self.form
        most = {
            "rows": f.most_rows,
            "errors": f.most_neurons,
            "saturations": max(c.size * c.rows(side) for c in f.contexts for side in (False, f.autoencoder)),
            "spikes": f.most_neurons * f.steps,
        }
        return max(1, min(COUNTER_BITS, most[name].bit_length()))
