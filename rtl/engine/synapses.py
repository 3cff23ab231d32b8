"""Synapses: a row's word is read, updated, written back and added up, a row a clock (contract, steps 3, 4, 7 and 9)."""

from functools import reduce
from operator import add, or_

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from rtl.checks import asserted, never
from rtl.engine.accumulators import accumulate
from rtl.engine.block import Block
from rtl.engine.errors import waiting_layout
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import entry_layout, errors_layout, lanes_of, side_fields
from rtl.engine.walk import step_layout
from rtl.fixed import clipped, gated, overflows, times
from rtl.formats import FACTOR_BITS, ceil_log2
from rtl.memories import one_port_memory, ram
from rtl.pipeline import Pipeline

BANK_BITS = 10
"""Of an address within a bank: as deep as a block RAM of an ECP5 is with words of 18 bits."""


def host_read(f: EngineFormat) -> int:
    """Clocks from the host's address until its word can be read."""
    return f.stages.row.weight - f.stages.row.entry


def host_write(f: EngineFormat) -> int:
    """Clocks from a host's write until the same word may be selected again."""
    return f.stored - f.stages.row.entry


def reverse(byte: Value) -> Value:
    """The 8 bits in reverse order."""
    return Cat(byte[7 - b] for b in range(8))


def weights_signature(f: EngineFormat) -> wiring.Signature:
    """The host's way to the weights, while nothing else is inside.

    select: `address`, a word's, is meant. read: the word, `host_read` clocks later. write: one bit, of the lane that gets
    `data`; the clock before has selected the same address.
    """
    weight = signed(f.weight_bits)
    asked = {"select": Out(1), "address": Out(ceil_log2(f.words)), "write": Out(f.lanes), "data": Out(weight)}
    return wiring.Signature(asked | {"read": In(lanes_of(f, weight))})


def changes_layout(f: EngineFormat) -> data.StructLayout:
    """How many synapses have saturated in a pass of a layer, of the sample in that slot; over W but in an auto-encoder."""
    which = {"context": f.context_bits, "slot": f.slot_bits} | (side_fields(f) if f.autoencoder else {})
    return data.StructLayout(which | {"saturations": range(f.words * f.lanes + 1)})


