"""The learning coefficients of one layer: from the dot products with the concepts to q, b1, b2 (arithmetic.md, 6 and 8).

One class a clock runs through eight stages, two clocks after its d, with a register behind every multiplier, shift and sum:

    0 t_k t_r   1 once more   2 d   3 shift   4 round: C   5 |a|   6 a t_k and a C   7 shift   8 round: q

The label's own class comes first and leaves the row after stage 5; it comes back at stage 6 behind the last rival, as the
gap loss pulls as hard as all rivals together push. q_r, which needs the sum of a C, follows three clocks later.
"""

from amaranth import Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from rtl.apical_scalars import AFFINITY_BITS, MAGNITUDE_BITS, ApicalScalars, entry_layout
from rtl.concepts import other_behind
from rtl.fixed import gated, round_half, saturate, shift_keep_half, small_product
from rtl.formats import LABEL_BITS, SCALAR_BITS
from rtl.memories import ram
from rtl.rsqrt import MANTISSA_BITS, Rsqrt, places, table_entry

ONE = 256
"""Affinity 1.0."""
MAX_PUSH = (ONE * 15) >> 3


class Coefficients(wiring.Component):
    """The learning coefficients of one layer, one sample at a time.

    Args:
        classes: number of concepts K, 2 to 64.
        dot_width, norm_width: unsigned bits of d_k = r . h[k], and of |r|^2 and |h[k]|^2.
        loss: "reco" or "gap".
        own_only: layer 0, which takes the own class only (as in ReCo, with the dead zone): d is one value a sample, and
            the ports of q are absent.
        has_backward: whether b1 and b2 are wanted; else the ports of b are absent.
        norm: |h[k]|^2 of all concepts before the first write: T^2 at the top, whose templates are one-hot.

    Members:
        margin, dead_zone, reach (In, 9), lambda8 (In, 4): settings, stable from one clock before `start` on.
        norm_write_en, norm_write_k, norm_write_data (In): |h[k]|^2. Holds for a `start` from the third clock after the
            write on. Not between the first d and `decided`.
        norm_host_k (In) -> norm_host_data (Out): |h[k]|^2, a clock later, in the clock after the write too.
        start (In), label (In, 6): a new sample. Not before `decided` and `b_done` of the last one.
        d_valid, d (In): dot products, from the second clock after `start` on: that of the label, then (not `own_only`)
            the others ascending, at most one a clock, without backpressure. d^2 <= |r|^2 |h[k]|^2, as of any two vectors.
        norm_r (In): |r|^2, stable from the first d until `decided`.
        q_address (In) -> q_data (Out, signed 16): a clock later; the K - 1 others ascending, then q_y, then q_r.
        q_count (Out): addresses below it may be read. An other's d, in clock 0, counts in clock 12 (q_y in 13 and
            q_r in 16 for the last d), and in no clock before the other ones before it.
        decided (Out): all of q is written and `teach` is known, until the next start; 16 clocks (own_only: 10) behind
            the last d.
        teach (Out): at least one a_k is not 0. silent (Out): known to be none, ahead of `decided`: in
            ReCo's dead zone from the own class on, with the gap loss from the last rival on.
        b_valid, b_ready, b_k, b1, b2: a stream, one item for each k with a_k != 0 (none where |r| = 0): the others
            ascending, then the label. From 6 clocks behind `decided`, an item in 6 clocks.
        b_done (Out): all items of this sample have been taken, or there are none, until the next start.

    Raises:
        ValueError: on a class count or a loss that is not allowed.
    """

    def __init__(
        self, classes: int, dot_width: int, norm_width: int, loss: str, own_only: bool, has_backward: bool, norm: int = 0
    ):
        if not 2 <= classes <= 64:
            raise ValueError(f"classes: found {classes}; allowed is 2 to 64")
        if loss not in ("reco", "gap"):
            raise ValueError(f"loss: found {loss!r}; allowed is 'reco' or 'gap'")
        self.classes, self.dot_width, self.norm_width = classes, dot_width, norm_width
        self.norm = norm
        self.reco, self.own_only, self.has_backward = loss == "reco" or own_only, own_only, has_backward
        k = range(classes)
        ports = {
            "margin": In(9),
            "lambda8": In(4),
            "dead_zone": In(9),
            "reach": In(9),
            "norm_write_en": In(1),
            "norm_write_k": In(k),
            "norm_write_data": In(norm_width),
            "norm_host_k": In(k),
            "norm_host_data": Out(norm_width),
            "start": In(1),
            "label": In(LABEL_BITS),
            "d_valid": In(1),
            "d": In(dot_width),
            "norm_r": In(norm_width),
            "decided": Out(1),
            "teach": Out(1),
            "silent": Out(1),
        }
        if not own_only:
            ports |= {
                "q_address": In(range(classes + 1)),
                "q_data": Out(signed(SCALAR_BITS)),
                "q_count": Out(range(classes + 2)),
            }
        if has_backward:
            ports |= {"b_valid": Out(1), "b_ready": In(1), "b_k": Out(k), "b_done": Out(1)}
            ports |= {"b1": Out(signed(SCALAR_BITS)), "b2": Out(signed(SCALAR_BITS))}
        super().__init__(ports)

    def elaborate(self, platform):
        m = Module()
        m.submodules.rsqrt = self._rsqrt = rsqrt = Rsqrt(self.norm_width)
        # Registers of this layer, as the settings are far away.
        names = ("margin", "lambda8", "dead_zone", "reach")
        self._settings = {name: Signal.like(getattr(self, name), name=f"own_{name}") for name in names}
        with m.If(self.start):
            m.d.sync += [register.eq(getattr(self, name)) for name, register in self._settings.items()]
        # Two clocks late: the first d comes with |r|^2, whose root takes as long, and is wanted in stage 0.
        came, d_valid, d, self._d = Signal(), Signal(), Signal(self.dot_width), Signal(self.dot_width)
        m.d.sync += came.eq(self.d_valid), d_valid.eq(came), d.eq(self.d), self._d.eq(d)
        streaming, own_next = Signal(), Signal()
        k, following = Signal(range(self.classes)), Signal(range(self.classes + 2))
        label = Signal(range(self.classes))
        with m.If(self.start):
            m.d.sync += [streaming.eq(1), own_next.eq(1), self.decided.eq(0), self.teach.eq(0)]
            m.d.sync += [label.eq(self.label), k.eq(self.label), following.eq(self.label == 0)]
        with m.Elif(d_valid):
            m.d.sync += [own_next.eq(0), k.eq(following), following.eq(other_behind(following, label))]

        # the address runs ahead of d, so that 1/|h[k]| is there in the same clock
        apical_k = Signal(range(self.classes))
        address = Mux(streaming, Mux(d_valid, following, k), apical_k)
        norm = self._norm_memory(m, address[: len(k)])

        item = data.StructLayout({"own": 1, "last": 1, "k": k.shape(), "t": norm.t.shape(), "place": norm.place.shape()})
        valid = [Signal(name=f"valid{i}") for i in range(7)]  # a class is at stage i
        stage = [Signal(item, name=f"stage{i}") for i in range(6)]
        m.d.comb += valid[0].eq(d_valid)
        m.d.sync += [valid[i].eq(valid[i - 1]) for i in range(1, 6)]
        m.d.comb += [stage[0].own.eq(own_next), stage[0].last.eq(following == self.classes), stage[0].k.eq(k)]
        m.d.comb += [stage[0].t.eq(norm.t), stage[0].place.eq(norm.place)]
        m.d.sync += [stage[i].eq(stage[i - 1]) for i in range(1, 6)]

        affinity, over_margin = self._affinity(m, stage)
        magnitude = self._magnitude(m, stage, valid, affinity, over_margin)
        index = Signal(range(self.classes + 1))
        if self.own_only:
            finish, entry, count = self._finish_own(m, valid, stage, affinity, magnitude, label)
        else:
            finish, entry, count = self._scalars(m, valid, stage, affinity, magnitude, label, index)
        with m.If(finish):
            m.d.sync += [streaming.eq(0), self.decided.eq(1)]

        if self.has_backward:
            m.submodules.apical = apical = ApicalScalars(self.classes, norm.place.shape().width)
            m.d.comb += [apical.clear.eq(self.start), apical.go.eq(finish), apical.count.eq(count), apical.entry.eq(entry)]
            m.d.comb += [apical.t_r.eq(rsqrt.t), apical.place_r.eq(rsqrt.place), apical.t.eq(norm.t)]
            m.d.comb += [apical.place.eq(norm.place), apical.b_ready.eq(self.b_ready), index.eq(apical.index)]
            m.d.comb += [getattr(self, name).eq(getattr(apical, name)) for name in ("b_valid", "b_k", "b1", "b2", "b_done")]
            m.d.comb += apical_k.eq(apical.entry_k)
        return m

    def _norm_memory(self, m: Module, address):
        """1/sqrt of every norm, taken on the write: K words (t, place). The norms themselves are the host's to read."""
        rsqrt = self._rsqrt
        m.submodules.norms = norms = ram(shape=self.norm_width, depth=self.classes, init=[self.norm] * self.classes)
        write, read = norms.write_port(), norms.read_port()
        m.d.comb += [write.en.eq(self.norm_write_en), write.addr.eq(self.norm_write_k), write.data.eq(self.norm_write_data)]
        m.d.comb += [read.addr.eq(self.norm_host_k), self.norm_host_data.eq(read.data)]

        shape = data.StructLayout({"t": MANTISSA_BITS, "place": range(places(self.norm_width))})
        t, place = table_entry(self.norm)
        m.submodules.roots = roots = ram(shape=shape, depth=self.classes, init=[{"t": t, "place": place}] * self.classes)
        write, read = roots.write_port(), roots.read_port()
        m.d.comb += rsqrt.n.eq(Mux(self.norm_write_en, self.norm_write_data, self.norm_r))
        late = Cat(self.norm_write_en, self.norm_write_k)
        for _ in range(rsqrt.latency):
            delayed = Signal(len(late))
            m.d.sync += delayed.eq(late)
            late = delayed
        m.d.comb += Cat(write.en, write.addr).eq(late)
        m.d.comb += [write.data.t.eq(rsqrt.t), write.data.place.eq(rsqrt.place), read.addr.eq(address)]
        return read.data

    def _affinity(self, m: Module, stage: list):
        """Stages 1 to 4: C, and max(0, C - margin), both of stage 5."""
        rsqrt = self._rsqrt
        # The roots' product first, as one multiplier then has room for its product with d.
        d = [self._d, *(Signal(self.dot_width, name=f"d{i}", reset_less=True) for i in (1, 2))]
        roots = [Signal(2 * MANTISSA_BITS, name=f"roots{i}", reset_less=True) for i in (1, 2)]
        by_both, shift = Signal(self.dot_width + 2 * MANTISSA_BITS, reset_less=True), Signal(range(2 * rsqrt.places - 1))
        m.d.sync += [d[1].eq(d[0]), d[2].eq(d[1]), roots[0].eq(stage[0].t * rsqrt.t), roots[1].eq(roots[0])]
        m.d.sync += [by_both.eq(d[2] * roots[1]), shift.eq(stage[2].place + rsqrt.place)]
        # 1/sqrt is at most 3 % too high, so that C with its half bit is below 2 (256 1.03^2) < 1024 before the clip
        half, offset = Signal(AFFINITY_BITS + 1), Signal(signed(AFFINITY_BITS + 2), init=1)
        m.d.sync += half.eq(shift_keep_half(by_both, 8) >> shift)
        clipped = half[:AFFINITY_BITS] | half[-1].replicate(AFFINITY_BITS)
        m.d.sync += offset.eq(1 - (self._settings["margin"] << 1))
        affinity, over_margin = Signal(AFFINITY_BITS), Signal(AFFINITY_BITS)
        above = Signal(signed(AFFINITY_BITS + 2))  # twice C - margin, rounded by the same half
        m.d.comb += above.eq(clipped + offset)
        m.d.sync += [affinity.eq(round_half(clipped)), over_margin.eq(gated(above[1:], ~above[-1]))]
        return affinity, over_margin

    def _magnitude(self, m: Module, stage: list, valid, affinity, over_margin):
        """Stage 5: |a_k| for stage 6; for the own class what ReCo wants. 0 where |h[k]| = 0."""
        magnitude, push = Signal(MAGNITUDE_BITS), Signal(MAGNITUDE_BITS)
        dead = Signal()
        m.d.comb += dead.eq(affinity + self._settings["dead_zone"] > ONE)
        pull = Mux(dead, 0, ONE - affinity)
        if self.own_only:
            m.d.comb += push.eq(pull)
        elif self.reco:
            with m.If(self.start):
                m.d.sync += self.silent.eq(0)
            with m.Elif(valid[5] & stage[5].own):
                m.d.sync += self.silent.eq(dead)
            pushed = small_product(self._settings["lambda8"], over_margin) >> 3
            m.d.comb += push.eq(Mux(stage[5].own, pull, Mux(self.silent, 0, pushed)))
        else:
            full_push_below, behind = Signal(signed(AFFINITY_BITS + 2)), Signal(signed(AFFINITY_BITS + 2))
            with m.If(valid[5] & stage[5].own):
                m.d.sync += full_push_below.eq(affinity - self._settings["reach"])
            m.d.comb += behind.eq(full_push_below - affinity)
            m.d.comb += push.eq(Mux(behind < 0, 32, Const(32, 6) >> behind[3:]))
        m.d.sync += magnitude.eq(gated(push, stage[5].t[-1]))
        return magnitude

    def _finish_own(self, m: Module, valid, stage: list, affinity, magnitude, label):
        """Stages 6 and 7 of layer 0: its one entry for the apical side."""
        t, c = Signal(MANTISSA_BITS), Signal(AFFINITY_BITS)
        entry, finish = Signal(entry_layout(self.classes)), Signal()
        m.d.sync += [valid[6].eq(valid[5]), finish.eq(valid[6])]
        with m.If(valid[5]):
            m.d.sync += [t.eq(stage[5].t), c.eq(affinity)]
        with m.If(valid[6]):
            m.d.sync += [entry.scaled.eq(magnitude * t), entry.affinity.eq(c), self.teach.eq(magnitude.any())]
        m.d.comb += entry.k.eq(label)
        return finish, entry, self.teach

    def _scalars(self, m: Module, valid, stage: list, affinity, magnitude, label, index):
        """Stages 6 to 8: q of every class, q_r, and the list of entries for the apical side."""
        rsqrt, layout = self._rsqrt, entry_layout(self.classes)
        total_bits = ((self.classes - 1) * MAX_PUSH * ONE + ONE * ONE).bit_length() + 1
        at6 = data.StructLayout(
            {"t": signed(MANTISSA_BITS + 1), "place": stage[0].place.shape(), "k": label.shape(), "c": 9}
        )
        now, own = Signal(at6), Signal(at6)
        last, own_turn, wait, waited, r_turn = Signal(), Signal(), Signal(), Signal(), Signal()
        own_magnitude = Signal(MAGNITUDE_BITS)
        total = Signal(signed(total_bits))
        m.d.sync += [valid[6].eq(valid[5] & ~stage[5].own), last.eq(valid[5] & ~stage[5].own & stage[5].last)]
        m.d.sync += [own_turn.eq(last), wait.eq(own_turn), waited.eq(wait), r_turn.eq(waited)]
        with m.If(valid[5] & stage[5].own):
            m.d.sync += [own.t.eq(stage[5].t), own.place.eq(stage[5].place), own.k.eq(label), own.c.eq(affinity)]
        with m.If(last):
            m.d.sync += now.eq(own)
        with m.Elif(own_turn | wait | waited):
            m.d.sync += [now.t.eq(rsqrt.t), now.place.eq(rsqrt.place)]
        with m.Else():
            m.d.sync += [now.t.eq(-stage[5].t), now.place.eq(stage[5].place), now.k.eq(stage[5].k), now.c.eq(affinity)]

        if self.reco:
            own_came = Signal()
            m.d.sync += own_came.eq(valid[5] & stage[5].own)
            with m.If(own_came):
                m.d.sync += own_magnitude.eq(magnitude)
        else:
            pulled, pushed = own_magnitude + magnitude, Signal()
            with m.If(self.start):
                m.d.sync += own_magnitude.eq(0), pushed.eq(0), self.silent.eq(0)
            with m.Elif(valid[6]):
                m.d.sync += pushed.eq(pushed | magnitude.any()), self.silent.eq(last & ~pushed & ~magnitude.any())
                with m.If(own.t[MANTISSA_BITS - 1]):
                    m.d.sync += own_magnitude.eq(Mux(pulled > ONE, ONE, pulled))

        # a = -|a| for the others: their t is negative here; the own class keeps its sign
        size = Mux(own_turn, own_magnitude, magnitude)
        operand = Signal(signed(max(total_bits - 8, MAGNITUDE_BITS + 1)), reset_less=True)
        scaled = Signal(signed(len(operand) + MANTISSA_BITS))
        weighted = Signal(2 * AFFINITY_BITS)
        # Once more in registers, the multipliers' own: where they are is far away.
        flags = data.StructLayout({"valid": 1, "own": 1, "r": 1, "live": 1})
        going, gone, r8 = Signal(flags), Signal(flags), Signal()
        taken, late, taken_size = Signal(at6, reset_less=True), Signal(at6), Signal(MAGNITUDE_BITS, reset_less=True)
        m.d.sync += [operand.eq(gated(total >> 8, r_turn) | gated(size, ~r_turn)), taken_size.eq(size), taken.eq(now)]
        m.d.sync += [going.valid.eq(valid[6] | own_turn), going.live.eq((valid[6] | own_turn) & size.any())]
        m.d.sync += [going.own.eq(own_turn), going.r.eq(r_turn), gone.eq(going), r8.eq(gone.r)]
        m.d.sync += [scaled.eq(operand * taken.t), weighted.eq(taken_size * taken.c), late.eq(taken)]
        class7, own7, r7, live7 = gone.valid, gone.own, gone.r, gone.live
        with m.If(self.start):
            m.d.sync += total.eq(0)
        with m.Elif(class7):
            m.d.sync += total.eq(Mux(own7, total + weighted, total - weighted))

        half, write_q = Signal(signed(len(scaled) - 3)), Signal()
        m.d.sync += [half.eq(shift_keep_half(scaled, 4) >> late.place), write_q.eq(class7 | r7)]
        m.submodules.q = q = ram(shape=signed(SCALAR_BITS), depth=self.classes + 1, init=[])
        q_write, q_read = q.write_port(), q.read_port()
        m.d.comb += [q_write.en.eq(write_q), q_write.addr.eq(self.q_count)]
        m.d.comb += q_write.data.eq(saturate(round_half(half), SCALAR_BITS))
        m.d.comb += [q_read.addr.eq(self.q_address), self.q_data.eq(q_read.data)]
        with m.If(self.start):
            m.d.sync += self.q_count.eq(0)
        with m.Elif(write_q):
            m.d.sync += self.q_count.eq(self.q_count + 1)

        count, entry = Signal(range(self.classes + 1)), Signal(layout)
        with m.If(live7):
            m.d.sync += self.teach.eq(1)
        if self.has_backward:
            m.submodules.entries = entries = ram(shape=layout, depth=self.classes, init=[])
            write, read = entries.write_port(), entries.read_port()
            m.d.comb += [write.en.eq(live7), write.addr.eq(count), write.data.scaled.eq(scaled)]
            m.d.comb += [write.data.k.eq(late.k), write.data.affinity.eq(late.c), read.addr.eq(index), entry.eq(read.data)]
            with m.If(self.start):
                m.d.sync += count.eq(0)
            with m.Elif(live7):
                m.d.sync += count.eq(count + 1)
        return r8, entry, count
