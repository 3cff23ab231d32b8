"""Spikes between layers: the coding of the stimulus, spike words, and the list of active rows that a pass walks."""

from functools import reduce
from operator import or_

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.formats import LABEL_BITS, PIXEL_BITS
from rtl.memories import ram
from rtl.streams import Held

SHALLOW, SHALLOW_BITS = 32, 1024
"""Words and bits, at most, of a memory that is surely made of LUTs: it takes a register before it, where block RAM has one
within."""


def spike_word(lanes: int, planes: int) -> data.StructLayout:
    """What crosses a layer: `planes` bits for each of `lanes` neurons, and the concept that comes with the sample.

    A spike train has bit t set for a spike at step t. `label`, `learn` and `recall` are the same in all words of a sample.
    """
    return data.StructLayout({"trains": data.ArrayLayout(planes, lanes), "label": LABEL_BITS, "learn": 1, "recall": 1})


def pixel_count(pixel: Value, steps: int) -> Value:
    """Spike count of a pixel, r_0 = (x T + 8) >> 4 (docs/arithmetic.md, step 2)."""
    return ((pixel * steps + 8) >> 4)[: steps.bit_length()]


def pixel_train(pixel: Value, steps: int) -> Value:
    """Rate code: spike at t where (x(t+1) + 8) >> 4 > (xt + 8) >> 4, as a `steps`-bit train."""
    trains = [sum(int((x * (t + 1) + 8) >> 4 > (x * t + 8) >> 4) << t for t in range(steps)) for x in range(1 << PIXEL_BITS)]
    return Array(Const(train, steps) for train in trains)[pixel]


def train_count(train: Value, steps: int) -> Value:
    """Spike count of a train, 0..steps."""
    return sum(train[t] for t in range(1, steps)) + train[0]


def one_of(pick: Value, values) -> Value:
    """The value whose bit is set in `pick`, at most one, else 0: gates and an OR, no decoder."""
    return reduce(or_, (Mux(pick[p], value, 0) for p, value in enumerate(values)))


