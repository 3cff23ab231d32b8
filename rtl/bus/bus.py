"""The register bus: one request, one response, in order; and the arbiter that lets two masters share it."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import never, patient
from rtl.interface.registers import BUS_ADDRESS_BITS, DATA_BITS

word_layout = data.StructLayout({"data": DATA_BITS, "last": 1})
"""A beat of a packet's stream; `last` comes with the last word of each packet."""


def request_layout() -> data.StructLayout:
    """One access. address: in bytes, bits 1:0 are 0. data: of a write."""
    return data.StructLayout({"address": BUS_ADDRESS_BITS, "write": 1, "data": DATA_BITS})


def response_layout() -> data.StructLayout:
    """What an access gave. data: of a read, 0 else. error: nothing was done (`rtl.interface.registers.ERRORS` says why)."""
    return data.StructLayout({"data": DATA_BITS, "error": 1})


def bus_signature() -> wiring.Signature:
    """The register bus as its master sees it: a response for each request, awaited before the next request."""
    return wiring.Signature(
        {
            "request": Out(stream.Signature(request_layout())),
            "response": In(stream.Signature(response_layout())),
        }
    )


class Arbiter(wiring.Component):
    """Two masters on one bus. Each keeps it for one access; where both wait they take turns.

    Members:
        masters: In, two register buses. bus: Out, a register bus.
    """

    def __init__(self):
        super().__init__({"masters": In(bus_signature()).array(2), "bus": Out(bus_signature())})

    def elaborate(self, platform):
        m = Module()
        self.owner = owner = Signal()
        first, second = self.masters
        request, response = self.bus.request, self.bus.response
        m.d.comb += request.payload.eq(Mux(owner, second.request.payload, first.request.payload))
        m.d.comb += [master.response.payload.eq(response.payload) for master in self.masters]
        with m.FSM() as fsm:
            with m.State("choose"):
                # The one that did not have the bus last goes first.
                m.d.sync += owner.eq(Mux(owner, ~first.request.valid, second.request.valid))
                with m.If(first.request.valid | second.request.valid):
                    m.next = "request"
            with m.State("request"):
                m.d.comb += request.valid.eq(1)
                for number, master in enumerate(self.masters):
                    m.d.comb += master.request.ready.eq(request.ready & (owner == number))
                with m.If(request.ready):
                    m.next = "response"
            with m.State("response"):
                m.d.comb += response.ready.eq(Mux(owner, second.response.ready, first.response.ready))
                for number, master in enumerate(self.masters):
                    m.d.comb += master.response.valid.eq(response.valid & (owner == number))
                with m.If(response.valid & response.ready):
                    m.next = "choose"
        self.responding = fsm.ongoing("response")
        patient(m, "request", request)
        never(m, "a request that no master makes", request.valid & ~Mux(owner, second.request.valid, first.request.valid))
        return m
