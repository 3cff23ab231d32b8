"""Plasticity: the local update unit of both networks of a layer (docs/arithmetic.md, steps 7 to 9).

It reads only what is the layer's own: its counts, its templates, its coefficients. Multiply-add units do three jobs, each
for a few lanes of a group, one part of the group after another (lane p is unit p // parts of part p % parts):

    errors   e = sum_k q_k h[k] - q_r r, then g, one word a group, kept for the next sample's pass over W
    sums     E[k] = E[k] + b1 r, S_k = S_k + b2, behind that pass
    block    X = E[k] - S_k h[k], then G, while concept k is recalled and its pass over Theta waits for it
"""

from itertools import pairwise

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.apical_errors import ApicalErrors
from rtl.apical_sums import ApicalSums, host_members
from rtl.concepts import concept_word, other_behind
from rtl.fixed import clipped, gated, saturate
from rtl.formats import APICAL_ERROR_BITS, BLOCK_SHIFT_BITS, ERROR_BITS, LABEL_BITS, SCALAR_BITS, SUM_BITS, LayerFormat
from rtl.inner import pass_on
from rtl.memories import ram
from rtl.update_units import UpdateUnits, tag_layout


class Plasticity(wiring.Component):
    """Errors, apical sums and apical errors of one layer.

    Members:
        keep, keep_group, keep_data: In, a group's counts and window flags of a learning sample (`concept_word`), the last
            group in the clock of `start` or before it.
        start: In, pulse; label: In. The coefficients follow on q_*, decided, teach and b_* (see `Coefficients`).
        learn_k, learn_group: Out, template to read; template: In, two clocks later.
        block_start: In, pulse, with concept block_k: give G of all groups. block_shift: In; less than 6 is 6.
        errors, g: Out, stream of the errors of a group of posts (payload: any is to be written), for W (`pass_apical` = 0)
            or Theta (1; none is live unless `pass_update`); not to be taken in the first clock.
        pass_done: In, the pass has taken them all.
        learn_theta: In, taken with `start`. idle: Out, ready for the next sample or block. waiting: Out, the last sample's
            verdict is not known.
        host_*: E (address = (concept, group, part), one unit at a time; select, address and data from the write on;
            read three clocks after the address) and S (address = concept).
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        self.basal, self.backward = f.pre_basal > 0, not f.top
        k_shape, g_shape = range(max(f.classes, 2)), range(max(f.groups, 2))
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
            } | host_members(f)
        super().__init__(members)

    def elaborate(self, platform):
        m = Module()
        f = self.form
        # A job's tag goes beside its data: 0 addresses, 1 memories, 2 words, 3 operands, 4 the same in the multipliers,
        # 5 products, 6 sums, 7 errors.
        tags = [Signal(tag_layout(f), name=f"tag{stage}") for stage in range(8)]
        issue = {name: Signal(shape, name=f"issue_{name}") for name, shape in tag_layout(f).members.items()}
        # as a whole: a bit nobody drives is a process that never runs
        m.d.comb += tags[0].as_value().eq(Cat(issue.values()))
        m.d.sync += [later.eq(sooner) for sooner, later in pairwise(tags)]
        with m.If(self.start):  # errors that are still under way, of a sample that teaches nothing, are not this sample's
            m.d.sync += [tag.error.eq(0) for tag in tags[1:]]
        self.scalar, self.slot = Signal(signed(SUM_BITS)), Signal()
        m.submodules.units = self.units = units = UpdateUnits(f)
        m.d.comb += units.memory.eq(tags[1]), units.word.eq(tags[2]), units.factors.eq(tags[4])
        m.d.comb += units.scalar.eq(self.scalar), units.concept.eq(self.template), units.kept.eq(self._kept(m, tags[0]))
        if self.backward:
            m.submodules.sums = self.sums = ApicalSums(f)
            m.submodules.apical_errors = self.apical_errors = ApicalErrors(f)
            self.theta_learns = Signal()
            with m.If(self.start):  # a register of this layer, as the settings are far away
                m.d.sync += self.theta_learns.eq(self.learn_theta)
            self._apical(m, tags)
        self._control(m, issue, tags)
        if self.basal:
            m.d.comb += units.q_data.eq(self.q_data)
            self._basal_errors(m, tags[7])
        else:
            m.d.comb += self.errors.valid.eq(1)
        if self.backward:
            with m.If(self.pass_apical & self.pass_update):
                m.d.comb += self.errors.valid.eq(self.apical_errors.valid), self.errors.payload.eq(self.apical_errors.live)
        for p in range(f.lanes):  # an AND and an OR, where a Mux behind a block's saturation would cost another level
            basal, apical = self.basal_g[p] if self.basal else 0, self.apical_errors.g[p] if self.backward else 0
            if self.basal and self.backward:  # else there is one kind of pass
                basal, apical = gated(basal, ~self.pass_apical), gated(apical, self.pass_apical)
            m.d.comb += self.g[p].eq(basal | apical)
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
                        m.d.sync += k.eq(Mux(position == f.classes - 2, label, other_behind(k, label)))
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
            m.d.comb += self.sums.scalar_write.eq(1), self.sums.scalar_sum.eq(saturate(self.sums.scalar + self.b2, SUM_BITS))
            m.next = "sum"
        with m.State("sum"):
            m.d.comb += issue["sum"].eq(1), issue["kept"].eq(1), on.eq(1), self.b_ready.eq(final)
            with m.If(final):
                m.next = "sums"
        with m.State("block scalar"):
            m.next = "take scalar"
        with m.State("take scalar"):
            m.d.sync += self.scalar.eq(self.sums.scalar)
            m.d.comb += self.sums.scalar_write.eq(1)
            m.next = "block"
        with m.State("block"):
            m.d.comb += issue["low"].eq(1)
            m.next = "block high"
        with m.State("block high"):
            m.d.comb += issue["block"].eq(1)
            m.next = "wait"
        with m.State("wait"), m.If(self.apical_errors.part_done):
            m.d.comb += on.eq(~ends)
            m.next = "block"
            with m.If(ends):
                m.next = "given"
        with m.State("given"), m.If(~self.apical_errors.valid):  # taken in the clock before: the pass is far away
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

    def _apical(self, m, tags):
        """The sums and a block's errors, beside the units."""
        units, sums, errors = self.units, self.sums, self.apical_errors
        m.d.comb += [errors.totals[u].eq(total) for u, total in enumerate(units.totals)]
        m.d.comb += [sums.totals[u].eq(total) for u, total in enumerate(units.totals)]
        m.d.comb += [units.apical_sums[u].eq(value) for u, value in enumerate(sums.sums)]
        m.d.comb += [
            sums.read.eq(tags[2]),
            sums.total.eq(tags[6]),
            sums.k.eq(tags[0].k),
            errors.tag.eq(tags[6]),
            errors.above.eq(units.above),
            errors.below.eq(units.below),
            errors.block_shift.eq(self.block_shift),
            errors.taken.eq(self.errors.ready),
        ]
        pass_on(m, self, sums, host_members(self.form))

    def _basal_errors(self, m, tag):
        """g of step 7, kept until the next sample's pass has taken it."""
        f = self.form
        word = data.StructLayout({"live": 1, "g": data.ArrayLayout(signed(ERROR_BITS), f.update_units)})
        known, feed, next_feed = Signal(range(f.groups + 1)), Signal(range(f.groups + 1)), Signal(range(f.groups + 1))
        have, teaches, took = Signal(), Signal(), Signal()
        g = [Signal(signed(ERROR_BITS), name=f"g{u}") for u in range(f.update_units)]
        for u in range(f.update_units):
            e = self.units.totals[u]  # and a half more
            falls = e[-1] | ~e[f.shift_error - 1 : -1].any()
            opens = (self.units.above[u] | ~falls) if f.top else self.units.above[u] & (self.units.below[u] | falls)
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
        self.basal_g = [parts[p % f.update_rounds].g[p // f.update_rounds] for p in range(f.lanes)]
