"""PacketOut: a result of the core as a packet of words."""

from amaranth.hdl import Array, Cat, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.bus.bus import word_layout
from rtl.formats import COUNTERS, LayerFormat
from rtl.interface.packets import NUMBER_AT, NUMBER_BITS, result_words
from rtl.interface.registers import DATA_BITS
from rtl.ports import gives_words
from rtl.readout import result_layout

PICKED_BITS = 2
"""Of the index, by which a word is picked in the first of two clocks."""


def packet_out_of(config: Config) -> wiring.Component:
    """The one that takes what the configuration's core gives."""
    return PacketOutSerial(config) if gives_words(config) else PacketOut(config)


class PacketOut(wiring.Component):
    """A word in two clocks. The core keeps the result until the packet is out: what is kept here only follows it.

    Members:
        i: In, stream of `rtl.readout.result_layout`. o: Out, stream of `rtl.bus.bus.word_layout`.
        number: In, the number of the sample whose result comes next.
        inside: Out, a part of a packet is still to go. done: Out, pulse behind the last word of a result.
    """

    def __init__(self, config: Config):
        self.config = config
        layout = result_layout(LayerFormat.of(config, config.layers))
        super().__init__(
            {
                "i": In(stream.Signature(layout)),
                "o": Out(stream.Signature(word_layout)),
                "number": In(NUMBER_BITS),
                "inside": Out(1),
                "done": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config, count = self.config, result_words(self.config)
        result = Signal(self.i.payload.shape())  # beside the words that are picked from it: it comes from far
        m.d.sync += result.eq(self.i.payload)
        first = Signal(DATA_BITS)
        m.d.comb += first.eq(result.prediction | (self.number << NUMBER_AT))
        words = [first, *(result.voltages[k] for k in range(config.classes))]
        words += [result.counters[i][name] for i in range(config.layers) for name in COUNTERS]
        assert len(words) == count
        index, valid, word = Signal(range(count)), Signal(), Signal(word_layout)
        load, last, came, here = Signal(), Signal(), Signal(), Signal()
        # A word is picked in two clocks, first by the index's lower bits, while the last word goes, then by the others. The
        # result is taken with `done`, and a clock later the number is the next one's.
        picked = [Signal(DATA_BITS, name=f"picked{i}") for i in range(0, count, 1 << PICKED_BITS)]
        m.d.sync += [
            pick.eq(Array(_extended(value) for value in words[i << PICKED_BITS : i + 1 << PICKED_BITS])[index[:PICKED_BITS]])
            for i, pick in enumerate(picked)
        ]
        m.d.sync += came.eq(self.i.valid & ~self.done), here.eq(came & ~self.done)  # as the first word that is picked
        m.d.comb += [
            load.eq(here & ~valid),
            last.eq(index == count - 1),
            self.i.ready.eq(self.done),
            self.inside.eq(valid | (index != 0)),
            self.o.valid.eq(valid),
            self.o.payload.eq(word),
        ]
        m.d.sync += self.done.eq(load & last)  # a register, as it goes far
        with m.If(self.o.ready):
            m.d.sync += valid.eq(0)
        with m.If(load):
            m.d.sync += [
                valid.eq(1),
                word.data.eq(Array(picked)[index[PICKED_BITS:]]),
                word.last.eq(last),
                index.eq(Mux(last, 0, index + 1)),
            ]
        return m


class PacketOutSerial(wiring.Component):
    """The same for a core whose results are words already; the first still wants the sample's number.

    Members: as those of `PacketOut`; i: In, stream of words.
    """

    def __init__(self, config: Config):
        self.config = config
        super().__init__(
            {
                "i": In(stream.Signature(DATA_BITS)),
                "o": Out(stream.Signature(word_layout)),
                "number": In(NUMBER_BITS),
                "inside": Out(1),
                "done": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        count = result_words(self.config)
        index = Signal(range(count))
        m.d.comb += [
            self.o.valid.eq(self.i.valid),
            self.i.ready.eq(self.o.ready),
            self.o.payload.data.eq(self.i.payload | Mux(index == 0, self.number << NUMBER_AT, 0)),
            self.o.payload.last.eq(index == count - 1),
            self.done.eq(self.o.valid & self.o.ready & self.o.payload.last),
            self.inside.eq(self.i.valid | (index != 0)),
        ]
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += index.eq(Mux(self.o.payload.last, 0, index + 1))
        return m


def _extended(value) -> Value:
    """The value in the word's width, with its sign."""
    value = Value.cast(value)
    sign = value[-1] if value.shape().signed else 0
    return Cat(value, *([sign] * (DATA_BITS - len(value))))[:DATA_BITS]
