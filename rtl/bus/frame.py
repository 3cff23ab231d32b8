"""Frames on a byte line: SLIP marks their ends, CRC-16/CCITT-FALSE tells whether one came whole (docs/serial.md)."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import never, patient
from rtl.hdl import signals
from rtl.interface.frames import CRC_BITS, CRC_INIT, END, ESC, ESC_END, ESC_ESC

item_layout = data.StructLayout({"data": 8, "end": 1, "good": 1})
"""A byte of a frame, or with `end` the frame's end and no byte. `good`, at the end: the whole frame is as it was sent."""
byte_layout = data.StructLayout({"data": 8, "last": 1})
"""A byte to send. `last`: of its frame."""


def crc_step(crc: Value, byte: Value) -> Value:
    """CRC-16/CCITT-FALSE (polynomial 0x1021, high bit first) with one byte more."""
    high = crc[8:] ^ byte
    mixed = high ^ (high >> 4)
    return ((crc << 8) ^ (mixed << 12) ^ (mixed << 5) ^ mixed)[:CRC_BITS]


class Decoder(wiring.Component):
    """Bytes of the line to frames without their CRC. Every END ends a frame, so after garbage the next END starts anew.

    A frame is good if its CRC is right, each ESC was followed by what may follow it, and nothing of it was lost or muted.

    Members:
        i: In, stream of bytes that does not wait.
        lost: In, pulse: the line broke a byte. mute: In, bytes that come now are lost on purpose; ENDs still count.
        o: Out, stream of `item_layout` that does not wait.
    """

    i: In(stream.Signature(8, always_ready=True))
    lost: In(1)
    mute: In(1)
    o: Out(stream.Signature(item_layout, always_ready=True))

    def elaborate(self, platform):
        m = Module()
        # What a byte is, is known a clock before it counts.
        byte, came, lost, is_end, is_esc = signals(byte=8, came=1, lost=1, is_end=1, is_esc=1)
        m.d.sync += byte.eq(self.i.payload), came.eq(self.i.valid), lost.eq(self.lost)
        m.d.sync += is_end.eq(self.i.payload == END), is_esc.eq(self.i.payload == ESC)
        # After reset the line may be within a frame: the first END is where it begins to count.
        escaped, taken = signals(escaped=1, taken=1)
        void = Signal(init=1)
        value = Signal(8)
        # The last two bytes are held back: at the end they are the CRC of all before them.
        recent, held = signals(recent=CRC_BITS, held=range(3))
        crc = Signal(CRC_BITS, init=CRC_INIT)
        m.d.comb += [
            value.eq(byte),
            self.o.payload.data.eq(recent[:8]),
            self.o.payload.good.eq(~void & ~escaped & (held == 2) & (crc == recent)),
        ]
        with m.If(came & is_end):
            m.d.comb += self.o.valid.eq(1), self.o.payload.end.eq(1)
            m.d.sync += escaped.eq(0), void.eq(0), held.eq(0), crc.eq(CRC_INIT)
        with m.Elif(came):
            m.d.sync += escaped.eq(0)
            with m.If(self.mute):
                m.d.sync += void.eq(1)
            with m.If(escaped):
                m.d.comb += value.eq(Mux(byte == ESC_END, END, ESC)), taken.eq(1)
                with m.If((byte != ESC_END) & (byte != ESC_ESC)):
                    m.d.sync += void.eq(1)
            with m.Elif(is_esc):
                m.d.sync += escaped.eq(1)
            with m.Else():
                m.d.comb += taken.eq(1)
        with m.If(taken):
            m.d.sync += recent.eq(Cat(recent[8:], value))
            with m.If(held == 2):
                m.d.comb += self.o.valid.eq(1)
                m.d.sync += crc.eq(crc_step(crc, recent[:8]))
            with m.Else():
                m.d.sync += held.eq(held + 1)
        with m.If(lost):
            m.d.sync += void.eq(1)
        never(m, "more bytes are held back than a CRC has", held == 3)
        return m


class Encoder(wiring.Component):
    """Bytes of a reply to the line: END, the bytes, their CRC, END, with escapes where a byte looks like END or ESC.

    Members:
        i: In, stream of `byte_layout`. o: Out, stream of bytes.
    """

    i: In(stream.Signature(byte_layout))
    o: Out(stream.Signature(8))

    def elaborate(self, platform):
        m = Module()
        # The byte that is sent next, in a register.
        byte, inside, loaded, escaped = signals(byte=8, inside=1, loaded=1, escaped=1)
        crc = Signal(CRC_BITS, init=CRC_INIT)
        special, moved, done = signals(special=1, moved=1, done=1)
        m.d.comb += [
            special.eq(inside & ((byte == END) | (byte == ESC))),
            self.o.valid.eq(loaded),
            self.o.payload.eq(Mux(special, Mux(escaped, Mux(byte == END, ESC_END, ESC_ESC), ESC), byte)),
            moved.eq(self.o.valid & self.o.ready),
            done.eq(moved & (~special | escaped)),
        ]
        m.d.sync += escaped.eq(escaped ^ (moved & special)), loaded.eq(loaded & ~done)

        def load(value, is_inside, there=1):
            with m.If(~loaded):
                m.d.sync += byte.eq(value), inside.eq(is_inside), loaded.eq(there)

        with m.FSM():
            with m.State("start"):
                load(END, 0, self.i.valid)
                m.d.sync += crc.eq(CRC_INIT)
                with m.If(done):
                    m.next = "data"
            with m.State("data"):
                load(self.i.payload.data, 1, self.i.valid)
                m.d.comb += self.i.ready.eq(done)
                with m.If(done):
                    m.d.sync += crc.eq(crc_step(crc, byte))
                    with m.If(self.i.payload.last):
                        m.next = "crc low"
            for state, part, following in (("crc low", crc[:8], "crc high"), ("crc high", crc[8:], "end")):
                with m.State(state):
                    load(part, 1)
                    with m.If(done):
                        m.next = following
            with m.State("end"):
                load(END, 0)
                with m.If(done):
                    m.next = "start"
        patient(m, "o", self.o)
        return m
