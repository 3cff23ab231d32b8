"""PacketOut: a result of the core as a packet of words."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.bus.bus import packet_word_layout
from rtl.interface.packets import NUMBER_AT, NUMBER_BITS, number_alone, result_words
from rtl.interface.registers import DATA_BITS


class PacketOut(wiring.Component):
    """A result comes word by word; the first still wants the sample's number, or a word before it that has the number; the
    last wants its mark.

    Members:
        i: In, stream of words. o: Out, stream of `rtl.bus.bus.packet_word_layout`.
        number: In, the number of the sample whose result comes next.
        inside: Out, a part of a packet is still to go. done: Out, pulse: the last word of a result goes.
    """

    def __init__(self, config: Config):
        self.config = config
        super().__init__(
            {
                "i": In(stream.Signature(DATA_BITS)),
                "o": Out(stream.Signature(packet_word_layout)),
                "number": In(NUMBER_BITS),
                "inside": Out(1),
                "done": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        count = result_words(self.config)
        self.index = index = Signal(range(count))
        first, number = index == 0, self.number << NUMBER_AT
        word, ready = self.i.payload | Mux(first, number, 0), self.o.ready
        if number_alone(self.config):  # the core's first word waits behind it
            word, ready = Mux(first, number, self.i.payload), self.o.ready & ~first
        m.d.comb += [
            self.o.valid.eq(self.i.valid),
            self.i.ready.eq(ready),
            self.o.payload.data.eq(word),
            self.o.payload.last.eq(index == count - 1),
            self.done.eq(self.o.valid & self.o.ready & self.o.payload.last),
            self.inside.eq(self.i.valid | (index != 0)),
        ]
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += index.eq(Mux(self.o.payload.last, 0, index + 1))
        return m
