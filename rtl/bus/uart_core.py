"""UartCore: a core with nothing but a serial line and three lights, for boards without a processor."""

from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.bus.bridge import UartBridge
from rtl.bus.control import BusCore


class UartCore(wiring.Component):
    """A core behind the serial bridge (docs/serial.md); samples and results go by the registers.

    Args:
        divisor: clocks a bit of the line.

    Members:
        rx: In, the line to here. tx: Out, the line from here.
        busy, learning, error: Out, for lights: see `rtl.bus.control.Control`.
    """

    def __init__(self, config: Config, divisor: int):
        self.config, self.divisor = config, divisor
        members = {"rx": In(1, init=1), "tx": Out(1, init=1), "busy": Out(1), "learning": Out(1), "error": Out(1)}
        super().__init__(members)

    def elaborate(self, platform):
        m = Module()
        m.submodules.bridge = bridge = UartBridge(self.divisor)
        m.submodules.bus_core = core = BusCore(self.config, route=1)
        wiring.connect(m, bridge.bus, core.bus)
        m.d.comb += [bridge.rx.eq(self.rx), self.tx.eq(bridge.tx)]
        m.d.comb += [getattr(self, name).eq(getattr(core, name)) for name in ("busy", "learning", "error")]
        return m