def any_and_two(bits: Value) -> tuple[Value, Value]:
    """Whether at least one, and whether at least two of the bits are set: a tree, where a carry chain would be long."""
    if len(bits) == 1:
        return bits, Const(0, 1)
    (any_low, two_low), (any_high, two_high) = (
        any_and_two(half) for half in (bits[: len(bits) // 2], bits[len(bits) // 2 :])
    )
    return any_low | any_high, two_low | two_high | (any_low & any_high)


def job_layout(rows: int) -> data.StructLayout:
    """A sample ready to be walked: rows active now, rows active in the last sample only, and its concept."""
    bits = rows.bit_length()
    return data.StructLayout({"new": bits, "old": bits, "label": LABEL_BITS, "learn": 1, "recall": 1})


def row_layout(rows: int, planes: int, count_bits: int) -> data.StructLayout:
    """One entry of the list: row index, what it sends now, and its count in the last sample (0: no update)."""
    return data.StructLayout({"row": ceil_log2(max(rows, 2)), "train": planes, "old": count_bits})


class ActiveRows(wiring.Component):
    """Lists the rows a pass has to walk: those active now from the front, those only in the last sample from the back.

    Two lists, so that the next sample is listed while the last one is walked. A row costs one clock, a word at least two.
    A row's bit is picked out of its word a clock before its fields are.

    Args:
        size: rows, the neurons of the sending layer. lanes: neurons a word. planes: bits a row.
        steps: T. direct: rows are pixels, not trains.
        slots: how many last samples are kept: 1 for perception, K for recall (slot k is used by every K-th sample). 0: none,
            an inference-only core. targets: rows are the target codes, whose counts are known: T for row k in slot k.

    Members:
        i: In, stream of `spike_word`, ceil(size / lanes) words a sample.
        job, job_valid: Out, the oldest listed sample; stays until `release`.
        index: In, position in the list of active rows, or with `back` in the list of old rows. entry: Out, two clocks after.
        release: In, pulse: the listed sample has been walked.
        busy: Out, a sample is inside.
        host_*: the counts of the last samples, address = (slot, word), one count for each lane; address, select and data
            from four clocks before the write on, host_read three clocks after the address. In four more no word comes.
    """

    def __init__(
        self, *, size: int, lanes: int, planes: int, steps: int, direct: bool = False, slots: int = 1, targets: bool = False
    ):
        self.size, self.lanes, self.planes, self.steps, self.direct, self.slots = size, lanes, planes, steps, direct, slots
        self.targets = targets
        self.words = -(-size // lanes)
        self.count_bits = steps.bit_length()
        self.word_bits = max(1, ceil_log2(self.words))
        super().__init__(
            {
                "i": In(stream.Signature(spike_word(lanes, planes))),
                "job": Out(job_layout(size)),
                "job_valid": Out(1),
                "index": In(ceil_log2(max(size, 2))),
                "back": In(1),
                "entry": Out(row_layout(size, planes, self.count_bits)),
                "release": In(1),
                "busy": Out(1),
                "host_address": In(self.word_bits + ceil_log2(max(slots, 1))),
                "host_select": In(1),
                "host_write": In(lanes),
                "host_data": In(self.count_bits),
                "host_read": Out(data.ArrayLayout(self.count_bits, lanes)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        list_bits = ceil_log2(max(self.size, 2))
        m.submodules.list = rows = ram(
            shape=row_layout(self.size, self.planes, self.count_bits), depth=2 << list_bits, init=[]
        )
        put, get = rows.write_port(), rows.read_port()

        m.submodules.held = held = Held(self.i.payload.shape())  # its sender is far away
        wiring.connect(m, wiring.flipped(self.i), held.i)
        came, word_in, sample = held.o.valid, held.o.payload, ("label", "learn", "recall")
        word = Signal(range(max(self.words, 2)))
        last_word = Signal(init=self.words == 1)  # a register, as no word comes in the clock after one
        ends = word == self.words - 1
        m.d.sync += last_word.eq(ends)
        counts = data.ArrayLayout(self.count_bits, self.lanes)
        taken = data.StructLayout(
            {
                "base": range(self.size + self.lanes),
                "trains": data.ArrayLayout(self.planes, self.lanes),
                "olds": counts,
                "active": self.lanes,
            }
        )
        listed = {name: Signal.like(word_in[name], name=f"listed_{name}") for name in sample}
        # `mask`: the rows of the word `now` that are still to be picked. `pick`: the row of the word `then` that is put.
        now, then = Signal(taken), Signal(taken)
        mask, rest, pick = Signal(self.lanes), Signal(self.lanes), Signal(self.lanes)
        picked, finished = Signal(), Signal()
        filling, walking = Signal(), Signal()
        jobs = Array(Signal(job_layout(self.size), name=f"job{b}") for b in range(2))
        full = Signal(2)
        new, old = Signal(range(self.size + 1)), Signal(range(self.size + 1))

        new_active, old_active = Signal(self.lanes), Signal(self.lanes)
        load, close = Signal(), Signal()
        # Two of a kind, which begin differently or the synthesis would make them one: no word comes so soon.
        rooms = [Signal(name=f"room{i}", init=i) for i in range(2)]
        next_word, old_counts = Signal.like(word), Signal(counts)
        m.d.comb += [
            new_active.eq(Cat(word_in.trains[p].any() for p in range(self.lanes))),
            old_active.eq(Cat(old_counts[p].any() for p in range(self.lanes))),
            next_word.eq(Mux(load, Mux(last_word, 0, word + 1), word)),
            rest.eq(mask & (mask - 1)),
            load.eq(came & rooms[0]),
            held.o.ready.eq(rooms[0]),
            self.busy.eq(came | finished | full.any() | (word != 0)),
        ]
        if self.slots:
            self._last_samples(m, word_in, word, ends, next_word, load, last_word, old_counts)

        m.d.sync += word.eq(next_word), then.eq(now), mask.eq(rest), pick.eq(mask & ~rest), picked.eq(mask != 0)
        # A register, as much hangs on it; so long `finished` stays, and no word comes.
        m.d.sync += close.eq(finished & ~picked & (mask == 0) & ~close)
        # All that `load` waits for in a register, as many things hang on it: behind a word of one row or none, and where the
        # list before has just been given back, it takes a clock more.
        again = ~load & ~finished & ~full.bit_select(filling, 1)
        m.d.sync += [room.eq(again & ~any_and_two(rest)[1]) for room in rooms]
        with m.If(load):
            m.d.sync += finished.eq(last_word), mask.eq(new_active | old_active)
            m.d.sync += now.base.eq(Mux(word == 0, 0, now.base + self.lanes))
        with m.If(rooms[1]):  # also where none comes: no row of the word before is still to be picked, but for this clock
            m.d.sync += now.trains.eq(word_in.trains), now.olds.eq(old_counts), now.active.eq(new_active)
            m.d.sync += [listed[name].eq(word_in[name]) for name in sample]

        is_new, entry = (then.active & pick).any(), Signal.like(put.data)
        m.d.comb += [
            entry.row.eq(then.base + one_of(pick, range(self.lanes))),
            entry.train.eq(one_of(pick, then.trains)),
            entry.old.eq(one_of(pick, then.olds)),
        ]
        # Two clocks late, the second as a memory is far: the last entry is counted as the list is closed, and goes in in the
        # next clock, before the first can be asked for.
        entered, entered_new, late_entry = Signal(), Signal(), Signal.like(entry)
        m.d.sync += entered.eq(picked), entered_new.eq(is_new), late_entry.eq(entry)
        m.d.sync += put.addr.eq(Cat(Mux(entered_new, new, self.size - 1 - old)[:list_bits], filling))
        m.d.sync += put.en.eq(entered), put.data.eq(late_entry)
        with m.If(entered):
            with m.If(entered_new):
                m.d.sync += new.eq(new + 1)
            with m.Else():
                m.d.sync += old.eq(old + 1)
        with m.If(close):
            m.d.sync += [
                jobs[filling].new.eq(new),
                jobs[filling].old.eq(old),
                *(jobs[filling][name].eq(listed[name]) for name in sample),
                full.bit_select(filling, 1).eq(1),
                filling.eq(~filling),
                finished.eq(0),
                new.eq(0),
                old.eq(0),
            ]
        with m.If(self.release):
            m.d.sync += [full.bit_select(walking, 1).eq(0), walking.eq(~walking)]
        m.d.comb += [
            self.job.eq(jobs[walking]),
            self.job_valid.eq(full.bit_select(walking, 1)),
            get.addr.eq(Cat(Mux(self.back, self.size - 1 - self.index, self.index)[:list_bits], walking)),
        ]
        m.d.sync += self.entry.eq(get.data)  # a block RAM's clock to output is more than half of 10 ns
        return m

    def _last_samples(self, m, word_in, word, ends, next_word, load, last_word, old_counts):
        """The counts of the last sample in each slot: read ahead, replaced as the new sample's words come in.

        A word's counts are there two clocks after the word before it was loaded, as soon as it can come.
        """
        word_bits = self.word_bits
        layout = data.ArrayLayout(self.count_bits, self.lanes)
        depth, init = self.slots << word_bits, self._target_counts(word_bits)
        shallow = depth <= SHALLOW and depth * layout.size <= SHALLOW_BITS
        m.submodules.last = last = ram(shape=layout, depth=depth, init=init, at_once=shallow)
        read, write = last.read_port(domain="comb" if shallow else "sync"), last.write_port()
        slot, next_slot = Signal(range(max(self.slots, 2))), Signal(range(max(self.slots, 2)))
        after = Mux(slot == self.slots - 1, 0, slot + 1)
        m.d.comb += next_slot.eq(slot)
        with m.If(load & last_word):
            m.d.comb += next_slot.eq(after)
        m.d.sync += slot.eq(next_slot)
        # Where the next word is, and where this one is: registers, so that only the choice waits for `load`.
        here, ahead, address = (Signal(word_bits + len(slot), name=name) for name in ("here", "ahead", "address"))
        m.d.sync += here.eq(Mux(self.host_select, self.host_address, Cat(next_word[:word_bits], next_slot)))
        m.d.sync += ahead.eq(Cat(Mux(ends, 0, word + 1)[:word_bits], Mux(ends, after, slot)))
        count = pixel_count if self.direct else train_count
        counts = [count(word_in.trains[p], self.steps) for p in range(self.lanes)]
        m.d.sync += old_counts.eq(read.data)  # a block RAM's output goes to its register alone
        m.d.comb += [
            self.host_read.eq(old_counts),
            address.eq(Mux(load, ahead, here)),
        ]
        if shallow:
            m.d.sync += read.addr.eq(address)
        else:
            m.d.comb += read.addr.eq(address)
        m.d.sync += [  # a clock late, as the word that is written next is another one
            write.addr.eq(Mux(self.host_select, self.host_address, Cat(word[:word_bits], slot))),
            write.en.eq(Mux(self.host_select, self.host_write.any(), load)),
        ]
        for p in range(self.lanes):  # the host's word is the one it reads, but for one lane
            host = Mux(self.host_write[p], self.host_data, old_counts[p])
            m.d.sync += write.data[p].eq(Mux(self.host_select, host, counts[p]))
        return m

    def _target_counts(self, word_bits):
        """The target code of concept k fires neuron k at every step."""
        if not self.targets:
            return []
        words = [[0] * self.lanes for _ in range(self.slots << word_bits)]
        for k in range(self.slots):
            words[(k << word_bits) + k // self.lanes][k % self.lanes] = self.steps
        return words
