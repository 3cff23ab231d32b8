"""Frames: the CRC is the division that its name says; what is sent as a frame comes out as that frame, good."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.bus.frame import Decoder, Encoder, byte_layout, crc_step, item_layout
from rtl.checks import holds, never
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

LENGTH = 2
"""Bytes at most, of a frame that is proven whole."""


class Crc(wiring.Component):
    """A step."""

    crc: In(16)
    byte: In(8)
    next: Out(16)

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.next.eq(crc_step(self.crc, self.byte))
        return m


def divides(bench: Bench, block: Crc) -> None:
    """Eight steps of the division of bits by x^16 + x^12 + x^5 + 1, the high bit first."""
    crc = block.crc
    for bit in reversed(range(8)):
        crc = Cat(Const(0, 1), crc[:15]) ^ Mux(crc[15] ^ block.byte[bit], 0x1021, 0)
    holds(bench.m, "crc_step is the division", block.next == crc)


def patient(bench: Bench, block: Encoder) -> None:
    """Its own assertion, under a patient sender."""
    bench.patient(block.i)


class Line(wiring.Component):
    """An encoder, a line that takes a byte where `goes`, and a decoder."""

    i: In(stream.Signature(byte_layout))
    goes: In(1)
    valid: Out(1)
    item: Out(item_layout)

    def elaborate(self, platform):
        m = Module()
        m.submodules.encoder, m.submodules.decoder = encoder, decoder = Encoder(), Decoder()
        wiring.connect(m, wiring.flipped(self.i), encoder.i)
        m.d.comb += [
            decoder.i.payload.eq(encoder.o.payload),
            decoder.i.valid.eq(encoder.o.valid & self.goes),
            encoder.o.ready.eq(self.goes),
            self.valid.eq(decoder.o.valid),
            self.item.eq(decoder.o.payload),
        ]
        return m


def whole(bench: Bench, block: Line) -> None:
    """Byte `number` of the first frame comes out as it went in, and the frame's end says good after as many."""
    m, number = bench.m, bench.chosen(2, "number")
    bench.patient(block.i)
    sent, came, byte, ended = Signal(3), Signal(3), Signal(8), Signal()
    with m.If(block.i.valid & block.i.ready):
        m.d.sync += sent.eq(sent + 1), ended.eq(ended | block.i.payload.last)
        with m.If(sent == number):
            m.d.sync += byte.eq(block.i.payload.data)
    bench.assume(~bench.ports[1])
    bench.assume(block.goes & (block.i.valid == ~ended))
    bench.assume(block.i.payload.last | (sent != LENGTH - 1))
    with m.If(block.valid & ~block.item.end):
        m.d.sync += came.eq(came + 1)
        never(m, "a byte that was not sent", came >= sent)
        holds(m, "a byte as it was sent", (came != number) | (block.item.data == byte))
    with m.If(block.valid & block.item.end & (sent != 0)):
        holds(m, "a good end, after as many bytes as were sent", block.item.good & ended & (came == sent))


PROOFS = (
    Proof(
        "bus/frame: crc",
        "a step of the CRC is the division by 0x1021, for every remainder and byte",
        Crc,
        divides,
        depth=1,
        bugs=1,
        mutants=(
            Mutant("another polynomial", "bus/frame.py", "(mixed << 12) ^ (mixed << 5)", "(mixed << 12) ^ (mixed << 6)"),
        ),
    ),
    Proof(
        "bus/frame",
        "a frame comes out of Encoder and Decoder as it went in, and good; a byte of the line waits unchanged",
        Line,
        whole,
        depth=24,
        bounded="a frame of two bytes at most, escapes and all, on a line without pauses",
        bugs=24,
        mutants=(
            Mutant("no escape", "bus/frame.py", "(byte == END) | (byte == ESC)", "byte == END"),
            Mutant(
                "bytes swapped",
                "bus/frame.py",
                '("crc low", crc[:8], "crc high"), ("crc high", crc[8:]',
                '("crc low", crc[8:], "crc high"), ("crc high", crc[:8]',
            ),
            Mutant(
                "CRC of one byte less",
                "bus/frame.py",
                "crc.eq(crc_step(crc, recent[:8]))",
                "crc.eq(crc_step(crc, recent[8:]))",
            ),
        ),
    ),
    Proof(
        "bus/frame: encoder",
        "a byte for the line stays until it is taken, whenever that is",
        Encoder,
        patient,
        depth=2,
        mutants=(Mutant("turns the page", "bus/frame.py", "with m.If(~loaded):", "with m.If(1):"),),
    ),
)
