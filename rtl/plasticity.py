"""Plasticity: the local update unit of both networks of a layer (docs/arithmetic.md, steps 7 to 9).

It reads only what is the layer's own: its counts, its templates, its coefficients. Multiply-add units do three jobs, each
for a few lanes of a group, one part of the group after another (lane p is unit p // parts of part p % parts):

    errors   e = sum_k q_k h[k] - q_r r, then g, one word a group, kept for the next sample's pass over W
    sums     E[k] = E[k] + b1 r, S_k = S_k + b2, behind that pass
    block    X = E[k] - S_k h[k], then G, while concept k is recalled and its pass over Theta waits for it
"""

from itertools import pairwise

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.concepts import concept_word
from rtl.fixed import clipped, saturate
from rtl.formats import (
    APICAL_ERROR_BITS,
    BLOCK_SHIFT_BITS,
    ERROR_BITS,
    LABEL_BITS,
    MIN_BLOCK_SHIFT,
    SCALAR_BITS,
    SUM_BITS,
    LayerFormat,
)
from rtl.memories import ram

HALF = SUM_BITS // 2
"""Bits of the lower half of S."""


class Plasticity(wiring.Component):
    """Errors, apical sums and apical errors of one layer.

    Members:
        keep, keep_group, keep_data: In, a group's counts and window flags of a learning sample (`concept_word`), the last
            group in the clock of `start` or before it.
        start: In, pulse; label: In. The coefficients follow on q_*, decided, teach and b_* (see `Coefficients`).
        learn_k, learn_group: Out, template to read; template: In, two clocks later.
        block_start: In, pulse, with concept block_k: give G of all groups. block_shift: In; less than 6 is 6.
        errors, g: Out, stream of the errors of a group of posts (payload: any is to be written), for W (`pass_apical` = 0)
            or Theta (1; none is live unless `pass_update`). pass_done: In, the pass has taken them all.
        learn_theta: In, taken with `start`. idle: Out, ready for the next sample or block. waiting: Out, the last sample's
            verdict is not known.
        host_*: E (address = (concept, group, part), one unit at a time; select, address and data from the write on;
            read three clocks after the address) and S (address = concept).
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        self.basal, self.backward = f.pre_basal > 0, not f.top
        k_shape, g_shape = range(max(f.classes, 2)), range(max(f.groups, 2))
        self.address_bits = ceil_log2(f.classes) + f.group_bits + ceil_log2(f.update_rounds)
        members = {
            "keep": In(1),
            "keep_group": In(g_shape),
            "keep_data": In(concept_word(f)),
            "start": In(1),
            "label": In(LABEL_BITS),
            "decided": In(1),
            "teach": In(1),
            "silent": In(1),
            "learn_k": Out(k_shape),
            "learn_group": Out(g_shape),
            "template": In(concept_word(f)),
            "errors": Out(stream.Signature(1)),
            "g": Out(signed(APICAL_ERROR_BITS)).array(f.lanes),
            "pass_apical": In(1),
            "pass_update": In(1),
            "pass_done": In(1),
            "idle": Out(1),
            "waiting": Out(1),
        }
        if self.basal:
            members |= {
                "q_address": Out(range(f.classes + 1)),
                "q_data": In(signed(SCALAR_BITS)),
                "q_count": In(range(f.classes + 2)),
            }
        if self.backward:
            members |= {
                "b_valid": In(1),
                "b_ready": Out(1),
                "b_k": In(k_shape),
                "b1": In(signed(SCALAR_BITS)),
                "b2": In(signed(SCALAR_BITS)),
                "b_done": In(1),
                "learn_theta": In(1),
                "block_start": In(1),
                "block_k": In(k_shape),
                "block_shift": In(BLOCK_SHIFT_BITS),
                "host_address_e": In(max(self.address_bits, 1)),
                "host_address_s": In(k_shape),
                "host_data": In(SUM_BITS),
                "host_select_e": In(1),
                "host_write_e": In(f.update_units),
                "host_read_e": Out(data.ArrayLayout(SUM_BITS, f.update_units)),
                "host_select_s": In(1),
                "host_write_s": In(1),
                "host_read_s": Out(SUM_BITS),
            }
        super().__init__(members)

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.tag = data.StructLayout(
            {name: 1 for name in ("error", "sum", "low", "block", "kept", "first", "last")}
            | {"part": range(max(f.update_rounds, 2)), "group": range(max(f.groups, 2)), "k": range(max(f.classes, 2))}
        )
        # A job's tag goes beside its data: 0 addresses, 1 memories, 2 words, 3 operands, 4 the same in the multipliers,
        # 5 products, 6 sums, 7 errors.
        tags = [Signal(self.tag, name=f"tag{stage}") for stage in range(8)]
        issue = {name: Signal(shape, name=f"issue_{name}") for name, shape in self.tag.members.items()}
        # as a whole: a bit nobody drives is a process that never runs
        m.d.comb += tags[0].as_value().eq(Cat(issue.values()))
        m.d.sync += [later.eq(sooner) for sooner, later in pairwise(tags)]
        with m.If(self.start):  # errors that are still under way, of a sample that teaches nothing, are not this sample's
            m.d.sync += [tag.error.eq(0) for tag in tags[1:]]
        self.scalar, self.slot = Signal(signed(SUM_BITS)), Signal()
        units = range(f.update_units)
        self.above, self.below = Signal(len(units)), Signal(len(units))
        # One signal a unit, not one wide signal: simulators handle numbers faster than slices.
        # X = E - S h is the widest: 2^23 and T times 2^23.
        self.totals = [Signal(signed(SUM_BITS + f.count_bits), name=f"total{u}") for u in units]
        if self.backward:
            self.apical_sums = [Signal(signed(SUM_BITS), name=f"apical_sum{u}") for u in units]
            self.part_done, self.apical_valid, self.summed_scalar = Signal(), Signal(), Signal(signed(SUM_BITS))
            self.scalar_write, self.scalar_sum, self.theta_learns = Signal(), Signal(signed(SUM_BITS)), Signal()
            with m.If(self.start):  # a register of this layer, as the settings are far away
                m.d.sync += self.theta_learns.eq(self.learn_theta)
        self._control(m, issue, tags)
        self._lanes(m, tags, self._kept(m, tags[0]))
        self.basal_g, self.apical_g = (
            [Signal(signed(APICAL_ERROR_BITS), name=f"{side}_g{p}") for p in range(f.lanes)] for side in ("basal", "apical")
        )
        m.d.comb += [self.g[p].eq(self.basal_g[p] | self.apical_g[p]) for p in range(f.lanes)]
        if self.basal:
            self._basal_errors(m, tags[7])
        else:
            m.d.comb += self.errors.valid.eq(1)
        if self.backward:
            self._sums(m, tags)
            self._apical_errors(m, tags[6])
        return m

    def _control(self, m, issue, tags):
        """One job after another: the errors as the coefficients come, then the sums; a block's errors group by group."""
        f = self.form
        position, label = Signal(range(f.classes + 1)), Signal(LABEL_BITS)
        part, group, k = (Signal.like(issue[name], name=name) for name in ("part", "group", "k"))
        ends = part == f.update_rounds - 1  # a group's last part
        final = ends & (group == f.groups - 1)
        m.d.comb += [issue["part"].eq(part), issue["group"].eq(group), issue["k"].eq(k)]
        m.d.comb += [self.learn_group.eq(group), self.learn_k.eq(k)]
        on = Signal()
        with m.If(on):
            m.d.sync += part.eq(Mux(ends, 0, part + 1)), group.eq(group + ends)
        with m.FSM():
            with m.State("idle"):
                m.d.comb += self.idle.eq(1)
                m.d.sync += part.eq(0), group.eq(0), position.eq(0), label.eq(self.label), k.eq(self.label == 0)
                if self.backward:
                    with m.If(self.block_start):
                        m.d.sync += k.eq(self.block_k)
                        m.next = "block scalar"
                with m.If(self.start):
                    m.next = "errors" if self.basal else "decide"
            if self.basal:
                with m.State("errors"):
                    kept = position == f.classes  # the templates of the others, ascending, then the label's, then r
                    after = k + 1
                    m.d.comb += [
                        self.q_address.eq(position),
                        issue["error"].eq(position < self.q_count),
                        issue["kept"].eq(kept),
                        issue["first"].eq(position == 0),
                        issue["last"].eq(kept),
                    ]
                    with m.If(issue["error"]):
                        m.d.comb += on.eq(kept)
                        m.d.sync += position.eq(Mux(kept, 0, position + 1))
                        m.d.sync += k.eq(Mux(position == f.classes - 2, label, after + (after == label)))
                        with m.If(kept):
                            m.d.sync += k.eq(label == 0)
                        with m.If(kept & final):
                            m.next = "decide"
                    with m.If(self.decided & ~self.teach):
                        m.next = "decide"
            with m.State("decide"), m.If(self.decided):
                m.next = "sums" if self.backward else "idle"
            if self.backward:
                self._control_sums(m, issue, tags, (part, group, k), on, ends, final)

    def _control_sums(self, m, issue, tags, place, on, ends, final):
        part, group, k = place
        with m.State("sums"):
            m.d.sync += part.eq(0), group.eq(0), k.eq(self.b_k)
            with m.If(self.b_valid):
                m.d.comb += self.b_ready.eq(~self.theta_learns)
                with m.If(self.theta_learns):
                    m.next = "sum scalar"
            with m.Elif(self.b_done & ~Cat(t.sum for t in tags[1:]).any()):
                m.next = "idle"
        with m.State("sum scalar"):
            m.d.sync += self.scalar.eq(self.b1)
            m.next = "add scalar"
        with m.State("add scalar"):
            m.d.comb += self.scalar_write.eq(1), self.scalar_sum.eq(saturate(self.summed_scalar + self.b2, SUM_BITS))
            m.next = "sum"
        with m.State("sum"):
            m.d.comb += issue["sum"].eq(1), issue["kept"].eq(1), on.eq(1), self.b_ready.eq(final)
            with m.If(final):
                m.next = "sums"
        with m.State("block scalar"):
            m.next = "take scalar"
        with m.State("take scalar"):
            m.d.sync += self.scalar.eq(self.summed_scalar)
            m.d.comb += self.scalar_write.eq(1)
            m.next = "block"
        with m.State("block"):
            m.d.comb += issue["low"].eq(1)
            m.next = "block high"
        with m.State("block high"):
            m.d.comb += issue["block"].eq(1)
            m.next = "wait"
        with m.State("wait"), m.If(self.part_done):
            m.d.comb += on.eq(~ends)
            m.next = "block"
            with m.If(ends):
                m.next = "given"
        with m.State("given"), m.If(~self.apical_valid):  # the pass has taken them, in the clock before: it is far away
            m.d.comb += on.eq(1)
            m.next = "block"
            with m.If(final):
                m.next = "idle"

    def _kept(self, m, tag):
        """The counts and flags of this and the next learning sample, one slot each."""
        f = self.form
        m.submodules.kept = memory = ram(shape=concept_word(f), depth=2 << f.group_bits, init=[])
        read, write = memory.read_port(), memory.write_port()
        filling = Signal()
        with m.If(self.start):
            m.d.sync += self.slot.eq(filling), filling.eq(~filling)
        # A clock late, as they come from far: nothing reads them so soon.
        m.d.sync += write.addr.eq(Cat(self.keep_group[: f.group_bits], filling))
        m.d.sync += write.data.eq(self.keep_data), write.en.eq(self.keep)
        m.d.comb += read.addr.eq(Cat(tag.group[: f.group_bits], self.slot))
        kept = Signal.like(read.data)
        m.d.sync += kept.eq(read.data)
        return kept

    def _lanes(self, m, tags, kept):
        """scalar x count for every neuron of the part, added to or subtracted from what the job adds up."""
        f = self.form
        # Of S, 24 bits, a block's job takes the lower half and in the next clock the upper one, so that one multiplier of
        # 18 x 18 bits is enough: what it multiplies with is then the count x 2^12.
        units = range(f.update_units)
        factor, q_data = Signal(signed(SCALAR_BITS + 1)), Signal(signed(SCALAR_BITS))
        low, high = (Signal(f.count_bits * len(units), name=name) for name in ("low", "high"))
        halves = Cat(self.scalar[:HALF], 0).as_signed(), self.scalar[HALF:].as_signed()
        job = Mux(tags[2].low, halves[0], Mux(tags[2].block, halves[1], self.scalar[:SCALAR_BITS].as_signed()))
        value = Signal(signed(SCALAR_BITS))
        if self.basal:
            m.d.sync += q_data.eq(self.q_data)
        m.d.comb += value.eq(Mux(tags[2].error, q_data, job) if self.basal else job)
        minus = (tags[2].error & tags[2].kept) | tags[2].low | tags[2].block
        m.d.sync += factor.eq(Mux(minus, -value, value))
        neurons = data.View(concept_word(f), Mux(tags[2].kept, kept, self.template))
        picked = [self._picked(tags[2].part, neurons, u) for u in units]
        counts = Cat(neuron.count for neuron in picked)
        plain = Signal(init=1)  # not `block`, as a register: the reset of many others
        m.d.sync += plain.eq(~tags[1].block)
        m.d.sync += low.eq(Mux(tags[2].block, 0, counts)), high.eq(Mux(plain, 0, counts))
        for name in ("above", "below"):  # they go with the products, and with the sums
            stages = [Signal(len(units), name=f"{name}{i}") for i in range(3)]
            m.d.sync += stages[0].eq(Cat(neuron[name] for neuron in picked))
            m.d.sync += [later.eq(sooner) for sooner, later in pairwise((*stages, getattr(self, name)))]
        # What a product is added to, and whether there is one, as coefficients may come with gaps: registers, as much hangs
        # on them. An error's sum begins with a half of what is shifted away.
        on, first, go_on, from_sums = (Signal(name=name) for name in ("on", "first", "go_on", "from_sums"))
        sums = tags[4].sum | tags[4].low
        m.d.sync += on.eq(tags[4].error | sums | tags[4].block), first.eq(tags[4].first)
        m.d.sync += go_on.eq(~tags[4].first & ~sums), from_sums.eq(sums)
        # All multiplicands go into the multipliers' own registers: the wires to them are long ones.
        taken = Signal.like(factor, reset_less=True)
        m.d.sync += taken.eq(factor)
        for u in units:
            in_low, in_high = (side.word_select(u, f.count_bits) for side in (low, high))
            times = Signal(signed(HALF + f.count_bits + 1), name=f"times{u}", reset_less=True)
            m.d.sync += times.eq(Cat(in_low, Const(0, HALF - f.count_bits), in_high, 0))
            product = Signal(signed(SUM_BITS + f.count_bits), name=f"product{u}")
            m.d.sync += product.eq(taken * times)
            addend = self.totals[u] & go_on.replicate(len(self.totals[u])).as_signed()
            if self.backward:
                addend |= self.apical_sums[u] & from_sums.replicate(len(addend)).as_signed()
            if self.basal:
                addend |= first << (f.shift_error - 1)
            with m.If(on):
                m.d.sync += self.totals[u].eq(addend + product)

    def _picked(self, part, neurons, u):
        """Unit u's neuron of this part of the group; a lane that is none is silent, and its window closed."""
        f = self.form
        neuron = concept_word(f).elem_shape
        lanes = range(u * f.update_rounds, (u + 1) * f.update_rounds)
        chosen = Array(neurons[p].as_value() if p < f.lanes else Const(0, neuron.size) for p in lanes)[part]
        return data.View(neuron, chosen)

    def _basal_errors(self, m, tag):
        """g of step 7, kept until the next sample's pass has taken it."""
        f = self.form
        word = data.StructLayout({"live": 1, "g": data.ArrayLayout(signed(ERROR_BITS), f.update_units)})
        known, feed, next_feed = Signal(range(f.groups + 1)), Signal(range(f.groups + 1)), Signal(range(f.groups + 1))
        have, teaches, took = Signal(), Signal(), Signal()
        g = [Signal(signed(ERROR_BITS), name=f"g{u}") for u in range(f.update_units)]
        for u in range(f.update_units):
            e = self.totals[u]  # and a half more
            falls = e[-1] | ~e[f.shift_error - 1 : -1].any()
            opens = (self.above[u] | ~falls) if f.top else self.above[u] & (self.below[u] | falls)
            m.d.sync += g[u].eq(clipped(e >> f.shift_error, ERROR_BITS, opens))
        parts, written = [], Signal()  # a memory each, as all parts are read together
        for r in range(f.update_rounds):
            m.submodules[f"errors{r}"] = memory = ram(shape=word, depth=1 << f.group_bits)
            read, write = memory.read_port(), memory.write_port()
            parts.append(read.data)
            m.d.comb += [
                write.en.eq(tag.error & tag.last & (tag.part == r)),
                write.addr.eq(tag.group[: f.group_bits]),
                *(write.data.g[u].eq(g[u]) for u in range(f.update_units)),
                write.data.live.eq(Cat(value.any() for value in g).any()),
                read.addr.eq(next_feed[: f.group_bits]),
            ]
        m.d.comb += written.eq(tag.error & tag.last & (tag.part == f.update_rounds - 1))
        # The next group's errors are read in the clock after these are taken, which is known too late for a read.
        takes = self.errors.valid & self.errors.ready & ~self.pass_apical & teaches
        m.d.comb += next_feed.eq(feed + took)
        m.d.sync += took.eq(takes), feed.eq(next_feed), have.eq((next_feed < known) & ~takes)
        with m.If(written):
            m.d.sync += known.eq(tag.group + 1)
        with m.If(self.waiting & (self.decided | self.silent)):
            m.d.sync += self.waiting.eq(0), teaches.eq(self.teach)
        with m.If(self.pass_done & ~self.pass_apical):
            m.d.sync += teaches.eq(0)
        with m.If(self.start):
            m.d.sync += known.eq(0), feed.eq(0), took.eq(0), have.eq(0), self.waiting.eq(1), teaches.eq(0)
        m.d.comb += [
            self.errors.valid.eq(Mux(self.pass_apical, 1, ~self.waiting & (~teaches | have))),
            self.errors.payload.eq(~self.pass_apical & teaches & Cat(part.live for part in parts).any()),
        ]
        # An AND and an OR with that of a block, where a Mux behind its saturation would cost another level.
        for p in range(f.lanes):
            unit, part = divmod(p, f.update_rounds)
            m.d.comb += self.basal_g[p].eq(Mux(self.pass_apical, 0, parts[part].g[unit]))

    def _sums(self, m, tags):
        """E, one word a part of a group and concept, and S, one a concept. A block's errors leave them at 0."""
        f = self.form
        shape, host_data = data.ArrayLayout(signed(SUM_BITS), f.update_units), Signal(SUM_BITS)
        m.submodules.apical_sums = memory = ram(shape=shape, depth=1 << self.address_bits)
        read, write = memory.read_port(), memory.write_port(granularity=1)
        host, own = self.host_select_e, tags[6].sum | tags[6].block  # the host has it whenever no job does
        # Each address and the enables are a register's alone, as wide words have many block RAMs.
        m.d.sync += [
            read.addr.eq(Mux(host, self.host_address_e, self._place(tags[2]))),
            write.addr.eq(Mux(own, self._place(tags[6]), self.host_address_e)),
            write.en.eq(Mux(own, (1 << f.update_units) - 1, self.host_write_e)),
        ]
        m.d.comb += host_data.eq(Mux(host, self.host_data, 0))
        for u in range(f.update_units):
            stored = Signal(signed(SUM_BITS), name=f"stored{u}")
            m.d.sync += stored.eq(clipped(self.totals[u], SUM_BITS, tags[6].sum) | host_data)
            m.d.comb += write.data[u].eq(stored)
            m.d.sync += self.apical_sums[u].eq(read.data[u])
            m.d.comb += self.host_read_e[u].eq(self.apical_sums[u])  # a block RAM's output goes to its register alone

        m.submodules.scalar_sums = memory = ram(shape=signed(SUM_BITS), depth=max(f.classes, 2), init=[])
        read, write = memory.read_port(), memory.write_port()
        host, k = self.host_select_s, tags[0].k
        m.d.comb += [
            read.addr.eq(Mux(host, self.host_address_s, k)),
            self.host_read_s.eq(read.data),
            self.summed_scalar.eq(read.data),
            write.addr.eq(Mux(host, self.host_address_s, k)),
            write.en.eq(Mux(host, self.host_write_s, self.scalar_write)),
            write.data.eq(Mux(host, self.host_data.as_signed(), self.scalar_sum)),
        ]

    def _place(self, tag):
        """Where a job's word of E lies."""
        f = self.form
        return Cat(tag.part[: ceil_log2(f.update_rounds)], tag.group[: f.group_bits], tag.k)

    def _apical_errors(self, m, tag):
        """G of step 9: gated as X comes, shifted a bit a clock, clipped; kept until the pass has taken the whole group."""
        f = self.form
        left, shifting, live = Signal(BLOCK_SHIFT_BITS), Signal(), Signal()
        part = Signal.like(tag.part)
        shifted = [Signal(signed(len(total) - MIN_BLOCK_SHIFT), name=f"shifted{u}") for u, total in enumerate(self.totals)]
        errors = [Signal(signed(APICAL_ERROR_BITS), name=f"apical_error{p}") for p in range(f.lanes)]
        most = Signal.like(left)
        m.d.sync += most.eq(Mux(self.block_shift > MIN_BLOCK_SHIFT, self.block_shift - MIN_BLOCK_SHIFT, 0))
        # A register, as much hangs on it: `shifting`, and `left` is 0.
        m.d.sync += self.part_done.eq(Mux(tag.block, most == 0, shifting & ~self.part_done & (left == 1)))
        with m.If(tag.block):
            m.d.sync += shifting.eq(1), left.eq(most), part.eq(tag.part)
            for u, x in enumerate(self.totals):
                falls = x[-1]  # of an x that is 0 it does not matter whether it opens
                opens = (self.above[u] | ~falls) & (self.below[u] | falls)
                m.d.sync += shifted[u].eq(Mux(opens, x[MIN_BLOCK_SHIFT:].as_signed(), 0))
        with m.Elif(self.part_done):
            m.d.sync += shifting.eq(0), self.apical_valid.eq(part == f.update_rounds - 1)
            m.d.sync += live.eq(((part != 0) & live) | Cat(x.any() for x in shifted).any())
        with m.Elif(shifting):
            m.d.sync += left.eq(left - 1)
            m.d.sync += [x.eq(x >> 1) for x in shifted]
        with m.Elif(self.apical_valid & self.errors.ready):
            m.d.sync += self.apical_valid.eq(0)
        for p in range(f.lanes):
            unit, own = divmod(p, f.update_rounds)
            with m.If(self.part_done & (part == own)):
                m.d.sync += errors[p].eq(saturate(shifted[unit], APICAL_ERROR_BITS))
        with m.If(self.pass_apical & self.pass_update):
            m.d.comb += self.errors.valid.eq(self.apical_valid)
            m.d.comb += self.errors.payload.eq(live)
        apical = self.pass_apical if self.basal else 1  # without basal synapses there is no other pass
        m.d.comb += [self.apical_g[p].eq(Mux(apical, errors[p], 0)) for p in range(f.lanes)]
