"""The fused pass over one neuron's rows: read, update, write back, accumulate (docs/arithmetic.md, steps 3, 4, 7 and 9).

Four stages, a row a clock: its activity is looked up; its weight is read, and its error multiplied; both are added in
`Arithmetic`; the word is written back and goes to the accumulators. A write takes the memory's one port for a clock: the
first two stages wait.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from rtl.formats import NOISE_BITS, SYNAPSE_BITS
from rtl.synapses import reverse


def activity_layout(planes: int, count: int) -> data.StructLayout:
    """What a pass has to know of a neuron.

    train: a pixel, or bit t a spike at step t. count, old: spikes of this sample and the one before; of a concept, new
    and old template. above, below: the flags of the surrogate window.
    """
    return data.StructLayout({"train": planes, "count": count, "old": count, "above": 1, "below": 1})


class Walk(wiring.Component):
    """One row after another.

    Args:
        planes, count: bits of a train and of a count. rows: of the largest layer. words: of all weights.
        most: rows of a layer's pass, at most. sum_bits: of an accumulator. unit_bits: of `unit`.

    Members:
        start: In, pulse: a pass begins; the first row is presented in this clock, `live` and `word` hold in the next.
        row: In, local index of the row looked up: the one presented a clock ago. last: In, it is the last one. word: In, the
            address of its weight. entry: In, its activity. advance: Out, the row after it is to be presented.
        live: In, the neuron's error is not 0. unit: In, -2^(rate + 8).
        noise, spread, column: In, the byte of all synapses, whether it is spread over them, and 5 i of the neuron.
        read, write, address: Out, to the weights.
        factor: Out, for the next clock, unit x old count, 0 without an update; taken with `advance`. looking: Out.
        dither: Out, the noise of the weight just read.
        weight: In, w8 of the updated weight; `clipped`: In, it saturated: in the clock after their sum.
        sums: Out, an accumulator for each plane. done: Out, all rows are in.
        rows, updates, saturations: Out, since `clear` (In).
    """

    def __init__(self, planes: int, count: int, rows: int, words: int, most: int, sum_bits: int, unit_bits: int):
        self.planes, self.layout = planes, activity_layout(planes, count)
        super().__init__(
            {
                "start": In(1),
                "row": In(range(max(rows, 2))),
                "last": In(1),
                "word": In(range(max(words, 2))),
                "entry": In(self.layout),
                "advance": Out(1),
                "live": In(1),
                "unit": In(signed(unit_bits)),
                "noise": In(NOISE_BITS),
                "spread": In(1),
                "column": In(NOISE_BITS),
                "read": Out(1),
                "write": Out(1),
                "address": Out(range(max(words, 2))),
                "factor": Out(signed(unit_bits + count - 1)),
                "looking": Out(1),
                "dither": Out(NOISE_BITS),
                "weight": In(signed(SYNAPSE_BITS)),
                "clipped": In(1),
                "sums": Out(signed(sum_bits)).array(planes),
                "done": Out(1),
                "clear": In(1),
                "rows": Out(range(most + 1)),
                "updates": Out(range(most + 1)),
                "saturations": Out(range(most + 1)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        entry, looking, hold = self.entry, self.looking, Signal()
        stages = ("read", "add", "done")
        read, add, done = (Signal(name=name) for name in stages)
        read_train, add_train, done_train = (Signal(self.planes, name=f"{name}_train") for name in stages)
        read_update, add_update, done_update = (Signal(name=f"{name}_update") for name in stages)
        read_word, add_word, done_word = (Signal.like(self.word, name=f"{name}_word") for name in stages)
        update, pattern, dither = Signal(), Signal(NOISE_BITS), Signal(NOISE_BITS)
        m.d.comb += [
            hold.eq(done & done_update),
            self.advance.eq(looking & ~hold),
            update.eq(self.live & entry.old.any()),
            self.read.eq(read & ~hold),
            self.write.eq(hold),
            self.address.eq(Mux(hold, done_word, read_word)),
            self.factor.eq(Mux(update, entry.old * self.unit, 0)),
            pattern.eq(self.row ^ (self.row >> NOISE_BITS) ^ self.column),
            self.done.eq(~(looking | read | add | done)),
        ]
        with m.If(self.start):
            m.d.sync += looking.eq(1)
        with m.Elif(self.advance & self.last):
            m.d.sync += looking.eq(0)
        with m.If(~hold):
            m.d.sync += [
                read.eq(looking & (entry.train.any() | update)),
                Cat(read_train, read_update, read_word).eq(Cat(entry.train, update, self.word)),
                dither.eq(self.noise ^ Mux(self.spread, reverse(pattern), 0)),
            ]
        m.d.sync += [
            Cat(add, add_train, add_update, add_word).eq(Cat(self.read, read_train, read_update, read_word)),
            Cat(done, done_train, done_update, done_word).eq(Cat(add, add_train, add_update, add_word)),
            self.dither.eq(dither),
        ]
        for plane in range(self.planes):
            total = self.sums[plane]
            with m.If(self.start):
                m.d.sync += total.eq(0)
            with m.Elif(done & done_train[plane]):
                m.d.sync += total.eq(total + self.weight)
        with m.If(self.clear):
            m.d.sync += [count.eq(0) for count in (self.rows, self.updates, self.saturations)]
        with m.Else():
            m.d.sync += [
                self.rows.eq(self.rows + done),
                self.updates.eq(self.updates + hold),
                self.saturations.eq(self.saturations + (hold & self.clipped)),
            ]
        return m
