"""The memory map behind the host port: what is where, as names, shapes and addresses. Plain numbers: no HDL, no torch.

An address has 32 bits: layer (4), memory (4), index (24). index = word x 2^ceil(log2 lanes) + lane. Words of weights are
(group of posts, row), those of templates and sums (concept, group).
"""

import numpy as np

from golden.config import ADDRESS_BITS, Config
from rtl.formats import MIN_BLOCK_SHIFT, SUM_BITS, LayerFormat, ceil_log2
from rtl.interface import engine_map
from rtl.interface.regions import Region, Regions

INDEX_BITS, MEMORY_BITS, LAYER_BITS, DATA_BITS = ADDRESS_BITS, 4, 4, 32
MEMORIES = ("weights", "theta", "counts", "flags", "sums", "scalar_sums", "norms", "apical", "samples", "position")
"""What a layer holds, in the order of the address field `memory`."""

REGISTERS = 15
"""The layer field of the core's own registers."""
EVERY = 14
"""The layer field that writes to every layer, and reads from the top one."""


def settings_of(config: Config, decay: int = 0) -> dict[str, int]:
    """The values of the core's registers for a configuration and a decay shift (docs/arithmetic.md, steps 6, 7, 9)."""
    if config.rule == "second":
        return engine_map.settings_of(config, decay)
    values = {name: getattr(config, name) for name in ("threshold", "window_low", "window_high", "margin", "lambda8")}
    values |= {name: getattr(config, name) for name in ("dead_zone", "reach", "seed")}
    values |= {
        "block": config.block - 1,
        "block_shift": MIN_BLOCK_SHIFT + max(0, config.block.bit_length() - 1 - 4),
        "backward_rate": config.backward_rate(decay) + 8,
        "stochastic": int(config.stochastic),
        "learn_theta": int(config.learn_theta),
    }
    values |= {f"rate{layer}": config.forward_rate(layer, decay) + 8 for layer in range(1, config.layers + 1)}
    return values


def register_names(config: Config) -> list[str]:
    """The core's registers in the order of their index: settings, clocks, and the rows walked by each layer."""
    if config.rule == "second":
        return engine_map.register_names(config)
    return [*settings_of(config), "clocks", *(f"walked{layer}" for layer in range(config.layers + 1))]


def check_core(config: Config) -> None:
    """Raises ConfigError where no core has this configuration."""
    if config.rule == "second":
        engine_map.engines_of(config)


def memory_map_of(config: Config) -> Regions:
    """All regions of a configuration's core by name."""
    return (engine_map.EngineMap if config.rule == "second" else MemoryMap)(config)


class MemoryMap(Regions):
    """All regions of a configuration by name.

    W1.. (n_{l-1}, n_l), Theta0.. (n_{l+1}, n_l), h0.. and flags0.. (K, n_l), E0.. (K, n_l), S0.. (K,), N0.. (K,) = |h|^2,
    apical1.. (K, n_l): the counts h_l as layer l-1 keeps them, samples and position: every layer's own, and the registers,
    one value each.
    """

    def __init__(self, config: Config):
        super().__init__()
        for layer in range(config.layers + 1):
            f = LayerFormat.of(config, layer)
            neurons, bits = np.arange(f.size), f.weight_bits
            groups, lanes = neurons // f.lanes, neurons % f.lanes
            concepts = np.arange(f.classes)[:, None]
            words = (concepts << f.group_bits) | groups
            if layer:
                self._add(f"W{layer}", layer, "weights", _weights(f.pre_basal, groups), lanes, f.lanes, bits, True)
            if not config.learn:
                continue
            if not f.top:
                self._add(f"Theta{layer}", layer, "theta", _weights(f.pre_apical, groups), lanes, f.lanes, bits, True)
                self._add(f"h{layer}", layer, "counts", words, lanes, f.lanes, f.count_bits)
                self._add(f"flags{layer}", layer, "flags", words, lanes, f.lanes, 2)
                self._add(f"E{layer}", layer, "sums", words, lanes, f.lanes, SUM_BITS, True)
                self._add(f"S{layer}", layer, "scalar_sums", np.arange(f.classes), 0, 1, SUM_BITS, True)
                self._add(f"N{layer}", layer, "norms", np.arange(f.classes), 0, 1, f.norm_bits)
            if layer and not f.top:
                self._add(f"apical{layer}", layer - 1, "apical", words, lanes, f.lanes, f.count_bits)
        if config.learn:
            self._add("samples", EVERY, "samples", np.array(0), 0, 1, 32)
            self._add("position", EVERY, "position", np.array(0), 0, 1, 12)
        for index, name in enumerate(register_names(config)):
            address = np.array((REGISTERS << (MEMORY_BITS + INDEX_BITS)) + index)
            signed = name in ("window_low", "window_high")
            self.regions[name] = Region(name, address, 32, signed)

    def _add(self, name, layer, memory, words, lane, lanes, bits, signed=False):
        index = (words << ceil_log2(lanes)) + lane
        field_ = (layer << MEMORY_BITS) + MEMORIES.index(memory)
        self.regions[name] = Region(name, (field_ << INDEX_BITS) + index, bits, signed)


def _weights(rows: int, groups: np.ndarray) -> np.ndarray:
    """Word addresses of a pre-major weight array (rows, posts): group x rows + row."""
    return groups * rows + np.arange(rows)[:, None]
