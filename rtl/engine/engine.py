"""Engine: its blocks and what goes between them."""

from amaranth.hdl import Array, Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.engine.counters import Counters, place_layout
from rtl.engine.formats import EngineFormat
from rtl.engine.host import host_signature
from rtl.engine.layouts import link_signature, side_layout
from rtl.engine.neurons import Neurons
from rtl.engine.rows import Rows
from rtl.engine.settings import settings_layout
from rtl.formats import COUNTER_BITS
from rtl.interface.memory_map import MEMORIES


class Engine(wiring.Component):
    """P lanes, and the layers that are mapped onto them. What drives them and what learns is the task's, a subclass.

    Args:
        members: those of a task's own.

    Members:
        settings: In, `settings_layout`.
        inputs: In, links, in the order of `EngineFormat.inputs`. links: Out, in that of `EngineFormat.links`.
        counter_read, counter_kind: In, counter_value: Out: see `rtl.engine.counters.Counters`.
        host: In, `host_signature`. idle: Out.
    """

    def __init__(self, form: EngineFormat, members: dict):
        self.form = f = form
        super().__init__(
            {
                "settings": In(settings_layout(f)),
                "inputs": In(link_signature(f)).array(len(f.inputs)),
                "links": Out(link_signature(f)).array(len(f.links)),
                "counter_read": In(place_layout(f)),
                "counter_kind": In(2),
                "counter_value": Out(COUNTER_BITS),
                "host": In(host_signature()),
                "idle": Out(1),
            }
            | members
        )

    def elaborate(self, platform):
        m = Module()
        f, settings = self.form, self.settings
        self.own, self.further = self._channels()
        m.submodules.rows = self.rows = rows = Rows(f, self.own + len(f.inputs) + self.further)
        m.submodules.schedule = self.schedule = schedule = self._schedule()
        m.submodules.neurons = self.neurons = neurons = Neurons(f)
        m.submodules.outlet = self.outlet = outlet = self._outlet()
        m.submodules.counters = counters = Counters(f)
        for number in range(self.own):
            wiring.connect(m, outlet.spikes[number], rows.words[number])
        wiring.connect(m, schedule.passes, neurons.passes)
        wiring.connect(m, neurons.released, schedule.released)
        wiring.connect(m, neurons.words, outlet.words)
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
            words = rows.words[self.own + number]
            m.d.comb += [
                words.valid.eq(link.words.valid),
                words.payload.eq(link.words.payload),
                words.payload.source.eq(source),
                link.words.ready.eq(words.ready),
                link.room.eq(schedule.room[source]),
                self.claims[source].eq(link.claim),
            ]
        for number, link in enumerate(self.links):
            wiring.connect(m, outlet.spikes[self.own + number], wiring.flipped(link.words))
            m.d.comb += schedule.link_room[number].eq(link.room), link.claim.eq(schedule.link_claim[number])
        rests, host_data = self._task(m)
        self._count(m, counters)
        self._host(m, host_data)
        parts = (rows.idle, schedule.idle, neurons.idle, outlet.idle, rests)
        m.d.comb += self.idle.eq(Cat(parts).all())
        return m

    # -- what a task says ------------------------------------------------------------------------------------------------

    def _channels(self) -> tuple[int, int]:
        """Streams of words that go to its rows: of its outlet, and of what else drives it, beside its inputs."""
        raise NotImplementedError

    def _schedule(self):
        """Its `rtl.engine.turns.Turns`."""
        raise NotImplementedError

    def _outlet(self):
        """Where words go: `words`, `under_way`, `out`, `spikes` and `idle`, and the task's own."""
        raise NotImplementedError

    def _task(self, m):
        """All that is the task's own. Returns whether it rests, and what the host reads of it."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def _count(self, m, counters):
        """Every event that a counter waits for."""
        f, passes, neurons = self.form, self.schedule.passes.payload, self.neurons
        now, word = self.schedule.under_way, neurons.words.payload
        sides = tuple(side_layout(f)) if f.autoencoder else ()
        counted = (lambda which: 1) if f.autoencoder else (lambda which: ~which.apical)
        for place, of in (
            (counters.place, passes),
            (counters.saturated_place, neurons.changes),
            (counters.word_place, now),
        ):
            m.d.comb += [place[name].eq(of[name]) for name in ("context", "slot", *sides)]
        m.d.comb += [
            counters.begins.eq(self.schedule.taken & counted(passes)),
            counters.rows.eq(passes.new),
            counters.errors.eq(passes.update.errors),
            counters.saturated.eq(neurons.changed),
            counters.saturations.eq(neurons.changes.saturations),
            counters.word.eq(neurons.words.valid & neurons.words.ready & counted(now)),
            counters.last.eq(word.group.last),
            counters.read.eq(self.counter_read),
            counters.kind.eq(self.counter_kind),
            self.counter_value.eq(counters.value),
        ]
        m.d.comb += [counters.counts[p].eq(word.lanes[p].count) for p in range(f.lanes)]

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
