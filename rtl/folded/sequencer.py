"""The folded engine's program memory, and which instruction comes next."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.folded.microcode import If, Jump, instruction_layout

VALUE_BITS = 9
"""The largest immediate is 256."""

LATE = (If.ZERO, If.LARGE, If.NEGATIVE)


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
        now = self.now
        begun = Signal()
        at = Signal(self.bits, init=-1)
        back, following, target, straight = (
            Signal(self.bits, name=name) for name in ("back", "following", "target", "straight")
        )
        go = Signal()
        m.d.sync += begun.eq(1), at.eq(following)
        with m.If(begun):
            m.d.comb += now.eq(read.data)
        m.d.comb += straight.eq(at + 1), target.eq(now.value)
        with m.Switch(now.jump):
            with m.Case(Jump.NOTHING):
                m.d.comb += target.eq(straight)
            with m.Case(Jump.CALL):
                m.d.sync += back.eq(straight)
            with m.Case(Jump.RETURN):
                m.d.comb += target.eq(back)
            with m.Case(Jump.BY_LAYER):
                m.d.comb += target[:4].eq(self.layer)
            with m.Case(Jump.BY_MEMORY):
                m.d.comb += target[:4].eq(self.memory)
        # Those of total come late: they pass the others by.
        early = Signal()
        late = Signal()
        with m.Switch(now.when):
            with m.Case(If.ALWAYS):
                m.d.comb += early.eq(1)
            for condition in If:
                if condition not in (If.ALWAYS, *LATE):
                    with m.Case(condition):
                        m.d.comb += early.eq(self.conditions[condition.value])
        m.d.comb += [
            late.eq(Cat((now.when == condition) & self.conditions[condition.value] for condition in LATE).any()),
            go.eq((early | late) ^ now.otherwise),
            following.eq(Mux(go, target, straight)),
        ]
        m.d.comb += read.addr.eq(following)
        return m
