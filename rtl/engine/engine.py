"""Engine: its blocks and what goes between them."""

from amaranth.hdl import Cat, Module, Mux
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.engine.block import Block
from rtl.engine.counters import Counters, counter_signature
from rtl.engine.host import host_signature
from rtl.engine.layouts import side_fields
from rtl.engine.neurons import Neurons
from rtl.engine.rows import Rows
from rtl.engine.settings import SOMA_SETTINGS, settings_layout
from rtl.engine.signatures import bottom_signature, link_signature
from rtl.engine.turns import Turns
from rtl.formats import ceil_log2
from rtl.hdl import assigned, selected
from rtl.interface.memory_map import MEMORIES


class Engine(Block):
    """P lanes, and the layers that are mapped onto them. What drives them and what learns is the task's, a subclass.

    Members:
        settings: In, `settings_layout`.
        inputs: In, links, in the order of `EngineFormat.inputs`. links: Out, in that of `EngineFormat.links`.
        bottom: In, `bottom_signature`, where it has layer 0.
        counter: In, `counter_signature`. host: In, `host_signature`. idle: Out.
    """

    def _members(self, f):
        return {
            "settings": In(settings_layout(f)),
            "inputs": In(link_signature(f)).array(len(f.inputs)),
            "links": Out(link_signature(f)).array(len(f.links)),
            "counter": In(counter_signature(f)),
            "host": In(host_signature()),
            "idle": Out(1),
        } | ({"bottom": In(bottom_signature(f, f.contexts[0].groups))} if f.has(0) else {})

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.own, self.further = self._channels()
        m.submodules.rows = self.rows = rows = Rows(f, self.own + len(f.inputs) + self.further)
        m.submodules.schedule = self.schedule = schedule = self._schedule(f)
        m.submodules.neurons = self.neurons = neurons = Neurons(f)
        m.submodules.outlet = self.outlet = outlet = self._outlet(f)
        m.submodules.counters = counters = Counters(f)
        for number in range(self.own):
            connect(m, outlet.spikes[number], rows.words[number])
        connect(m, schedule.passes, neurons.passes)
        connect(m, neurons.released, schedule.released)
        connect(m, neurons.words, outlet.words)
        connect(m, rows.listing, schedule.listing)
        connect(m, flipped(self.counter), counters.read)
        m.d.comb += [
            rows.index.eq(neurons.index),
            neurons.entry.eq(rows.entry),
            outlet.under_way.eq(schedule.under_way),
            schedule.out.eq(outlet.out),
            *(getattr(neurons, name).eq(self.settings[name]) for name in SOMA_SETTINGS),
        ]
        for number, (link, source) in enumerate(zip(self.inputs, f.inputs, strict=True)):
            self._receive(m, flipped(link), rows.words[self.own + number], source)
        for link, spikes, its_list in zip(self.links, outlet.spikes[self.own :], schedule.links, strict=True):
            connect(m, spikes, flipped(link.words))
            connect(m, its_list, flipped(link.list))
        if f.has(0):
            connect(m, flipped(self.bottom.words), outlet.bottom)
            connect(m, flipped(self.bottom.sample), schedule.bottom)
            m.d.comb += outlet.bottom_header.eq(self.bottom.sample.header)
        rests, host_data = self._task(m)
        self._count(m, counters)
        self._host(m, host_data)
        parts = (rows.idle, schedule.idle, neurons.idle, outlet.idle, rests)
        m.d.comb += self.idle.eq(Cat(parts).all())
        return m

    # -- what a task says ------------------------------------------------------------------------------------------------

    _schedule: type[Turns]
    _outlet: type[Block]
    """Where words go: `words`, `under_way`, `out`, `spikes` and `idle`, and the task's own."""

    def _channels(self) -> tuple[int, int]:
        """Streams of words that go to its rows: of its outlet, and of what else drives it, beside its inputs."""
        raise NotImplementedError

    def _task(self, m):
        """All that is the task's own. Returns whether it rests, and what the host reads of it."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def _receive(self, m, link, words, source):
        """Words of a link come by this stream of its rows, for this source."""
        connect(m, link.list, self.schedule.lists[source])
        m.d.comb += [
            words.valid.eq(link.words.valid),
            words.payload.eq(link.words.payload),
            words.payload.source.eq(source),
            link.words.ready.eq(words.ready),
        ]

    def _count(self, m, counters):
        """Every event that a counter waits for."""
        f, passes, neurons = self.form, self.schedule.passes.payload, self.neurons
        now, word = self.schedule.under_way, neurons.words.payload
        sides = tuple(side_fields(f)) if f.autoencoder else ()
        counted = (lambda which: 1) if f.autoencoder else (lambda which: ~which.apical)
        for place, of in (
            (counters.place, passes),
            (counters.saturated_place, neurons.changes),
            (counters.word_place, now),
        ):
            m.d.comb += [place[name].eq(of[name]) for name in ("context", "slot", *sides)]
        begins = self.schedule.listing.taken & counted(passes)
        comes = neurons.words.valid & neurons.words.ready & counted(now)
        m.d.comb += assigned(counters, begins=begins, rows=passes.new, errors=passes.update.errors)
        m.d.comb += assigned(counters, saturated=neurons.changed, saturations=neurons.changes.saturations)
        m.d.comb += assigned(counters, word=comes, last=word.group.last)
        m.d.comb += [counters.counts[p].eq(word.lanes[p].count) for p in range(f.lanes)]

    def _host(self, m, learned):
        """The host's access to weights, to the counts of last samples, and to what the learner has."""
        f, host, counts, weights = self.form, self.host, self.rows.host, self.neurons.host
        lanes = ceil_log2(f.lanes)
        lane, word = host.index[:lanes], host.index[lanes:]
        kept = host.memory == MEMORIES.index("kept")
        here = host.memory == MEMORIES.index("weights")
        own = host.select & here
        m.d.comb += assigned(weights, select=own, address=word, data=host.data, write=(own & host.write) << lane)
        m.d.comb += assigned(counts, address=word, lane=lane, data=host.data, write=host.select & kept & host.write)
        weight = selected(m, "weight", weights.read, [here & (lane == p) for p in range(f.lanes)])
        with m.If(here):
            m.d.comb += host.read.eq(weight)
        with m.Else():
            m.d.comb += host.read.eq(Mux(kept, counts.read, learned))
