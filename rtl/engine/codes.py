"""Codes: what drives the backward network, as layer L's spikes into layer L-1's apical side (contract, step 4)."""

from amaranth.hdl import Module, Mux
from amaranth.lib.wiring import In, Out

from rtl.checks import never, patient
from rtl.engine.block import Block
from rtl.engine.signatures import codes_signature, link_signature
from rtl.hdl import signals


class Codes(Block):
    """On request the codes of all concepts, one after another: neuron k of layer L spikes at every step, no other does.

    Members:
        drives: In, `codes_signature`. link: Out, `link_signature`.
    """

    def _members(self, f):
        return {"drives": In(codes_signature()), "link": Out(link_signature(f))}

    def elaborate(self, platform):
        m = Module()
        f, words, o = self.form, -(-self.form.classes // self.form.lanes), self.link.words
        k, word = signals(k=range(f.classes), word=range(max(2, words)))
        taken = o.valid & o.ready
        last = word == words - 1
        with m.FSM() as fsm:
            with m.State("wait"):
                m.d.sync += k.eq(0), word.eq(0)
                with m.If(self.drives.start):
                    m.next = "claim"
            with m.State("claim"):
                m.d.comb += self.link.list.claim.eq(self.link.list.room)
                with m.If(self.link.list.room):
                    m.next = "send"
            with m.State("send"):
                m.d.comb += o.valid.eq(1)
                with m.If(taken):
                    m.d.sync += word.eq(Mux(last, 0, word + 1)), k.eq(k + last)
                with m.If(taken & last):
                    m.d.comb += self.drives.done.eq(k == f.classes - 1)
                    m.next = "claim"
                    with m.If(k == f.classes - 1):
                        m.next = "wait"
        patient(m, "o", o)
        never(m, "codes are asked for while others go", self.drives.start & ~fsm.ongoing("wait"))
        m.d.comb += o.payload.header.label.eq(k)
        for p in range(f.lanes):
            spikes = k == word * f.lanes + p
            m.d.comb += o.payload.trains[p].eq(spikes.replicate(f.steps))
        return m
