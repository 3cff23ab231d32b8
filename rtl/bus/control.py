"""Control: the register map in hardware, between a register bus and a core. BusCore: the two together."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.bus.bus import bus_signature, packet_word_layout, request_layout, response_layout
from rtl.bus.packet_ports import COUNTS, PacketPorts
from rtl.checks import never, patient
from rtl.core import word_core_of
from rtl.hdl import signals
from rtl.interface.memory_map import INDEX_BITS, MEMORY_BITS, REGISTERS
from rtl.interface.registers import (
    ADDRESS,
    CONTROL,
    DATA_BITS,
    ERRORS,
    FIRST_SETTING,
    MODES,
    STATUS,
    core_registers,
    registers,
)
from rtl.ports import host_answer_signature, host_request_layout, stimulus_layout


def packet_members() -> dict[str, wiring.Member]:
    """Ports that Control and BusCore have in common."""
    return {
        "bus": In(bus_signature()),
        "stream_i": In(stream.Signature(packet_word_layout)),
        "stream_o": Out(stream.Signature(packet_word_layout)),
        "busy": Out(1),
        "learning": Out(1),
        "error": Out(1),
    }


class Control(wiring.Component):
    """Registers, the window to the core's memories, and packets. Answers within a few clocks, whatever the core does.

    Args:
        route: ROUTE after reset.

    Members:
        bus: In, register bus. stream_i, stream_o: In/Out, packets of `rtl.bus.bus.packet_word_layout` while ROUTE is 0.
        stimulus, result, host_i, host_o, core_idle: the core's.
        busy: Out, a sample or a result is inside. learning: Out, MODE is to learn. error: Out, a bit of ERRORS is set.
    """

    def __init__(self, config: Config, route: int = 0):
        self.config, self.map = config, registers(config, route)
        self.resets = {register.name: register.reset for register in self.map}
        members = {
            "stimulus": Out(stream.Signature(stimulus_layout(config))),
            "result": In(stream.Signature(DATA_BITS)),
            "host_i": Out(stream.Signature(host_request_layout())),
            "host_o": In(host_answer_signature()),
            "core_idle": In(1),
        }
        super().__init__(packet_members() | members)

    def elaborate(self, platform):
        m = Module()
        m.submodules.ports = self.ports = ports = PacketPorts(self.config, self.resets["ROUTE"])
        own = [r for r in CONTROL if r.name in ("MODE", "ROUTE", "WINDOW_ADDRESS")]
        self.own = {r.name: Signal(r.bits, name=r.name, init=self.resets[r.name]) for r in own}
        errors = data.StructLayout({name: 1 for name in ERRORS})
        self.status = Signal(data.StructLayout({name: 1 for name in STATUS}))
        self.errors, self.raised, self.cleared = signals(errors=errors, raised=errors, cleared=len(ERRORS))
        self.request, self.response = signals(request=request_layout(), response=response_layout())
        for name in ("stream_i", "result"):
            wiring.connect(m, wiring.flipped(getattr(self, name)), getattr(ports, name))
        for name in ("stream_o", "stimulus"):
            wiring.connect(m, getattr(ports, name), wiring.flipped(getattr(self, name)))
        m.d.comb += [self.raised[name].eq(getattr(ports, name)) for name in ("short_packet", "long_packet", "label")]
        m.d.comb += [
            ports.mode.eq(self.own["MODE"]),
            ports.route.eq(self.own["ROUTE"]),
            ports.word.data.eq(self.request.data),
            ports.word.last.eq(self.request.address == ADDRESS["SAMPLE_LAST"]),
            self.status.result.eq(ports.waiting),
            self.status.room.eq(ports.room),
            self.busy.eq(~self.status.idle),
            self.learning.eq(self.own["MODE"] == MODES.index("learn")),
            self.error.eq(self.errors.as_value().any()),
        ]
        before = Signal()  # the core's own idle has to stay for two clocks
        m.d.sync += before.eq(self.core_idle), self.status.idle.eq(self.core_idle & before & ports.quiet)
        m.d.sync += self.errors.eq((self.errors.as_value() & ~self.cleared) | self.raised.as_value())
        self._access(m)
        return m

    def _access(self, m):
        """One access after another; where it is to a memory or a register of the core, through the host port.

        Registers can be read while samples run; all else needs an idle core.
        """
        request, response, host = self.request, self.response, self.host_i.payload
        window = Signal()
        setting = (REGISTERS << (MEMORY_BITS + INDEX_BITS)) | ((request.address - FIRST_SETTING) >> 2)[:INDEX_BITS]
        # Registers, as the request is there two clocks before the host port is asked.
        m.d.sync += window.eq(request.address == ADDRESS["WINDOW_DATA"])
        m.d.sync += host.address.eq(Mux(window, self.own["WINDOW_ADDRESS"], setting))
        at_once = ~request.write & ~window
        m.d.comb += [
            host.write.eq(request.write),
            host.data.eq(request.data),
            self.bus.response.payload.eq(response),
        ]
        m.d.sync += self.ports.push.eq(0), self.ports.pop.eq(0)  # registers, as the next access does not come so soon
        with m.FSM() as fsm:
            with m.State("idle"):
                m.d.comb += self.bus.request.ready.eq(1)
                with m.If(self.bus.request.valid):
                    m.d.sync += request.eq(self.bus.request.payload)
                    m.next = "decode"
            with m.State("decode"):
                m.d.sync += response.eq(0)
                m.next = "respond"
                self._decode(m)
            with m.State("result"), m.If(self.ports.there):  # a result's words come some clocks apart
                m.d.sync += response.data.eq(self.ports.front), self.ports.pop.eq(1)
                m.next = "respond"
            with m.State("check"):
                # From now on no sample begins; one that began until now has made `idle` low.
                m.next = "host"
                with m.If(~self.status.idle & ~at_once):
                    self._refuse(m, "busy")
                    m.next = "respond"
            with m.State("host"):
                m.d.comb += self.host_i.valid.eq(1)
                with m.If(self.host_i.ready):
                    m.next = "answer"
            with m.State("answer"), m.If(self.host_o.valid):
                m.d.sync += response.data.eq(Mux(request.write, 0, self.host_o.payload))
                with m.If(window):
                    m.d.sync += self.own["WINDOW_ADDRESS"].eq(self.own["WINDOW_ADDRESS"] + 1)
                m.next = "respond"
            with m.State("respond"):
                m.d.comb += self.bus.response.valid.eq(1)
                with m.If(self.bus.response.ready):
                    m.next = "idle"
        asking = fsm.ongoing("check") | fsm.ongoing("host") | fsm.ongoing("answer")
        m.d.comb += self.ports.hold.eq(asking & ~at_once)
        self.answering = fsm.ongoing("answer")
        patient(m, "response", self.bus.response)
        patient(m, "host_i", self.host_i)
        never(m, "an answer that was not asked for", self.host_o.valid & ~self.answering)

    def _decode(self, m):
        """What is here, in this clock; for what the core has to be asked, the next state."""
        with m.Switch(self.request.address):
            for register in CONTROL:
                with m.Case(register.address):
                    if register.name == "WINDOW_DATA":
                        m.next = "check"
                    else:
                        with m.If(self.request.write):
                            self._write(m, register)
                        with m.Else():
                            self._read(m, register)
            with m.Case(*(register.address for register in core_registers(self.config))):
                m.next = "check"
            with m.Default():
                self._refuse(m, "unmapped")

    def _read(self, m, register):
        ports, name = self.ports, register.name
        values = {"STATUS": self.status, "ERRORS": self.errors} | self.own
        values |= {count: ports.counts[count] for count in COUNTS}
        if register.access != "wo":
            m.d.sync += self.response.data.eq(values.get(name, self.resets[name]))
        if name == "RESULT":
            m.next = "result"
            with m.If(~ports.waiting):
                self._refuse(m, "no_result")
                m.next = "respond"

    def _write(self, m, register):
        if register.access == "ro":
            self._refuse(m, "read_only")
        elif register.access == "rw1c":
            m.d.comb += self.cleared.eq(self.request.data)
        elif register.access == "wo":
            m.d.sync += self.ports.push.eq(self.ports.room)
            with m.If(~self.ports.room):
                self._refuse(m, "no_room")
        else:
            m.d.sync += self.own[register.name].eq(self.request.data)

    def _refuse(self, m, error):
        m.d.comb += self.raised[error].eq(1)
        m.d.sync += self.response.error.eq(1), self.response.data.eq(0)


class BusCore(wiring.Component):
    """A core behind a register bus and packet streams. Members: as those of `Control`.

    Args:
        route: ROUTE after reset: 0 where the streams are wired to something, 1 where all goes by registers.
    """

    def __init__(self, config: Config, route: int = 0):
        self.config, self.route = config, route
        super().__init__(packet_members())

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = core = word_core_of(self.config)
        m.submodules.control = control = Control(self.config, self.route)
        wiring.connect(m, control.stimulus, core.i)
        wiring.connect(m, core.o, control.result)
        wiring.connect(m, control.host_i, core.host_i)
        wiring.connect(m, core.host_o, control.host_o)
        for name in ("bus", "stream_i"):
            wiring.connect(m, wiring.flipped(getattr(self, name)), getattr(control, name))
        wiring.connect(m, control.stream_o, wiring.flipped(self.stream_o))
        m.d.comb += control.core_idle.eq(core.idle)
        m.d.comb += [getattr(self, name).eq(getattr(control, name)) for name in ("busy", "learning", "error")]
        return m
