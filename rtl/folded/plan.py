"""Where the folded engine keeps everything: neurons, weights, and the words of its scratch memory."""

from golden.config import Config
from rtl.formats import RATE_BITS, SETTINGS, SUM_BITS, LayerFormat, ceil_log2
from rtl.interface.memory_map import register_names, settings_of
from rtl.noise import GOLDEN_RATIO
from rtl.rsqrt import TABLE

SAVED = 64
"""The first words of scratch: the host's registers and the engine's state, which a reset sets from constants."""
LOWEST = -(1 << 31)


def rsqrt_entry(m: int) -> tuple[int, int]:
    """(t, place) of 0 <= m < 64."""
    place = 0 if m < 4 else 1 if m < 16 else 2
    return (TABLE[(m << 4 >> 2 * place) - 16], place) if m else (0, 0)


class Plan:
    """Addresses and widths that follow from a configuration.

    Members:
        first: of each layer, the number of its first neuron. Those of layers 1..L are below 2^post_bits; 2^post_bits more is
            the number of the same neuron in a recalled concept; layer 0 comes behind.
        weights, theta: of each layer, the address of its first word of W and Theta.
        at: scratch addresses by name. Tables go by layer, concept, both (layer x 2^concept_bits + concept), or total.
        constants: values by scratch address, which nobody ever writes.
        initial: what a reset sets the first SAVED words to.
    """

    def __init__(self, config: Config):
        self.config = config
        self.forms = [LayerFormat.of(config, layer) for layer in range(config.layers + 1)]
        sizes, top, K = config.sizes, config.layers, config.classes
        self.post_bits = max(1, ceil_log2(sum(sizes[1:])))
        bottom = (2 if config.learn else 1) << self.post_bits
        self.first = [bottom, *(sum(sizes[1:layer]) for layer in range(1, top + 1))]
        self.lasts = [start + size - 1 for start, size in zip(self.first, sizes, strict=True)]
        self.neuron_bits = ceil_log2(bottom + sizes[0])
        self.concept_bits, self.layer_bits = ceil_log2(K), max(1, ceil_log2(top + 1))
        words, self.weights, self.theta = 0, [0] * (top + 1), [0] * (top + 1)
        for layer in range(1, top + 1):
            self.weights[layer], words = words, words + sizes[layer - 1] * sizes[layer]
        if config.learn:
            for layer in range(top):
                self.theta[layer], words = words, words + sizes[layer + 1] * sizes[layer]
        self.words, self.word_bits = words, ceil_log2(max(words, 2))
        self.registers = register_names(config)
        self.at, self.constants = {}, {}
        self._saved(config)
        self._variables(top, K)
        self._constants(config)
        self.scratch_bits = ceil_log2(self.used)

    def _saved(self, config: Config) -> None:
        values = settings_of(config)
        state = ["samples", "position", *(f"pending{layer}" for layer in range(config.layers + 1))]
        names = [*self.registers, *state]
        assert len(names) <= SAVED
        self.at |= {name: place for place, name in enumerate(names)}
        for table in ("rate", "walked", "pending"):
            self.at[table] = self.at[f"{table}1"] - 1
        self.initial = [values.get(name, 0) for name in names]
        self.used = SAVED

    def _variables(self, top: int, K: int) -> None:
        both = (top << self.concept_bits) if self.config.learn else 0
        sizes = {"S": both, "N": both, "q": K, "V": K}
        sizes |= {name: top + 1 for name in ("rows", "updates", "saturations", "spikes", "noise")}
        sizes |= dict.fromkeys(("t_r", "place_r", "t_k", "place_k", "d", "C", "C_y", "a", "b1", "b2", "q_r"), 1)
        sizes |= dict.fromkeys(("sum", "teach", "theta", "best", "prediction", "kept", "cleared"), 1)
        for name, size in sizes.items():
            self.at[name], self.used = self.used, self.used + size

    def _constants(self, config: Config) -> None:
        top, forms = config.layers, self.forms
        masks, signs = self._masks()
        tables = {
            "initial": [*self.initial, *[0] * (SAVED - len(self.initial))],
            "mask": masks,
            "sign": signs,
            "root": [rsqrt_entry(m)[0] for m in range(64)],
            "place": [rsqrt_entry(m)[1] for m in range(64)],
            "unit": [-(1 << rate) for rate in range(1 << RATE_BITS)],
            "first": self.first,
            "below": [0, *self.first[:-1]],
            "above": [*self.first[1:], 0],
            "weights": self.weights,
            "backward": self.theta,
            "span": [1 << f.group_bits for f in forms],
            "scale": [f.scale for f in forms],
            "stream": [layer << 26 for layer in range(top + 1)],
            "backward stream": [(32 + layer) << 26 for layer in range(top + 1)],
            "golden ratio": [GOLDEN_RATIO],
            "lowest": [LOWEST],
            "sum mask": [(1 << SUM_BITS) - 1],
            "sum sign": [1 << (SUM_BITS - 1)],
        }
        for name, values in tables.items():
            self.at[name] = self.used
            self.constants |= {self.used + place: value for place, value in enumerate(values)}
            self.used += len(values)

    def _masks(self) -> tuple[list[int], list[int]]:
        """What a register keeps of what is written, and the weight of its sign."""
        masks, signs = [], []
        for name in self.registers:
            bits, is_signed = SETTINGS.get(name, (RATE_BITS if name.startswith("rate") else 32, False))
            masks.append((1 << bits) - 1)
            signs.append((1 << (bits - 1)) if is_signed else 0)
        return masks, signs

    def scratch(self) -> list[int]:
        """Initial contents of scratch, as unsigned 32 bits."""
        return [self.constants.get(place, 0) & 0xFFFFFFFF for place in range(1 << self.scratch_bits)]
