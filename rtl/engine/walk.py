"""The walk over a pass's listed rows, group by group (contract, steps 3, 4, 7 and 9)."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.contexts import Context
from rtl.engine.errors import waiting_layout
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import flags, group_layout, pass_layout, sent, side_fields, walked_layout
from rtl.formats import NOISE_BITS, RATE_BITS, ceil_log2
from rtl.hdl import constant, signals


def step_layout(f: EngineFormat) -> data.StructLayout:
    """What is done with the row that is issued in this clock.

    valid: there is one. null: it stands for an empty list, and sends nothing. last: of its group. final: of its pass. base:
    the group's first word. With learning: live, the row is updated, by the errors that wait in `bank`; noise, stochastic,
    rate as in `update_layout`; slot: of the pass's sample.
    """
    always = flags("valid", "null", "last", "final") | {"base": ceil_log2(f.words), "group": group_layout(f)}
    learning = {"live": 1, "bank": 2, "rate": RATE_BITS, "noise": NOISE_BITS, "stochastic": 1, "slot": f.slot_bits}
    return data.StructLayout(always | (learning if f.learn else {}))


class Walk(Block):
    """The sequencer of rows: issues each group's, those active now first, one a clock; a group without any has a null step.

    Two clocks lie between the last row of a pass and the first row of the next one. A group that begins a pass with its last
    row takes two. A pass of the same layer and side as the one before it waits, besides, while words are still to be
    written; words of other layers and sides are others. A group's last row waits until there is room for the group's sums.

    Members:
        passes: In, stream of `pass_layout`. released: Out, `walked_layout` with `valid`, of one whose last row has been
            fetched from the list.
        index: Out, a list address. step: Out, `step_layout`, in the same clock, or a clock later where the entry is to be
            there in stage 0.
        ahead: Out, `waiting_layout` -> live: In, a clock later: the group there has errors that are not 0.
        room: In, pulse: there is room for the next group's sums. writing, blocked: In, see `rtl.engine.synapses.Synapses`;
            while it is blocked no row is issued.
        ended: Out, `group_layout`, of the last row issued that was its group's last, from the next clock on.
        idle: Out, no pass is inside, and there is room for sums.
    """

    def _members(self, f):
        return {
            "passes": In(stream.Signature(pass_layout(f))),
            "released": Out(sent(walked_layout(f))),
            "index": Out(f.list_bits),
            "step": Out(step_layout(f)),
            "ahead": Out(waiting_layout(f)),
            "live": In(1),
            "room": In(1),
            "writing": In(1),
            "blocked": In(1),
            "ended": Out(group_layout(f)),
            "idle": Out(1),
        }

    def _by_side(self, values, work):
        """values(context, apical) of the pass's layer and side, a constant."""
        sides = (values(c, side) for c in self.form.contexts for side in (False, True))
        return constant(sides, Cat(work.apical, work.context))

    def elaborate(self, platform):
        m = Module()
        f = self.form
        work = Signal(pass_layout(f))
        opening, walking, again = signals(opening=1, walking=1, again=1)
        may_turn = Signal(init=1)
        credit = Signal(init=1)
        take, begin, go, turn, load = signals(take=1, begin=1, go=1, turn=1, load=1)
        last, final, null, live, back_follows = signals(last=1, final=1, null=1, live=1, back_follows=1)
        m.d.comb += [
            self.passes.ready.eq(~opening & ~walking),
            take.eq(self.passes.valid & self.passes.ready),
            begin.eq(opening & ~(again & self.writing)),
            go.eq(walking & ~self.blocked & (~last | may_turn)),
            turn.eq(walking & ~self.blocked & last & may_turn),
            load.eq(begin | (turn & ~final)),
            self.idle.eq(~opening & ~walking & credit),
        ]
        offered = self.passes.payload
        m.d.sync += opening.eq(take | (opening & ~begin)), walking.eq(begin | (walking & ~(turn & final)))
        # The liveness of a pass's second group comes two clocks behind that of its first.
        has_room = (credit & ~turn) | self.room
        m.d.sync += credit.eq(has_room), may_turn.eq(has_room & ~begin)
        never(m, "room for a second group's sums", self.room & credit)
        never(m, "a group's last row without room for its sums", turn & ~credit)
        with m.If(take):
            m.d.sync += work.eq(offered)
            m.d.sync += again.eq((offered.context == work.context) & (offered.apical == work.apical))

        # Rows left in a list but the one that is issued: below 0 with the last one.
        left, in_back, address = signals(left=signed(f.row_bits + 2), in_back=1, address=f.list_bits)
        following = Signal(f.list_bits, name="address_next")
        empty = work.new == 0
        no_new = Signal()
        m.d.sync += no_new.eq(empty)
        m.d.comb += [
            null.eq(no_new & ~back_follows),
            last.eq(null | (left[-1] & (in_back | ~back_follows))),
            following.eq(address),
            self.index.eq(address if f.stages.row.entry else following),
        ]
        m.d.sync += address.eq(following)
        with m.If(go):
            m.d.sync += left.eq(left - 1)
            m.d.comb += following.eq(Mux(in_back, address - 1, address + 1))
            with m.If(left[-1]):
                m.d.sync += in_back.eq(1), left.eq(work.old - 2)
                m.d.comb += following.eq(work.back)
        with m.If(load):
            m.d.sync += in_back.eq(empty), left.eq(Mux(empty, work.old, work.new) - 2)
            m.d.comb += following.eq(Mux(empty, work.back, work.front))

        group, place, base = signals(group=range(max(2, f.most_groups)), place=f.place_bits, base=ceil_log2(f.words))
        groups_left = Signal(signed(len(group) + 2))
        stride = self._by_side(Context.rows, work)
        m.d.comb += final.eq(groups_left[-1])
        with m.If(begin):
            m.d.sync += group.eq(0), base.eq(self._by_side(Context.base, work))
            m.d.sync += groups_left.eq(constant((c.groups for c in f.contexts), work.context) - 2)
        with m.Elif(turn):
            m.d.sync += group.eq(group + 1), base.eq(base + stride), groups_left.eq(groups_left - 1)

        # The next group's liveness is read while this one's rows are issued, so that it is known with the first of its own.
        first = constant((c.place_base for c in f.contexts), offered.context)
        upcoming = Signal.like(place)
        outside = self.passes.ready
        m.d.comb += self.ahead.bank.eq(Mux(outside, offered.bank, work.bank))
        m.d.comb += self.ahead.place.eq(Mux(outside, first, upcoming))
        with m.If(outside):
            m.d.sync += upcoming.eq(first)
        with m.If(load):
            applies = self.live & work.update.errors.any()
            m.d.sync += upcoming.eq(upcoming + 1), place.eq(upcoming)
            m.d.sync += live.eq(applies), back_follows.eq(applies & (work.old != 0))

        step, issued = self.step, self.step.group
        m.d.comb += [issued[name].eq(work[name]) for name in ("context", *side_fields(f))]
        m.d.comb += issued.last.eq(final), issued.group.eq(group), issued.place.eq(place), step.base.eq(base)
        m.d.comb += step.valid.eq(go), step.null.eq(null), step.last.eq(turn), step.final.eq(turn & final)
        if f.learn:
            m.d.comb += step.live.eq(live), step.bank.eq(work.bank), step.slot.eq(work.slot)
            m.d.comb += [step[name].eq(work.update[name]) for name in ("rate", "noise", "stochastic")]
        with m.If(turn):
            m.d.sync += self.ended.eq(issued)
        ending = Signal()
        m.d.sync += ending.eq(turn & final), self.released.valid.eq(ending)
        m.d.sync += [self.released.payload[name].eq(work[name]) for name in ("context", *side_fields(f))]
        return m
