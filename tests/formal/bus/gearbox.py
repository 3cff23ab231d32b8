"""`Gearbox`: what its registers say of its counts; and every pixel comes where it belongs."""

from amaranth.hdl import Mux, Signal

from rtl.bus.gearbox import Gearbox
from rtl.checks import holds
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

PIXELS, LANES = 10, 3


def free(bench: Bench, block: Gearbox) -> None:
    """Its own assertions, under a patient sender or any other."""


def contents(bench: Bench, block: Gearbox) -> None:
    """Lane `lane` of beat `beat` is the pixel of that number, whichever these are; `last` is the last beat's."""
    m = bench.m
    beat, lane = bench.chosen(2, "beat"), bench.chosen(2, "lane")
    number = beat * LANES + lane
    bench.assume((lane < LANES) & (number < PIXELS))
    words, beats, pixel = Signal(range(block.words)), Signal(range(block.beats)), Signal(4)
    with m.If(block.i.valid & block.i.ready):
        m.d.sync += words.eq(Mux(words == block.words - 1, 0, words + 1))
        with m.If(words == number >> 3):
            m.d.sync += pixel.eq(block.i.payload.word_select(number[:3], 4))
    out, end = block.o.payload, beats == block.beats - 1
    with m.If(block.o.valid & block.o.ready):
        m.d.sync += beats.eq(Mux(end, 0, beats + 1))
    with m.If(block.o.valid):
        holds(m, "the pixel of this beat and lane", (beats != beat) | (out.pixels.as_value().word_select(lane, 4) == pixel))
        holds(m, "last comes with the last beat", out.last == end)


PROOFS = (
    Proof(
        "bus/gearbox",
        "counts agree with what its registers say of them; a beat stays until it is taken",
        lambda: Gearbox(PIXELS, LANES),
        free,
        depth=2,
        mutants=(
            Mutant("no end of words", "bus/gearbox.py", "all_words.eq(0), left.eq(0)", "left.eq(0)"),
            Mutant("shifts under a reader", "bus/gearbox.py", "shift.eq(more & ~full)", "shift.eq(more)"),
        ),
    ),
    Proof(
        "bus/gearbox: contents",
        "10 pixels in words of 8 come out in beats of 3, each in its place",
        lambda: Gearbox(PIXELS, LANES),
        contents,
        depth=18,
        bounded="a sample takes 17 clocks at least",
        bugs=18,
        mutants=(
            Mutant("wrong end of the word", "bus/gearbox.py", "word[:unit])[unit:]", "word[-unit:])[unit:]"),
            Mutant(
                "last too soon", "bus/gearbox.py", "final.eq(beats == self.beats - 2", "final.eq(beats == self.beats - 3"
            ),
        ),
    ),
)
