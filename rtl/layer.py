"""One three-compartment layer: both networks' synapses and somas, concepts, affinity and plasticity, and their schedule.

A layer takes samples as they come from below. After the last sample of a block it waits for the recall: K concepts as
spikes from the layer above, each walked in one pass that first applies what the block has taught Theta. No other layer is
asked for anything, so layers run on different samples at once, and all drain at a block's end.
"""

from contextlib import nullcontext

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.affinity import Affinity
from rtl.coefficients import Coefficients
from rtl.concepts import Concepts
from rtl.formats import LABEL_BITS, RATE_BITS, LayerFormat
from rtl.layer_host import layer_host_signature
from rtl.layer_memories import connect_memories
from rtl.noise import Noise
from rtl.plasticity import Plasticity
from rtl.ports import settings_layout
from rtl.readout import counters_layout
from rtl.sample_counters import WALKED, SampleCounters
from rtl.soma import Soma
from rtl.spikes import ActiveRows, spike_word
from rtl.streams import Held
from rtl.synapses import Synapses, sums_behind


def stimulus_word(form: LayerFormat) -> data.StructLayout:
    """Layer 0's own counts of a sample, a group at a time."""
    counts = data.ArrayLayout(form.count_bits, form.lanes)
    return data.StructLayout({"counts": counts, "label": LABEL_BITS, "learn": 1, "recall": 1})


