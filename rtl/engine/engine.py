"""Engine: its blocks and what goes between them."""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.engine.codes import Codes
from rtl.engine.counters import Counters, place_layout
from rtl.engine.formats import EngineFormat
from rtl.engine.host import host_signature
from rtl.engine.layouts import header_layout, link_signature
from rtl.engine.learner import FIRST_MEMORY, Learner
from rtl.engine.neurons import Neurons
from rtl.engine.outlet import Outlet, stimulus_counts_layout, voltages_layout
from rtl.engine.rows import Rows
from rtl.engine.schedule import Schedule
from rtl.engine.settings import settings_layout
from rtl.formats import COUNTER_BITS
from rtl.interface.memory_map import MEMORIES


class Engine(wiring.Component):
    """P lanes, and the layers that are mapped onto them.

    Members:
        settings: In, `settings_layout`.
        inputs: In, links, in the order of `EngineFormat.inputs`. links: Out, in that of `EngineFormat.links`.
        bottom: In, stream of `stimulus_counts_layout` to layer 0, group `bottom_group` (In); bottom_free: Out, it may take a
            sample; bottom_taken: In, pulse, with the sample's `bottom_header` (In).
        recalls: Out, pulse of the engine of layer L: concepts are to be recalled; drives: In, pulse, to that of layer L-1,
            which drives them; driven: Out, pulse: it has; recalled: In, pulse, to layer L: so they are.
        voltages: Out, stream of `voltages_layout`. counter_read, counter_kind: In, counter_value: Out: see
            `rtl.engine.counters.Counters`.
        host: In, `host_signature`. idle: Out.
    """

    def __init__(self, form: EngineFormat):
        self.form = f = form
        bottom = next((c for c in f.contexts if c.bottom), None)
        super().__init__(
            {
                "settings": In(settings_layout(f)),
                "inputs": In(link_signature(f)).array(len(f.inputs)),
                "links": Out(link_signature(f)).array(len(f.links)),
                "bottom": In(stream.Signature(stimulus_counts_layout(f))),
                "bottom_group": In(range(max(2, bottom.groups if bottom else 0))),
                "bottom_free": Out(1),
                "bottom_taken": In(1),
                "bottom_header": In(header_layout(f)),
                "recalls": Out(1),
                "drives": In(1),
                "driven": Out(1),
                "recalled": In(1),
                "voltages": Out(stream.Signature(voltages_layout(f))),
                "counter_read": In(place_layout(f)),
                "counter_kind": In(2),
                "counter_value": Out(COUNTER_BITS),
                "host": In(host_signature()),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, settings = self.form, self.settings
        self.code_source = f.source_of(f.layers - 1, True)
        channels = 1 + len(f.inputs) + (self.code_source is not None)  # its own words, the inputs', the codes
        m.submodules.rows = self.rows = rows = Rows(f, channels)
        m.submodules.schedule = self.schedule = schedule = Schedule(f)
        m.submodules.neurons = self.neurons = neurons = Neurons(f)
        m.submodules.outlet = self.outlet = outlet = Outlet(f)
        m.submodules.counters = counters = Counters(f)
        wiring.connect(m, outlet.spikes[0], rows.words[0])
        wiring.connect(m, schedule.passes, neurons.passes)
        wiring.connect(m, neurons.released, schedule.released)
        wiring.connect(m, neurons.words, outlet.words)
        wiring.connect(m, outlet.voltages, wiring.flipped(self.voltages))
        self.claims = Signal(len(f.sources))
        m.d.comb += [
            rows.source.eq(schedule.source),
            schedule.listed.eq(rows.listed),
            schedule.job.eq(rows.job),
            schedule.front.eq(rows.front),
            schedule.back.eq(rows.back),
            rows.taken.eq(schedule.taken),
            rows.index.eq(neurons.index),
            neurons.entry.eq(rows.entry),
            schedule.claim.eq(self.claims),
            outlet.under_way.eq(schedule.under_way),
            schedule.out.eq(outlet.out),
            neurons.threshold.eq(settings.threshold),
            neurons.window_low.eq(settings.window_low),
            neurons.window_high.eq(settings.window_high),
        ]
        for number, (link, source) in enumerate(zip(self.inputs, f.inputs, strict=True)):
            words = rows.words[1 + number]
            m.d.comb += [
                words.valid.eq(link.words.valid),
                words.payload.eq(link.words.payload),
                words.payload.source.eq(source),
                link.words.ready.eq(words.ready),
                link.room.eq(schedule.room[source]),
                self.claims[source].eq(link.claim),
            ]
        for number, link in enumerate(self.links):
            wiring.connect(m, outlet.spikes[1 + number], wiring.flipped(link.words))
            m.d.comb += schedule.link_room[number].eq(link.room), link.claim.eq(schedule.link_claim[number])
        learner_idle, host_data = self._learning(m) if f.learn else (1, 0)
        self._count(m, counters)
        self._host(m, host_data)
        parts = (rows.idle, schedule.idle, neurons.idle, outlet.idle, learner_idle)
        m.d.comb += self.idle.eq(Cat(parts).all())
        return m

    def _learning(self, m):
        """What there is with learning alone. Returns the learner's idle, and what the host reads of it."""
        f, schedule, outlet, settings = self.form, self.schedule, self.outlet, self.settings
        m.submodules.learner = learner = Learner(f)
        for name in ("counts", "templates", "teach", "recalled"):
            wiring.connect(m, getattr(outlet, name), getattr(learner, name))
        wiring.connect(m, schedule.concept, learner.concept)
        wiring.connect(m, learner.errors, self.neurons.errors)
        m.d.comb += [
            getattr(learner.settings, name).eq(getattr(settings, name)) for name in learner.settings.shape().members
        ]
        m.d.comb += [
            learner.look.eq(schedule.look),
            learner.at.context.eq(schedule.read.context),
            learner.at.bank.eq(schedule.read.bank),
            schedule.update.eq(learner.update),
            schedule.made.eq(learner.made),
            schedule.recalled.eq(learner.normed.valid),
            schedule.recalled_as.eq(learner.normed.payload),
            schedule.taught.eq(learner.taught.valid),
            schedule.taught_context.eq(learner.taught.payload.context),
            schedule.taught_parity.eq(learner.taught.payload.parity),
        ]
        m.d.comb += [
            learner.host.on.eq(self.host.select & (self.host.memory >= FIRST_MEMORY)),
            learner.host.memory.eq(self.host.memory - FIRST_MEMORY),
            learner.host.address.eq(self.host.index),
            learner.host.write.eq(self.host.write),
            learner.host.data.eq(self.host.data),
        ]
        self._ends(m)
        return learner.idle, learner.host_data

    def _ends(self, m):
        """Layer 0, which takes the stimulus; layer L, which asks for a recall; layer L-1, to which the codes come."""
        f, schedule, outlet = self.form, self.schedule, self.outlet
        m.d.sync += self.recalls.eq(schedule.codes)
        m.d.comb += schedule.codes_done.eq(self.recalled)
        if f.has(0):
            wiring.connect(m, wiring.flipped(self.bottom), outlet.bottom)
            m.d.comb += [
                outlet.bottom_place.eq(f.contexts[0].place_base + self.bottom_group),
                outlet.bottom_parity.eq(schedule.bottom_parity),
                self.bottom_free.eq(schedule.bottom_free),
                schedule.bottom_taken.eq(self.bottom_taken),
                schedule.bottom_header.eq(self.bottom_header),
            ]
        if self.code_source is not None:
            m.submodules.codes = codes = Codes(f, self.code_source)
            wiring.connect(m, codes.o, self.rows.words[-1])
            m.d.comb += [
                codes.start.eq(self.drives),
                codes.room.eq(schedule.room[self.code_source]),
                self.claims[self.code_source].eq(codes.claim),
                self.driven.eq(codes.done),
            ]

    def _count(self, m, counters):
        """Every event that a counter waits for."""
        passes, neurons = self.schedule.passes, self.neurons
        now, word = self.schedule.under_way, neurons.words.payload
        m.d.comb += [
            counters.begins.eq(self.schedule.taken & ~passes.payload.apical),
            counters.place.context.eq(passes.payload.context),
            counters.place.slot.eq(passes.payload.slot),
            counters.rows.eq(passes.payload.new),
            counters.errors.eq(passes.payload.update.errors),
            counters.saturated.eq(neurons.changed),
            counters.saturated_place.context.eq(neurons.changes.context),
            counters.saturated_place.slot.eq(neurons.changes.slot),
            counters.saturations.eq(neurons.changes.saturations),
            counters.word.eq(neurons.words.valid & neurons.words.ready & ~now.apical),
            counters.word_place.context.eq(now.context),
            counters.word_place.slot.eq(now.slot),
            counters.last.eq(word.group.last),
            counters.read.eq(self.counter_read),
            counters.kind.eq(self.counter_kind),
            self.counter_value.eq(counters.value),
        ]
        m.d.comb += [counters.counts[p].eq(word.lanes[p].count) for p in range(self.form.lanes)]

    def _host(self, m, learned):
        """The host's access to weights, to the counts of last samples, and to what the learner has."""
        f, host, rows, weights = self.form, self.host, self.rows, self.neurons.host
        lanes = ceil_log2(f.lanes)
        lane, word = host.index[:lanes], host.index[lanes:]
        kept = host.memory == MEMORIES.index("kept")
        own = host.select & (host.memory == MEMORIES.index("weights"))
        m.d.comb += [
            weights.select.eq(own),
            weights.address.eq(word),
            weights.data.eq(host.data),
            weights.write.eq((own & host.write) << lane),
            rows.host_address.eq(word),
            rows.host_lane.eq(lane),
            rows.host_data.eq(host.data),
            rows.host_write.eq(host.select & kept & host.write),
            host.read.eq(Mux(kept, rows.host_read, learned)),
        ]
        with m.If(host.memory == MEMORIES.index("weights")):
            m.d.comb += host.read.eq(Array(weights.read)[lane])
