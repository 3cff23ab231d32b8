"""The core that names samples, and its engine: the learner, recalled concepts, and the ends of both networks."""

from amaranth.hdl import Array
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.engine.codes import Codes
from rtl.engine.contexts import Target
from rtl.engine.core import EngineCore
from rtl.engine.engine import Engine
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout
from rtl.engine.learner import FIRST_MEMORY, Learner
from rtl.engine.outlet import Outlet, stimulus_counts_layout, voltages_layout
from rtl.engine.readout import Readout
from rtl.engine.schedule import Schedule
from rtl.engine.stimulus import Stimulus


class RecognitionEngine(Engine):
    """Members, beside those of `Engine`:

    Of the engine that has layer 0: bottom: In, stream of `stimulus_counts_layout`, group `bottom_group` (In); bottom_free:
        Out, it may take a sample; bottom_taken: In, pulse, with the sample's `bottom_header` (In).
    Of that of layer L: voltages: Out, stream of `voltages_layout`; recalls: Out, pulse: concepts are to be recalled;
        recalled: In, pulse: so they are. Of that of layer L-1: drives: In, pulse, to drive them; driven: Out, pulse: it has.
    """

    def __init__(self, form: EngineFormat):
        f, members = form, {}
        self.code_source = f.source_of(Target(f.layers - 1, apical=True))
        if f.has(0):
            members |= {
                "bottom": In(stream.Signature(stimulus_counts_layout(f))),
                "bottom_group": In(range(max(2, f.contexts[0].groups))),
                "bottom_free": Out(1),
                "bottom_taken": In(1),
                "bottom_header": In(header_layout(f)),
            }
        if f.has(f.layers):
            members |= {"voltages": Out(stream.Signature(voltages_layout(f))), "recalls": Out(1), "recalled": In(1)}
        if self.code_source is not None:
            members |= {"drives": In(1), "driven": Out(1)}
        super().__init__(f, members)

    def _channels(self):
        return 1 + (self.form.lateral is not None), int(self.code_source is not None)

    def _schedule(self):
        return Schedule(self.form)

    def _outlet(self):
        return Outlet(self.form)

    def _task(self, m):
        if self.form.has(self.form.layers):
            wiring.connect(m, self.outlet.voltages, wiring.flipped(self.voltages))
        return self._learning(m) if self.form.learn else (1, 0)

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
        self._network_ends(m)
        return learner.idle, learner.host_data

    def _network_ends(self, m):
        """Layer 0, which takes the stimulus; layer L, which asks for a recall; layer L-1, to which the codes come."""
        f, schedule, outlet = self.form, self.schedule, self.outlet
        if f.has(f.layers):
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


class RecognitionCore(EngineCore):
    """See `EngineCore`."""

    def _engine(self, form):
        return RecognitionEngine(form)

    def _readout(self):
        return Readout(self.forms[self._of(self.config.layers)])

    def _stimulus(self, form, source):
        return Stimulus(self.config, form, source)

    def _task(self, m, registers):
        config, readout, stimulus = self.config, self.readout, self.stimulus
        top = self.engines[self._of(config.layers)]
        wiring.connect(m, top.voltages, readout.voltages)
        m.d.comb += stimulus.block.eq(registers["block"]), stimulus.learn_theta.eq(registers["learn_theta"])
        if config.learn:
            driven = self.engines[self._of(config.layers - 1)]
            m.d.comb += driven.drives.eq(top.recalls), top.recalled.eq(driven.driven)
        holders = [self._of(layer) for layer in range(1, config.layers + 1)]
        for number, engine in enumerate(self.engines):
            contexts = Array(
                self.forms[number].context_of(layer) if number == holder else 0 for layer, holder in enumerate(holders, 1)
            )
            m.d.comb += [
                engine.counter_read.slot.eq(readout.slot),
                engine.counter_read.context.eq(contexts[readout.layer]),
                engine.counter_kind.eq(readout.kind),
            ]
        m.d.comb += readout.value.eq(Array(self.engines[holder].counter_value for holder in holders)[readout.layer])
