"""Codes: what drives the backward network, as layer L's spikes into layer L-1's apical side (contract, step 4)."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import never, patient
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import spikes_layout


class Codes(wiring.Component):
    """On request the codes of all concepts, one after another: neuron k of layer L spikes at every step, no other does.

    Args:
        source: the number of the source that they are for, the apical one of layer L-1.

    Members:
        start: In, pulse; not before `done`. o: Out, stream of `spikes_layout`. room: In, a code may begin.
        claim: Out, pulse: one begins. done: Out, pulse: the last word of the last code has been taken.
    """

    def __init__(self, form: EngineFormat, source: int):
        self.form, self.source = form, source
        super().__init__(
            {
                "start": In(1),
                "o": Out(stream.Signature(spikes_layout(form))),
                "room": In(1),
                "claim": Out(1),
                "done": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, words = self.form, self.form.sources[self.source].words
        k, word = Signal(range(f.classes)), Signal(range(max(2, words)))
        taken = self.o.valid & self.o.ready
        last = word == words - 1
        with m.FSM() as fsm:
            with m.State("wait"):
                m.d.sync += k.eq(0), word.eq(0)
                with m.If(self.start):
                    m.next = "claim"
            with m.State("claim"):
                m.d.comb += self.claim.eq(self.room)
                with m.If(self.room):
                    m.next = "send"
            with m.State("send"):
                m.d.comb += self.o.valid.eq(1)
                with m.If(taken):
                    m.d.sync += word.eq(Mux(last, 0, word + 1)), k.eq(k + last)
                with m.If(taken & last):
                    m.d.comb += self.done.eq(k == f.classes - 1)
                    m.next = "claim"
                    with m.If(k == f.classes - 1):
                        m.next = "wait"
        patient(m, "o", self.o)
        never(m, "codes are asked for while others go", self.start & ~fsm.ongoing("wait"))
        m.d.comb += self.o.payload.source.eq(self.source), self.o.payload.header.label.eq(k)
        for p in range(f.lanes):
            spikes = k == word * f.lanes + p
            m.d.comb += self.o.payload.trains[p].eq(spikes.replicate(f.steps))
        return m
