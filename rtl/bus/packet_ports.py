"""PacketPorts: where samples come from and results go, by streams or by registers, and how many of them."""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.bus.bus import packet_word_layout
from rtl.bus.packet_in import PacketIn
from rtl.bus.packet_out import PacketOut
from rtl.checks import never
from rtl.hdl import signals
from rtl.interface.registers import DATA_BITS, MODES, ROUTES
from rtl.ports import stimulus_layout

COUNTS = ("PACKETS", "DROPPED", "RESULTS")
"""The registers that count here."""
_COMPARED = 16
"""Bits of PACKETS and RESULTS that tell whether any is inside: far more than a core holds."""


class PacketPorts(wiring.Component):
    """PacketIn and PacketOut with the two routes to them. A route changes between packets only.

    Args:
        route: the route after reset, an index of `ROUTES`.

    Members:
        stream_i, stream_o: In/Out, packets by route 0. stimulus, result: Out/In, the core's.
        mode, hold: In, see `PacketIn`. route: In.
        push: In, pulse: `word` goes in by route 1; only in the clock after `room` was. pop: In, pulse: `front` is taken.
        there: Out, `front` is a word of a result, by route 1. waiting: Out, one is there, or will be, of a result that has
            begun.
        counts: Out, the registers `COUNTS`. short_packet, long_packet, label: Out, pulses: why a packet was dropped.
        quiet: Out, every packet taken has had its result.
    """

    def __init__(self, config: Config, route: int = 0):
        self.config, self.reset = config, route
        super().__init__(
            {
                "stream_i": In(stream.Signature(packet_word_layout)),
                "stream_o": Out(stream.Signature(packet_word_layout)),
                "stimulus": Out(stream.Signature(stimulus_layout(config))),
                "result": In(stream.Signature(DATA_BITS)),
                "mode": In(range(len(MODES))),
                "hold": In(1),
                "route": In(range(len(ROUTES))),
                "push": In(1),
                "word": In(packet_word_layout),
                "room": Out(1),
                "pop": In(1),
                "front": Out(DATA_BITS),
                "there": Out(1),
                "waiting": Out(1),
                "counts": Out(data.StructLayout({name: DATA_BITS for name in COUNTS})),
                "short_packet": Out(1),
                "long_packet": Out(1),
                "label": Out(1),
                "quiet": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.packet_in = packet_in = PacketIn(self.config)
        m.submodules.packet_out = packet_out = PacketOut(self.config)
        wiring.connect(m, packet_in.o, wiring.flipped(self.stimulus))
        wiring.connect(m, wiring.flipped(self.result), packet_out.i)
        coming, counts = self._samples(m, packet_in), self.counts
        dropped = Signal()
        self._results(m, packet_out)
        for name in ("short_packet", "long_packet", "label"):
            m.d.comb += getattr(self, name).eq(getattr(packet_in, name))
        same = counts.PACKETS[:_COMPARED] == counts.RESULTS[:_COMPARED]
        m.d.comb += [
            packet_in.mode.eq(self.mode),
            packet_in.hold.eq(self.hold),
            packet_out.number.eq(counts.RESULTS),
            dropped.eq(self.short_packet | self.long_packet | self.label),
            self.quiet.eq(same & ~coming & ~packet_out.o.valid),
        ]
        m.d.sync += [
            counts.PACKETS.eq(counts.PACKETS + packet_in.good),
            counts.DROPPED.eq(counts.DROPPED + dropped),
            counts.RESULTS.eq(counts.RESULTS + packet_out.done),
        ]
        return m

    def _samples(self, m, packets):
        """Words from the stream, or from a register, so that nothing waits on the bus. Returns what is not counted yet."""
        held, held_valid = signals(held=packet_word_layout, held_valid=1)
        by_register = Signal(init=self.reset)
        source = packets.i
        with m.If(by_register):
            m.d.comb += source.payload.eq(held), source.valid.eq(held_valid)
        with m.Else():
            m.d.comb += source.payload.eq(self.stream_i.payload), source.valid.eq(self.stream_i.valid)
            m.d.comb += self.stream_i.ready.eq(source.ready)
        # Where the route is to turn behind the packet inside, there is room for that one's words alone.
        m.d.comb += self.room.eq(by_register & ~held_valid & (self.route | packets.inside))
        # A packet is never made of words from both. A word comes a clock after its sender looked at the room.
        with m.If(~packets.inside & ~(by_register & held_valid) & ~(source.valid & source.ready) & ~self.push):
            m.d.sync += by_register.eq(self.route)
        with m.If(by_register & source.ready):
            m.d.sync += held_valid.eq(0)
        with m.If(self.push):
            m.d.sync += held.eq(self.word), held_valid.eq(1)
        never(m, "a word is pushed where there is no room", self.push & ~(by_register & ~held_valid))
        never(m, "a word is left behind by the route that turned", held_valid & ~by_register)
        return held_valid | packets.coming | packets.good

    def _results(self, m, packets):
        sink = packets.o
        by_register = Signal(init=self.reset)
        with m.If(by_register):
            m.d.comb += self.there.eq(sink.valid), self.waiting.eq(packets.inside), sink.ready.eq(self.pop)
        with m.Else():
            m.d.comb += self.stream_o.valid.eq(sink.valid), sink.ready.eq(self.stream_o.ready)
        m.d.comb += self.stream_o.payload.eq(sink.payload), self.front.eq(sink.payload.data)
        with m.If(~packets.inside):
            m.d.sync += by_register.eq(self.route)
        never(m, "a word is taken that is not there", self.pop & ~self.there)
