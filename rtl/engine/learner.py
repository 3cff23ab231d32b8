"""The learner of an engine: from counts and templates to errors, for all its layers (docs/arithmetic.md, steps 5 to 9)."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.engine import layouts
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.host import READ_AT
from rtl.engine.jobs import Jobs
from rtl.engine.layouts import BANKS, sent
from rtl.engine.learner_layouts import learner_settings_layout
from rtl.engine.noise import Noise
from rtl.engine.scalars import Scalars
from rtl.engine.signatures import learner_signature, lookup_signature
from rtl.engine.vector import Vector
from rtl.formats import SAMPLE_BITS, ceil_log2
from rtl.hdl import assigned
from rtl.interface.memory_map import MEMORIES, MEMORY_BITS
from rtl.memories import ram, read, write

LEARNED = MEMORIES[MEMORIES.index("templates") :]
"""The host's that are the learner's: templates m and sums E (address: (concept x places + place) x 2^ceil(log2 P) +
lane), norms |m[k]|^2 and scalar_sums S (address: layer on the engine x 2^class bits + concept), samples seen (address: layer
on the engine)."""
HOST_LATENCY = max(Vector.host_latency, Scalars.host_latency, Noise.host_latency)
"""Clocks from an access to what it read, or until it is written."""
assert HOST_LATENCY <= READ_AT, "the host would read what was there before"


def learner_host_layout(f: EngineFormat) -> data.StructLayout:
    """An access while the learner is idle, the same for HOST_LATENCY clocks. memory: by the host's number."""
    word_and_lane = ceil_log2(max(2, f.classes * f.places)) + ceil_log2(f.lanes)
    address = max(word_and_lane, f.class_bits + f.context_bits)
    return data.StructLayout({"on": 1, "write": 1, "memory": MEMORY_BITS, "address": address, "data": SAMPLE_BITS})


class Learner(Block):
    """Joins lanes, scalars and noise under `Jobs`, their sequencer, and keeps the records of updates.

    Members:
        counts, templates: In, `counts_layout`, `templates_layout` with `valid`. Counts stay until `taught`.
        teach: In, stream of `teach_layout`: a learning sample's counts at a layer are all there.
        recalled: In, stream of `concept_layout`: the templates of k are all there.
        schedule: In, `learner_signature`. errors: Out, `errors_layout` with `valid`. lookup: In, `lookup_signature`.
        settings: In, `learner_settings_layout`; they change only while idle. host: In, `learner_host_layout`; host_data:
            Out, `HOST_LATENCY` clocks later, signed numbers with their sign. idle: Out, nothing is under way or offered.
    """

    def _members(self, f):
        return {
            "counts": In(sent(layouts.counts_layout(f))),
            "templates": In(sent(layouts.templates_layout(f))),
            "teach": In(stream.Signature(layouts.teach_layout(f))),
            "recalled": In(stream.Signature(layouts.concept_layout(f))),
            "schedule": In(learner_signature(f)),
            "errors": Out(sent(layouts.errors_layout(f))),
            "lookup": In(lookup_signature(f)),
            "settings": In(learner_settings_layout(f)),
            "host": In(learner_host_layout(f)),
            "host_data": Out(SAMPLE_BITS),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f = self.form
        m.submodules.jobs = jobs = Jobs(f)
        m.submodules.vector = vector = Vector(f)
        m.submodules.scalars = scalars = Scalars(f)
        m.submodules.noise = noise = Noise(f)
        connect(m, jobs.lesson, scalars.lesson)
        connect(m, jobs.draw, noise.draw)
        connect(m, jobs.lanes, vector.lanes)
        connect(m, vector.scalars, scalars.lanes)
        for name in ("teach", "recalled", "schedule"):
            connect(m, flipped(getattr(self, name)), getattr(jobs, name))
        for name in ("counts", "templates"):
            connect(m, flipped(getattr(self, name)), getattr(vector, name))
        connect(m, vector.errors, flipped(self.errors))
        m.d.comb += [
            jobs.settings.eq(self.settings),
            self.idle.eq(jobs.idle),
            vector.block_shift.eq(self.settings.block_shift),
            scalars.dot.eq(vector.lanes.dot),
            scalars.dead_zone.eq(self.settings.dead_zone),
            *([scalars.neighbours.eq(self.settings.neighbours)] if f.task == "sequence" else []),
            jobs.spared.eq(scalars.spared),
            *(jobs.live[i].eq(scalars.live[i]) for i in range(f.under_way)),
            noise.seed.eq(self.settings.seed),
            jobs.drawn.eq(noise.drawn),
        ]
        self._records(m, jobs.record)
        self._host(m, vector, scalars, noise)
        return m

    def _records(self, m, new):
        """How many errors an update has, its rate and its noise, of each layer and bank, kept until its pass."""
        m.submodules.records = records = ram(layouts.update_layout, depth=BANKS * len(self.form.contexts), block=True)
        write(m, records, new.valid, new.payload.at, new.payload.record)
        m.d.comb += self.lookup.update.eq(read(m, records, self.lookup.at, self.lookup.look))

    def _host(self, m, vector, scalars, noise):
        f, host = self.form, self.host
        lanes = ceil_log2(f.lanes)
        of = {name: host.on & (host.memory == MEMORIES.index(name)) for name in LEARNED}
        m.d.comb += assigned(vector.host, on=of["templates"] | of["sums"], sums=of["sums"])
        m.d.comb += assigned(vector.host, lane=host.address[:lanes], word=host.address[lanes:])
        m.d.comb += assigned(scalars.host, on=of["norms"] | of["scalar_sums"], sums=of["scalar_sums"])
        m.d.comb += assigned(scalars.host, k=host.address[: f.class_bits], context=host.address[f.class_bits :])
        m.d.comb += assigned(noise.host, on=of["samples"], context=host.address)
        for block in (vector, scalars, noise):
            m.d.comb += assigned(block.host, write=host.write, data=host.data)
        small = Signal.like(self.host_data)
        m.d.sync += small.eq(Mux(of["samples"], noise.host_data, scalars.host_data))
        m.d.comb += self.host_data.eq(Mux(vector.host.on, vector.host_data, small))
