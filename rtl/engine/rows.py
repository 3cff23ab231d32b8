"""Rows: lists the active rows of every source's samples, so that a pass walks nothing else (contract, steps 2, 7 and 9)."""

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import entry_layout, job_layout, lanes_of, spikes_layout
from rtl.engine.lists import Lists, ends_of, owner_of
from rtl.engine.signatures import listing_signature
from rtl.fixed import times
from rtl.formats import ceil_log2
from rtl.hdl import constant, one_of, selected, signals
from rtl.memories import ram
from rtl.spikes import pixel_count, train_count


def kept_signature(f: EngineFormat) -> wiring.Signature:
    """The host's way to the counts of last samples. The address stays from two clocks before `write`, and three before the
    read, on."""
    return wiring.Signature(
        {
            "address": Out(ceil_log2(max(2, f.kept_words))),
            "lane": Out(max(1, ceil_log2(f.lanes))),
            "data": Out(f.count_bits),
            "write": Out(1),
            "read": In(f.count_bits),
        }
    )


class Rows(Block):
    """Takes words of spikes and lists, by source, the rows active now (upwards) and those active two samples ago only
    (downwards from the other end), each with its count then; a row a clock, a word three at least.

    Of an auto-encoder a layer's perceptions have the counts of its echo two samples ago: what a layer is taught was
    recalled, and its update rides on the pass over what is perceived. The echo's own old counts mean nothing: it applies no
    errors.

    Layer 1's own counts of the sample before, where it is recurrent, are more rows of its samples: their words are of the
    `lateral` source, and fill the stimulus' lists (`rtl.engine.lists`). Channels may be in the midst of samples of different
    sources.

    Args:
        channels: streams that words come by.

    Members:
        words: In, streams of `spikes_layout`. listing: Out, `listing_signature`.
        index: In, an address -> entry: Out, `entry_layout`, `entry_clocks` later.
        idle: Out, no word is inside. host: In, `kept_signature`, while idle.
    """

    def __init__(self, form: EngineFormat, channels: int):
        self.channels, self.sources = channels, form.sources
        super().__init__(form)

    def _members(self, f):
        return {
            "words": In(stream.Signature(spikes_layout(f))).array(self.channels),
            "listing": Out(listing_signature(f)),
            "index": In(f.list_bits),
            "entry": Out(entry_layout(f)),
            "idle": Out(1),
            "host": In(kept_signature(f)),
        }

    def elaborate(self, platform):
        m = Module()
        f = self.form
        m.submodules.list = rows = ram(shape=entry_layout(f), depth=1 << f.list_bits)
        put = rows.write_port()
        get = rows.read_port()
        m.d.comb += get.addr.eq(self.index)
        domain = m.d.sync if f.entry_clocks == 2 else m.d.comb
        domain += self.entry.eq(get.data)
        m.submodules.lists = self.lists = lists = Lists(f)
        held, channel, picks_next = self._take(m)
        olds = self._counts(m, held, picks_next)
        self._pick(m, put, held, channel, picks_next, olds)
        connect(m, lists.listing, flipped(self.listing))
        return m

    def _take(self, m):
        """One word of the channels, in turns. Returns it, as a stream that goes on by `picks_next`, and its channel.

        Whose turn it is, is known a clock before: no channel's `ready` hangs on another's `valid`, nor on what is picked.
        """
        valid, held = signals(valid=1, held=spikes_layout(self.form))
        channel, turn = signals(channel=range(max(2, self.channels)), turn=range(max(2, self.channels)))
        fetched, picks_next, pick_free = signals(fetched=1, picks_next=1, pick_free=1)
        self.pick_free = pick_free
        offered = Cat(words.valid for words in self.words)
        granted = Signal(self.channels)
        m.d.comb += picks_next.eq(valid & fetched & pick_free)
        m.d.sync += fetched.eq(valid & ~picks_next), valid.eq((valid & ~picks_next) | (~valid & granted.any()))
        with m.If(~granted.any()):
            for number in reversed(range(self.channels)):  # that of `turn` where it is there, else the first
                with m.If(offered[number]):
                    m.d.sync += granted.eq(1 << number)
            with m.If(offered.bit_select(turn, 1)):
                m.d.sync += granted.eq(Const(1, self.channels) << turn)
        for number, words in enumerate(self.words):
            m.d.comb += words.ready.eq(granted[number] & ~valid)
            with m.If(granted[number] & ~valid):
                m.d.sync += held.eq(words.payload), channel.eq(number), granted.eq(0)
                m.d.sync += turn.eq(0 if number + 1 == self.channels else number + 1)
        self.word_inside = valid
        return held, channel, picks_next

    def _counts(self, m, held, picks_next):
        """The senders' counts as they were in this slot; with the word's turn its own take their place. Returns the old."""
        f, sources, host = self.form, self.sources, self.host
        layout = lanes_of(f, f.count_bits)
        m.submodules.counts = counts = ram(shape=layout, depth=max(2, f.kept_words))
        read = counts.read_port()
        write = counts.write_port()
        here = self._place(m, held, picks_next, read.addr.shape())
        m.d.comb += read.addr.eq(Mux(self.word_inside, here, host.address))
        direct = [number for number, source in enumerate(sources) if source.direct]
        new = Signal(layout)
        for p in range(f.lanes):
            count = train_count(held.trains[p][: f.steps], f.steps)
            for number in direct:
                count = Mux(held.source == number, pixel_count(held.trains[p][:4], f.steps), count)
            m.d.comb += new[p].eq(Mux(self.word_inside, count, Mux(host.lane == p, host.data, read.data[p])))
        kept = 1
        if f.echoes:
            kept = constant([int(s.apical or s.echo) for s in sources], held.source).any()
        m.d.sync += write.en.eq((picks_next & kept) | host.write), write.addr.eq(read.addr), write.data.eq(new)
        lanes = range(f.lanes)
        m.d.comb += host.read.eq(selected(m, "host", [read.data[p] for p in lanes], [host.lane == p for p in lanes]))
        forgets = f.learn and f.lateral_source is not None
        return self._first_has_none(m, held, read.addr, picks_next, read.data) if forgets else read.data

    def _first_has_none(self, m, held, address, picks_next, counts):
        """The first sample after reset saw no lateral rows: its update, two samples later, has none, whatever is kept there
        of a sample from before the reset."""
        lateral = self.sources[self.form.lateral_source]
        forgets = Signal()
        first = Signal(init=1)
        m.d.sync += forgets.eq(first & (held.source == self.form.lateral_source))
        with m.If(picks_next & (address == lateral.count_base + lateral.slots * lateral.words - 1)):
            m.d.sync += first.eq(0)
        return data.View(counts.shape(), Mux(forgets, 0, counts.as_value()))

    def _place(self, m, held, picks_next, shape):
        """The address of the senders' counts in this slot: it goes round all slots, or is the sample's, by its parity."""
        sources, by_parity = self.sources, self.form.autoencoder
        starts = [0 if by_parity else s.count_base for s in sources]
        words = [s.words if by_parity else s.slots * s.words for s in sources]
        places = [Signal(shape, name=f"place{i}", init=start) for i, start in enumerate(starts)]
        here = Array(places)[held.source]
        last = constant([start + count - 1 for start, count in zip(starts, words, strict=True)], held.source)
        first = constant(starts, held.source)
        for number, place in enumerate(places):
            with m.If(picks_next & (held.source == number)):
                m.d.sync += place.eq(Mux(here == last, first, here + 1))
        if not by_parity:
            return here
        bases = [s.count_base + parity * s.words for s in sources for parity in range(2)]
        return (constant(bases, Cat(held.header.parity, held.source)) + here)[: shape.width]

    def _pick(self, m, put, held, channel, picks_next, olds):
        """Picks a word's rows one by one, and says when its sender is through with a sample."""
        f, sources, lists = self.form, self.sources, self.lists
        mask, rest, pick = signals(mask=f.lanes, rest=f.lanes, pick=f.lanes)
        next_word = {"trains": held.trains, "olds": olds, "source": held.source, "header": held.header, "channel": channel}
        now = {name: Signal.like(what, name=f"now_{name}") for name, what in next_word.items()}  # whose rows are picked
        ending = Signal()  # it is its sample's last
        counted = self.channels + (0 if f.lateral_source is None else 2)  # by channel, or by list where it has two senders
        tallies = [Signal(job_layout(f)["new"].shape, name=f"{name}{i}") for name in ("new", "old") for i in range(counted)]
        new, old = Array(tallies[:counted]), Array(tallies[counted:])
        words = [Signal(range(max(2, *(s.words for s in sources))), name=f"word{i}") for i in range(self.channels)]
        base = Signal(range(f.most_rows + f.lanes))
        active = Cat(train.any() for train in held.trains)
        was = Cat(count.any() for count in olds)
        m.d.comb += rest.eq(mask & (mask - 1)), pick.eq(mask & ~rest), self.pick_free.eq(~mask.any() & ~ending)
        m.d.sync += mask.eq(rest), ending.eq(ending & mask.any())
        never(m, "two rows are picked at once", (pick & (pick - 1)).any())
        last = Array(words)[channel] == constant([s.words - 1 for s in sources], held.source)
        with m.If(picks_next):
            first_row = constant([s.first_row for s in sources], held.source) if f.lateral_source is not None else 0
            m.d.sync += [mask.eq(active | was), ending.eq(last), base.eq(times(Array(words)[channel], f.lanes) + first_row)]
            m.d.sync += [now[name].eq(what) for name, what in next_word.items()]
            m.d.sync += Array(words)[channel].eq(Mux(last, 0, Array(words)[channel] + 1))

        # Its fields are picked out, and in the next clock they are written; only then is the sample listed.
        picked, chosen, source = signals(picked=1, chosen=f.lanes, source=f.source_bits)
        of_channel = Signal.like(channel)
        tally = Signal(range(counted))
        trains = Signal.like(held.trains)
        counts = Signal.like(olds)
        first = Signal.like(base)
        closing, ended, header = signals(closing=1, ended=1, header=held.header.shape())
        domain = m.d.sync if f.stages.picked else m.d.comb
        domain += picked.eq(mask.any()), chosen.eq(pick), source.eq(now["source"]), of_channel.eq(now["channel"])
        domain += trains.eq(now["trains"]), counts.eq(now["olds"]), first.eq(base), header.eq(now["header"])
        domain += closing.eq(ending & ~mask.any())
        m.d.sync += ended.eq(closing)
        entry = put.data
        train = one_of(chosen, trains)
        is_new = train.any()
        second = lists.filling.bit_select(source, 1)
        front, back = ends_of(sources, Cat(second, source))
        two = 0 if f.lateral_source is None else owner_of(f, source) == f.lateral_source - 1
        m.d.comb += tally.eq(Mux(two, self.channels + second, of_channel))
        m.d.comb += lists.row.eq(picked), lists.row_source.eq(source)
        m.d.sync += put.en.eq(picked), put.addr.eq(Mux(is_new, front + new[tally], back - old[tally]))
        m.d.sync += entry.row.eq(first + one_of(chosen, range(f.lanes))), entry.train.eq(train)
        m.d.sync += entry.old.eq(one_of(chosen, counts))
        with m.If(picked & is_new):
            m.d.sync += new[tally].eq(new[tally] + 1)
        with m.If(picked & ~is_new):
            m.d.sync += old[tally].eq(old[tally] + 1)
        ended_tally = Signal.like(tally)
        m.d.sync += lists.ended_source.eq(source), ended_tally.eq(tally), lists.header.eq(header)
        m.d.comb += [
            lists.ended.eq(ended),
            lists.new.eq(new[ended_tally]),
            lists.old.eq(old[ended_tally]),
            self.idle.eq(~self.word_inside & ~mask.any() & ~ending & ~picked & ~closing & ~ended),
        ]
        with m.If(lists.closed):
            m.d.sync += new[ended_tally].eq(0), old[ended_tally].eq(0)
