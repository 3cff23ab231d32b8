"""The walk over a layer's listed rows, group by group, and what becomes of a group's errors (docs/arithmetic.md, step 9)."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from rtl.formats import LayerFormat
from rtl.stages import stage


def step_layout(words: int, learn: bool) -> data.StructLayout:
    """What is done with the row that comes from the list now.

    valid: there is one. null: it stands for an empty list, and sends nothing. last: of its group. clear: what has been added
    up goes behind it. base: the group's first word of memory. With learning, anew: it is the pass's first; live: it is
    updated.
    """
    learning = {"anew": 1, "live": 1} if learn else {}
    return data.StructLayout({"valid": 1, "null": 1, "last": 1, "clear": 1, "base": range(words + 1)} | learning)


def pass_members(form: LayerFormat, words: int) -> dict:
    """How a pass is begun and described, and what its rows are asked by: see `rtl.synapses.Synapses`."""
    row_bits = ceil_log2(max(form.pre_basal, form.pre_apical, 2))
    return {
        "start": In(1),
        "ready": Out(1),
        "done": Out(1),
        "apical": In(1),
        "new": In(row_bits + 1),
        "old": In(row_bits + 1),
        "index": Out(row_bits),
        "back": Out(1),
        "room": In(1),
        "rows": Out(range(words + 1)),
        "walked": Out(row_bits + 1),
    }


class Walk(wiring.Component):
    """Issues the rows of every group, front list first, one a clock; a step comes two clocks behind its row's `index`.

    While a group's errors are not known, the group is walked as if there were none to write: often there are none, and a
    guess that fails costs no clock, the group begins again. Its last row waits for the truth. In a pass's first clock
    nobody asks: all that begins it would hang on the answer.

    Args:
        words: of the memory; apical_base: where those of the backward network begin.

    Members:
        start, ready, done, apical, new, old, index, back, errors, room, rows, walked: see `rtl.synapses.Synapses`.
        begin: Out, pulse: a pass begins. writing: In, a word that the next pass may read is still to be written, by a row
            behind those here.
        step: Out, `step_layout`. takes: Out, two of a kind: the row of this step takes its group's errors.
    """

    def __init__(self, form: LayerFormat, words: int, apical_base: int):
        self.form, self.words, self.apical_base = form, words, apical_base
        super().__init__(
            pass_members(form, words)
            | {
                "begin": Out(1),
                "errors": In(stream.Signature(1)),
                "writing": In(1),
                "step": Out(step_layout(words, form.learn)),
                "takes": Out(2),
            }
        )

    def elaborate(self, platform):
        m = Module()
        f, begin = self.form, self.begin
        position, group = Signal(self.new.shape()), Signal(range(max(f.groups, 2)))
        in_back, live, first, credit, anew = Signal(), Signal(), Signal(), Signal(init=1), Signal()
        base = Signal(range(self.words + 1))
        idle, guess, held, coming = Signal(init=1), Signal(), Signal(), Signal()
        # Of the front and the back list: whether it is empty or has one row, its last position but one, and whether the
        # position is its last: found a clock before, as is whether the group is the last, since all else hangs on them.
        no_new, no_old, one_new, one_old, new_ends, old_ends = (Signal() for _ in range(6))
        new_before, old_before, final = Signal.like(position), Signal.like(position), Signal()
        old_rows, null, last, go, take, known, accept, again, front_ends = (Signal() for _ in range(9))
        group_rows, told, write = Signal.like(position), Signal(), Signal()
        # A register, as it hangs on all stages, and all that begins a pass on it.
        m.d.sync += self.ready.eq(idle & ~coming & ~self.writing & ~begin)
        m.d.comb += [
            begin.eq(self.start & self.ready),
            old_rows.eq(live & ~no_old),
            null.eq(no_new & ~old_rows),
            front_ends.eq(~in_back & new_ends),
            last.eq(null | Mux(in_back, old_ends, front_ends & ~old_rows)),
            go.eq(~idle & (~last | (credit & ~guess))),
            self.done.eq(go & last & final),
            self.index.eq(position),
            self.back.eq(in_back),
            take.eq(begin | (go & last & ~self.done)),
            known.eq(told & ~held),
            accept.eq(guess & known & ~write),
            again.eq(guess & known & write),
        ]
        # Registers, as all that walks hangs on them: a group's truth is heard a clock late, and in no other pass.
        m.d.sync += told.eq(self.errors.valid & ~self.errors.ready & ~begin), write.eq(self.errors.payload)
        # Counted a clock late: only its number is wanted.
        went, ended, counts_anew = Signal(), Signal(), Signal()
        m.d.sync += went.eq(go), ended.eq(go & last & ~null), counts_anew.eq(take | again)
        m.d.sync += group_rows.eq(Mux(counts_anew, 0, group_rows + went)), self.walked.eq(Mux(ended, group_rows + 1, 0))
        with m.If(go):
            m.d.sync += first.eq(0), anew.eq(0), position.eq(position + 1)
            m.d.sync += new_ends.eq(position == new_before), old_ends.eq(position == old_before)
            with m.If(front_ends):
                m.d.sync += in_back.eq(1), position.eq(0), old_ends.eq(one_old)
            with m.If(last):
                m.d.sync += group.eq(group + 1), final.eq(group + 2 == f.groups), credit.eq(0)
                m.d.sync += base.eq(base + Mux(self.apical, f.pre_apical, f.pre_basal))
        with m.If(begin):
            m.d.sync += group.eq(0), final.eq(f.groups == 1), idle.eq(0), anew.eq(1)
            m.d.sync += base.eq(Mux(self.apical, self.apical_base, 0))
            m.d.sync += no_new.eq(self.new == 0), one_new.eq(self.new == 1), new_before.eq(self.new - 2)
            m.d.sync += no_old.eq(self.old == 0), one_old.eq(self.old == 1), old_before.eq(self.old - 2)
        with m.Elif(self.done):
            m.d.sync += idle.eq(1)
        with m.If(self.room):
            m.d.sync += credit.eq(1)
        with m.If(accept):
            m.d.sync += guess.eq(0)
        with m.If(take | again):
            m.d.sync += first.eq(1), position.eq(0), in_back.eq(Mux(begin, self.new == 0, no_new))
            m.d.sync += new_ends.eq(Mux(begin, self.new == 1, one_new)), old_ends.eq(Mux(begin, self.old == 1, one_old))
            m.d.sync += live.eq(known & write & ~begin), guess.eq(~known | begin)
        self._count(m)

        # What a wrong guess has added up until now goes: with its last row, which this is, or if there is none, with no row.
        issued = {"valid": go | again, "null": null, "last": last & ~again, "clear": last | again, "base": base}
        issued |= {"live": live & ~null} | ({"anew": anew} if f.learn else {})
        owed = first & held & ~guess  # this row takes its group's errors
        issued = stage(m, "issued", issued | {"owed": owed})
        listed = stage(m, "listed", {key: issued[key] for key in self.step.shape().members})
        m.d.comb += [self.step[key].eq(value) for key, value in listed.items()]
        # A word that has come to the update is written just before a pass that begins in the next clock can read it.
        if f.learn:
            m.d.comb += coming.eq(Cat(row["valid"] & row["live"] for row in (issued, listed)).any())
        # Two of a kind, which begin differently or the synthesis would make them one.
        takes = [Signal(name=f"takes{i}", init=i, reset_less=True) for i in range(2)]
        m.d.sync += [register.eq(issued["valid"] & issued["owed"]) for register in takes]
        m.d.comb += self.takes.eq(Cat(takes)), self.errors.ready.eq(accept | takes[0])
        with m.If(self.errors.ready):
            m.d.sync += held.eq(0)
        with m.Elif(((take & ~begin) | again) & known):
            m.d.sync += held.eq(1)
        return m

    def _count(self, m):
        """The pass's sum stays until the next one's last row has been issued, which waits for the soma."""
        begun, closed, rows = Signal(), Signal(2), Signal.like(self.rows)
        m.d.sync += begun.eq(self.begin), closed.eq(Cat(self.done, closed)), rows.eq(Mux(begun, 0, rows + self.walked))
        with m.If(closed[1]):
            m.d.sync += self.rows.eq(rows + self.walked)
