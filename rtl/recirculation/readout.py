"""Readout: an auto-encoder's result, word by word (docs/autoencoder.md, 6): what it recalled, code, error, counters."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from golden.records import RECALLED_COUNTERS
from rtl.checks import patient
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import sent
from rtl.engine.readout import LATENCY, told
from rtl.formats import COUNTER_BITS, COUNTERS, ceil_log2
from rtl.hdl import constant, signals
from rtl.interface.results import COUNT_BITS, PACKED, WORD_BITS
from rtl.memories import ram, read, write
from rtl.recirculation.layouts import shown_layout

SIDES = ("up", "down", "again")
_SIDE = [SIDES.index(name.split("_")[0]) for name in RECALLED_COUNTERS]
_KIND = [COUNTERS.index(name.split("_")[1]) for name in RECALLED_COUNTERS]


class RecalledReadout(Block):
    """Takes counts a lane a clock, and keeps them while the words go: the codes of all samples under way, and of one sample
    what it recalls.

    A result's words: the recalled counts, `PACKED` a word, the code, the squared error, then `RECALLED_COUNTERS` of places
    0..L-1.

    Args:
        bottom: neurons of layer 0.

    Members:
        codes, recalled: In, streams of `shown_layout`. squared: In, with `valid`: of the sample whose recall has just come.
        o: Out, stream of words.
        place, side, slot, kind: Out: whose counter `value` (In) is to be, `LATENCY` clocks later; side: of `SIDES`.
        idle: Out.
    """

    def __init__(self, form: EngineFormat, bottom: int):
        self.sizes = bottom, form.classes
        super().__init__(form)

    def _members(self, f):
        return {
            "codes": In(stream.Signature(shown_layout(f))),
            "recalled": In(stream.Signature(shown_layout(f))),
            "squared": In(sent(COUNTER_BITS)),
            "o": Out(stream.Signature(WORD_BITS)),
            "place": Out(range(max(2, f.layers))),
            "side": Out(range(len(SIDES))),
            "slot": Out(f.slot_bits),
            "kind": Out(2),
            "value": In(COUNTER_BITS),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        self.whole, self.showing = signals(whole=1, showing=1)  # a sample is recalled; and its words go
        memories = self._take(m)
        self._show(m, memories)
        patient(m, "o", self.o)
        return m

    def _take(self, m):
        """A group is taken whole, and kept a lane a clock. Returns the two memories, of what is recalled and of codes."""
        f = self.form
        held, lane, packing = signals(held=shown_layout(f), lane=range(max(2, f.lanes)), packing=1)
        last_lane = lane == f.lanes - 1
        of_code = Signal()
        self.sample = Signal(shown_layout(f))  # whose recall is whole
        take_code, take_recalled = signals(take_code=1, take_recalled=1)
        m.d.comb += [
            self.codes.ready.eq(~packing),
            self.recalled.ready.eq(~packing & ~self.codes.valid & ~self.whole & ~self.showing),
            take_code.eq(self.codes.valid & self.codes.ready),
            take_recalled.eq(self.recalled.valid & self.recalled.ready),
        ]
        with m.If(take_code | take_recalled):
            m.d.sync += held.eq(Mux(take_code, self.codes.payload, self.recalled.payload))
            m.d.sync += packing.eq(1), of_code.eq(take_code), lane.eq(0)
        with m.Elif(packing):
            m.d.sync += lane.eq(lane + 1), packing.eq(~last_lane)
            with m.If(last_lane & held.last & ~of_code):
                m.d.sync += self.whole.eq(1), self.sample.eq(held)
        memories = []
        for number, (name, slots) in enumerate((("recalls", 0), ("codes_kept", f.slot_bits))):
            counts = -(-self.sizes[number] // f.lanes) * f.lanes
            bits = ceil_log2(max(PACKED, counts))
            at = Signal(bits, name=f"{name}_at")
            m.submodules[name] = memory = ram(shape=f.count_bits, depth=1 << (bits + slots))
            here = packing & (of_code == number)
            write(m, memory, here, Cat(at, held.slot[:slots]), held.counts[lane])
            with m.If(here):
                m.d.sync += at.eq(Mux(last_lane & held.last, 0, at + 1))
            memories.append((memory, bits))
        self.taking = packing
        return memories

    def _show(self, m, memories):
        """Of a sample that is recalled, the words."""
        f, sample = self.form, self.sample
        squared, has_squared = signals(squared=COUNTER_BITS, has_squared=1)
        with m.If(self.squared.valid):
            m.d.sync += squared.eq(self.squared.payload), has_squared.eq(1)
        of_code, at, nibble = signals(of_code=1, at=range(-(-max(self.sizes) // PACKED) + 1), nibble=range(PACKED + 1))
        word, number, pauses = signals(word=WORD_BITS, number=range(len(RECALLED_COUNTERS)), pauses=range(LATENCY + 1))
        learned = Signal(3)  # this sample, and the two before it
        beyond, was_beyond = signals(beyond=1, was_beyond=1)
        place = Cat(nibble[: PACKED.bit_length() - 1], at)
        slots = (Const(0, 0), sample.slot)
        kept = [read(m, memory, Cat(place[:bits], slot)) for (memory, bits), slot in zip(memories, slots, strict=True)]
        size = constant(self.sizes, of_code)
        words = constant((-(-size // PACKED) for size in self.sizes), of_code)
        m.d.comb += beyond.eq(place >= size)
        m.d.sync += was_beyond.eq(beyond)
        came = Mux(of_code, kept[1], kept[0])
        side, kind = constant(_SIDE, number), constant(_KIND, number)
        again = side == SIDES.index("again")
        m.d.comb += [self.side.eq(side), self.kind.eq(kind), self.slot.eq(sample.slot - Mux(again, 2, 0))]
        with m.FSM() as fsm:
            with m.State("wait"):
                m.d.sync += at.eq(0), of_code.eq(0), nibble.eq(0)
                with m.If(self.whole & has_squared):
                    m.d.sync += has_squared.eq(0), self.whole.eq(0)
                    m.d.sync += learned.eq(Cat(sample.learn, learned))
                    with m.If(~sample.blank):
                        m.d.sync += self.showing.eq(1)
                        m.next = "read"
            with m.State("read"):  # a count is there the clock after its address
                m.d.sync += nibble.eq(nibble + 1)
                with m.If(nibble.any()):
                    m.d.sync += word.eq(Cat(word[COUNT_BITS:], Mux(was_beyond, 0, came), 0)[:WORD_BITS])
                with m.If(nibble == PACKED):
                    m.next = "counts"
            with m.State("counts"):
                m.d.sync += nibble.eq(0)
                with told(m, self.o, word):
                    m.d.sync += at.eq(at + 1)
                    m.next = "read"
                    with m.If(at == words - 1):
                        m.d.sync += at.eq(0), of_code.eq(1)
                        with m.If(of_code):
                            m.next = "squared"
            with m.State("squared"):
                m.d.sync += pauses.eq(0)
                with told(m, self.o, squared):
                    m.next = "counters"
            with m.State("counters"):
                m.d.sync += pauses.eq(pauses + 1)
                with m.If(pauses == LATENCY):
                    m.next = "counter"
            # Of a sample that was not learned there was no third pass.
            with m.State("counter"), told(m, self.o, Mux(again & ~learned[2], 0, self.value)):
                m.d.sync += number.eq(number + 1), pauses.eq(0)
                m.next = "counters"
                with m.If(number == len(RECALLED_COUNTERS) - 1):
                    m.d.sync += number.eq(0), self.place.eq(self.place + 1)
                    with m.If(self.place == f.layers - 1):
                        m.d.sync += self.place.eq(0), self.showing.eq(0)
                        m.next = "wait"
            m.d.comb += self.idle.eq(fsm.ongoing("wait") & ~self.whole & ~has_squared & ~self.taking)
