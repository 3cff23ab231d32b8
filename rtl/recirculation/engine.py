"""The engine of an auto-encoder: differences of counts for a learner, and the ends of its networks."""

from amaranth.lib import stream
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.engine.engine import Engine
from rtl.engine.layouts import sent
from rtl.formats import COUNTER_BITS
from rtl.hdl import assigned
from rtl.interface.memory_map import MEMORIES
from rtl.recirculation.differences import Differences
from rtl.recirculation.layouts import code_layout, shown_layout
from rtl.recirculation.outlet import OWN_STREAMS, RecalledOutlet
from rtl.recirculation.rounds import Rounds
from rtl.recirculation.updates import Updates


class RecirculationEngine(Engine):
    """Members, beside those of `Engine`:

    code: In, `code_layout` with `valid`, to layer L. codes, recalled: Out, streams of `shown_layout`, of layers L and 0;
        squared: Out, with `valid`: of layer 0.
    """

    _schedule, _outlet = Rounds, RecalledOutlet

    def _members(self, f):
        members = super()._members(f)
        if f.has(0):
            members |= {"recalled": Out(stream.Signature(shown_layout(f))), "squared": Out(sent(COUNTER_BITS))}
        if f.has(f.layers):
            members |= {"code": In(sent(code_layout(f))), "codes": Out(stream.Signature(shown_layout(f)))}
        return members

    def _channels(self):
        return OWN_STREAMS, 0

    def _task(self, m):
        f, schedule, outlet = self.form, self.schedule, self.outlet
        m.submodules.differences = differences = Differences(f)
        connect(m, outlet.seen, differences.seen)
        if f.has(f.layers):
            connect(m, flipped(self.code), outlet.code)
            connect(m, outlet.codes, flipped(self.codes))
        connect(m, differences.ended, schedule.ended)
        m.d.comb += differences.learn_theta.eq(self.settings.learn_theta)
        if f.has(0):
            connect(m, outlet.recalled, flipped(self.recalled))
            connect(m, differences.squared, flipped(self.squared))
        if not f.learn:
            m.d.comb += schedule.draw.ready.eq(1)
            return differences.idle, 0
        return self._update(m, differences)

    def _update(self, m, differences):
        """All that an inference-only engine has not."""
        f, schedule, settings = self.form, self.schedule, self.settings
        m.submodules.updates = updates = Updates(f)
        connect(m, differences.errors, self.neurons.errors)
        connect(m, differences.ended, updates.ended)
        connect(m, schedule.draw, updates.draw)
        connect(m, schedule.lookup, updates.lookup)
        m.d.comb += [
            *(updates.settings[name].eq(settings[name]) for name in updates.settings.shape().members),
            updates.host.on.eq(self.host.select & (self.host.memory == MEMORIES.index("samples"))),
            *assigned(updates.host, apical=self.host.index[0], context=self.host.index[1:]),
            *assigned(updates.host, write=self.host.write, data=self.host.data),
        ]
        return differences.idle & updates.draw.ready, updates.host_data
