"""The learner's lanes: P multiply-add units, with the memories they work on (docs/arithmetic.md, steps 6 to 9)."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.checks import asserted, never
from rtl.engine.block import Block
from rtl.engine.dots import SQUARE_BITS, add_up
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import count_layout, counts_layout, errors_layout, lanes_of, sent, templates_layout
from rtl.engine.learner_layouts import host_layout, lanes_signature, scalars_signature
from rtl.engine.rounding import Rounding
from rtl.engine.settings import setting
from rtl.engine.stages import FAST
from rtl.fixed import clipped, gated, overflows
from rtl.formats import SCALAR_BITS, SUM_BITS, TEMPLATE_BITS, ceil_log2
from rtl.hdl import assigned, constant
from rtl.memories import ram, read, write
from rtl.pipeline import Pipeline

HALF = SUM_BITS // 2
"""S is multiplied in two halves, so that a factor has 17 bits."""
HIGH_SHIFT = 4
"""Of the upper half; its template is shifted by the rest."""
MULTIPLICAND_BITS = TEMPLATE_BITS + HALF - HIGH_SHIFT
TOTAL_BITS = SUM_BITS + TEMPLATE_BITS - 1
"""X = E - S m, |m| <= 31; an e of 64 concepts is smaller."""


class Vector(Block):
    """An item a clock, through a pipeline without backpressure.

    A word of templates or of E is at concept x places + place. Templates of layer L are constants, in the same memory.

    Members:
        lanes: In, `lanes_signature`; the bank is stable. scalars: Out, `scalars_signature`; S is stable while items want it.
        counts, templates: In, `counts_layout`, `templates_layout` with `valid`, written.
        block_shift: In, G's rounding shift, stable. errors: Out, `errors_layout` with `valid`.
        host: In, `host_layout`, while nothing is under way; host_data: Out, `host_latency` clocks behind the request.
    """

    host_latency = FAST.vector.total + Rounding.pick_latency

    def __init__(self, form: EngineFormat):
        self.backward = any(c.pre_apical for c in form.contexts)
        super().__init__(form)

    def _members(self, f):
        return {
            "lanes": In(lanes_signature(f)),
            "scalars": Out(scalars_signature(f)),
            "counts": In(sent(counts_layout(f))),
            "templates": In(sent(templates_layout(f))),
            "block_shift": In(setting("block_shift")),
            "errors": Out(sent(errors_layout(f))),
            "host": In(host_layout(f)),
            "host_data": Out(signed(SUM_BITS)),
        }

    def elaborate(self, platform):
        m = Module()
        f, at = self.form, self.form.stages.vector
        self.stages = at
        self.p = p = Pipeline(m, "vector", reset=("item",))
        item = p.define("item", 0, self.lanes.item)
        start = constant((k * f.places for k in range(f.classes + 1)), item.k)
        word = Mux(self.host.on, self.host.word, start + item.place)[: ceil_log2(max(2, f.classes * f.places))]
        p.define_all(0, word=word, host_on=self.host.on, host_sums=self.host.on & self.host.sums)
        self._memories(m)
        scalar = self._scalar(m)
        totals = self._lanes(m, scalar)
        self._store(m, totals)
        add_up(m, p, at.added, f.lanes, self.lanes.dot, self.lanes.state.dotting)
        m.submodules.rounding = rounding = Rounding(f, TOTAL_BITS)
        item, kinds = p.at("item", at.total), ("error", "apical", "low", "high")
        windows = Mux(item.high, p.at("edges", at.total), p.at("windows", at.total))
        starts = item.last & (item.error | item.high)
        m.d.comb += assigned(rounding, start=starts, pick=p.at("host_on", at.total), lane=self.host.lane)
        m.d.comb += assigned(rounding, apical=item.high, context=item.context, place=item.place, bank=self.lanes.bank)
        m.d.comb += assigned(rounding, block_shift=self.block_shift, clear=self.lanes.clear)
        m.d.comb += [
            *(rounding.totals[i].eq(totals[i]) for i in range(f.lanes)),
            *(rounding.windows[i].eq(windows.word_select(i, 2)) for i in range(f.lanes)),
            self.lanes.state.wrong.eq(rounding.wrong),
            self.host_data.eq(rounding.picked),
        ]
        connect(m, rounding.errors, flipped(self.errors))
        flying = [Cat(p.at("item", stage)[kind] for kind in kinds).any() for stage in range(at.store + 1)]
        m.d.comb += self.lanes.state.busy.eq(Cat(*flying, rounding.busy).any())
        if self.backward and asserted():
            first = at.sums_address
            reads, word = p.at("item", first).apical | p.at("item", first).low, p.at("word", first)
            for stage in range(first + 1, at.store + 1):
                writes = p.at("item", stage).apical | p.at("item", stage).high
                never(m, "E is read before it is written", reads & writes & (p.at("word", stage) == word))
        return m

    def _memories(self, m):
        """Counts of two samples, and templates: read behind the stage of their addresses, and kept in a register there."""
        f, p, lanes = self.form, self.p, range(self.form.lanes)
        at = self.stages.memory
        item = p.at("item", at)
        m.submodules.counts = counts = ram(shape=lanes_of(f, count_layout(f)), depth=2 << f.place_bits)
        seen = self.counts.payload
        write(m, counts, self.counts.valid, Cat(seen.place, seen.parity), seen.lanes)
        kept = read(m, counts, Cat(item.place, item.parity))
        p.define_all(at + 1, counts=Cat(lane.count for lane in kept), windows=Cat(lane.window for lane in kept))

        shape = lanes_of(f, signed(TEMPLATE_BITS))
        m.submodules.templates = memory = ram(shape=shape, depth=max(2, f.classes * f.places), init=self._constants())
        port = memory.write_port(granularity=1)
        host, new = self.host, self.templates
        start = constant((k * f.places for k in range(f.classes)), new.payload.k)
        m.d.sync += [
            port.addr.eq(Mux(host.on, host.word, start + new.payload.place)),
            port.en.eq(Mux(host.on & host.write & ~host.sums, self._one_lane(), new.valid.replicate(f.lanes))),
            *(port.data[i].eq(Mux(host.on, host.data[:TEMPLATE_BITS], new.payload.lanes[i])) for i in lanes),
        ]
        p.define("templates", at + 1, Value.cast(read(m, memory, p.at("word", at))))

    def _one_lane(self):
        return (Const(1, self.form.lanes) << self.host.lane)[: self.form.lanes]

    def _constants(self) -> list:
        """The templates at the start: T at neuron k of the top, else 0."""
        f = self.form
        words = [[0] * f.lanes for _ in range(max(2, f.classes * f.places))]
        for context in f.contexts:
            for k in range(f.classes if context.top else 0):
                words[k * f.places + context.place_base + k // f.lanes][k % f.lanes] = f.steps
        return words

    def _scalar(self, m):
        """The factor that all lanes share, in the stage `factors`."""
        p, at, scalars = self.p, self.stages.scalar, self.scalars
        asking = p.at("item", self.stages.ask)
        p.define("scalar", self.stages.ask + 1, scalars.scalar)
        m.d.comb += [getattr(scalars, name).eq(asking[name]) for name in ("k", "slot", "apical")]
        item = p.at("item", at)
        factor = Signal(signed(SCALAR_BITS + 1))
        with m.If(item.low):
            m.d.comb += factor.eq(scalars.sum[:HALF])
        with m.Elif(item.high):
            m.d.comb += factor.eq(scalars.sum[HALF:].as_signed() << HIGH_SHIFT)
        with m.Elif(p.at("host_on", at)):
            m.d.comb += factor.eq(~p.at("host_sums", at))
        with m.Else():
            m.d.comb += factor.eq(p.at("scalar", at))
        minus = (item.error & item.own) | item.low | item.high
        p.define("factor", at, Mux(minus, -factor, factor)[: SCALAR_BITS + 1].as_signed())
        return p.at("factor", self.stages.factors)

    def _lanes(self, m, scalar):
        """Factors, product, sum."""
        f, p, at = self.form, self.p, self.stages.factors
        item, product, last = p.at("item", at), self.stages.product, self.stages.total - 1
        counts, templates = p.at("counts", at), p.at("templates", at)
        adding, host = p.at("item", last), p.at("host_on", last)
        on = adding.error | adding.apical | adding.low | adding.high | host
        from_sums = adding.apical | adding.low | p.at("host_sums", last)
        go_on = ~adding.first & ~host
        if self.backward:
            shape = lanes_of(f, signed(SUM_BITS))
            m.submodules.sums = memory = ram(shape=shape, depth=max(2, f.classes * f.places))
            self.sums_write = memory.write_port(granularity=1)
            at_sums = self.stages.sums_address
            p.define("sums", at_sums + 1, Value.cast(read(m, memory, p.at("word", at_sums))))
        # Layer 0's X opens by its templates, its counts (step 9); that of the others always.
        bottom = constant((c.bottom for c in f.contexts), item.context)
        old = [templates.word_select(i, TEMPLATE_BITS).as_signed() for i in range(f.lanes)]
        p.define("edges", at, Cat(Cat(~bottom | (m_i > 0), ~bottom | (m_i < f.steps)) for m_i in old))
        totals = []
        for i in range(f.lanes):
            count = Cat(counts.word_select(i, f.count_bits), 0).as_signed()
            template = templates.word_select(i, TEMPLATE_BITS).as_signed()
            multiplicand = Signal(signed(MULTIPLICAND_BITS), name=f"multiplicand{i}")
            m.d.comb += multiplicand.eq(Mux(item.own, count, Mux(item.high, template << (HALF - HIGH_SHIFT), template)))
            p.define(f"multiplicand{i}", at, multiplicand)
            # Of a square, the lower bits are enough; the upper ones of its factor are nothing.
            own = Mux(item.norm, template, count)
            low = Mux(item.dot, Cat(own, own[-1].replicate(SQUARE_BITS))[:SQUARE_BITS], scalar[:SQUARE_BITS])
            p.define(f"factor{i}", at, Cat(low, scalar[SQUARE_BITS:]).as_signed())
            p.define(f"product{i}", product, (p.at(f"factor{i}", product) * p.at(f"multiplicand{i}", product))[:TOTAL_BITS])
            total = Signal(signed(TOTAL_BITS), name=f"total{i}")
            addend = Mux(go_on, total, 0)
            if self.backward:
                stored = p.at("sums", last).word_select(i, SUM_BITS).as_signed()
                addend = Mux(from_sums, stored, addend)
            with m.If(on):
                m.d.sync += total.eq(addend + p.at(f"product{i}", last).as_signed())
            totals.append(total)
        return totals

    def _store(self, m, totals):
        """E, clipped; 0 behind a block's errors; or what the host writes."""
        if not self.backward:
            return
        p, port, host, item = self.p, self.sums_write, self.host, self.p.at("item", self.stages.total)
        total_at, store_at = self.stages.total, self.stages.store
        by_host = Signal()  # a register: from a host far away to all lanes; what it writes stays
        m.d.sync += by_host.eq(host.on & host.write & host.sums)
        for i, total in enumerate(totals):
            never(m, "E is more than a bit too large to be clipped", item.apical & overflows(total, SUM_BITS + 1))
            kept = clipped(total[: SUM_BITS + 1].as_signed(), SUM_BITS, item.apical)
            p.define(f"stored{i}", total_at, kept | gated(host.data, by_host))
            m.d.comb += port.data[i].eq(p.at(f"stored{i}", store_at))
        own = (item.apical | item.high).replicate(self.form.lanes)
        p.define("store_word", total_at, Mux(by_host, host.word, p.at("word", total_at)))
        p.define("store", total_at, Mux(by_host, self._one_lane(), own))
        m.d.comb += port.addr.eq(p.at("store_word", store_at)), port.en.eq(p.at("store", store_at))
