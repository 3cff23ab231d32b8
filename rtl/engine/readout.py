"""Readout: a sample's result, word by word: the concept of the highest V_L, V_L, counters (steps 3 and 10)."""

from amaranth.hdl import Cat, Module, Mux, Signal, ValueLike, signed
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from rtl.checks import patient
from rtl.engine.block import Block
from rtl.engine.outlet import voltages_layout
from rtl.formats import COUNTER_BITS, COUNTERS
from rtl.hdl import signals
from rtl.interface.results import WORD_BITS
from rtl.memories import ram, read, write

LATENCY = 2
"""Clocks from an address to what a counter is."""


def told(m: Module, o, word: ValueLike):
    """A state's `word` of the result is offered, for `with`: behind it is what comes with its taking."""
    m.d.comb += o.valid.eq(1), o.payload.eq(word)
    return m.If(o.valid & o.ready)


class Readout(Block):
    """Takes V_L a lane a clock, and keeps it while the words go.

    A result's words: the prediction, V_L of the K concepts, then `COUNTERS` of each layer 1..L.

    Members:
        voltages: In, stream of `voltages_layout`. o: Out, stream of words.
        layer: Out, less 1, slot, kind: Out: whose counter `value` (In) is to be, `LATENCY` clocks later. idle: Out.
    """

    def _members(self, f):
        return {
            "voltages": In(stream.Signature(voltages_layout(f))),
            "o": Out(stream.Signature(WORD_BITS)),
            "layer": Out(range(max(2, f.layers))),
            "slot": Out(f.slot_bits),
            "kind": Out(2),
            "value": In(COUNTER_BITS),
            "idle": Out(1),
        }

    def elaborate(self, platform):
        m = Module()
        f, word = self.form, self.voltages.payload
        m.submodules.kept = kept = ram(shape=signed(f.voltage_bits), depth=max(2, f.classes))
        lane, k = signals(lane=range(max(2, f.lanes)), k=range(f.classes))
        best, highest = signals(best=range(f.classes), highest=signed(f.voltage_bits))
        # A lane is picked out in one clock, and kept and compared in the next; a clock behind its last lane, a word may go.
        came, voltage, released = signals(came=1, voltage=signed(f.voltage_bits), released=1)
        of_k = Signal.like(k)
        m.d.sync += came.eq(0), of_k.eq(k), voltage.eq(word.lanes[lane]), released.eq(0)
        write(m, kept, came, of_k, voltage)
        kept_voltage = read(m, kept, k)
        m.d.comb += self.voltages.ready.eq(released)
        with m.If(came & ((of_k == 0) | (voltage > highest))):
            m.d.sync += best.eq(of_k), highest.eq(voltage)
        layer = self.layer
        pauses = Signal(range(LATENCY + 1))
        last_lane = (lane == f.lanes - 1) | (k == f.classes - 1)
        with m.FSM() as fsm:
            with m.State("gather"), m.If(self.voltages.valid & ~released):
                m.d.sync += lane.eq(Mux(last_lane, 0, lane + 1)), k.eq(k + 1), self.slot.eq(word.slot)
                m.d.sync += came.eq(1), released.eq(last_lane)
                with m.If(last_lane & word.last):
                    m.d.sync += k.eq(0)
                    with m.If(~word.blank):
                        m.next = "last"
            with m.State("last"):  # is compared
                m.next = "prediction"
            with m.State("prediction"), told(m, self.o, best):
                m.next = "voltages"
            with m.State("voltages"):  # a word is there the clock after its address
                m.d.sync += pauses.eq(0)
                m.next = "voltage"
            with m.State("voltage"), told(m, self.o, kept_voltage):
                m.d.sync += k.eq(Mux(k == f.classes - 1, 0, k + 1))
                m.next = "voltages"
                with m.If(k == f.classes - 1):
                    m.next = "counters"
            with m.State("counters"):
                m.d.sync += pauses.eq(pauses + 1)
                with m.If(pauses == LATENCY):
                    m.next = "counter"
            with m.State("counter"), told(m, self.o, self.value):
                m.d.sync += Cat(self.kind, layer).eq(Cat(self.kind, layer) + 1), pauses.eq(0)
                m.next = "counters"
                with m.If((self.kind == len(COUNTERS) - 1) & (layer == f.layers - 1)):
                    m.d.sync += self.kind.eq(0), layer.eq(0)
                    m.next = "gather"
            m.d.comb += self.idle.eq(fsm.ongoing("gather") & (k == 0) & ~came)
        patient(m, "o", self.o)
        return m
