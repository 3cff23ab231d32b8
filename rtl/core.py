"""The learning core of a configuration, whose results come word by word or whole."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import connect, flipped

from golden.config import Config
from rtl.engine.core import EngineCore
from rtl.engine.recognition import RecognitionCore
from rtl.hdl import signals
from rtl.interface.results import result_parts
from rtl.ports import core_signature, result_layout
from rtl.recirculation.core import RecirculationCore

_CORES = {"recognition": RecognitionCore, "sequence": RecognitionCore, "autoencoder": RecirculationCore}


def word_core_of(config: Config) -> EngineCore:
    """The core of its task, which gives results word by word (`rtl.interface.results`)."""
    return _CORES[config.task](config)


class Assembled(wiring.Component):
    """What `word_core_of` gives, and its words put together to whole results.

    Members: `rtl.ports.core_signature`, see `rtl.engine.core.EngineCore`.
    """

    def __init__(self, config: Config):
        self.config, self.inner = config, word_core_of(config)
        super().__init__(core_signature(config))

    def elaborate(self, platform):
        m = Module()
        m.submodules.engine = inner = self.inner
        for name in ("i", "host_i"):
            connect(m, flipped(getattr(self, name)), getattr(inner, name))
        connect(m, inner.host_o, flipped(self.host_o))
        result = Signal(result_layout(self.config))
        bits, places, start = result.as_value(), [], 0
        for part in result_parts(self.config):
            end, step = start + part.bits * part.count, part.bits * part.packed
            places += [bits[first : min(first + step, end)] for first in range(start, end, step)]
            start = end
        place, full = signals(place=range(len(places)), full=1)
        m.d.comb += [
            inner.o.ready.eq(~full),
            self.o.payload.eq(result),
            self.o.valid.eq(full),
            self.idle.eq(inner.idle & ~full),
        ]
        with m.If(inner.o.valid & inner.o.ready):
            m.d.sync += place.eq(place + 1)
            with m.Switch(place):
                for number, part in enumerate(places):
                    with m.Case(number):
                        m.d.sync += part.eq(inner.o.payload)
            with m.If(place == len(places) - 1):
                m.d.sync += full.eq(1), place.eq(0)
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += full.eq(0)
        return m


def core_of(config: Config) -> Assembled:
    """The core of its task with whole results: an item of `rtl.ports.result_layout` a sample."""
    return Assembled(config)
