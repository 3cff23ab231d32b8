"""Gearbox: words of 8 pixels in, beats of `lanes` pixels out."""

import math

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import holds, never, patient
from rtl.formats import PIXEL_BITS
from rtl.hdl import signals
from rtl.interface.packets import PIXELS
from rtl.interface.registers import DATA_BITS


class Gearbox(wiring.Component):
    """Moves gcd(8, lanes) pixels a clock: two shift registers and no barrel shifter. The core walks longer than that takes.

    Args:
        pixels: of a sample. lanes: of a beat; beyond the last pixel a sample's last beat has what is left of the word, then
            zeros.

    Members:
        i: In, stream: ceil(pixels / 8) words a sample, pixel 0 lowest.
        o: Out, stream of `pixels` and `last`, which comes with a sample's last beat.
    """

    def __init__(self, pixels: int, lanes: int):
        self.words, self.beats, self.lanes = -(-pixels // PIXELS), -(-pixels // lanes), lanes
        self.unit = math.gcd(PIXELS, lanes)
        beat = data.StructLayout({"pixels": data.ArrayLayout(PIXEL_BITS, lanes), "last": 1})
        super().__init__({"i": In(stream.Signature(DATA_BITS)), "o": Out(stream.Signature(beat))})

    def elaborate(self, platform):
        m = Module()
        unit, per_word, per_beat = self.unit * PIXEL_BITS, PIXELS // self.unit, self.lanes // self.unit
        word, left, words = signals(word=DATA_BITS, left=range(per_word + 1), words=range(self.words + 1))
        beat, filled, beats = signals(beat=self.lanes * PIXEL_BITS, filled=range(per_beat + 1), beats=range(self.beats + 1))
        full, last = signals(full=1, last=1)
        all_words, shift, completes = signals(all_words=1, shift=1, completes=1)
        # Registers, as much hangs on a shift: whether there is something, whether it fills the beat, whether the last one.
        more = Signal()
        fills = Signal(init=per_beat == 1)
        final = Signal(init=self.beats == 1)
        m.d.comb += [
            self.i.ready.eq((left == 0) & ~all_words),
            # Beyond the last word a sample goes on with the zeros that follow it through the register.
            # A full beat waits for the clock after it was taken: nothing here hangs on the reader's readiness.
            shift.eq(more & ~full),
            completes.eq(shift & fills),
            self.o.valid.eq(full),
            self.o.payload.pixels.eq(beat),
            self.o.payload.last.eq(last),
        ]
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += word.eq(self.i.payload), left.eq(per_word), words.eq(words + 1)
            m.d.sync += all_words.eq(words == self.words - 1), more.eq(1)
        with m.If(full & self.o.ready):
            m.d.sync += full.eq(0)
        with m.If(shift):
            m.d.sync += [
                beat.eq(Cat(beat, word[:unit])[unit:]),
                word.eq(word >> unit),
                left.eq(Mux(left == 0, 0, left - 1)),
                filled.eq(filled + 1),
                fills.eq(filled == per_beat - 2 if per_beat > 1 else 1),
                more.eq(all_words | (left > 1)),
            ]
        with m.If(completes):
            m.d.sync += full.eq(1), filled.eq(0), fills.eq(per_beat == 1), beats.eq(beats + 1)
            m.d.sync += last.eq(final), final.eq(beats == self.beats - 2 if self.beats > 1 else 1)
            with m.If(final):
                m.d.sync += beats.eq(0), words.eq(0), all_words.eq(0), left.eq(0), more.eq(0)
        patient(m, "o", self.o)
        holds(m, "all_words: no further word", all_words == (words == self.words))
        holds(m, "more: something to shift", more == (all_words | (left != 0)))
        holds(m, "fills: the next shift fills the beat", fills == (filled == per_beat - 1))
        holds(m, "final: the sample's last beat", final == (beats == self.beats - 1))
        never(m, "more units than a word or a beat has", (left > per_word) | (filled >= per_beat))
        never(m, "a word overwrites one", self.i.valid & self.i.ready & shift)
        return m
