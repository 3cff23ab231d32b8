"""Turns: which pass is next: one whose rows are listed, whose errors are known, and for whose spikes there is room.

Nobody steers the layers: a pass is taken when it can be. What a layer waits for besides is the task's: `rtl.engine.schedule`
and `rtl.recirculation.rounds`.
"""

from amaranth.hdl import Array, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from rtl.checks import fits, never, patient
from rtl.engine.claims import Claims
from rtl.engine.contexts import Source
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout, job_layout, pass_layout, sent, side_layout, update_layout, walked_layout

DEPTH = 4
"""Passes that may be under way: walked, in the soma, on their way out."""


def under_way_layout(f: EngineFormat) -> data.StructLayout:
    """A pass whose words are still to come; slot: its sample's number, modulo 2^slot_bits, the lowest bit its parity."""
    return data.StructLayout(
        {"context": f.context_bits} | side_layout(f) | {"slot": f.slot_bits, "header": header_layout(f)}
    )


class Turns(wiring.Component):
    """Offers one pass after another, and keeps which of them are under way.

    Args:
        members: those of a task's own.

    Members:
        listed, job, front, back: In, source, taken: Out: see `rtl.engine.rows.Rows`.
        passes: Out, stream of `pass_layout`; what it has offered stays for the clock behind, in which it is `taken`.
        released: In, `walked_layout` with `valid`: the rows of one have been walked.
        under_way: Out, `under_way_layout`, of the oldest pass whose words are not all out, from two clocks behind its taking
            or behind `out` on. out: In, pulse: they are.
        room: Out, a bit a source: a sample for it may begin. claim: In, a bit a source, pulse: one begins from outside.
        link_room: In, link_claim: Out, a bit a link: the same of sources on other engines.
        look: Out, pulse: the record at `read` (Out), layer and bank, is `update` (In, `update_layout`) from the next clock
            on.
        idle: Out.
    """

    def __init__(self, form: EngineFormat, members: dict):
        self.form = f = form
        sources = len(f.sources)
        super().__init__(
            {
                "listed": In(sources),
                "job": In(job_layout(f)),
                "front": In(f.list_bits),
                "back": In(f.list_bits),
                "source": Out(f.source_bits),
                "taken": Out(1),
                "passes": Out(stream.Signature(pass_layout(f))),
                "released": In(sent(walked_layout(f))),
                "under_way": Out(under_way_layout(f)),
                "out": In(1),
                "room": Out(sources),
                "claim": In(sources),
                "link_room": In(max(1, len(f.links))),
                "link_claim": Out(max(1, len(f.links))),
                "look": Out(1),
                "read": Out(data.StructLayout({"context": f.context_bits, "bank": 2})),
                "update": In(update_layout()),
                "idle": Out(1),
            }
            | members
        )

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.states = [self._state(m, number) for number in range(len(f.contexts))]
        m.submodules.claims = counts = Claims(f)
        claims = Signal(len(f.sources))
        m.d.comb += [
            counts.begins.eq(claims | self.claim),
            self.room.eq(counts.room),
        ]
        wiring.connect(m, wiring.flipped(self.released), counts.released)
        # What a pass changes that is taken, a clock behind: much hangs on it, and what was offered stays as long.
        m.d.sync += self.taken.eq(self.passes.valid & self.passes.ready)
        header = self._offer(m)
        self._queue(m, header)
        self._claim(m, header, claims)
        self._follow(m, header)
        resting = ~self.passes.valid & ~self.choosing & ~self.taken & ~self.any_under_way
        m.d.comb += self.idle.eq(self._rests() & resting)
        return m

    # -- what a task says ------------------------------------------------------------------------------------------------

    def _state(self, m, number: int) -> dict[str, Signal]:
        """What is kept of a layer."""
        raise NotImplementedError

    def _order(self) -> list[int]:
        """The sources, those first whose passes go first."""
        raise NotImplementedError

    def _can(self, source: Source):
        """Whether the layer waits for nothing but rows and room."""
        raise NotImplementedError

    def _slot(self, chosen, number):
        """The number of the sample whose pass is chosen."""
        raise NotImplementedError

    def _bank(self, number, apical, slot):
        """Where the errors are that the pass of this layer applies."""
        raise NotImplementedError

    def _updates(self, chosen, number, apical, slot):
        """Whether there are any."""
        raise NotImplementedError

    def _follow(self, m, header) -> None:
        """What a pass that is taken changes, and all else."""
        raise NotImplementedError

    def _rests(self):
        """Whether no layer has anything to do."""
        raise NotImplementedError

    # -- what all tasks do -----------------------------------------------------------------------------------------------

    def _ends(self, targets, own, links):
        """Of each of a pass's targets its bit of `own`, a bit a source, or of `links`."""
        f = self.form
        sources = ((target, f.source_of(target)) for target in targets)
        return [(target, links[f.links.index(target)] if source is None else own[source]) for target, source in sources]

    def _offer(self, m):
        """Chooses a pass that can be taken, a clock; looks up its rows and its update, two; and offers it."""
        f = self.form
        candidates = []
        for source in self._order():
            of = f.sources[source]
            can = self.listed[source] & self._can(of)
            targets = () if of.echo else f.targets_of(f.contexts[of.context], of.apical)
            for _, room in self._ends(targets, self.room, self.link_room):
                can &= room
            candidates.append((can, source))
        self.choosing, chosen = Signal(), Signal(f.source_bits)
        with m.If(~self.passes.valid & ~self.choosing & ~self.taken):
            for can, source in reversed(candidates):  # the first of them wins
                with m.If(can):
                    m.d.sync += self.choosing.eq(1), chosen.eq(source)
        apical, number = (Array(getattr(s, name) for s in f.sources)[chosen] for name in ("apical", "context"))
        slot = self._slot(chosen, number)
        offered, updates, looking = Signal(pass_layout(f)), Signal(), Signal()
        m.d.comb += self.source.eq(chosen), self.look.eq(looking), self.passes.payload.eq(offered)
        m.d.comb += self.read.context.eq(number), self.read.bank.eq(self._bank(number, apical, slot))
        update = self.passes.payload.update
        m.d.comb += update.eq(self.update), update.errors.eq(Mux(updates, self.update.errors, 0))
        header = Signal(header_layout(f))
        m.d.sync += looking.eq(self.choosing & ~looking)  # a clock for where its list is and which record it has
        with m.If(looking):
            m.d.sync += [
                self.passes.valid.eq(1),
                self.choosing.eq(0),
                offered.context.eq(number),
                *(offered[name].eq(Array(getattr(s, name) for s in f.sources)[chosen]) for name in side_layout(f)),
                offered.new.eq(self.job.new),
                offered.old.eq(self.job.old),
                offered.front.eq(self.front),
                offered.back.eq(self.back),
                offered.bank.eq(self.read.bank),
                offered.slot.eq(slot),
                updates.eq(self._updates(chosen, number, apical, slot)),
                header.eq(self.job.header),
            ]
        with m.Elif(self.passes.ready):
            m.d.sync += self.passes.valid.eq(0)
        patient(m, "passes", self.passes)
        return header

    def _queue(self, m, header):
        """Passes taken wait here until their words are out."""
        m.submodules.words = words = SyncFIFO(width=len(self.under_way.as_value()), depth=DEPTH)
        coming = Signal(under_way_layout(self.form))
        m.d.comb += [
            *(coming[name].eq(self.passes.payload[name]) for name in ("context", *side_layout(self.form), "slot")),
            coming.header.eq(header),
            words.w_data.eq(coming),
            words.w_en.eq(self.taken),
            words.r_en.eq(self.out),
        ]
        m.d.sync += self.under_way.eq(words.r_data)  # a pass's first word comes clocks later
        self.any_under_way = words.r_rdy
        fits(m, "words", words)

    def _claim(self, m, header, claims):
        """A pass that is taken begins a sample at each of its targets, at an echo where the sample is learned."""
        f, offered = self.form, self.passes.payload
        for number, context in enumerate(f.contexts):
            for apical in (True, False):
                here = self.taken & (offered.context == number) & (offered.apical == apical)
                if f.echoes:
                    here &= ~offered.echo
                targets = f.targets_of(context, apical)
                rooms = self._ends(targets, self.room, self.link_room)
                for (target, claim), (_, room) in zip(self._ends(targets, claims, self.link_claim), rooms, strict=True):
                    m.d.comb += claim.eq(here & header.learn if target.echo else here)
                    never(m, "a pass whose spikes have no room", claim & ~room)
