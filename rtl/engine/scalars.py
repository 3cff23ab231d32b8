"""The learner's scalars: from dot products to q, b1 and S, with one multiplier (docs/arithmetic.md, steps 5, 6 and 8).

A sample at a layer, a *lesson*, takes some steps, each over all concepts, one a clock; a step is a product, a rounding shift
and a clip. `STEPS` is the program.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out

from rtl.checks import never
from rtl.engine.block import Block
from rtl.engine.learner_layouts import dot_layout, lesson_layout, scalars_host_layout, scalars_signature
from rtl.engine.scalar_sums import ScalarSums
from rtl.engine.settings import setting
from rtl.engine.steps import NUMBER, STEPS, multiply
from rtl.fixed import overflows, saturate
from rtl.formats import COEFFICIENT_BITS, DEAD_ZONE_BITS, SCALAR_BITS, SUM_BITS
from rtl.hdl import assigned, constant, signals
from rtl.memories import ram, read, write
from rtl.pipeline import Pipeline
from rtl.rsqrt import MANTISSA_BITS, Rsqrt

PULL_BITS = COEFFICIENT_BITS + 1
"""a_y is 256 - C_y, up to 512."""
ONE = 256
"""Affinity 1.0."""
HIDDEN_DEAD_ZONE = 64
"""Added to the setting in hidden layers."""
WORK_BITS = 18
"""a_k C_k, and a_k C_k t_k >> 8, signed."""


class Scalars(Block):
    """One lesson after another.

    Members:
        dot: In, `dot_layout`. dead_zone, neighbours: In, the settings; the latter of a sequence.
        lesson: In, stream of `lesson_layout`, whose dot products are there; taken when its results are, or S is in `sum`.
            spared: Out, in that clock: the sample is in the dead zone, or else teaches nothing.
        lanes: In, `scalars_signature`.
        live: Out, of each slot, a bit a concept: b1 is not 0. Of layer 0, whose lessons have one b1, it says nothing.
        host: In, `scalars_host_layout`, while nothing is under way; host_data: Out, `host_latency` clocks later.
    """

    host_latency = 2

    def _members(self, f):
        return {
            "dot": In(dot_layout(f)),
            "dead_zone": In(setting("dead_zone")),
            "lesson": In(stream.Signature(lesson_layout(f))),
            "spared": Out(1),
            "lanes": In(scalars_signature(f)),
            "live": Out(f.classes).array(f.under_way),
            "host": In(scalars_host_layout(f)),
            "host_data": Out(signed(SUM_BITS)),
        } | ({"neighbours": In(setting("neighbours"))} if f.task == "sequence" else {})

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.stages = f.stages.scalars
        self.p = p = Pipeline(m, "scalars", reset=("valid",))
        self.step, self.k_now = signals(step=range(len(STEPS)), k_now=range(f.classes + 1))
        self.own_c, self.taking = signals(own_c=signed(COEFFICIENT_BITS), taking=1)
        # The lesson and what follows from it, a clock behind: it stays as it is until it is taken.
        self.now, self.basal, self.hidden = signals(now=lesson_layout(f), basal=1, hidden=1)
        context = self.lesson.payload.context
        m.d.sync += [
            self.now.eq(self.lesson.payload),
            self.basal.eq(constant((not c.bottom for c in f.contexts), context)),
            self.hidden.eq(constant((not c.bottom and not c.top for c in f.contexts), context)),
        ]
        p.define_all(0, step=self.step, k=self.k_now)
        self._control(m)
        self._inputs(m)
        self._operands(m)
        self._results(m)
        return m

    def _control(self, m):
        """Which step, which concept."""
        f, p, lesson = self.form, self.p, self.now
        basal, apical, hidden = self.basal, lesson.apical, self.hidden
        valid, dead_zone = signals(valid=1, dead_zone=DEAD_ZONE_BITS + 1)
        # A step that waits reads from the clock on in which the last result of the one before it is in its memory.
        p.define("valid", 0, valid)
        # The dead zone is looked at two clocks behind C_y's.
        written = self.stages.results
        unwritten, flying = p.any("valid", 0, written - 1), p.any("valid", 0, written + max(2, self.stages.sum) - 1)
        first, last = Mux(basal, 0, lesson.label), Mux(basal, f.classes - 1, lesson.label)
        m.d.sync += dead_zone.eq(self.dead_zone + Mux(hidden, HIDDEN_DEAD_ZONE, 0))
        m.d.sync += self.spared.eq((ONE - self.own_c < dead_zone) | ~(basal | apical))

        def go(step: int):
            """To that step or the next one that this lesson takes."""
            if step == len(STEPS):
                m.next = "end"
                return
            what = STEPS[step]
            skips = (~basal if what.basal else 0) | (~apical if what.apical else 0)
            with m.If(skips):
                go(step + 1)
            with m.Else():
                m.d.sync += self.step.eq(step), self.k_now.eq(f.classes if what.once else first)
                m.next = f"wait {step}" if what.waits else f"step {step}"

        with m.FSM():
            with m.State("idle"), m.If(self.lesson.valid):
                m.next = "address"
                with m.If(~self.lesson.payload.take):
                    go(0)
            with m.State("address"):
                m.next = "take"
            with m.State("take"):  # S is there
                m.d.comb += self.taking.eq(1)
                m.next = "end"
            for number, step in enumerate(STEPS):
                if step.waits:
                    with m.State(f"wait {number}"), m.If(~(flying if step.name == "ac" else unwritten)):
                        m.next = f"step {number}"
                        if step.name == "ac":
                            with m.If(self.spared):
                                m.d.comb += self.lesson.ready.eq(1)
                                m.next = "idle"
                with m.State(f"step {number}"):
                    m.d.comb += valid.eq(1)
                    m.d.sync += self.k_now.eq(self.k_now + 1)
                    with m.If(step.once | (self.k_now == last)):
                        go(number + 1)
            with m.State("end"), m.If(~flying):
                m.d.comb += self.lesson.ready.eq(1)
                m.next = "idle"

    def _inputs(self, m):
        """Stage 1: what the memories hold of concept k; then t and place of |m[k]|, or of |r|, which is kept."""
        f, p, lesson, at = self.form, self.p, self.now, self.stages.operands
        k, dot, host = p.at("k", 0), self.dot, self.host
        m.submodules.dots = memory = ram(shape=signed(f.dot_bits), depth=f.under_way << len(k), block=True)
        write(m, memory, dot.valid & ~dot.norm, Cat(dot.k, dot.slot), dot.value)
        d = p.define("d", 1, read(m, memory, Cat(k, lesson.slot)))

        init = [0] * (len(f.contexts) << f.class_bits)
        for i, context in enumerate(f.contexts):
            if context.top:
                init[i << f.class_bits : (i << f.class_bits) + f.classes] = [f.steps**2] * f.classes
        m.submodules.norms = memory = ram(shape=f.norm_bits, depth=max(2, len(init)), init=init, block=True)
        by_host, host_place = host.on & host.write & ~host.sums, Cat(host.k, host.context)
        place = Mux(host.on, host_place, Cat(dot.k[: f.class_bits], dot.context))
        write(m, memory, (dot.valid & dot.norm) | by_host, place, Mux(host.on, host.data, dot.value))
        self.norm = read(m, memory, Mux(host.on, host_place, Cat(k[: f.class_bits], lesson.context)))
        m.submodules.rsqrt = rsqrt = Rsqrt(f.norm_bits, at - self.stages.root)
        p.define("n", 1, Mux(p.at("step", 1) == NUMBER["root"], d, self.norm))
        m.d.comb += rsqrt.n.eq(p.at("n", self.stages.root))
        p.define_all(at, t=rsqrt.t, place=rsqrt.place)
        self.t_r = Signal.like(rsqrt.t)
        self.place_r = Signal.like(rsqrt.place)
        with m.If(p.at("valid", at) & (p.at("step", at) == NUMBER["root"])):
            m.d.sync += self.t_r.eq(rsqrt.t), self.place_r.eq(rsqrt.place)

        self.own = {}
        for name, bits in (("u", 2 * MANTISSA_BITS), ("c", signed(COEFFICIENT_BITS)), ("work", signed(WORK_BITS))):
            m.submodules[name] = self.own[name] = ram(shape=bits, depth=1 << len(k))
            p.define(name, 1, read(m, self.own[name], k))

    def _operands(self, m):
        """The coefficient a_k; and behind it what is multiplied."""
        p, lesson, at = self.p, self.now, self.stages.operands
        c, rival = p.at("c", at), self.basal
        if self.form.task == "sequence":
            away = p.at("k", at - 1) - lesson.label
            p.define("far", at - 1, Mux(away[-1], -away, away) > self.neighbours)
            rival &= p.at("far", at)
        a = Mux(p.at("k", at) == lesson.label, ONE - c, Mux(rival & ~c[-1], -c, 0))
        # Where |m[k]| is 0, so are t, u and C, one of which a is multiplied by.
        p.define("a", at, a[:PULL_BITS].as_signed())
        self.sum_ac = Signal(signed(WORK_BITS + self.form.class_bits))
        at = self.stages.factors
        left = {name: p.at(name, at) for name in ("t", "d", "a", "work")} | {"sum": self.sum_ac[8:].as_signed()}
        right = {name: p.at(name, at) for name in ("t", "u", "c")} | {"t_r": self.t_r}
        # Only C's product is wider than a coefficient's and a root's, and 8 bits of that are always shifted away.
        bits = max(PULL_BITS + 2 * MANTISSA_BITS, self.form.dot_bits + 2 * MANTISSA_BITS - 8) + 2
        multiply(p, self.stages, left, right, {"": 0, "k": p.at("place", at), "r": self.place_r}, bits)

    def _results(self, m):
        """Into the memories, the sum of a C, C_y's register, and S."""
        f, p, lesson, at = self.form, self.p, self.now, self.stages.results
        value, k, host = p.at("value", at), p.at("k", at), self.host

        def of(name):
            return p.at("valid", at) & (p.at("step", at) == NUMBER[name])

        # Roots are at most 3 % too high, so that |C| is below 2 before the clip.
        never(m, "a C of 2 or more", of("c") & overflows(value, COEFFICIENT_BITS))
        falls = value[COEFFICIENT_BITS - 1]
        beyond = Mux(falls, ~value[8], value[8] & value[:8].any())
        c = Mux(beyond, Mux(falls, -ONE, ONE), value[:COEFFICIENT_BITS].as_signed())
        for name, on, what in (("u", of("u"), value), ("c", of("c"), c), ("work", of("ac") | of("act"), value)):
            write(m, self.own[name], on, k, what)
        with m.If(of("c") & (k == lesson.label)):
            m.d.sync += self.own_c.eq(c)
        with m.If(of("root")):
            m.d.sync += self.sum_ac.eq(0)
        with m.If(of("ac")):
            m.d.sync += self.sum_ac.eq(self.sum_ac + value)

        clipped = saturate(value, SCALAR_BITS)
        m.submodules.results = memory = ram(shape=signed(SCALAR_BITS), depth=f.under_way << (len(k) + 1), block=True)
        write(m, memory, of("q") | of("q_r") | of("b1"), Cat(k, of("b1"), lesson.slot), clipped)
        m.d.comb += self.lanes.scalar.eq(read(m, memory, Cat(self.lanes.k, self.lanes.apical, self.lanes.slot)))
        # b1 come in ascending order of k, so the last K of them are in their places.
        for slot, live in enumerate(self.live):
            with m.If(of("b1") & (lesson.slot == slot)):
                m.d.sync += live.eq(Cat(live[1:], clipped.any()))

        m.submodules.sums = sums = ScalarSums(f)
        m.d.comb += assigned(sums, context=lesson.context, k=Mux(lesson.take, lesson.label, p.at("k", at - 1)))
        m.d.comb += assigned(sums, add=of("b2"), b2=clipped, take=self.taking, host=host)
        m.d.comb += self.lanes.sum.eq(sums.sum)
        m.d.sync += self.host_data.eq(Mux(host.sums, sums.host_data, self.norm))
