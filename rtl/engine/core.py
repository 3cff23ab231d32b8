"""EngineCore: engines, the stimulus in, results out, and the host port to every memory and register."""

from collections.abc import Sequence

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from golden.config import Config
from rtl.checks import never
from rtl.engine.beats import Beats
from rtl.engine.contexts import Target
from rtl.engine.engine import Engine
from rtl.engine.formats import engines_of
from rtl.engine.host import LATENCY, STROBE_AT
from rtl.engine.settings import settings_layout
from rtl.formats import RATE_BITS, ceil_log2
from rtl.hdl import assigned, constant, signals
from rtl.interface.memory_map import DATA_BITS, INDEX_BITS, MEMORY_BITS, REGISTERS, register_names, settings_of
from rtl.interface.results import WORD_BITS
from rtl.ports import host_answer_signature, host_request_layout, stimulus_layout


class EngineCore(wiring.Component):
    """A whole chip's learning core. What is a task's own is a subclass's.

    Members:
        i: In, stream of `stimulus_layout`. o: Out, stream of words, see `rtl.engine.readout.Readout`: a
            result a sample, in order.
        host_i: In, stream of `host_request_layout`. A read of a register is answered at once; for anything else no further
            sample begins, and what is inside ends first. host_o: Out, `host_answer_signature`: one for each request, in
            order, there for a clock.
        idle: Out, no sample, pass or learning is inside. Up to two updates of W may be pending: the register `finish`.
    """

    def __init__(self, config: Config):
        self.config = config
        self.forms = engines_of(config)
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
        self.engines = [self._engine(form) for form in self.forms]
        for number, engine in enumerate(self.engines):
            m.submodules[f"engine{number}"] = engine
        first = self._of(1)
        m.submodules.readout = self.readout = readout = self._readout()
        m.submodules.stimulus = self.stimulus = stimulus = self._stimulus(self.config, self.forms[first])
        connect(m, readout.o, flipped(self.o))
        connect(m, flipped(self.i), stimulus.i)
        self._link(m, stimulus.link, first, Target(1))
        for engine, form in zip(self.engines, self.forms, strict=True):
            for link, target in zip(engine.links, form.links, strict=True):
                self._link(m, link, self._of(target.layer), target)
        if self.config.lowest_built == 0:
            connect(m, stimulus.bottom, self.engines[self._of(0)].bottom)
        registers = self._registers(m)
        self._task(m, registers)
        idle = Cat(engine.idle for engine in self.engines).all()
        quiet, still = signals(quiet=1, still=2)
        m.d.comb += quiet.eq(idle & readout.idle & stimulus.idle)
        m.d.sync += still.eq(Cat(quiet & ~self.i.valid, quiet))
        m.d.comb += self.idle.eq(still[0] & stimulus.idle & ~self.i.valid)
        self._host(m, registers, quiet & still[1])
        return m

    # -- what a task says ------------------------------------------------------------------------------------------------

    _engine: type[Engine]
    _stimulus: type[Beats]

    def _readout(self):
        """What puts results together."""
        raise NotImplementedError

    def _task(self, m, registers) -> None:
        """All other wires. registers: by name."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def _of(self, layer):
        """The number of a layer's engine."""
        return next(number for number, form in enumerate(self.forms) if form.has(layer))

    def _link(self, m, link, number, target):
        """Connects an engine's, or the stimulus', spikes to the engine of this number: `target`, a layer and its side."""
        form = self.forms[number]
        into = self.engines[number].inputs[form.inputs.index(form.source_of(target))]
        words, sent = into.words.payload, link.words.payload
        connect(m, link.list, into.list)
        m.d.comb += [
            into.words.valid.eq(link.words.valid),
            link.words.ready.eq(into.words.ready),
            words.header.eq(sent.header),
            *(words.trains[p].eq(sent.trains[p]) for p in range(form.lanes)),
        ]

    def _counters(self, m, layers: Sequence[int], which, **side):
        """Gives the readout the counter of its sample and kind, of the layer of these at `which`; side: of its pass."""
        readout, holders = self.readout, [self._of(layer) for layer in layers]
        for engine, form in zip(self.engines, self.forms, strict=True):
            contexts = [form.context_of(layer) if form.has(layer) else 0 for layer in layers]
            at = {"slot": readout.slot, "context": constant(contexts, which)} | side
            m.d.comb += [engine.counter.at[name].eq(value) for name, value in at.items()]
            m.d.comb += engine.counter.kind.eq(readout.kind)
        m.d.comb += readout.value.eq(Array(self.engines[holder].counter.value for holder in holders)[which])

    def _registers(self, m):
        """Registers by name, with the configuration's values after reset."""
        defaults, registers = settings_of(self.config), {}
        shape = settings_layout(self.forms[0])
        for name, value in defaults.items():
            part = shape[name].shape if name in shape.members else RATE_BITS
            registers[name] = Signal(part, name=name, init=value)
        for form, engine in zip(self.forms, self.engines, strict=True):
            for name in shape.members:
                if name in registers:
                    m.d.comb += engine.settings[name].eq(registers[name])
            for number, context in enumerate(form.contexts):
                for rate in ("rate", "backward_rate"):
                    if (name := f"{rate}{context.layer}") in registers:
                        m.d.comb += engine.settings[f"{rate}s"][number].eq(registers[name])
        registers["clocks"] = clocks = Signal(DATA_BITS, name="clocks")
        m.d.sync += clocks.eq(clocks + 1)
        return registers

    def _host(self, m, registers, quiet):
        """One request after another, which is taken with its answer, so that it stays meanwhile."""
        request = self.host_i.payload
        count = Signal(range(LATENCY + 1))
        address = data.View(data.StructLayout({"index": INDEX_BITS, "memory": MEMORY_BITS, "engine": 4}), request.address)
        own = address.engine == REGISTERS
        at_once = own & ~request.write
        m.d.sync += self.host_o.valid.eq(0)
        with m.FSM() as fsm:
            with m.State("listen"):
                m.d.sync += count.eq(0)
                with m.If(self.host_i.valid):
                    m.next = "wait"
            with m.State("wait"), m.If(at_once | quiet):
                m.next = "access"
            with m.State("access"):
                m.d.sync += count.eq(count + 1)
                with m.If(count == LATENCY):
                    m.d.comb += self.host_i.ready.eq(1)
                    m.d.sync += self.host_o.valid.eq(1)
                    m.next = "listen"
        accessing = fsm.ongoing("access")
        m.d.comb += self.stimulus.hold.eq(~fsm.ongoing("listen") & ~at_once)
        strobe = accessing & request.write & (count == STROBE_AT)
        never(m, "a memory is accessed while something is inside", accessing & ~own & ~quiet)
        engines_read = Signal(DATA_BITS)
        for number, engine in enumerate(self.engines):  # a register on either side: the host is far from all memories
            here = address.engine == Const(number, 4)
            with m.If(here):
                m.d.sync += engines_read.eq(engine.host.read)
            m.d.sync += assigned(engine.host, select=accessing & here, memory=address.memory, index=address.index)
            m.d.sync += assigned(engine.host, data=request.data, write=strobe & here)
        names = register_names(self.config)
        read, own_read = signals(read=DATA_BITS, own_read=DATA_BITS)
        bits = ceil_log2(len(names))
        beyond = address.index[bits:].any()  # where there is no register
        m.d.sync += own_read.eq(Mux(beyond, 0, read))
        written = strobe & own & ~beyond
        with m.Switch(address.index[:bits]):
            for index, name in enumerate(names):
                with m.Case(index):
                    if name == "position":
                        m.d.comb += read.eq(self.stimulus.position), self.stimulus.position_write.eq(written)
                        m.d.comb += self.stimulus.position_data.eq(request.data)
                    elif name == "finish":
                        m.d.comb += self.stimulus.finish.eq(written)
                    else:
                        m.d.comb += read.eq(registers[name])
                        with m.If(written):
                            m.d.sync += registers[name].eq(request.data)
        m.d.sync += self.host_o.payload.eq(Mux(own, own_read, engines_read))
