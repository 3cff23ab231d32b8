"""The core of an auto-encoder."""

from amaranth.hdl import Array
from amaranth.lib import wiring

from rtl.constants import constant
from rtl.engine.core import EngineCore
from rtl.recirculation.engine import RecirculationEngine
from rtl.recirculation.readout import SIDES, RecalledReadout
from rtl.recirculation.stimulus import RecalledStimulus


class RecirculationCore(EngineCore):
    """See `EngineCore`."""

    def _engine(self, form):
        return RecirculationEngine(form)

    def _readout(self):
        return RecalledReadout(self.forms[0], self.config.sizes[0])

    def _stimulus(self, form):
        return RecalledStimulus(self.config, form)

    def _task(self, m, registers):
        config, readout, stimulus = self.config, self.readout, self.stimulus
        top, bottom = self.engines[self._of(config.layers)], self.engines[self._of(0)]
        wiring.connect(m, top.codes, readout.codes)
        wiring.connect(m, bottom.recalled, readout.recalled)
        wiring.connect(m, bottom.squared, readout.squared)
        wiring.connect(m, stimulus.code, top.code)
        # A counter's layer: of W above its place, of Theta at it.
        places = [(place + (side != "down"), side) for place in range(config.layers) for side in SIDES]
        holders = [self._of(layer) for layer, _ in places]
        which = readout.place * len(SIDES) + readout.side
        for engine, form in zip(self.engines, self.forms, strict=True):
            contexts = [form.context_of(layer) if form.has(layer) else 0 for layer, _ in places]
            read = engine.counter.at
            m.d.comb += [
                read.slot.eq(readout.slot),
                read.context.eq(constant(contexts, which)),
                read.apical.eq(readout.side == SIDES.index("down")),
                read.echo.eq(readout.side == SIDES.index("again")),
                engine.counter.kind.eq(readout.kind),
            ]
        m.d.comb += readout.value.eq(Array(self.engines[holder].counter.value for holder in holders)[which])
