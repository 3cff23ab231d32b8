"""EngineCore: engines, the stimulus in, results out, and the host port to every memory and register."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.engine.engine import Engine
from rtl.engine.host import LATENCY, STROBE_AT
from rtl.engine.readout import WORD_BITS, Readout
from rtl.engine.settings import settings_layout
from rtl.engine.stimulus import Stimulus
from rtl.interface.engine_map import (
    DATA_BITS,
    INDEX_BITS,
    MEMORY_BITS,
    REGISTERS,
    engines_of,
    register_names,
    settings_of,
)
from rtl.ports import host_answer_signature, host_request_layout, stimulus_layout


class EngineCore(wiring.Component):
    """A whole chip's learning core.

    Members:
        i: In, stream of `stimulus_layout`. o: Out, stream of words, see `rtl.engine.readout.Readout`: a
            result a sample, in order.
        host_i: In, stream of `host_request_layout`; requests wait until the core is `idle`. host_o: Out,
            `host_answer_signature`: one for each request, in order, there for a clock.
        idle: Out, no sample, pass or learning is inside. Up to two updates of W may be pending: the register `finish`.
    """

    def __init__(self, config: Config):
        self.config = config
        (self.form,) = engines_of(config)
        super().__init__(
            {
                "i": In(stream.Signature(stimulus_layout(config))),
                "o": Out(stream.Signature(WORD_BITS)),
                "host_i": In(stream.Signature(host_request_layout())),
                "host_o": Out(host_answer_signature()),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, f = self.config, self.form
        m.submodules.engine = self.engine = engine = Engine(f)
        m.submodules.readout = readout = Readout(f)
        m.submodules.stimulus = self.stimulus = stimulus = Stimulus(config, f, f.source_of(1, False))
        self.accessing = Signal()
        wiring.connect(m, engine.voltages, readout.voltages)
        wiring.connect(m, readout.o, wiring.flipped(self.o))
        m.d.comb += [
            engine.counter_read.eq(readout.read),
            engine.counter_kind.eq(readout.kind),
            readout.value.eq(engine.counter_value),
            stimulus.i.payload.eq(self.i.payload),
            stimulus.i.valid.eq(self.i.valid & ~self.accessing),
            self.i.ready.eq(stimulus.i.ready & ~self.accessing),
        ]
        wiring.connect(m, stimulus.spikes, engine.stimulus)
        m.d.comb += stimulus.room.eq(engine.stimulus_room), engine.stimulus_claim.eq(stimulus.claim)
        if config.learn:
            wiring.connect(m, stimulus.counts, engine.bottom)
            m.d.comb += [
                stimulus.bottom_free.eq(engine.bottom_free),
                engine.bottom_taken.eq(stimulus.bottom_taken),
                engine.bottom_header.eq(stimulus.header),
                engine.bottom_group.eq(stimulus.group),
            ]
        still = Signal()
        m.d.sync += still.eq(engine.idle & readout.idle & stimulus.idle & ~self.i.valid)
        m.d.comb += self.idle.eq(still & stimulus.idle & ~self.i.valid)
        self._host(m, self._registers(m))
        return m

    def _registers(self, m):
        """Registers by name, with the configuration's values after reset."""
        defaults, registers = settings_of(self.config), {}
        settings = Signal(settings_layout(self.form), init={n: v for n, v in defaults.items() if not n.startswith("rate")})
        for name in settings_layout(self.form).members:
            if name != "rates":
                registers[name] = settings[name]
        for number, context in enumerate(self.form.contexts):
            if context.layer:
                register = Signal.like(
                    settings.rates[number], name=f"rate{context.layer}", init=defaults[f"rate{context.layer}"]
                )
                registers[f"rate{context.layer}"] = register
        wired = Signal.like(settings)
        m.d.comb += wired.eq(settings)
        for number, context in enumerate(self.form.contexts):
            if context.layer:
                m.d.comb += wired.rates[number].eq(registers[f"rate{context.layer}"])
        m.d.comb += self.engine.settings.eq(wired)
        m.d.comb += self.stimulus.block.eq(settings.block), self.stimulus.learn_theta.eq(settings.learn_theta)
        registers["clocks"] = clocks = Signal(DATA_BITS, name="clocks")
        m.d.sync += clocks.eq(clocks + 1)
        return registers

    def _host(self, m, registers):
        """One request after another; meanwhile no sample comes in. What is asked stays until the answer is there."""
        request, count = Signal(host_request_layout()), Signal(range(LATENCY + 2))
        address = data.View(data.StructLayout({"index": INDEX_BITS, "memory": MEMORY_BITS, "engine": 4}), request.address)
        taken = self.host_i.valid & self.host_i.ready
        m.d.comb += self.host_i.ready.eq(self.idle & ~self.accessing & ~self.host_o.valid)
        m.d.sync += self.host_o.valid.eq(0)
        with m.If(taken):
            m.d.sync += request.eq(self.host_i.payload), self.accessing.eq(1), count.eq(0)
        with m.If(self.accessing):
            m.d.sync += count.eq(count + 1)
            with m.If(count == LATENCY):
                m.d.sync += self.accessing.eq(0), self.host_o.valid.eq(1)
        own, strobe = address.engine == REGISTERS, self.accessing & request.write & (count == STROBE_AT)
        host = self.engine.host
        m.d.comb += [
            host.select.eq(self.accessing & ~own),
            host.memory.eq(address.memory),
            host.index.eq(address.index),
            host.data.eq(request.data),
            host.write.eq(strobe & ~own),
        ]
        read = Signal(DATA_BITS)
        for index, name in enumerate(register_names(self.config)):
            here = own & (address.index == index)
            value = {"position": self.stimulus.position, "finish": 0}.get(name, registers.get(name))
            with m.If(here):
                m.d.comb += read.eq(value)
            if name == "position":
                m.d.comb += self.stimulus.position_data.eq(request.data)
                m.d.comb += self.stimulus.position_write.eq(here & strobe)
            elif name == "finish":
                m.d.comb += self.stimulus.finish.eq(here & strobe)
            else:
                with m.If(here & strobe):
                    m.d.sync += registers[name].eq(request.data)
        m.d.sync += self.host_o.payload.eq(Mux(own, read, host.read))
