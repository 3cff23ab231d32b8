"""PacketIn: checks whole packets before the core sees any of them, and makes samples of the good ones."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from golden.config import Config
from rtl.bus.bus import packet_word_layout
from rtl.bus.gearbox import Gearbox
from rtl.checks import holds, patient
from rtl.formats import LABEL_BITS
from rtl.hdl import signals
from rtl.interface.packets import HEADER_LABEL_BITS, LAST_BIT, pixel_words, sample_words
from rtl.interface.registers import DATA_BITS, MODES
from rtl.memories import ram
from rtl.ports import stimulus_layout
from rtl.streams import Held


class PacketIn(wiring.Component):
    """Store and forward: a packet's words wait in a ring of two packets or more until its last one came.

    A packet that ends too early or too late, or whose label is no concept's, leaves the ring as it was. In an auto-encoder,
    which has no concepts, any label will do.

    Members:
        i: In, stream of `rtl.bus.bus.packet_word_layout`. o: Out, stream of `rtl.ports.stimulus_layout`.
        mode: In, an index of `MODES`, taken with a packet's first word.
        hold: In, no new sample begins.
        inside: Out, the last word of a packet is still to come, or to be looked at.
        coming: Out, a packet's last word is here, but what became of it is not told yet.
        good: Out, pulse behind a good packet's last word. short_packet, long_packet, label: Out, pulses behind that of one
            that was dropped; one or two of them.
    """

    def __init__(self, config: Config):
        self.config = config
        self.draws = config.task == "autoencoder"
        super().__init__(
            {
                "i": In(stream.Signature(packet_word_layout)),
                "o": Out(stream.Signature(stimulus_layout(config))),
                "mode": In(range(len(MODES))),
                "hold": In(1),
                "inside": Out(1),
                "coming": Out(1),
                "good": Out(1),
                "short_packet": Out(1),
                "long_packet": Out(1),
                "label": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        header = data.StructLayout({"label": LABEL_BITS, "mode": self.mode.shape(), "last": 1})
        came = data.StructLayout({"word": packet_word_layout, "unknown": 1, "mode": self.mode.shape()})
        m.submodules.held = held = Held(came)  # its sender is far away
        label = self.i.payload.data[:HEADER_LABEL_BITS]
        m.d.comb += [
            held.i.valid.eq(self.i.valid),
            held.i.payload.word.eq(self.i.payload),
            held.i.payload.unknown.eq(0 if self.draws else label >= self.config.classes),
            held.i.payload.mode.eq(self.mode),
            self.i.ready.eq(held.i.ready),
        ]
        bits = ceil_log2(2 * sample_words(self.config))
        m.submodules.ring = ring = ram(shape=DATA_BITS, depth=1 << bits, block=True)
        # One bit more than an address: a full ring is not an empty one.
        committed, read = signals(committed=bits + 1, read=bits + 1)
        put = ring.write_port()
        get = ring.read_port()
        self._check(m, held.o, header, put, committed, read)
        self._forward(m, header, get, committed, read)
        return m

    def _check(self, m, held, header, port, committed, read):
        """Writes words behind the committed ones; the last word commits them or takes them back."""
        final = pixel_words(self.config)
        index, unknown = signals(index=range(final + 2), unknown=1)
        write = Signal.like(committed)
        word = held.payload.word
        taken, beyond, first = signals(taken=1, beyond=1, first=1)
        wrong, head, full, ended = signals(wrong=1, head=header, full=1, ended=1)
        inside = Signal.like(read)
        m.d.comb += [
            head.label.eq(word.data[:LABEL_BITS]),
            head.mode.eq(held.payload.mode),
            head.last.eq(word.data[LAST_BIT]),
            beyond.eq(index > final),
            first.eq(index == 0),
            self.inside.eq(~first | held.valid),
            self.coming.eq((held.valid & word.last) | ended),
            inside.eq(write - read),
            held.ready.eq(beyond | ~full),
            taken.eq(held.valid & held.ready),
            wrong.eq(Mux(first, held.payload.unknown, unknown)),
            port.en.eq(taken & ~beyond),
            port.addr.eq(write),
            port.data.eq(Mux(first, head, word.data)),
        ]
        holds(m, "the ring holds no more than its words", inside <= 1 << len(port.addr))
        holds(m, "what is committed is in the ring", (committed - read)[: len(read)] <= inside)
        # A register: room that is made shows a clock late, and a word beyond a packet may take it for a clock.
        m.d.sync += full.eq(inside[-1] | (inside[:-1].all() & taken))
        # What became of a packet is told a clock late, as it goes far.
        told = {name: Signal(name=f"told_{name}") for name in ("good", "short_packet", "long_packet", "label")}
        m.d.sync += ended.eq(taken & word.last)
        m.d.sync += [getattr(self, name).eq(flag & ended) for name, flag in told.items()]
        m.d.sync += [
            told["short_packet"].eq(index < final),
            told["long_packet"].eq(beyond),
            told["label"].eq(wrong),
            told["good"].eq((index == final) & ~wrong),
        ]
        with m.If(taken):
            m.d.sync += unknown.eq(wrong)
            with m.If(~beyond):
                m.d.sync += write.eq(write + 1), index.eq(index + 1)
            with m.If(word.last):
                m.d.sync += index.eq(0), write.eq(committed)
                with m.If((index == final) & ~wrong):
                    m.d.sync += write.eq(write + 1), committed.eq(write + 1)

    def _forward(self, m, header, port, committed, read):
        """Committed packets, one after another, as samples."""
        config, beat = self.config, self.o.payload
        m.submodules.gearbox = gearbox = Gearbox(config.inputs, config.beat)
        head, count = signals(head=header, count=range(pixel_words(config) + 1))
        m.d.comb += [
            port.addr.eq(read),
            gearbox.i.payload.eq(port.data),
            self.o.valid.eq(gearbox.o.valid),
            gearbox.o.ready.eq(self.o.ready),
            beat.pixels.eq(gearbox.o.payload.pixels),
            beat.label.eq(head.label),
            beat.learn.eq((head.mode == MODES.index("learn")) & int(config.learn)),
            beat.recall.eq((head.mode == MODES.index("recall")) & int(config.learn or self.draws)),
        ]
        if config.recurrent:
            m.d.comb += beat.last.eq(head.last)
        patient(m, "o", self.o)
        with m.FSM():
            with m.State("wait"):
                m.d.sync += count.eq(0)
                with m.If((committed != read) & ~self.hold):
                    m.next = "header"
            with m.State("header"):
                m.d.sync += head.eq(port.data), read.eq(read + 1)
                m.next = "fetch"
            with m.State("fetch"):
                m.next = "word"
            with m.State("word"):
                m.d.comb += gearbox.i.valid.eq(1)
                with m.If(gearbox.i.ready):
                    m.d.sync += read.eq(read + 1), count.eq(count + 1)
                    m.next = "fetch"
                    with m.If(count == pixel_words(config) - 1):
                        m.next = "drain"
            with m.State("drain"), m.If(self.o.valid & self.o.ready & gearbox.o.payload.last):
                m.next = "wait"
