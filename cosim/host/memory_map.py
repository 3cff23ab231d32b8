"""What is where behind the host port of a core, by name (`rtl.interface.memory_map` says how an address is made)."""

import numpy as np

from cosim.host.regions import Region, Regions
from golden.config import Config
from rtl.engine.contexts import Context
from rtl.engine.formats import EngineFormat, engines_of
from rtl.formats import SAMPLE_BITS, SUM_BITS, TEMPLATE_BITS, ceil_log2
from rtl.interface.memory_map import INDEX_BITS, MEMORIES, MEMORY_BITS, REGISTERS, register_names

NOT_CARRIED = ("threshold", "window_low", "window_high")
"""Registers of an auto-encoder that no update carries: who writes one finishes first (docs/autoencoder.md, 4)."""


class MemoryMap(Regions):
    """All regions of a configuration by name.

    W1.. (rows, n_l), Theta0.. (n_{l+1}, n_l), h0, m1.. and E0.. (K, n_l), S0.. (K,), N0.. (K,) = |m|^2, h1..h{L}
    (K, n_l): the counts recalled, last0.. (2, n_l): those of the last two samples by parity, as the layer above keeps them,
    own1 (2, n_1): those that came back to a recurrent layer 1 with its last two samples, samples0..: every layer's own, and
    the registers, one value each. Of an auto-encoder W and Theta, for samples samplesW1.. and samplesTheta0.., and the
    registers.
    """

    def __init__(self, config: Config):
        super().__init__()
        for number, engine in enumerate(engines_of(config)):
            self._engine(config, number, engine)
        for index, name in enumerate(register_names(config)):
            address = np.array((REGISTERS << (MEMORY_BITS + INDEX_BITS)) + index)
            self.regions[name] = Region(name, address, 32, name in ("window_low", "window_high"))

    def _engine(self, config: Config, number: int, f: EngineFormat) -> None:
        concepts = np.arange(config.classes)[:, None]
        for context, c in enumerate(f.contexts):
            neurons = np.arange(c.size)
            groups, lanes = neurons // f.lanes, neurons % f.lanes
            self._weights(number, f, c, apical=False)
            if config.task == "autoencoder":
                self._recirculation(config, number, f, context)
                continue
            if not config.learn:
                continue
            self._add(f"samples{c.layer}", number, "samples", np.array(context), 0, 1, SAMPLE_BITS)
            if not c.pre_apical:
                continue
            self._weights(number, f, c, apical=True)
            words = concepts * f.places + c.place_base + groups
            name = f"m{c.layer}" if c.layer else "h0"  # whose templates are its counts
            self._add(name, number, "templates", words, lanes, f.lanes, TEMPLATE_BITS, True)
            self._add(f"E{c.layer}", number, "sums", words, lanes, f.lanes, SUM_BITS, True)
            words = (context << f.class_bits) + np.arange(config.classes)
            self._add(f"S{c.layer}", number, "scalar_sums", words, 0, 1, SUM_BITS, True)
            self._add(f"N{c.layer}", number, "norms", words, 0, 1, f.norm_bits)
        for source in f.sources if config.learn and config.task != "autoencoder" else ():
            sender = f.contexts[source.context].layer + (1 if source.apical else -1)
            rows = np.arange(source.rows)
            words = source.count_base + source.words * np.arange(source.slots)[:, None] + rows // f.lanes
            name = f"h{sender}" if source.apical else f"own{sender + 1}" if source.lateral else f"last{sender}"
            self._add(name, number, "kept", words, rows % f.lanes, f.lanes, f.count_bits)

    def _weights(self, number: int, f: EngineFormat, c: Context, apical: bool) -> None:
        """W or Theta of a layer, where it has it."""
        if rows := c.rows(apical):
            neurons, name = np.arange(c.size), "Theta" if apical else "W"
            words = c.base(apical) + neurons // f.lanes * rows + np.arange(rows)[:, None]
            self._add(f"{name}{c.layer}", number, "weights", words, neurons % f.lanes, f.lanes, f.weight_bits, True)

    def _recirculation(self, config: Config, number: int, f: EngineFormat, context: int) -> None:
        """Of an auto-encoder Theta, and each network's own count of learning samples."""
        c = f.contexts[context]
        self._weights(number, f, c, apical=True)
        for network, rows, apical in (("W", c.pre_basal, 0), ("Theta", c.pre_apical, 1)):
            if rows and config.learn:
                index = np.array((context << 1) + apical)
                self._add(f"samples{network}{c.layer}", number, "samples", index, 0, 1, SAMPLE_BITS)

    def _add(self, name, engine, memory, words, lane, lanes, bits, signed=False):
        index = (words << ceil_log2(lanes)) + lane
        field_ = (engine << MEMORY_BITS) + MEMORIES.index(memory)
        self.regions[name] = Region(name, (field_ << INDEX_BITS) + index, bits, signed)
