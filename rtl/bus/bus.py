"""The register bus: one request, one response, in order; and a word of a packet."""

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.interface.registers import BUS_ADDRESS_BITS, DATA_BITS

packet_word_layout = data.StructLayout({"data": DATA_BITS, "last": 1})
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
