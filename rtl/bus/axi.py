"""AxiCore: a core with AXI4-Lite registers and AXI4-Stream packets, under the port names that vendor tools infer."""

from amaranth.hdl import ClockDomain, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.bus.bus import bus_signature, request_layout, response_layout
from rtl.bus.control import BusCore
from rtl.hdl import signals
from rtl.interface.registers import BUS_ADDRESS_BITS, DATA_BITS

OKAY, SLVERR = 0, 2
STROBES = DATA_BITS // 8


def axi_lite_members() -> dict[str, wiring.Member]:
    """The signals of an AXI4-Lite subordinate by their names in the standard."""
    return {
        "awaddr": In(BUS_ADDRESS_BITS),
        "awprot": In(3),
        "awvalid": In(1),
        "awready": Out(1),
        "wdata": In(DATA_BITS),
        "wstrb": In(STROBES),
        "wvalid": In(1),
        "wready": Out(1),
        "bresp": Out(2),
        "bvalid": Out(1),
        "bready": In(1),
        "araddr": In(BUS_ADDRESS_BITS),
        "arprot": In(3),
        "arvalid": In(1),
        "arready": Out(1),
        "rdata": Out(DATA_BITS),
        "rresp": Out(2),
        "rvalid": Out(1),
        "rready": In(1),
    }


class AxiLite(wiring.Component):
    """AXI4-Lite to the register bus, one access at a time; where a read and a write wait they take turns.

    An error of the register bus is SLVERR. A write without all of its strobes does nothing and is SLVERR too: registers
    have no bytes of their own. The protection bits have no meaning here.

    Members:
        those of `axi_lite_members`. bus: Out, register bus.
    """

    def __init__(self):
        super().__init__(axi_lite_members() | {"bus": Out(bus_signature())})

    def elaborate(self, platform):
        m = Module()
        writing, request, response = signals(writing=1, request=request_layout(), response=response_layout())
        offered = Signal()
        m.d.comb += [
            offered.eq(self.awvalid & self.wvalid),
            self.bus.request.payload.eq(request),
            self.rdata.eq(response.data),
            self.rresp.eq(Mux(response.error, SLVERR, OKAY)),
            self.bresp.eq(self.rresp),
        ]
        with m.FSM():
            with m.State("choose"):
                m.d.sync += writing.eq(Mux(writing, ~self.arvalid, offered))
                with m.If(offered | self.arvalid):
                    m.next = "take"
            with m.State("take"):
                m.d.comb += self.awready.eq(writing), self.wready.eq(writing), self.arready.eq(~writing)
                m.d.sync += [
                    request.address.eq(Mux(writing, self.awaddr, self.araddr)),
                    request.write.eq(writing),
                    request.data.eq(self.wdata),
                    response.data.eq(0),
                    response.error.eq(1),
                ]
                m.next = "request"
                with m.If(writing & ~self.wstrb.all()):
                    m.next = "respond"
            with m.State("request"):
                m.d.comb += self.bus.request.valid.eq(1)
                with m.If(self.bus.request.ready):
                    m.next = "response"
            with m.State("response"):
                m.d.comb += self.bus.response.ready.eq(1)
                with m.If(self.bus.response.valid):
                    m.d.sync += response.eq(self.bus.response.payload)
                    m.next = "respond"
            with m.State("respond"):
                m.d.comb += self.bvalid.eq(writing), self.rvalid.eq(~writing)
                with m.If(Mux(writing, self.bready, self.rready)):
                    m.next = "choose"
        return m


class AxiCore(wiring.Component):
    """The top module for a system on chip: one clock, an active-low synchronous reset, three AXI ports.

    Members:
        aclk, aresetn: In. s_axi_ctrl_*: AXI4-Lite, the register map. s_axis_*: AXI4-Stream in, packets of samples.
        m_axis_*: AXI4-Stream out, packets of results. busy, learning, error: Out, see `rtl.bus.control.Control`.
    """

    def __init__(self, config: Config):
        self.config = config
        control = {f"s_axi_ctrl_{name}": member for name, member in axi_lite_members().items()}
        packets = {}
        for name, forth, back in (("s_axis", In, Out), ("m_axis", Out, In)):
            packets |= {f"{name}_tdata": forth(DATA_BITS), f"{name}_tlast": forth(1), f"{name}_tvalid": forth(1)}
            packets |= {f"{name}_tready": back(1)}
        lights = {name: Out(1) for name in ("busy", "learning", "error")}
        super().__init__({"aclk": In(1), "aresetn": In(1)} | control | packets | lights)

    def elaborate(self, platform):
        m = Module()
        m.domains.sync = domain = ClockDomain()
        m.submodules.lite = lite = AxiLite()
        m.submodules.core = core = BusCore(self.config)
        wiring.connect(m, lite.bus, core.bus)
        m.d.comb += domain.clk.eq(self.aclk), domain.rst.eq(~self.aresetn)
        for name, member in axi_lite_members().items():
            own, inner = getattr(self, f"s_axi_ctrl_{name}"), getattr(lite, name)
            m.d.comb += inner.eq(own) if member.flow is In else own.eq(inner)
        m.d.comb += [
            core.stream_i.valid.eq(self.s_axis_tvalid),
            core.stream_i.payload.data.eq(self.s_axis_tdata),
            core.stream_i.payload.last.eq(self.s_axis_tlast),
            self.s_axis_tready.eq(core.stream_i.ready),
            self.m_axis_tvalid.eq(core.stream_o.valid),
            self.m_axis_tdata.eq(core.stream_o.payload.data),
            self.m_axis_tlast.eq(core.stream_o.payload.last),
            core.stream_o.ready.eq(self.m_axis_tready),
        ]
        m.d.comb += [getattr(self, name).eq(getattr(core, name)) for name in ("busy", "learning", "error")]
        return m
