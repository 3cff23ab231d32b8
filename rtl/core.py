"""BsdCore: the stack of layers, the stimulus in, results out, and the host port to every memory."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.assembled import Assembled
from rtl.engine.core import EngineCore
from rtl.folded.engine import Engine
from rtl.formats import LABEL_BITS, RATE_BITS, LayerFormat
from rtl.interface.memory_map import (
    DATA_BITS,
    EVERY,
    INDEX_BITS,
    LAYER_BITS,
    MEMORY_BITS,
    REGISTERS,
    register_names,
    settings_of,
)
from rtl.layer import Layer
from rtl.layer_host import READ_LATENCY, WRITE_AT
from rtl.ports import gives_words, host_answer_signature, host_request_layout, settings_layout, stimulus_layout
from rtl.readout import Readout, result_layout
from rtl.spikes import one_of, pixel_count, pixel_train
from rtl.streams import Held


def bare_core_of(config: Config) -> wiring.Component:
    """The core of a configuration: engines, or of the first rule a layer in each place, or all folded into one.

    Its results come as `rtl.ports.result_signature` says.
    """
    if config.rule == "second":
        return EngineCore(config)
    return Engine(config) if config.folded else BsdCore(config)


def core_of(config: Config) -> wiring.Component:
    """The same with whole results: the ports of `BsdCore`, whatever is inside."""
    core = bare_core_of(config)
    return Assembled(config, core) if gives_words(config) else core


class BsdCore(wiring.Component):
    """A whole chip's learning core.

    Members:
        i: In, stream of `stimulus_layout`. o: Out, stream of `rtl.readout.result_layout`, one a sample, in order.
        host_i: In, stream of `host_request_layout`; requests wait until the core is `idle`, reads of one memory are taken
            one a clock. host_o: Out, `host_answer_signature`: one for each request, in order, there for a clock.
        idle: Out, no sample, pass or learning is inside, two clocks after it is so. Learning samples leave their last update
            of W pending; a blank sample (all pixels 0, learn 0) settles it.
    """

    def __init__(self, config: Config):
        self.config = config
        self.forms = [LayerFormat.of(config, layer) for layer in range(config.layers + 1)]
        super().__init__(
            {
                "i": In(stream.Signature(stimulus_layout(config))),
                "o": Out(stream.Signature(result_layout(self.forms[-1]))),
                "host_i": In(stream.Signature(host_request_layout())),
                "host_o": Out(host_answer_signature()),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, top = self.config, self.config.layers
        self.accessing, self.taking = Signal(), Signal()
        layers = {}
        for layer in range(0 if config.learn else 1, top + 1):
            m.submodules[f"layer{layer}"] = layers[layer] = Layer(self.forms[layer])
        m.submodules.readout = readout = Readout(self.forms[-1])
        fifos = [self._stimulus(m, layers)]
        for layer in range(1, top):
            wiring.connect(m, layers[layer].o, layers[layer + 1].i)
        if config.learn:
            for layer in range(top):
                wiring.connect(m, layers[layer + 1].apical_o, layers[layer].apical_i)
        wiring.connect(m, layers[top].voltages, readout.voltages)
        wiring.connect(m, wiring.flipped(self.o), readout.o)
        for layer in range(1, top + 1):
            # A layer may run ahead of the top by the samples that the layers between can hold.
            fifo = self._fifo(
                m, f"counters{layer}", layers[layer].counters, readout.counters[layer - 1], 4 * (top - layer) + 4
            )
            fifos.append(fifo)
        registers = self._registers(m, layers)
        empty = [fifo.level == 0 for fifo in fifos if fifo is not None]
        quiet = Cat(*empty, *(layer.idle for layer in layers.values()), ~readout.busy, ~self.taking)
        # Registers, as it comes from everywhere: only a sample ends it, and that is seen at once.
        parts, still = Signal.like(quiet), Signal()
        m.d.sync += parts.eq(Mux(self.i.valid, 0, quiet)), still.eq(parts.all() & ~self.i.valid)
        m.d.comb += self.idle.eq(still & ~self.i.valid)
        self._host(m, layers, registers)
        return m

    def _fifo(self, m, name, source, target, depth):
        """A queue between two streams of the same payload."""
        m.submodules[name] = fifo = SyncFIFOBuffered(width=len(source.payload.as_value()), depth=depth)
        m.d.comb += [
            fifo.w_data.eq(source.payload),
            fifo.w_en.eq(source.valid),
            source.ready.eq(fifo.w_rdy),
            target.payload.eq(fifo.r_data),
            target.valid.eq(fifo.r_rdy),
            fifo.r_en.eq(target.ready),
        ]
        return fifo

    def _stimulus(self, m, layers):
        """A beat goes to layer 1 as spikes or currents, and to layer 0 as counts, queued: layer 0 recalls last."""
        m.submodules.held = held = Held(self.i.payload.shape())  # a wide word, and much hangs on whether it is taken
        m.d.comb += [
            held.i.payload.eq(self._checked(m)),
            held.i.valid.eq(self.i.valid & ~self.accessing),
            self.i.ready.eq(held.i.ready & ~self.accessing),
        ]
        config, beat, first = self.config, held.o.payload, layers[1].i
        m.d.comb += self.taking.eq(held.o.valid)
        for p in range(config.lanes[0]):
            direct = config.coding == "direct"
            m.d.comb += first.payload.trains[p].eq(beat.pixels[p] if direct else pixel_train(beat.pixels[p], config.steps))
        for name in ("label", "learn", "recall"):
            m.d.comb += first.payload[name].eq(beat[name])
        if not config.learn:
            m.d.comb += first.valid.eq(held.o.valid), held.o.ready.eq(first.ready)
            return None
        stimulus = layers[0].i
        queued = stream.Signature(stimulus.payload.shape()).create()
        fifo = self._fifo(m, "stimulus", queued, stimulus, 4 * config.groups(0))
        m.d.comb += [queued.payload.counts[p].eq(pixel_count(beat.pixels[p], config.steps)) for p in range(config.lanes[0])]
        m.d.comb += [queued.payload[name].eq(beat[name]) for name in ("label", "learn", "recall")]
        m.d.comb += [
            first.valid.eq(held.o.valid & queued.ready),
            queued.valid.eq(held.o.valid & first.ready),
            held.o.ready.eq(first.ready & queued.ready),
        ]
        return fifo

    def _checked(self, m):
        """The beat with what no sample can hold taken out: pixels beyond the last, learning without a concept."""
        config, lanes = self.config, self.config.lanes[0]
        beat = Signal.like(self.i.payload)
        m.d.comb += beat.eq(self.i.payload)
        if config.classes < 1 << LABEL_BITS:
            m.d.comb += beat.learn.eq(self.i.payload.learn & (self.i.payload.label < config.classes))
        used = config.sizes[0] % lanes
        if used:
            group = Signal(range(config.groups(0)))
            last = group == config.groups(0) - 1
            with m.If(self.i.valid & self.i.ready):
                m.d.sync += group.eq(Mux(last, 0, group + 1))
            with m.If(last):
                m.d.comb += [beat.pixels[p].eq(0) for p in range(used, lanes)]
        return beat

    def _registers(self, m, layers):
        """Settings with the configuration's values after reset, and the counters of clocks."""
        defaults, names = settings_of(self.config), settings_layout().members
        settings = Signal(settings_layout(), init={name: defaults[name] for name in names})
        registers = {name: settings[name] for name in names}
        for layer, part in layers.items():
            if layer:
                name = f"rate{layer}"
                registers[name] = Signal(RATE_BITS, init=defaults[name], name=name)
                m.d.comb += part.rate.eq(registers[name])
            registers[f"walked{layer}"] = Signal(32, name=f"walked{layer}")
            m.d.sync += registers[f"walked{layer}"].eq(registers[f"walked{layer}"] + part.walked)
            m.d.comb += part.settings.eq(settings)
        registers["clocks"] = Signal(32, name="clocks")
        m.d.sync += registers["clocks"].eq(registers["clocks"] + 1)
        return registers

    def _host(self, m, layers, registers):
        """One request after another, each for as long as its answer takes, and meanwhile no sample comes in. Reads of one
        memory of a layer follow each other at once: all but their index stays. (`accessing`: `inside.any()`, a register.)
        """
        accepted, inside = Signal(), Signal(READ_LATENCY + 1)  # in which clocks of their accesses requests are
        request, follows = Signal(host_request_layout()), Signal()
        address = data.StructLayout({"index": INDEX_BITS, "memory": MEMORY_BITS, "layer": LAYER_BITS})
        now, after = (data.View(address, asked.address) for asked in (request, self.host_i.payload))
        m.d.comb += [
            follows.eq(~request.write & ~self.host_i.payload.write & (now.layer != REGISTERS)),
            accepted.eq(self.host_i.valid & self.host_i.ready),
            self.host_i.ready.eq(
                self.idle & (~self.accessing | (follows & (now.layer == after.layer) & (now.memory == after.memory)))
            ),
        ]
        m.d.sync += inside.eq(Cat(accepted, inside)), self.accessing.eq(accepted | inside[:-1].any())
        m.d.sync += self.host_o.valid.eq(inside[-1])
        with m.If(accepted):
            m.d.sync += request.eq(self.host_i.payload)
        own, writes = now.layer == REGISTERS, inside[WRITE_AT] & request.write
        for number, part in layers.items():
            asked = Signal(name=f"asked{number}")  # beside `request`
            with m.If(accepted):
                m.d.sync += asked.eq((after.layer == number) | (after.layer == EVERY))
            m.d.comb += [
                part.host.select.eq(self.accessing & asked),
                part.host.write.eq(writes),
                part.host.memory.eq(now.memory),
                part.host.index.eq(now.index),
                part.host.data.eq(request.data),
            ]
        read, answer, picked = Signal(DATA_BITS), Signal(DATA_BITS), []
        for index, name in enumerate(register_names(self.config)):
            if name in registers:
                chosen = Signal(name=f"chosen_{name}")
                m.d.sync += chosen.eq(own & (now.index == index))
                picked.append((chosen, registers[name]))
                with m.If(chosen & writes):
                    m.d.sync += registers[name].eq(request.data)
        m.d.sync += read.eq(one_of(Cat(chosen for chosen, _ in picked), [register for _, register in picked]))
        m.d.comb += answer.eq(Mux(own, read, 0))
        for number, part in layers.items():
            with m.If((now.layer == number) | ((now.layer == EVERY) & (number == self.config.layers))):
                m.d.comb += answer.eq(part.host.read)
        m.d.sync += self.host_o.payload.eq(answer)