class Synapses(Block):
    """The weights of all layers of an engine, and what walks through them.

    W + ((g r 2^(rate + 8) + noise) >> 8), saturated (step 7): one product, one sum of the change and the weight above its
    dither, one saturation, in a clock each. What comes out is what is added up, by the bits of the row's train.

    Args:
        bank_bits: the memory is in banks of 2^bank_bits words.

    Members:
        step: In, `step_layout`; entry: In, `entry_layout`, in the stage `entry`.
        row: Out, `waiting_layout` -> errors: In, a clock later.
        sums: Out, planes x lanes, complete `summed` clocks behind a group's last row, until the next group's are.
            accumulated: Out, a pulse `SomaStages.ahead` clocks before.
        writing: Out, a row that has come to the stage `entry` will not be written before a row of the next clock is read.
            blocked: Out, a word will be written in the clock in which a row of this one would be read.
        changed: Out, pulse: a basal pass has ended, and `changes`, of `changes_layout`, are its.
        host: In, `weights_signature`.
    """

    def __init__(self, form: EngineFormat, bank_bits: int = BANK_BITS):
        self.bank_bits, self.stages, self.stored = bank_bits, form.stages.row, form.stored
        super().__init__(form)

    def _members(self, f):
        learning = {"row": Out(waiting_layout(f)), "errors": In(errors_layout(f)["errors"].shape)} if f.learn else {}
        return {
            "step": In(step_layout(f)),
            "entry": In(entry_layout(f)),
            "sums": Out(signed(f.accumulator_bits)).array(f.planes, f.lanes),
            "accumulated": Out(1),
            "writing": Out(1),
            "blocked": Out(1),
            "changed": Out(1),
            "changes": Out(changes_layout(f)),
            "host": In(weights_signature(f)),
        } | learning

    def elaborate(self, platform):
        m = Module()
        # Reset, too: what would else be added to the first sums behind a reset, of rows and of saturations.
        names = ("valid", "last", "final", "update", "host_writes", "train", "over", "overs")
        self.p = p = Pipeline(m, "row", reset=names)
        self._fetch(m, p)
        writes = self._read(m, p)
        if self.form.learn:
            self._update(m, p)
            self._count(m, p)
        else:
            for lane in range(self.form.lanes):
                weight = self.stages.weight
                p.define(f"total{lane}", weight, p.at(f"weight{lane}", weight))
        self._store(m, p, writes)
        accumulate(m, p, self.form, self.sums)
        m.d.comb += self.accumulated.eq(p.at("last", self.form.summed - self.form.stages.soma.ahead))
        if self.form.learn and asserted():
            at = self.stages.address
            reads, here = p.at("valid", at) & ~p.at("null", at), p.at("address", at)
            for stage in range(at + 1, self.stored + 1):
                before = reads & p.at("update", stage) & (p.at("address", stage) == here)
                never(m, "a word is read before it is written", before)
        return m

    def _fetch(self, m, p):
        """The row has come from the list: its address, what it sends, and what multiplies the errors."""
        f, step, entry, host, at = self.form, self.step, self.entry, self.host, self.stages.entry
        p.define_all(0, **{name: step[name] for name in ("valid", "null", "last", "final", "base")})
        sends = p.at("valid", at) & ~p.at("null", at)
        address = (p.at("base", at) + entry.row)[: ceil_log2(f.words)]
        p.define("address", at, Mux(host.select, host.address, address))
        p.define("train", at, gated(entry.train, sends))
        p.define("host_writes", at, host.write.any())
        p.define("host_lanes", at, host.write)
        p.define("host_data", at, gated(host.data, host.write.any()))
        if not f.learn:
            return
        p.define_all(0, **{name: step[name] for name in ("live", "rate", "noise", "stochastic", "slot")})
        p.define_all(0, **{name: step.group[name] for name in ("group", "context", *side_fields(f))})
        p.define("row", 0, Cat(step.bank, step.group.place))
        m.d.comb += self.row.as_value().eq(p.at("row", self.stages.word - 1))
        update = p.define("update", at, sends & p.at("live", at) & (entry.old != 0))
        p.define("factor", at, gated((entry.old << p.at("rate", at))[: FACTOR_BITS - 1], update))
        index = Signal(16)
        m.d.comb += index.eq(entry.row)
        p.define("mixed", at, p.at("noise", at) ^ reverse(index[:8] ^ index[8:]))
        # Of rows further on, a word is written before a row that is issued in the next clock is read. On a fast chip this is
        # known a clock before, of the last row all but whether it has a count.
        written = self.stored - self.stages.address
        if f.slow:
            m.d.comb += self.writing.eq(p.any("update", at, written - 1)), self.blocked.eq(p.at("update", written))
        else:
            follows = p.at("valid", at - 1) & ~p.at("null", at - 1) & p.at("live", at - 1)
            m.d.sync += self.writing.eq(follows | p.any("update", at, written - 2))

    def _read(self, m, p):
        """The word is read, of banks: what comes from a block RAM is late, and goes into a register at once, for which the
        block has a place. In the next one all banks but one give 0, by its reset: an OR does what would else be a wide
        multiplexer. A slow chip's memory is one, of one port. Returns the write ports.
        """
        f, words, writes, at = self.form, [], [], self.stages
        shape = lanes_of(f, signed(f.weight_bits))
        depth = f.words if f.slow else 1 << self.bank_bits
        banked = f.words > depth
        for bank, first in enumerate(range(0, f.words, depth)):
            make = one_port_memory if f.slow else ram
            m.submodules[f"weights{bank}" if banked else "weights"] = memory = make(shape, min(depth, f.words - first))
            read = memory.read_port()
            write = memory.write_port()  # of whole words: a block RAM's bytes are 8 or 9 bits wide
            writes.append(write)
            m.d.comb += read.addr.eq(p.at("address", at.address))
            if f.slow:  # of the one port, the address is that of what is written, where something is
                with m.If(write.en):
                    m.d.comb += read.addr.eq(p.at("address", self.stored)), read.en.eq(0)
                m.d.comb += write.addr.eq(read.addr)
            word = read.data
            for clock in range(at.word, at.weight):
                late, word = word, Signal(shape, name=f"word{bank}_{clock}", reset_less=True)
                m.d.sync += word.eq(late)
            if banked:
                with m.If(p.at("address", at.weight - 1)[self.bank_bits :] != bank):
                    m.d.sync += word.eq(0)
            words.append(word)
        for lane in range(f.lanes):
            weight = p.define(f"weight{lane}", at.weight, reduce(or_, (word[lane] for word in words)))
            m.d.comb += self.host.read[lane].eq(weight)
        return writes

    def _update(self, m, p):
        """The change of every lane's weight, and the weight with it, not saturated yet."""
        f, at = self.form, self.stages
        spread = f.lanes & -f.lanes  # 5 i of neurons that are this far apart agree in its lower bits
        column = Signal(8)
        m.d.comb += column.eq(times(p.at("group", at.entry), 5 * f.lanes // spread))
        p.define("column", at.entry, column)
        columns = {}
        for lane in range(f.lanes):
            high, low = divmod(5 * lane, spread)
            if high not in columns:
                columns[high] = f"column{high}"
                p.define(columns[high], at.address, (p.at("column", at.address) + high)[:8])
            neuron = Cat(Const(low, ceil_log2(spread)), p.at(columns[high], at.factors))[:8]
            dither = Mux(p.at("stochastic", at.factors), p.at("mixed", at.factors) ^ reverse(neuron), 128)
            p.define(f"dither{lane}", at.factors, dither)
            p.define(f"error{lane}", at.word, self.errors[lane])
            product = p.at(f"error{lane}", at.factors) * Cat(p.at("factor", at.factors), 0).as_signed()
            p.define(f"change{lane}", at.factors, product[: f.error_bits + 16].as_signed())
            weight = Cat(p.at(f"dither{lane}", at.weight), p.at(f"weight{lane}", at.weight)).as_signed()
            p.define(f"total{lane}", at.weight, (p.at(f"change{lane}", at.weight) + weight) >> 8)

    def _store(self, m, p, writes):
        """The updated word, or the host's number in one lane of the word of the clock before; it is written from there."""
        f, stored = self.form, self.stored
        host, numbers = p.at("host_writes", stored - 1), p.at("host_data", stored - 1)
        for lane in range(f.lanes):
            weight = Signal(signed(f.weight_bits), name=f"stored{lane}", reset_less=True)
            total = clipped(p.at(f"total{lane}", stored - 1), f.weight_bits, ~host)
            with m.If(~host | p.at("host_lanes", stored - 1)[lane]):
                m.d.sync += weight.eq(total | numbers)
            p.define(f"stored{lane}", stored, weight)
        write = p.at("host_writes", stored) | (p.at("update", stored) if f.learn else 0)
        for bank, port in enumerate(writes):
            here = p.at("address", stored)[self.bank_bits :] == bank if len(writes) > 1 else 1
            m.d.comb += port.en.eq(write & here)
            if not f.slow:
                m.d.comb += port.addr.eq(p.at("address", stored))
            m.d.comb += [port.data[lane].eq(p.at(f"stored{lane}", stored)) for lane in range(f.lanes)]

    def _count(self, m, p):
        """Synapses that saturate, added up over a pass."""
        f, stored = self.form, self.stored
        over = Cat(overflows(p.at(f"total{lane}", stored - 1), f.weight_bits) for lane in range(f.lanes))
        p.define("over", stored - 1, gated(over, p.at("update", stored - 1)))
        p.define("overs", stored, reduce(add, p.at("over", stored)))
        so_far = Signal.like(self.changes.saturations)
        total = so_far + p.at("overs", stored + 1)
        final = p.at("final", stored + 1)
        counts = 1 if f.autoencoder else ~p.at("apical", stored + 1)
        m.d.sync += so_far.eq(Mux(final, 0, total)), self.changed.eq(final & counts)
        which = [name for name in self.changes.shape().members if name != "saturations"]
        m.d.sync += [self.changes[name].eq(p.at(name, stored + 1)) for name in which]
        m.d.sync += self.changes.saturations.eq(total)
