"""Synapses of a layer: pre-major weight memories of both networks, and the fused pass that walks them.

Both lie in one memory, W first, with one read and one write port: a pass is of one network. The update of the last sample
rides on the perception of this one: a word is read, updated, written back and added to one accumulator for each bit of the
row's train (docs/arithmetic.md, steps 3, 4, 7 and 9).
"""

from contextlib import nullcontext

from amaranth.hdl import Array, Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.fixed import clipped, gated, overflows
from rtl.formats import (
    APICAL_ERROR_BITS,
    MULTIPLIER_BITS,
    NOISE_BITS,
    RATE_BITS,
    SYNAPSE_BITS,
    LayerFormat,
)
from rtl.inner import pass_on
from rtl.memories import ram
from rtl.spikes import row_layout
from rtl.stages import stage
from rtl.walk import Walk, pass_members

BANK_BITS = 10
BANK = 1 << BANK_BITS
"""Words of a bank: what a block RAM of an ECP5, or half of a larger one, has of its widest."""
HOST_READ, HOST_WRITE = 4, 6
"""Clocks from a host's address until its word can be read, and until it has come through the update's stages, where the lane
can be changed."""


def sums_behind(learn: bool) -> int:
    """Clocks at least from `room` until the next group's sums."""
    return 11 if learn else 9


def reverse(byte: Value) -> Value:
    """The 8 bits in reverse order."""
    return Cat(byte[7 - b] for b in range(8))