class Layer(wiring.Component):
    """Layer l of 0..L.

    Members:
        i: In, stream: spikes from below (`spike_word`), or layer 0's `stimulus_word`.
        o: Out, stream: spikes to the layer above (`spike_word`), not at the top and at layer 0.
        apical_i, apical_o: In/Out, streams of `spike_word`: recalled spikes from above and to below.
        voltages: Out, top only, stream of V_L, a group at a time. counters: Out, stream, one item a sample, not at layer 0.
        settings, rate: In, registers; rate = that of W + 8.
        walked: Out, rows the lanes have walked for the group that ends now, else 0. idle: Out, nothing inside.
        host: In, see `layer_host_signature`.
    """

    def __init__(self, form: LayerFormat):
        self.form = f = form
        self.bottom, self.top = f.layer == 0, f.top
        members = {
            "settings": In(settings_layout()),
            "rate": In(RATE_BITS),
            "walked": Out(range(f.pre_basal + f.pre_apical + 1)),
            "idle": Out(1),
            "host": In(layer_host_signature()),
        }
        if self.bottom:
            members["i"] = In(stream.Signature(stimulus_word(f)))
        else:
            members["i"] = In(stream.Signature(spike_word(f.lanes_basal, f.basal_planes)))
            members["counters"] = Out(stream.Signature(counters_layout))
            if f.learn:
                members["apical_o"] = Out(stream.Signature(spike_word(f.lanes, f.steps)))
        if self.top:
            members["voltages"] = Out(stream.Signature(data.ArrayLayout(signed(f.sum_bits), f.lanes)))
        else:
            if not self.bottom:
                members["o"] = Out(stream.Signature(spike_word(f.lanes, f.steps)))
            if f.learn:
                members["apical_i"] = In(stream.Signature(spike_word(f.lanes_apical, f.steps)))
        super().__init__(members)

    def elaborate(self, platform):
        m = Module()
        f = self.form
        self.rows = {}
        if f.planes:
            # With one group, sums that wait would let a third pass begin before the first one has been heard.
            lead = sums_behind(f.learn) if f.groups > 1 else None
            m.submodules.soma = self.soma = Soma(f, f.soma_units, lead)
        self.token = Signal(data.StructLayout({"label": LABEL_BITS, "learn": 1, "recall": 1, "apical": 1}))
        self.outstanding, self.sample_begins, self.learning_begins = Signal(), Signal(), Signal()
        # A learning sample's spikes have not all come to the affinity unit: of the last one begun, of the one before it.
        self.undecided, self.unheard = Signal(), Signal()
        self.closing, self.recalling, self.theta = Signal(), Signal(), Signal()
        self.samples, self.position = Signal(32), Signal(12)
        self.concept, self.all_begun = Signal(range(max(f.classes, 2))), Signal()
        self.block_ends = Signal()
        self.speaking, self.counting, self.waiting, self.pass_complete = Signal(), Signal(), Signal(), Signal()
        # A register: the settings are far away, and the position is that of the sample before.
        m.d.sync += self.block_ends.eq((self.position >= self.settings.block) & self.settings.learn_theta)
        if f.planes:
            m.d.comb += self.speaking.eq(self.outstanding | self.soma.busy)
        if f.learn:
            self._learning(m)
        if f.planes:
            self._passes(m)
            self._soma_out(m)
        if self.bottom:
            self._stimulus(m)
        if f.learn:
            self._schedule(m)
        connect_memories(m, self)
        busy = [rows.busy for rows in self.rows.values()] + [self.speaking, self.counting, self.closing, self.undecided]
        if f.learn:
            busy += [self.waiting, self.affinity.busy, ~self.plasticity.idle]
        m.d.comb += self.idle.eq(~Cat(busy).any())
        return m

    def _learning(self, m):
        """Affinity to coefficients to plasticity, with the concept memory they share."""
        f, settings = self.form, self.settings
        m.submodules.concepts = self.concepts = concepts = Concepts(f)
        m.submodules.affinity = self.affinity = affinity = Affinity(f, own_only=self.bottom)
        m.submodules.coefficients = self.coefficients = coefficients = Coefficients(
            f.classes, f.norm_bits, f.norm_bits, f.loss, self.bottom, not self.top, f.steps**2 if self.top else 0
        )
        m.submodules.plasticity = self.plasticity = plasticity = Plasticity(f)
        m.submodules.noise = self.noise = Noise(f.layer, 32 + f.layer)
        for name in ("margin", "lambda8", "dead_zone", "reach"):
            m.d.comb += getattr(coefficients, name).eq(settings[name])
        for name in ("start", "label"):
            m.d.comb += getattr(coefficients, name).eq(getattr(affinity, name))
            m.d.comb += getattr(plasticity, name).eq(getattr(affinity, name))
        m.d.comb += [
            concepts.read_k.eq(affinity.k),
            concepts.read_group.eq(affinity.group),
            affinity.free.eq(plasticity.idle),
            coefficients.d_valid.eq(affinity.d_valid),
            coefficients.d.eq(affinity.d),
            coefficients.norm_r.eq(affinity.norm),
            coefficients.norm_write_en.eq(affinity.recalled),
            coefficients.norm_write_data.eq(affinity.norm),
            plasticity.decided.eq(coefficients.decided),
            plasticity.teach.eq(coefficients.teach),
            plasticity.silent.eq(coefficients.silent),
            concepts.learn_k.eq(plasticity.learn_k),
            concepts.learn_group.eq(plasticity.learn_group),
            plasticity.template.eq(concepts.learn),
            self.noise.seed.eq(settings.seed),
            self.noise.n.eq(self.samples),
        ]
        m.d.comb += [affinity.template[p].eq(concepts.read[p].count) for p in range(f.lanes)]
        if not self.bottom:
            m.d.comb += [
                coefficients.q_address.eq(plasticity.q_address),
                plasticity.q_data.eq(coefficients.q_data),
                plasticity.q_count.eq(coefficients.q_count),
            ]
        if not self.top:
            for name in ("b_valid", "b_k", "b1", "b2", "b_done"):
                m.d.comb += getattr(plasticity, name).eq(getattr(coefficients, name))
            m.d.comb += [
                coefficients.b_ready.eq(plasticity.b_ready),
                plasticity.learn_theta.eq(settings.learn_theta),
                plasticity.block_shift.eq(settings.block_shift),
                plasticity.block_k.eq(self.concept),
            ]
        with m.If(affinity.start):
            m.d.sync += self.samples.eq(self.samples + 1)
            if not self.bottom:
                m.d.comb += self.noise.start.eq(1)
        # A pass may begin in the very clock in which the sample before it is heard: then only its own is open.
        with m.If(self.sample_begins):
            m.d.sync += self.undecided.eq(self.learning_begins), self.unheard.eq(self.undecided & ~affinity.start)
        with m.Elif(affinity.start):
            m.d.sync += self.unheard.eq(0), self.undecided.eq(self.undecided & self.unheard)

    def _passes(self, m):
        """Lists of active rows, synapses, and when a pass may begin."""
        f = self.form
        m.submodules.synapses = self.synapses = synapses = Synapses(f)
        sources = {}
        if not self.bottom:
            m.submodules.basal_rows = sources["basal"] = ActiveRows(
                size=f.pre_basal,
                lanes=f.lanes_basal,
                planes=f.basal_planes,
                steps=f.steps,
                direct=f.direct,
                slots=int(f.learn),
            )
            wiring.connect(m, wiring.flipped(self.i), sources["basal"].i)
        if f.pre_apical:
            m.submodules.apical_rows = sources["apical"] = ActiveRows(
                size=f.pre_apical,
                lanes=f.lanes_apical,
                planes=f.steps,
                steps=f.steps,
                slots=f.classes,
                targets=f.apical_top,
            )
            wiring.connect(m, wiring.flipped(self.apical_i), sources["apical"].i)
        self.rows = sources
        groups = Signal(range(max(f.groups, 2)))
        final = groups == f.groups - 1
        # What the sums that come next are of, and the pass begun last: a second one, maybe, with sums of the first to come.
        passing, begun, second = Signal(self.token.shape()), Signal(self.token.shape()), Signal()
        with m.If(~second):
            m.d.sync += passing.eq(begun)
        apical = self.recalling if f.pre_apical else 0
        m.d.comb += synapses.apical.eq(apical), self.walked.eq(synapses.walked)
        # The soma has a flip-flop of its own, as the synapses' one is far away; upside down, or the synthesis would make one
        # of the two.
        quiet = Signal(init=1)
        m.d.sync += quiet.eq(~synapses.accumulates)
        m.d.comb += self.soma.accumulated.eq(~quiet)
        # Of the sums that are there: they may have to wait, while those of the next pass are on their way.
        kept_token, of_sums = Signal.like(passing), Signal.like(passing)
        with m.If(synapses.accumulated):
            m.d.sync += kept_token.eq(passing)
        m.d.comb += of_sums.eq(Mux(self.soma.waiting, kept_token, passing))
        with m.If(self.soma.begins):
            m.d.sync += self.token.eq(of_sums)
        m.d.comb += [self.soma.sums[t][p].eq(synapses.sums[t][p]) for t in range(f.planes) for p in range(f.lanes)]
        m.d.comb += self.soma.apical.eq(of_sums.apical), synapses.room.eq(self.soma.room)
        for side, rows in sources.items():
            here = self.recalling if side == "apical" else ~self.recalling
            ready = rows.job_valid & here & (~self.all_begun if side == "apical" else ~self.closing)
            if side == "apical":
                ready &= self.noise.ready & (self.plasticity.idle | ~self.theta)
            # A register, as it comes from far: what ends it comes while the synapses are not ready, or changes `here`; both
            # are looked at in the clock itself.
            waits = Signal(name=f"{side}_waits")
            m.d.sync += waits.eq(ready)
            m.d.comb += getattr(synapses, f"entry_{side}").eq(rows.entry)
            m.d.comb += rows.index.eq(synapses.index), rows.back.eq(synapses.back)
            with m.If(here) if len(sources) > 1 else nullcontext():
                m.d.comb += synapses.start.eq(synapses.ready & waits)
                m.d.comb += synapses.new.eq(rows.job.new), synapses.old.eq(rows.job.old)
                m.d.comb += rows.release.eq(synapses.done)
            with m.If(synapses.start & here if len(sources) > 1 else synapses.start):
                m.d.sync += begun.apical.eq(side == "apical")
                m.d.sync += [begun[name].eq(rows.job[name]) for name in ("label", "learn", "recall")]
                if side == "apical":
                    m.d.sync += begun.label.eq(self.concept)
                elif f.learn:
                    m.d.comb += self.sample_begins.eq(1), self.learning_begins.eq(rows.job.learn)
        if f.learn and not self.bottom:  # a clock late, when the job is still there: the next begins later
            late = Signal()
            m.d.sync += late.eq(self.sample_begins)
            with m.If(late):
                self._count_sample(m, sources["basal"].job)
        with m.If(synapses.accumulated):
            m.d.sync += groups.eq(Mux(final, 0, groups + 1))
        ends = synapses.accumulated & final
        m.d.sync += self.pass_complete.eq(ends)
        with m.If(synapses.start):
            m.d.sync += self.outstanding.eq(1), second.eq(self.outstanding & ~ends)
        with m.Elif(ends):
            m.d.sync += self.outstanding.eq(second), second.eq(0)
        if f.learn:
            m.d.comb += [
                synapses.noise.eq(Mux(apical, self.noise.apical_byte, self.noise.basal_byte)),
                synapses.rate.eq(Mux(apical, self.settings.backward_rate, self.rate)),
                synapses.stochastic.eq(self.settings.stochastic),
                self.plasticity.pass_apical.eq(apical),
                self.plasticity.pass_update.eq(self.theta),
                self.plasticity.pass_done.eq(synapses.done),
            ]
            m.d.comb += [
                synapses.errors.payload.eq(self.plasticity.errors.payload),
                # The last sample's verdict is not even asked for while its last spikes are not in.
                synapses.errors.valid.eq(self.plasticity.errors.valid & ~self.unheard),
                self.plasticity.errors.ready.eq(synapses.errors.ready),
            ]
            m.d.comb += [synapses.g[p].eq(self.plasticity.g[p]) for p in range(f.lanes)]
        else:
            m.d.comb += synapses.errors.valid.eq(1)

    def _count_sample(self, m, job):
        """Counts a learning sample into its block; at its end, or where asked, none begins before the recall."""
        with m.If(job.learn):
            m.d.sync += self.position.eq(Mux(self.position >= self.settings.block, 0, self.position + 1))
        m.d.sync += self.theta.eq(job.learn & self.block_ends)
        m.d.sync += self.closing.eq(job.recall | (job.learn & self.block_ends))

    def _soma_out(self, m):
        """A group's word goes to everyone who needs it."""
        f, token, word = self.form, self.token, self.soma
        group, last = self._groups()
        low = self.settings.window_low if not self.top else 0
        # Registers beside the soma: the settings are far away, and the token is known long before they are looked at. They
        # are taken when this layer's sums are there, or the synthesis would make one register of all layers'.
        m.d.sync += self.soma.low.eq(Mux(token.apical, 0, low))
        with m.If(self.soma.begins):
            m.d.sync += self.soma.threshold.eq(self.settings.threshold), self.soma.high.eq(self.settings.window_high)
        sinks = []  # (needed, stream)
        if not self.bottom:
            sinks.append((~token.apical, self._count(m, group, last)))
        if self.top:
            sinks.append((~token.apical, self.voltages))
            m.d.comb += [self.voltages.payload[p].eq(word.voltages[p]) for p in range(f.lanes)]
        elif not self.bottom:
            sinks.append((~token.apical, self.o))
            m.d.comb += [self.o.payload.trains[p].eq(word.trains[p]) for p in range(f.lanes)]
            m.d.comb += [self.o.payload[name].eq(token[name]) for name in ("label", "learn", "recall")]
        if f.learn and not self.top and not self.bottom:
            sinks.append((token.apical, self.apical_o))
            m.d.comb += [self.apical_o.payload.trains[p].eq(word.trains[p]) for p in range(f.lanes)]
        if f.learn:
            payload = self.affinity.i.payload
            sinks.append((token.apical | token.learn, self.affinity.i))
            m.d.comb += [payload.counts[p].eq(word.counts[p]) for p in range(f.lanes)]
            m.d.comb += payload.label.eq(token.label)
            m.d.comb += payload.last.eq(last), payload.recall.eq(token.apical)
        # Each takes it in its own time, and the soma hears of it a clock later: no layer's `ready` goes through another's.
        taken, waits = Signal(), Signal(len(sinks))
        for i, (needed, sink) in enumerate(sinks):
            had, offered = Signal(name=f"had{i}"), Signal(name=f"offered{i}")
            m.d.comb += offered.eq(self.soma.valid & needed & ~had), sink.valid.eq(offered), waits[i].eq(needed & ~had)
            m.d.sync += had.eq((had | (offered & sink.ready)) & ~taken)
        m.d.comb += self.soma.ready.eq(~waits.any()), taken.eq(self.soma.valid & self.soma.ready)
        with m.If(taken):
            m.d.sync += self._next_group(group, last)
        if f.learn:
            concepts, plasticity = self.concepts, self.plasticity
            kept = offered & self.affinity.i.ready  # the affinity unit is the last of `sinks`
            m.d.comb += plasticity.keep.eq(kept & token.learn & ~token.apical), plasticity.keep_group.eq(group)
            m.d.comb += concepts.write.eq(taken & token.apical), concepts.write_group.eq(group)
            m.d.comb += concepts.write_k.eq(token.label)
            for p in range(f.lanes):
                for target in (plasticity.keep_data[p], concepts.write_data[p]):
                    m.d.comb += target.count.eq(word.counts[p])
                    m.d.comb += target.above.eq(word.above[p]), target.below.eq(word.below[p])
            recalled = Signal(range(max(f.classes, 2)))
            with m.If(kept & token.apical & last):  # not `taken`, for which the layer below may let it wait
                m.d.sync += recalled.eq(token.label)
            m.d.comb += self.coefficients.norm_write_k.eq(recalled)

    def _groups(self):
        """A counter of groups, and whether it is at the last one: a register, as much hangs on it in the same clock."""
        return Signal(range(max(self.form.groups, 2)), name="group"), Signal(init=self.form.groups == 1, name="last_group")

    def _next_group(self, group, last):
        """What a group that is done changes."""
        groups = self.form.groups
        return group.eq(Mux(last, 0, group + 1)), last.eq((group == groups - 2) if groups > 1 else 1)

    def _count(self, m, group, last):
        """The sample's counters. Returns the stream that takes its groups."""
        m.submodules.sample_counters = counters = SampleCounters(self.form)
        wiring.connect(m, counters.o, wiring.flipped(self.counters))
        m.d.comb += counters.first.eq(group == 0), counters.groups.payload.eq(last), self.counting.eq(counters.busy)
        m.d.comb += [counters.counts[p].eq(count) for p, count in enumerate(self.soma.counts)]
        m.d.comb += [getattr(counters, name).eq(getattr(self.synapses, name)) for name in WALKED]
        m.d.comb += counters.complete.eq(self.pass_complete)
        return counters.groups

    def _stimulus(self, m):
        """Layer 0 has no basal synapses: its counts come with the stimulus."""
        f = self.form
        m.submodules.held = held = Held(self.i.payload.shape())  # the queue that it comes from is far away
        wiring.connect(m, wiring.flipped(self.i), held.i)
        stimulus, word = held.o, held.o.payload
        late = Signal()
        m.d.comb += self.waiting.eq(stimulus.valid | late)
        group, last = self._groups()
        open_ = ~self.closing & ~self.recalling
        target, plasticity = self.affinity.i, self.plasticity
        # In the clocks after a recalled word the affinity unit is the recall's.
        with m.If(open_):
            m.d.comb += target.valid.eq(stimulus.valid & word.learn)
            m.d.comb += target.payload.counts.eq(word.counts), target.payload.label.eq(word.label)
            m.d.comb += target.payload.last.eq(last), target.payload.recall.eq(0)
            m.d.comb += stimulus.ready.eq(~word.learn | target.ready)
        taken = stimulus.valid & stimulus.ready
        with m.If(taken):
            m.d.sync += self._next_group(group, last)
        m.d.sync += late.eq(taken & last)
        with m.If(late):  # a clock late, when the word is still there: the next one comes later
            self._count_sample(m, word)
        with m.If(open_):
            m.d.comb += plasticity.keep.eq(taken & word.learn), plasticity.keep_group.eq(group)
            m.d.comb += [plasticity.keep_data[p].count.eq(word.counts[p]) for p in range(f.lanes)]

    def _schedule(self, m):
        """samples, then at a block's end the K concepts, and samples again."""
        f = self.form
        idle = Signal()  # a register: what ends it makes `speaking` or `affinity.busy` high at once
        m.d.sync += idle.eq(self.plasticity.idle)
        quiet = ~self.speaking & ~self.undecided & idle & ~self.affinity.busy
        # Registers too: when no pass can begin, a layer that is quiet stays so.
        recall_begins, recall_ends = Signal(), Signal()
        m.d.sync += recall_begins.eq(self.closing & ~self.recalling & quiet)
        m.d.sync += recall_ends.eq(self.recalling & self.all_begun & quiet)
        with m.If(recall_begins & ~self.recalling):
            m.d.sync += self.recalling.eq(1), self.concept.eq(0), self.all_begun.eq(0)
            if not self.top:
                m.d.comb += self.noise.start.eq(1), self.noise.apical.eq(1)
        concept_begins = Signal()
        if self.top:
            group = Signal(range(max(f.groups, 2)))
            last = group == f.groups - 1
            word = self.apical_o.payload
            m.d.comb += self.apical_o.valid.eq(self.recalling & ~self.all_begun)
            for p in range(f.lanes):
                target = self.concept == group * f.lanes + p
                m.d.comb += word.trains[p].eq(target.replicate(f.steps))
            with m.If(self.apical_o.valid & self.apical_o.ready):
                m.d.sync += group.eq(Mux(last, 0, group + 1))
                m.d.comb += concept_begins.eq(last)
        else:
            m.d.comb += concept_begins.eq(self.synapses.start & self.recalling)
            m.d.comb += self.plasticity.block_start.eq(concept_begins & self.theta)
            with m.If(self.synapses.done & self.recalling):  # the noise of this concept's pass was in use until now
                m.d.comb += self.noise.start.eq(1), self.noise.apical.eq(1), self.noise.c.eq(self.concept)
        with m.If(concept_begins):
            m.d.sync += self.concept.eq(self.concept + 1), self.all_begun.eq(self.concept == f.classes - 1)
        with m.If(recall_ends & self.recalling):
            m.d.sync += self.recalling.eq(0), self.closing.eq(0), self.all_begun.eq(0)
