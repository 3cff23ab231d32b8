"""The apical sums of a block, E and S, until the recall takes them (docs/arithmetic.md, steps 8 and 9)."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.fixed import clipped
from rtl.formats import SUM_BITS, LayerFormat
from rtl.memories import ram
from rtl.update_units import place_of, tag_layout


def address_bits(form: LayerFormat) -> int:
    """Of a word of E."""
    return ceil_log2(form.classes) + form.group_bits + ceil_log2(form.update_rounds)


def host_members(form: LayerFormat) -> dict:
    """The host's window on E (address = (concept, group, part), a unit a write) and on S (address = concept)."""
    return {
        "host_address_e": In(address_bits(form)),
        "host_address_s": In(range(max(form.classes, 2))),
        "host_data": In(SUM_BITS),
        "host_select_e": In(1),
        "host_write_e": In(form.update_units),
        "host_read_e": Out(data.ArrayLayout(SUM_BITS, form.update_units)),
        "host_select_s": In(1),
        "host_write_s": In(1),
        "host_read_s": Out(SUM_BITS),
    }


class ApicalSums(wiring.Component):
    """E, one word a part of a group and concept, and S, one a concept. A block's errors leave them at 0.

    Members:
        read, total: In, the tags of the item that wants E, and of that whose `totals` (In, one a unit) are there: E + b1 r
            of a `sum` goes in, 0 behind a `block`.
        sums: Out, E, three clocks behind `read`.
        k, scalar_write, scalar_sum: In, S of concept k. scalar: Out, the one it had, a clock behind k.
        host_*: see `rtl.plasticity.Plasticity`. A write of E waits for no job: there is none while the host asks.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        units, k_shape = f.update_units, range(max(f.classes, 2))
        super().__init__(
            {
                "read": In(tag_layout(f)),
                "total": In(tag_layout(f)),
                "totals": In(signed(SUM_BITS + f.count_bits)).array(units),
                "sums": Out(signed(SUM_BITS)).array(units),
                "k": In(k_shape),
                "scalar_write": In(1),
                "scalar_sum": In(signed(SUM_BITS)),
                "scalar": Out(signed(SUM_BITS)),
            }
            | host_members(f)
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        shape, host_data = data.ArrayLayout(signed(SUM_BITS), f.update_units), Signal(SUM_BITS)
        m.submodules.apical_sums = memory = ram(shape=shape, depth=1 << address_bits(f))
        read, write = memory.read_port(), memory.write_port(granularity=1)
        host, own = self.host_select_e, self.total.sum | self.total.block
        # Each address and the enables are a register's alone, as wide words have many block RAMs.
        m.d.sync += [
            read.addr.eq(Mux(host, self.host_address_e, place_of(f, self.read))),
            write.addr.eq(Mux(own, place_of(f, self.total), self.host_address_e)),
            write.en.eq(Mux(own, (1 << f.update_units) - 1, self.host_write_e)),
        ]
        m.d.comb += host_data.eq(Mux(host, self.host_data, 0))
        for u in range(f.update_units):
            stored = Signal(signed(SUM_BITS), name=f"stored{u}")
            m.d.sync += stored.eq(clipped(self.totals[u], SUM_BITS, self.total.sum) | host_data)
            m.d.comb += write.data[u].eq(stored)
            m.d.sync += self.sums[u].eq(read.data[u])
            m.d.comb += self.host_read_e[u].eq(self.sums[u])  # a block RAM's output goes to its register alone

        m.submodules.scalar_sums = memory = ram(shape=signed(SUM_BITS), depth=max(f.classes, 2), init=[])
        read, write = memory.read_port(), memory.write_port()
        host = self.host_select_s
        m.d.comb += [
            read.addr.eq(Mux(host, self.host_address_s, self.k)),
            self.host_read_s.eq(read.data),
            self.scalar.eq(read.data),
            write.addr.eq(Mux(host, self.host_address_s, self.k)),
            write.en.eq(Mux(host, self.host_write_s, self.scalar_write)),
            write.data.eq(Mux(host, self.host_data.as_signed(), self.scalar_sum)),
        ]
        return m