class Synapses(wiring.Component):
    """Walks all groups of posts over the listed rows, for either network.

    A row a clock; a group's sums come ten clocks behind the `index` of its last row (eight in an inference-only core).

    Members:
        start, ready: In/Out, begin a pass: behind the last one's `done`, as soon as all it writes will be there to be read,
            while its last sums are still to come. `apical`, `new`, `old` (In) describe it, and `apical` stays until `done`.
        done: Out, pulse: the last row has been issued.
        index, back: Out, list position; entry_basal, entry_apical: In, the row, two clocks later.
        errors, g: In, stream of a group's errors, in order; payload: any of them is to be written.
        noise: In, the pass's noise byte, from its first live errors until `ready`, at most four clocks after `done`.
        rate: In, rate + 8, and stochastic: In, else round half up; taken with `start`.
        accumulated: Out, pulse: `sums` (planes x lanes) of the group are complete, and stay so until the next one's are.
        accumulates: Out, pulse, a clock before it.
        room: In, pulse: the soma has room for the next group.
        rows, updates, saturations: Out, of this pass, complete in the clock after its last `accumulated`.
        walked: Out, the rows of the group that ended two clocks ago, else 0.
        host_*: the weights, address = word; host_read comes `HOST_READ` clocks later. A word is written as a whole:
            host_write, a pulse of one lane, `HOST_WRITE` clocks after select and address, puts data into the lane of the
            word that was read, which is written three clocks later. Theta's words come behind W's, from `apical_base` on.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        self.apical_base = f.pre_basal * f.groups
        self.words = max(self.apical_base + f.pre_apical * f.groups, 2)
        members = pass_members(f, self.words) | {
            "errors": In(stream.Signature(1)),
            "g": In(signed(APICAL_ERROR_BITS)).array(f.lanes),
            "noise": In(NOISE_BITS),
            "stochastic": In(1),
            "rate": In(RATE_BITS),
            "accumulated": Out(1),
            "accumulates": Out(1),
            "sums": Out(signed(f.accumulator_bits)).array(f.planes, f.lanes),
            "updates": Out(range(self.words + 1)),
            "saturations": Out(range(self.words * f.lanes + 1)),
            "host_address": In(ceil_log2(self.words)),
            "host_data": In(f.weight_bits),
            "host_select": In(1),
            "host_write": In(f.lanes),
            "host_read": Out(data.ArrayLayout(f.weight_bits, f.lanes)),
        }
        for side, (rows, planes) in self._sides().items():
            members[f"entry_{side}"] = In(row_layout(rows, planes, f.count_bits))
        super().__init__(members)

    def _sides(self):
        f = self.form
        sides = {"basal": (f.pre_basal, f.basal_planes), "apical": (f.pre_apical, f.steps)}
        return {side: shape for side, shape in sides.items() if shape[0]}

    def elaborate(self, platform):
        m = Module()
        f = self.form
        m.submodules.walk = self.walk = walk = Walk(f, self.words, self.apical_base)
        pass_on(m, self, walk, pass_members(f, self.words))
        wiring.connect(m, wiring.flipped(self.errors), walk.errors)
        apical = Signal()
        # The host's write, in registers beside the words that it goes into.
        self.lane, self.host_writes = Signal(f.lanes), Signal()
        self.lane_data = Signal(signed(f.weight_bits))
        m.d.sync += self.lane.eq(self.host_write), self.host_writes.eq(self.host_write.any())
        m.d.sync += self.lane_data.eq(Mux(self.host_write.any(), self.host_data, 0))
        with m.If(walk.begin):
            m.d.sync += apical.eq(self.apical)
        fetched = self._fetch(m, apical)
        read, row, word, writes = self._read(m, fetched)
        if f.learn:
            m.d.comb += walk.writing.eq(fetched["update"] | read["update"])
            row = self._update(m, row, word)
        else:  # a block RAM's clock to output is more than half of 10 ns
            row = stage(m, "loaded", row | {"write": self.host_writes})
            row |= self._kept(m, word, gated)
            m.d.comb += [self.host_read[p].eq(row[f"weight{p}"]) for p in range(f.lanes)]
        self._write(m, row, writes)
        self._accumulate(m, row)
        return m

    def _on(self, m, side, apical):
        """The branch for one network; a layer with one network needs none."""
        return m.If(apical == (side == "apical")) if len(self._sides()) == 2 else nullcontext()

    def _fetch(self, m, apical):
        """The row has come from the list: its address, what it sends, and what its old count multiplies the errors with."""
        f, row = self.form, self.walk.step
        index = Signal(range(max(f.pre_basal, f.pre_apical, 2)))
        train, old = Signal(f.planes), Signal(f.count_bits)
        for side in self._sides():
            entry = getattr(self, f"entry_{side}")
            with self._on(m, side, apical):
                m.d.comb += index.eq(entry.row), train.eq(entry.train), old.eq(entry.old)
        fetched = {key: row[key] for key in ("valid", "last", "clear")}
        # The host's goes the same way, and so each address is a register's alone: it has many block RAMs to reach.
        fetched["address"] = Mux(self.host_select, self.host_address, (row["base"] + index)[: len(row["base"])])
        fetched["train"] = Mux(row["null"], 0, train)
        if f.learn:
            rate, byte, self.dithers = Signal(RATE_BITS), Signal(8), Signal()
            column, next_column = Signal(8), Signal(8)
            self.held_g = [Signal(signed(f.error_bits), name=f"held_g{p}") for p in range(f.lanes)]
            m.d.comb += byte.eq(index[:8] ^ index[8:])
            with m.If(self.errors.ready):
                m.d.sync += next_column.eq(next_column + 5 * f.lanes)
            with m.If(self.walk.takes[0]):  # else none is live, and rows of the group before are still under way
                m.d.sync += column.eq(next_column)
            for p in range(f.lanes):
                with m.If(self.walk.takes[p % 2]):
                    m.d.sync += self.held_g[p].eq(self.g[p])
            with m.If(self.walk.begin):
                m.d.sync += rate.eq(self.rate), self.dithers.eq(self.stochastic), next_column.eq(0)
            fetched["update"] = row["valid"] & row["live"] & (old != 0)
            fetched["factor"] = Mux(row["valid"] & row["live"], (old << rate)[: MULTIPLIER_BITS - 1], 0)
            fetched["dither"], fetched["anew"] = reverse(byte), row["anew"]
            return stage(m, "fetched", fetched) | {"column": column}
        return stage(m, "fetched", fetched)

    def _read(self, m, row):
        """The word is read and goes into a register; the group's errors and the row's factor stand beside the multipliers.

        From banks of so many words as a block RAM has: what is read there would else be picked before it is in a register.
        """
        f, came, writes = self.form, [], []
        for first in range(0, self.words, BANK):
            shape, depth = data.ArrayLayout(signed(f.weight_bits), f.lanes), min(BANK, self.words - first)
            bank = f"weights{first // BANK}" if self.words > BANK else "weights"
            m.submodules[bank] = memory = ram(shape=shape, depth=depth)
            read = memory.read_port()
            writes.append(memory.write_port())  # of whole words: a block RAM's bytes are 8 or 9 bits wide
            came.append(Signal(shape, name=f"came{first // BANK}", reset_less=True))
            m.d.comb += read.addr.eq(row["address"])
            m.d.sync += came[-1].eq(read.data)
        read_row = row | {"clear": row["clear"] & row["valid"]}
        if f.learn:
            read_row |= {f"g{p}": self.held_g[p] for p in range(f.lanes)}
        read_row = stage(m, "read", read_row)
        came_row = read_row
        if f.learn:
            came_row = {key: value for key, value in read_row.items() if key not in ("dither", "column")}
            came_row |= {f"mixed{p}": self._mixed(read_row, p) for p in range(f.lanes)}
        row = stage(m, "came", came_row)
        word = Signal(came[0].shape())
        m.d.comb += word.eq(Array(came)[row["address"][BANK_BITS:]] if len(came) > 1 else came[0])
        return read_row, row, word, writes

    def _mixed(self, row, p):
        """What a lane's dither is but for the pass's noise, a clock before that comes."""
        return row["dither"] ^ reverse((row["column"] + 5 * p)[:8])

    def _kept(self, m, values, ready) -> dict[str, Value]:
        """A register of weights; the host's data, in place of a lane's, into a word that stays.

        ready: a weight from one of `values` where `on`, else 0.
        """
        f, weights, host = self.form, {}, self.host_writes
        for p in range(f.lanes):
            weights[f"weight{p}"] = weight = Signal(signed(f.weight_bits), name=f"weight{p}", reset_less=True)
            with m.If(~host | self.lane[p]):  # on its own: this is a flip-flop's enable, and no gate
                m.d.sync += weight.eq(ready(values[p], ~host) | self.lane_data)
        return weights

    def _update(self, m, row, word):
        """W + ((g r 2^(rate + 8) + noise) >> 8), saturated, in three clocks (step 7)."""
        f = self.form
        kept = {key: row[key] for key in ("valid", "last", "clear", "anew", "address", "train", "update")}
        added, noise = kept | {f"weight{p}": word[p] for p in range(f.lanes)}, Signal.like(self.noise)
        m.d.sync += noise.eq(self.noise)  # as it was a clock ago: the next pass's may be there already
        for p in range(f.lanes):
            added[f"dither{p}"] = Mux(self.dithers, noise ^ row[f"mixed{p}"], 128)
            product = row[f"g{p}"] * Cat(row["factor"], 0).as_signed()
            # A factor is T times 2^13 at most, and 0 where nothing is to be updated: the product's register needs no reset.
            added[f"change{p}"] = product[: f.error_bits + 16].as_signed()
        added = stage(m, "added", added)
        m.d.comb += [self.host_read[p].eq(added[f"weight{p}"]) for p in range(f.lanes)]
        summed = {key: added[key] for key in kept}
        for p in range(f.lanes):
            # W + ((change + dither) >> 8): the weight's bits are above those of the dither, and one sum does it
            weight = Cat(added[f"dither{p}"], added[f"weight{p}"]).as_signed()
            summed[f"total{p}"] = (added[f"change{p}"] + weight) >> 8
        summed = stage(m, "summed", summed)
        totals = [summed[f"total{p}"] for p in range(f.lanes)]
        stored = {key: summed[key] for key in kept} | {"clipped": Cat(overflows(total, f.weight_bits) for total in totals)}
        stored["write"] = summed["update"] | self.host_writes
        stored = stage(m, "stored", stored)
        stored |= self._kept(m, totals, lambda total, on: clipped(total, f.weight_bits, on))
        m.d.sync += self.updates.eq(Mux(stored["anew"], 0, self.updates) + stored["update"])
        # Summed in two clocks: the words of so many lanes are spread wide.
        parts = [Signal(range(5), name=f"clips{p}") for p in range(0, f.lanes, 4)]
        clips, anew = Signal(range(f.lanes + 1)), Signal(2)
        for i, part in enumerate(parts):
            some = stored["clipped"][4 * i : 4 * i + 4]
            m.d.sync += part.eq(gated(sum(some[p] for p in range(len(some))), stored["update"]))
        m.d.sync += anew.eq(Cat(stored["anew"], anew)), clips.eq(sum(parts))
        m.d.sync += self.saturations.eq(Mux(anew[1], 0, self.saturations) + clips)
        return stored

    def _write(self, m, row, writes):
        """The updated word goes back, and the host's: its address has come the same way. A clock late, as it goes far."""
        words = Signal.like(writes[0].data)
        m.d.sync += [words[p].eq(row[f"weight{p}"]) for p in range(self.form.lanes)]
        for bank, write in enumerate(writes):
            here = row["address"][BANK_BITS:] == bank if len(writes) > 1 else 1
            m.d.comb += write.data.eq(words)
            m.d.sync += write.addr.eq(row["address"]), write.en.eq(row["write"] & here)

    def _accumulate(self, m, row):
        """One accumulator for each lane and each bit of the row's train; behind a group's last row it is empty again."""
        f = self.form
        sent = {key: row[key] for key in ("valid", "last")}
        # Two of a kind, which begin differently or the synthesis would make them one: the wires to all are long ones.
        clears = [Signal(name=f"sent_clear{i}", init=i, reset_less=True) for i in range(2)]
        m.d.sync += [clear.eq(row["clear"]) for clear in clears]
        for p in range(f.lanes):
            sent |= {f"weight{t}_{p}": row[f"weight{p}"] >> (f.weight_bits - SYNAPSE_BITS) for t in range(f.planes)}
        sent = stage(m, "sent", sent)
        for t in range(f.planes):
            with m.If(~row["train"][t]):  # on its own: this is a flip-flop's reset, and no gate, here and below
                m.d.sync += [sent[f"weight{t}_{p}"].eq(0) for p in range(f.lanes)]
            for p in range(f.lanes):
                running = Signal(signed(f.accumulator_bits), name=f"running{t}_{p}")
                total = running + sent[f"weight{t}_{p}"]
                with m.If(sent["valid"]):
                    m.d.sync += running.eq(total)
                with m.If(clears[t % 2]):
                    m.d.sync += running.eq(0)
                complete = Signal(signed(f.accumulator_bits), name=f"sum{t}_{p}", reset_less=True)
                m.d.comb += self.sums[t][p].eq(complete)
                with m.If(self.accumulates):
                    m.d.sync += complete.eq(total)
        m.d.comb += self.accumulates.eq(sent["valid"] & sent["last"])
        m.d.sync += self.accumulated.eq(self.accumulates)
