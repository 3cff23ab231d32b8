"""The core that names samples, and its engine: the learner, recalled concepts, and the ends of both networks."""

from amaranth.lib import stream
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.engine.codes import Codes
from rtl.engine.contexts import Target
from rtl.engine.core import EngineCore
from rtl.engine.engine import Engine
from rtl.engine.formats import EngineFormat
from rtl.engine.learner import Learner
from rtl.engine.outlet import Outlet, voltages_layout
from rtl.engine.readout import Readout
from rtl.engine.schedule import Schedule
from rtl.engine.signatures import codes_signature
from rtl.engine.stimulus import Stimulus
from rtl.hdl import assigned


class RecognitionEngine(Engine):
    """Members, beside those of `Engine`:

    Of the engine that has layer L: voltages: Out, stream of `voltages_layout`; recalls: Out, `codes_signature`, where it
        asks for a recall. Of the one that has layer L-1: drives: In, `codes_signature`: the codes drive it.
    """

    _schedule, _outlet = Schedule, Outlet

    def __init__(self, form: EngineFormat):
        self.code_source = form.source_of(Target(form.layers - 1, apical=True))
        super().__init__(form)

    def _members(self, f):
        members = super()._members(f)
        if f.has(f.layers):
            members |= {"voltages": Out(stream.Signature(voltages_layout(f))), "recalls": Out(codes_signature())}
        if self.code_source is not None:
            members |= {"drives": In(codes_signature())}
        return members

    def _channels(self):
        return 1 + (self.form.lateral_source is not None), int(self.code_source is not None)

    def _task(self, m):
        if self.form.has(self.form.layers):
            connect(m, self.outlet.voltages, flipped(self.voltages))
        return self._learning(m) if self.form.learn else (1, 0)

    def _learning(self, m):
        """What there is with learning alone. Returns the learner's idle, and what the host reads of it."""
        f, schedule, outlet = self.form, self.schedule, self.outlet
        m.submodules.learner = learner = Learner(f)
        for name in ("counts", "templates", "teach", "recalled"):
            connect(m, getattr(outlet, name), getattr(learner, name))
        connect(m, schedule.learner, learner.schedule)
        connect(m, schedule.lookup, learner.lookup)
        connect(m, learner.errors, self.neurons.errors)
        m.d.comb += [learner.settings[name].eq(self.settings[name]) for name in learner.settings.shape().members]
        host = self.host
        m.d.comb += assigned(learner.host, on=host.select, memory=host.memory, address=host.index)
        m.d.comb += assigned(learner.host, write=host.write, data=host.data)
        self._network_ends(m)
        return learner.idle, learner.host_data

    def _network_ends(self, m):
        """Layer 0, which takes the stimulus; layer L, which asks for a recall; layer L-1, to which the codes come."""
        m.d.comb += self.outlet.bottom_parity.eq(self.schedule.bottom_parity)
        if self.form.has(self.form.layers):
            m.d.sync += self.recalls.start.eq(self.schedule.codes.start)
            m.d.comb += self.schedule.codes.done.eq(self.recalls.done)
        if self.code_source is not None:
            m.submodules.codes = codes = Codes(self.form)
            connect(m, flipped(self.drives), codes.drives)
            self._receive(m, codes.link, self.rows.words[-1], self.code_source)


class RecognitionCore(EngineCore):
    """See `EngineCore`."""

    _engine, _stimulus = RecognitionEngine, Stimulus

    def _readout(self):
        return Readout(self.forms[self._of(self.config.layers)])

    def _task(self, m, registers):
        config, readout, stimulus = self.config, self.readout, self.stimulus
        top = self.engines[self._of(config.layers)]
        connect(m, top.voltages, readout.voltages)
        m.d.comb += stimulus.block.eq(registers["block"]), stimulus.learn_theta.eq(registers["learn_theta"])
        if config.learn:
            connect(m, top.recalls, self.engines[self._of(config.layers - 1)].drives)
        self._counters(m, range(1, config.layers + 1), readout.layer)
