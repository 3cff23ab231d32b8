"""Plasticity: the local update unit of both networks of a layer (docs/arithmetic.md, steps 7 to 9).

It reads only what is the layer's own: its counts, its templates, its coefficients. One multiply-add lane a neuron does
three jobs:

    errors   e = sum_k q_k h[k] - q_r r, then g, one word a group, kept for the next sample's pass over W
    sums     E[k] = E[k] + b1 r, S_k = S_k + b2, behind that pass
    block    X = E[k] - S_k h[k], then G, while concept k is recalled and its pass over Theta waits for it
"""

from itertools import pairwise

from amaranth.hdl import Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.affinity import other
from rtl.concepts import concept_word
from rtl.fixed import clipped, overflows, round_saturate, saturate
from rtl.formats import APICAL_ERROR_BITS, BLOCK_SHIFT_BITS, ERROR_BITS, LABEL_BITS, SCALAR_BITS, SUM_BITS, LayerFormat
from rtl.memories import ram

HALF = SUM_BITS // 2
"""Bits of the lower half of S."""


class Plasticity(wiring.Component):
    """Errors, apical sums and apical errors of one layer.

    Members:
        keep, keep_group, keep_data: In, a group's counts and window flags of a learning sample (`concept_word`), the last
            group in the clock of `start`.
        start: In, pulse; label: In. The coefficients follow on q_*, decided, teach and b_* (see `Coefficients`).
        learn_k, learn_group: Out, template to read; template: In, one clock later.
        block_start: In, pulse, with concept block_k: give G of all groups. block_shift: In.
        errors, g: Out, stream of the errors of a group of posts (payload: any is to be written), for W (`pass_apical` = 0)
            or Theta (1; none is live unless `pass_update`). pass_done: In, the pass has taken them all.
        learn_theta: In. idle: Out, ready for the next sample or block. waiting: Out, the last sample's verdict is not known.
        host_*: E (address = (concept, group), one lane at a time; select and data from the clock before the write on) and S
            (address = concept).
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        self.basal, self.backward = f.pre_basal > 0, not f.top
        k_shape, g_shape = range(max(f.classes, 2)), range(max(f.groups, 2))
        self.address_bits = ceil_log2(f.classes) + f.group_bits
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
                "host_write_e": In(f.lanes),
                "host_read_e": Out(data.ArrayLayout(SUM_BITS, f.lanes)),
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
            | {"group": range(max(f.groups, 2)), "k": range(max(f.classes, 2))}
        )
        # A job's tag goes beside its data: 0 addresses, 1 words, 2 operands, 3 products, 4 sums, 5 errors.
        tags = [Signal(self.tag, name=f"tag{stage}") for stage in range(6)]
        issue = {name: Signal(shape, name=f"issue_{name}") for name, shape in self.tag.members.items()}
        # as a whole: a bit nobody drives is a process that never runs
        m.d.comb += tags[0].as_value().eq(Cat(issue.values()))
        m.d.sync += [later.eq(sooner) for sooner, later in pairwise(tags)]
        with m.If(self.start):  # errors that are still under way, of a sample that teaches nothing, are not this sample's
            m.d.sync += [tag.error.eq(0) for tag in tags[1:]]
        self.scalar, self.slot = Signal(signed(SUM_BITS)), Signal()
        self.above, self.below = Signal(f.lanes), Signal(f.lanes)
        # One signal a lane, not one wide signal: simulators handle numbers faster than slices.
        self.totals = [Signal(signed(SUM_BITS + f.count_bits + 2), name=f"total{p}") for p in range(f.lanes)]
        if self.backward:
            self.apical_sums = [Signal(signed(SUM_BITS), name=f"apical_sum{p}") for p in range(f.lanes)]
            self.shifted = [Signal.like(total, name=f"shifted{p}") for p, total in enumerate(self.totals)]
            self.apical_valid, self.summed_scalar = Signal(), Signal(signed(SUM_BITS))
            self.scalar_write, self.scalar_sum = Signal(), Signal(signed(SUM_BITS))
        self._control(m, issue, tags)
        self._lanes(m, tags, self._kept(m, tags[0]))
        self.basal_g, self.apical_g = (
            [Signal(signed(APICAL_ERROR_BITS), name=f"{side}_g{p}") for p in range(f.lanes)] for side in ("basal", "apical")
        )
        m.d.comb += [self.g[p].eq(self.basal_g[p] | self.apical_g[p]) for p in range(f.lanes)]
        if self.basal:
            self._basal_errors(m, tags[5])
        else:
            m.d.comb += self.errors.valid.eq(1)
        if self.backward:
            self._sums(m, tags)
            self._apical_errors(m, tags[4])
        return m

    def _control(self, m, issue, tags):
        """One job after another: the errors as the coefficients come, then the sums; a block's errors group by group."""
        f = self.form
        position, label = Signal(range(f.classes + 1)), Signal(LABEL_BITS)
        group, k = Signal.like(issue["group"]), Signal.like(issue["k"])
        final = group == f.groups - 1
        m.d.comb += [issue["group"].eq(group), issue["k"].eq(k), self.learn_group.eq(group), self.learn_k.eq(k)]
        with m.FSM():
            with m.State("idle"):
                m.d.comb += self.idle.eq(1)
                m.d.sync += group.eq(0), position.eq(0), label.eq(self.label)
                if self.backward:
                    m.d.sync += k.eq(self.block_k)
                    with m.If(self.block_start):
                        m.next = "block scalar"
                with m.If(self.start):
                    m.next = "errors" if self.basal else "decide"
            if self.basal:
                with m.State("errors"):
                    kept = position == f.classes
                    pick = Mux(position >= f.classes - 1, label, other(position, label))
                    m.d.comb += [
                        self.q_address.eq(position),
                        self.learn_k.eq(pick),
                        issue["error"].eq(position < self.q_count),
                        issue["kept"].eq(kept),
                        issue["first"].eq(position == 0),
                        issue["last"].eq(kept),
                    ]
                    with m.If(issue["error"]):
                        m.d.sync += position.eq(Mux(kept, 0, position + 1)), group.eq(group + kept)
                        with m.If(kept & final):
                            m.next = "decide"
                    with m.If(self.decided & ~self.teach):
                        m.next = "decide"
            with m.State("decide"), m.If(self.decided):
                m.next = "sums" if self.backward else "idle"
            if self.backward:
                self._control_sums(m, issue, tags, group, k, final)

    def _control_sums(self, m, issue, tags, group, k, final):
        with m.State("sums"):
            m.d.sync += group.eq(0), k.eq(self.b_k)
            with m.If(self.b_valid):
                m.d.comb += self.b_ready.eq(~self.learn_theta)
                with m.If(self.learn_theta):
                    m.next = "sum scalar"
            with m.Elif(self.b_done & ~Cat(t.sum for t in tags[1:6]).any()):
                m.next = "idle"
        with m.State("sum scalar"):
            m.d.sync += self.scalar.eq(self.b1)
            m.next = "add scalar"
        with m.State("add scalar"):
            m.d.comb += self.scalar_write.eq(1), self.scalar_sum.eq(saturate(self.summed_scalar + self.b2, SUM_BITS))
            m.next = "sum"
        with m.State("sum"):
            m.d.comb += issue["sum"].eq(1), issue["kept"].eq(1), self.b_ready.eq(final)
            m.d.sync += group.eq(group + 1)
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
        with m.State("wait"), m.If(self.apical_valid & self.errors.ready):
            m.d.sync += group.eq(group + 1)
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
        m.d.comb += [
            write.addr.eq(Cat(self.keep_group[: f.group_bits], filling)),
            write.data.eq(self.keep_data),
            write.en.eq(self.keep),
            read.addr.eq(Cat(tag.group[: f.group_bits], self.slot)),
        ]
        return read.data

    def _lanes(self, m, tags, kept):
        """scalar x count for every neuron of the group, added to or subtracted from what the job adds up."""
        f = self.form
        # Of S, 24 bits, a block's job takes the lower half and in the next clock the upper one, so that one multiplier of
        # 18 x 18 bits is enough: what it multiplies with is then the count x 2^12.
        factor, low, high = Signal(signed(SCALAR_BITS + 1)), *(Signal(f.count_bits * f.lanes) for _ in range(2))
        halves = Cat(self.scalar[:HALF], 0).as_signed(), self.scalar[HALF:].as_signed()
        job = Mux(tags[1].low, halves[0], Mux(tags[1].block, halves[1], self.scalar[:SCALAR_BITS].as_signed()))
        value = Signal(signed(SCALAR_BITS))
        m.d.comb += value.eq(Mux(tags[1].error, self.q_data, job) if self.basal else job)
        m.d.sync += factor.eq(Mux((tags[1].error & tags[1].kept) | tags[1].low | tags[1].block, -value, value))
        neurons = Mux(tags[1].kept, kept, self.template)
        neurons = data.View(concept_word(f), neurons)
        counts = Cat(neurons[p].count for p in range(f.lanes))
        plain = Signal()  # not `block`, as a register: the reset of many others
        m.d.sync += plain.eq(~tags[0].block)
        m.d.sync += low.eq(Mux(tags[1].block, 0, counts)), high.eq(Mux(plain, 0, counts))
        for name in ("above", "below"):  # they go with the products, and with the sums
            stages = [Signal(f.lanes, name=f"{name}{i}") for i in range(2)]
            m.d.sync += stages[0].eq(Cat(neurons[p][name] for p in range(f.lanes))), stages[1].eq(stages[0])
            m.d.sync += getattr(self, name).eq(stages[1])
        for p in range(f.lanes):
            product = Signal(signed(SUM_BITS + f.count_bits + 1), name=f"product{p}")
            counts = (side.word_select(p, f.count_bits) for side in (low, high))
            times = Cat(next(counts), Const(0, HALF - f.count_bits), next(counts), 0)
            m.d.sync += product.eq(factor * times.as_signed())
            addend = self.totals[p]
            if self.backward:
                addend = Mux(tags[3].sum | tags[3].low, self.apical_sums[p], addend)
            addend = Mux(tags[3].first, 0, addend)
            with m.If(tags[3].error | tags[3].sum | tags[3].low | tags[3].block):  # coefficients may come with gaps
                m.d.sync += self.totals[p].eq(addend + product)

    def _basal_errors(self, m, tag):
        """g of step 7, kept until the next sample's pass has taken it."""
        f = self.form
        word = data.StructLayout({"live": 1, "g": data.ArrayLayout(signed(ERROR_BITS), f.lanes)})
        m.submodules.errors = memory = ram(shape=word, depth=1 << f.group_bits, init=[])
        read, write = memory.read_port(), memory.write_port()
        known, feed, next_feed = Signal(range(f.groups + 1)), Signal(range(f.groups + 1)), Signal(range(f.groups + 1))
        have, teaches = Signal(), Signal()
        g = [Signal(signed(ERROR_BITS), name=f"g{p}") for p in range(f.lanes)]
        for p in range(f.lanes):
            e = self.totals[p]
            falls = e[-1]
            opens = (self.above[p] | ~falls) if f.top else self.above[p] & (self.below[p] | falls)
            m.d.sync += g[p].eq(Mux(opens, round_saturate(e, f.shift_error, ERROR_BITS), 0))
        takes = self.errors.valid & self.errors.ready & ~self.pass_apical
        m.d.comb += [
            write.en.eq(tag.error & tag.last),
            write.addr.eq(tag.group[: f.group_bits]),
            *(write.data.g[p].eq(g[p]) for p in range(f.lanes)),
            write.data.live.eq(Cat(value.any() for value in g).any()),
            next_feed.eq(feed + (takes & teaches)),
            read.addr.eq(next_feed[: f.group_bits]),
        ]
        m.d.sync += feed.eq(next_feed), have.eq(next_feed < known)
        with m.If(write.en):
            m.d.sync += known.eq(tag.group + 1)
        with m.If(self.waiting & (self.decided | self.silent)):
            m.d.sync += self.waiting.eq(0), teaches.eq(self.teach)
        with m.If(self.pass_done & ~self.pass_apical):
            m.d.sync += teaches.eq(0)
        with m.If(self.start):
            m.d.sync += known.eq(0), feed.eq(0), have.eq(0), self.waiting.eq(1), teaches.eq(0)
        m.d.comb += [
            self.errors.valid.eq(Mux(self.pass_apical, 1, ~self.waiting & (~teaches | have))),
            self.errors.payload.eq(~self.pass_apical & teaches & read.data.live),
        ]
        # An AND and an OR with that of a block, where a Mux behind its saturation would cost another level.
        m.d.comb += [self.basal_g[p].eq(Mux(self.pass_apical, 0, read.data.g[p])) for p in range(f.lanes)]

    def _sums(self, m, tags):
        """E, one word a group and concept, and S, one a concept. A block's errors leave them at 0."""
        f = self.form
        shape, host_data = data.ArrayLayout(signed(SUM_BITS), f.lanes), Signal(SUM_BITS)
        m.submodules.apical_sums = memory = ram(shape=shape, depth=1 << self.address_bits, init=[])
        read, write = memory.read_port(), memory.write_port(granularity=1)
        host, own = self.host_select_e, tags[5].sum | tags[5].block  # the host has it whenever no job does
        m.d.comb += [
            read.addr.eq(Mux(host, self.host_address_e, Cat(tags[1].group[: f.group_bits], tags[1].k))),
            self.host_read_e.eq(read.data),
            write.addr.eq(Mux(own, Cat(tags[5].group[: f.group_bits], tags[5].k), self.host_address_e)),
            write.en.eq(Mux(own, (1 << f.lanes) - 1, self.host_write_e)),
            host_data.eq(Mux(host, self.host_data, 0)),
        ]
        for p in range(f.lanes):
            stored = Signal(signed(SUM_BITS), name=f"stored{p}")
            m.d.sync += stored.eq(clipped(self.totals[p], SUM_BITS, tags[4].sum) | host_data)
            m.d.comb += write.data[p].eq(stored)
        m.d.sync += [self.apical_sums[p].eq(read.data[p]) for p in range(f.lanes)]

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

    def _apical_errors(self, m, tag):
        """G of step 9: gated as X comes, shifted a bit a clock while the pass is on the group before."""
        f = self.form
        shifts, shifting, live = Signal(BLOCK_SHIFT_BITS), Signal(), Signal()
        nonzero = [x[: APICAL_ERROR_BITS - 1].any() | overflows(x, APICAL_ERROR_BITS) | x[-1] for x in self.shifted]
        with m.If(tag.block):
            m.d.sync += shifting.eq(1), shifts.eq(self.block_shift)
            for p in range(f.lanes):
                x = self.totals[p]
                falls = x[-1]  # of an x that is 0 it does not matter whether it opens
                opens = (self.above[p] | ~falls) & (self.below[p] | falls)
                m.d.sync += self.shifted[p].eq(Mux(opens, x, 0))
        with m.Elif(shifting):
            with m.If(shifts == 0):
                m.d.sync += shifting.eq(0), self.apical_valid.eq(1)
                m.d.sync += live.eq(Cat(nonzero).any())
            with m.Else():
                m.d.sync += shifts.eq(shifts - 1)
                m.d.sync += [self.shifted[p].eq(self.shifted[p] >> 1) for p in range(f.lanes)]
        with m.Elif(self.apical_valid & self.errors.ready):
            m.d.sync += self.apical_valid.eq(0)
        with m.If(self.pass_apical & self.pass_update):
            m.d.comb += self.errors.valid.eq(self.apical_valid)
            m.d.comb += self.errors.payload.eq(live)
        for p in range(f.lanes):
            m.d.comb += self.apical_g[p].eq(clipped(self.shifted[p], APICAL_ERROR_BITS, self.pass_apical))
