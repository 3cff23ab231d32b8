"""What surrounds `Turns` of any task: lists that say what was claimed, somas that finish what was taken, in any time."""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Signal

from rtl.checks import holds, never
from rtl.engine.claims import LISTS
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout
from rtl.engine.turns import DEPTH, Turns
from tests.formal.proof import Bench


class Surroundings:
    """What a bench assumes of them, and what an induction has to know of the passes.

    Members:
        takes, begins: by source, whether a pass of it is taken, and whether a sample for it begins.
        waiting: of each source with lists, samples that have begun and have not been taken.
        pending: a pass is chosen, offered or taken in this clock. header: of the sample of the pass offered.
    """

    def __init__(self, bench: Bench, block: Turns, form: EngineFormat, outside: set[int]):
        """outside: sources whose samples begin elsewhere."""
        m, self.form, self.bench, self.block = bench.m, form, bench, block
        self.offered, self.takes, self.begins, released = block.passes.payload, [], [], []
        self.header = header_layout(form)(bench.inner("header", header_layout(form).size))
        self.pending = block.choosing | block.passes.valid | block.taken
        self.waiting: dict[int, Signal] = {}
        self._somas()
        for number, source in enumerate(form.sources):
            begins, takes = self._claimed(number), block.taken & (block.listing.source == number)
            self.takes.append(takes)
            self.begins.append(begins)
            # A lateral source's words are listed with the stimulus': nothing is claimed for it, whatever is said of it.
            bench.assume(~block.lists[number].claim | (block.lists[number].room if number in outside else 0))
            if source.lateral:
                never(m, "a pass of what is listed with the stimulus'", self.pending & (block.listing.source == number))
                continue
            waiting, inside = (Signal(range(LISTS + 1), name=f"{name}{number}") for name in ("waiting", "inside"))
            self.waiting[number] = waiting
            m.d.sync += waiting.eq(waiting + begins - takes)
            ends = block.released.valid & self._of(block.released.payload, source)
            m.d.sync += inside.eq(inside + takes - ends)
            bench.assume(~ends | (inside != 0))
            bench.assume(~block.listing.listed[number] | (waiting != 0))
            released.append(ends)
            chosen = self.pending & (block.listing.source == number)
            holds(m, "as many as are claimed", bench.inner(f"claims.lists{number}", 2) == (waiting + inside)[:2])
            holds(m, "as many as there are lists", waiting + inside <= LISTS)
            never(m, "a pass of a source that has none waiting", chosen & (waiting == 0))
            self._room(chosen, source, number)
        bench.assume(~block.released.valid | Cat(released).any())

    def _of(self, payload, source):
        """Whether a pass is that of the source."""
        same = (payload.context == source.context) & (payload.apical == source.apical)
        return same & (payload.echo == source.echo) if self.form.autoencoder else same

    def _targets(self, source) -> dict[int, bool]:
        """The sources for which a pass of this one begins a sample: whether only where the sample is learned."""
        f = self.form
        targets = () if source.echo else f.targets_of(f.contexts[source.context], source.apical)
        return {f.source_of(target): target.echo for target in targets}

    def _claimed(self, number: int):
        """Whether a sample for the source begins."""
        begins = self.block.lists[number].claim
        for source in self.form.sources:
            targets = {} if source.lateral else self._targets(source)
            if number in targets:
                begins |= self.block.taken & self._of(self.offered, source) & (self.learned() if targets[number] else 1)
        return begins

    def learned(self):
        """Whether the sample of the pass taken is learned."""
        return self.header.learn

    def _room(self, chosen, source, number):
        """A pass that is chosen is of its source, and stays possible until it is taken."""
        m, block = self.bench.m, self.block
        for target in self._targets(source):
            never(m, "a pass is chosen whose spikes have no room", chosen & ~block.lists[target].room)
        never(m, "another layer's pass is offered", chosen & ~block.choosing & ~self._of(self.offered, source))

    def _somas(self):
        """They begin what there is room for, in the walk and behind it, and finish what they have begun."""
        bench, block, m = self.bench, self.block, self.bench.m
        under_way, walking = Signal(range(DEPTH + 1)), Signal(range(DEPTH + 1))
        m.d.sync += under_way.eq(under_way + block.taken - block.out)
        m.d.sync += walking.eq(walking + block.taken - block.released.valid)
        bench.assume(~block.passes.ready | ((under_way != DEPTH) & (walking != DEPTH)))
        bench.assume(~block.out | (under_way != 0))
        bench.assume(~block.released.valid | (walking != 0))
        lookup, looked = block.lookup, Signal()
        update = Signal.like(lookup.update.as_value(), name="update_before")
        m.d.sync += looked.eq(lookup.look), update.eq(lookup.update)
        bench.assume(looked | (lookup.update.as_value() == update))
        stages = (block.choosing, block.passes.valid, block.taken)
        never(m, "two passes at once", reduce(or_, (a & b for a, b in zip(stages, (*stages[1:], stages[0]), strict=True))))
        never(m, "a look at what is not chosen", lookup.look & ~block.choosing)
        never(m, "more passes than may be under way", (block.taken + under_way > DEPTH) | (block.taken + walking > DEPTH))
        holds(m, "the words' queue and the passes' count agree", bench.inner("words.level", 3) == under_way)
        holds(m, "a source that there is", ~self.pending | (block.listing.source < len(self.form.sources)))
