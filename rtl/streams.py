"""A register in a stream's way."""

from amaranth.hdl import Module, Mux
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import patient


class Held(wiring.Component):
    """A register slice: holds one item, so that nothing passes through in a clock, neither data nor `ready`.

    An item takes two clocks: the next one comes when the last one has gone.

    Args:
        shape: of the payload.

    Members:
        i, o: In/Out, the stream, a clock later.
    """

    def __init__(self, shape):
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.i.ready.eq(~self.o.valid)
        m.d.sync += self.o.valid.eq(Mux(self.o.valid, ~self.o.ready, self.i.valid))
        with m.If(~self.o.valid):
            m.d.sync += self.o.payload.eq(self.i.payload)
        patient(m, "o", self.o)
        return m
