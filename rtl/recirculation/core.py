"""The core of an auto-encoder."""

from amaranth.lib.wiring import connect

from rtl.engine.core import EngineCore
from rtl.recirculation.engine import RecirculationEngine
from rtl.recirculation.readout import SIDES, RecalledReadout
from rtl.recirculation.stimulus import RecalledStimulus


class RecirculationCore(EngineCore):
    """See `EngineCore`."""

    _engine, _stimulus = RecirculationEngine, RecalledStimulus

    def _readout(self):
        return RecalledReadout(self.forms[0], self.config.sizes[0])

    def _task(self, m, registers):
        config, readout, stimulus = self.config, self.readout, self.stimulus
        top, bottom = self.engines[self._of(config.layers)], self.engines[self._of(0)]
        connect(m, top.codes, readout.codes)
        connect(m, bottom.recalled, readout.recalled)
        connect(m, bottom.squared, readout.squared)
        connect(m, stimulus.code, top.code)
        # A counter's layer: of W above its place, of Theta at it.
        layers = [place + (side != "down") for place in range(config.layers) for side in SIDES]
        apical, echo = (readout.side == SIDES.index(side) for side in ("down", "again"))
        self._counters(m, layers, readout.place * len(SIDES) + readout.side, apical=apical, echo=echo)
