"""One leaky integrate-and-fire neuron, a step at a time (docs/arithmetic.md, step 3)."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.fixed import saturate
from rtl.formats import MEMBRANE_BITS, THRESHOLD_BITS


class FoldedSoma(wiring.Component):
    """Members:
    begin: In, pulse: a new neuron. step: In, pulse: a time step with v. threshold: In.
    train: Out, bit t a spike at step t, after all steps. count, voltage: Out, spikes and sum of v so far.
    """

    def __init__(self, steps: int, leak: int, v_bits: int, sum_bits: int):
        self.leak = leak
        super().__init__(
            {
                "begin": In(1),
                "step": In(1),
                "threshold": In(THRESHOLD_BITS),
                "v": In(signed(v_bits)),
                "train": Out(steps),
                "count": Out(range(steps + 1)),
                "voltage": Out(signed(sum_bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        u = Signal(signed(MEMBRANE_BITS))
        leaked, x = Signal(signed(MEMBRANE_BITS)), Signal(signed(MEMBRANE_BITS))
        rest, spike = Signal(signed(MEMBRANE_BITS + 1)), Signal()
        m.d.comb += [
            leaked.eq(u - (u >> self.leak)),
            x.eq(saturate(leaked + self.v, MEMBRANE_BITS)),
            rest.eq(x - self.threshold),
            spike.eq(~rest[-1]),
        ]
        with m.If(self.begin):
            m.d.sync += u.eq(self.threshold >> 1), self.count.eq(0), self.voltage.eq(0)
        with m.Elif(self.step):
            m.d.sync += [
                u.eq(Mux(spike, rest, x)),
                self.count.eq(self.count + spike),
                self.voltage.eq(self.voltage + self.v),
                self.train.eq(Cat(self.train, spike)[1:]),
            ]
        return m
