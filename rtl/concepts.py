"""Concept memory: what the backward network recalls for each of the K concepts at one layer (docs/arithmetic.md, step 4)."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.formats import LayerFormat
from rtl.memories import ram

BLOCK_WORDS, BLOCK_BITS = 32, 512
"""From more bits than these in so many words on a block RAM is better than LUTs, 16 words each and multiplexers behind."""


def concept_word(form: LayerFormat) -> data.StructLayout:
    """A group's template of one concept: counts, and the flags Vh >= 0 (`above`) and Vh < window_high (`below`)."""
    neuron = data.StructLayout({"count": form.count_bits, "above": 1, "below": 1})
    return data.ArrayLayout(neuron, form.lanes)


def other_behind(k, label):
    """The concept behind k in the order of all but the label's."""
    after = k + 1
    return after + (after == label)


class Concepts(wiring.Component):
    """K x groups words, one write and two read ports. The top layer's templates are the target codes, a constant: no memory.

    Members:
        read_k, read_group: In, for affinity; read: Out, two clocks later. learn_*: the same for plasticity.
        write: In, pulse; write_k, write_group, write_data: In. The word goes in a clock later.
        host_*: counts, and flags (above + 2 below); address = (concept, group), one lane at a time. Address, select and data
            from three clocks before the write on: the other lanes of the word are read and written back.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        k_shape, g_shape = range(max(f.classes, 2)), range(max(f.groups, 2))
        self.address_bits = ceil_log2(f.classes) + f.group_bits
        super().__init__(
            {
                "read_k": In(k_shape),
                "read_group": In(g_shape),
                "read": Out(concept_word(f)),
                "learn_k": In(k_shape),
                "learn_group": In(g_shape),
                "learn": Out(concept_word(f)),
                "write": In(1),
                "write_k": In(k_shape),
                "write_group": In(g_shape),
                "write_data": In(concept_word(f)),
                "host_address": In(self.address_bits),
                "host_data": In(f.count_bits),
                "host_select_counts": In(1),
                "host_write_counts": In(f.lanes),
                "host_read_counts": Out(data.ArrayLayout(f.count_bits, f.lanes)),
                "host_select_flags": In(1),
                "host_write_flags": In(f.lanes),
                "host_read_flags": Out(data.ArrayLayout(2, f.lanes)),
            }
        )

    def _memory(self, bits):
        """Of a value of so many bits for each lane."""
        shape, depth = data.ArrayLayout(bits, self.form.lanes), 1 << self.address_bits
        return ram(shape=shape, depth=depth, block=depth >= BLOCK_WORDS and depth * shape.size > BLOCK_BITS)

    def elaborate(self, platform):
        m = Module()
        f = self.form
        if f.top:
            for k, group, out in (
                (self.read_k, self.read_group, self.read),
                (self.learn_k, self.learn_group, self.learn),
            ):
                for p in range(f.lanes):
                    own, target = Signal(name=f"own{p}"), Signal(name=f"target{p}")
                    m.d.sync += own.eq(k == group * f.lanes + p), target.eq(own)
                    m.d.comb += out[p].count.eq(Mux(target, f.steps, 0))
            return m
        m.submodules.counts = counts = self._memory(f.count_bits)
        m.submodules.flags = flags = self._memory(2)
        ports = {"read": counts.read_port(), "learn": counts.read_port(), "learn_flags": flags.read_port()}
        read, learn, learn_flags = ports.values()
        came = {name: Signal.like(port.data, name=f"{name}_data") for name, port in ports.items()}
        m.d.sync += [came[name].eq(port.data) for name, port in ports.items()]  # a block RAM's own register

        def address(k, group):
            return Cat(group[: f.group_bits], k)

        m.d.comb += [
            read.addr.eq(Mux(self.host_select_counts, self.host_address, address(self.read_k, self.read_group))),
            learn.addr.eq(address(self.learn_k, self.learn_group)),
            learn_flags.addr.eq(Mux(self.host_select_flags, self.host_address, address(self.learn_k, self.learn_group))),
            self.host_read_counts.eq(came["read"]),
            self.host_read_flags.eq(came["learn_flags"]),
        ]
        for p in range(f.lanes):
            m.d.comb += self.read[p].count.eq(came["read"][p]), self.learn[p].count.eq(came["learn"][p])
            m.d.comb += self.learn[p].above.eq(came["learn_flags"][p][0]), self.learn[p].below.eq(came["learn_flags"][p][1])
        for memory, select, lanes, held, value in (
            (counts, self.host_select_counts, self.host_write_counts, came["read"], [w.count for w in self.write_data]),
            (
                flags,
                self.host_select_flags,
                self.host_write_flags,
                came["learn_flags"],
                [Cat(w.above, w.below) for w in self.write_data],
            ),
        ):
            write = memory.write_port()
            # Registers, as they come from far: a word goes in a clock late.
            m.d.sync += write.addr.eq(Mux(select, self.host_address, address(self.write_k, self.write_group)))
            m.d.sync += write.en.eq(Mux(select, lanes.any(), self.write))
            for p in range(f.lanes):
                host = Mux(lanes[p], self.host_data, held[p])
                m.d.sync += write.data[p].eq(Mux(select, host, value[p]))
        return m
