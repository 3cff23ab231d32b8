"""Neurons: P lanes of synapses and somas, which the layers of an engine take in turns (contract, steps 3, 4, 7 and 9)."""

from amaranth.hdl import Module
from amaranth.lib import stream
from amaranth.lib.wiring import In, Out, connect, flipped

from rtl.engine.block import Block
from rtl.engine.errors import WaitingErrors
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import entry_layout, errors_layout, pass_layout, sent, walked_layout, word_layout
from rtl.engine.settings import SOMA_SETTINGS, setting
from rtl.engine.soma import Soma
from rtl.engine.synapses import BANK_BITS, Synapses, changes_layout, weights_signature
from rtl.engine.walk import Walk


class Neurons(Block):
    """Takes one pass after another, and gives a word for each of its groups.

    Args:
        rounds: see `rtl.engine.soma.Soma`. bank_bits: see `rtl.engine.synapses.Synapses`.

    Members:
        passes: In, stream of `pass_layout`; index, released: Out, entry: In: see `rtl.engine.walk.Walk`. Errors that a pass
            applies are written two clocks before it is offered, or earlier. Lanes beyond a layer's neurons have none (0).
        errors: In, `errors_layout` with `valid`; only with learning.
        words: Out, stream of `word_layout`, one a group, in order.
        threshold, window_low, window_high: In; they change only while idle.
        changed, changes: Out: see `rtl.engine.synapses.Synapses`.
        idle: Out, no pass is inside, nothing is to be written, and no word waits.
        host: In, `weights_signature`: the weights, only while idle.
    """

    def __init__(self, form: EngineFormat, rounds: int | None = None, bank_bits: int = BANK_BITS):
        self.rounds, self.bank_bits = rounds, bank_bits
        super().__init__(form)

    def _members(self, f):
        return {
            "passes": In(stream.Signature(pass_layout(f))),
            "index": Out(f.list_bits),
            "entry": In(entry_layout(f)),
            "released": Out(sent(walked_layout(f))),
            "words": Out(stream.Signature(word_layout(f))),
            **{name: In(setting(name)) for name in SOMA_SETTINGS},
            "changed": Out(1),
            "changes": Out(changes_layout(f)),
            "idle": Out(1),
            "host": In(weights_signature(f)),
        } | ({"errors": In(sent(errors_layout(f)))} if f.learn else {})

    def elaborate(self, platform):
        m = Module()
        f = self.form
        m.submodules.walk = walk = Walk(f)
        m.submodules.synapses = synapses = Synapses(f, self.bank_bits)
        # A row that is its group's last can be issued a clock after `room` at the earliest.
        m.submodules.soma = soma = Soma(f, self.rounds, lead=f.summed)
        connect(m, flipped(self.passes), walk.passes)
        connect(m, walk.released, flipped(self.released))
        connect(m, soma.words, flipped(self.words))
        connect(m, flipped(self.host), synapses.host)
        if f.learn:
            m.submodules.errors = errors = WaitingErrors(f)
            connect(m, flipped(self.errors), errors.write)
            m.d.comb += errors.ahead.eq(walk.ahead), walk.live.eq(errors.live)
            m.d.comb += errors.row.eq(synapses.row), synapses.errors.eq(errors.errors)
        m.d.comb += [self.index.eq(walk.index), synapses.step.eq(walk.step), synapses.entry.eq(self.entry)]
        m.d.comb += [walk.writing.eq(synapses.writing), walk.blocked.eq(synapses.blocked)]
        m.d.comb += [soma.accumulated.eq(synapses.accumulated), soma.group.eq(walk.ended), walk.room.eq(soma.room)]
        for t in range(f.planes):
            m.d.comb += [soma.sums[t][lane].eq(synapses.sums[t][lane]) for lane in range(f.lanes)]
        for name in SOMA_SETTINGS:
            m.d.comb += getattr(soma, name).eq(getattr(self, name))
        m.d.comb += [self.changed.eq(synapses.changed), self.changes.eq(synapses.changes)]
        m.d.comb += self.idle.eq(walk.idle & soma.idle)
        return m
