"""The folded engine's program memory, and which instruction comes next."""

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.folded.microcode import If, Jump, instruction_layout


VALUE_BITS = 9
"""The largest immediate is 256."""


class Sequencer(wiring.Component):
    """One instruction a clock; a reset begins at the first one. Calls nest one deep.

    Args:
        lines: of `Program.finish`.

    Members:
        now: Out, the instruction of this clock: none but a jump to the first in the clock after a reset.
        conditions: In, by `If`, the first of which is 1 anyway. layer, memory: In, the host's address fields.
    """

    def __init__(self, lines: list[dict], scratch_bits: int):
        self.lines, self.bits = lines, ceil_log2(len(lines))
        self.layout = instruction_layout(max(VALUE_BITS, self.bits), scratch_bits)
        super().__init__({"now": Out(self.layout), "conditions": In(len(If)), "layer": In(4), "memory": In(4)})

    def elaborate(self, platform):
        m = Module()
        rows = [{name: getattr(value, "value", value) for name, value in line.items()} for line in self.lines]
        m.submodules.program = program = Memory(shape=self.layout, depth=1 << self.bits, init=rows)
        read = program.read_port()
        begun, at, back, following = Signal(), Signal(self.bits), Signal(self.bits), Signal(self.bits)
        now, go = self.now, Signal()
        m.d.sync += begun.eq(1), at.eq(following)
        with m.If(begun):
            m.d.comb += now.eq(read.data)
        conditions = Array([Const(1, 1), *(self.conditions[i] for i in range(1, len(If)))])
        m.d.comb += go.eq(conditions[now.when.as_value()] ^ now.otherwise)
        m.d.comb += following.eq(at + 1)
        with m.Switch(Mux(go, now.jump.as_value(), 0)):
            with m.Case(Jump.GO.value, Jump.CALL.value):
                m.d.comb += following.eq(now.value)
            with m.Case(Jump.RETURN.value):
                m.d.comb += following.eq(back)
            with m.Case(Jump.BY_LAYER.value):
                m.d.comb += following.eq(Cat(self.layer, now.value[4:]))
            with m.Case(Jump.BY_MEMORY.value):
                m.d.comb += following.eq(Cat(self.memory, now.value[4:]))
        with m.If(~begun):
            m.d.comb += following.eq(0)
        with m.If(now.jump == Jump.CALL):
            m.d.sync += back.eq(at + 1)
        m.d.comb += read.addr.eq(following)
        return m
