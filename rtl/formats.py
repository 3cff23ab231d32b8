"""Widths of every quantity, derived here from the configuration (docs/arithmetic.md, step 1). Plain numbers: no HDL."""

from dataclasses import dataclass

from golden.config import Config, ConfigError

SYNAPSE_BITS = 8
MEMBRANE_BITS = 16
THRESHOLD_BITS, WINDOW_BITS, BLOCK_SHIFT_BITS = 10, 13, 4
MIN_BLOCK_SHIFT = 6
SCALAR_BITS = 16
SUM_BITS = 24
ERROR_BITS, APICAL_ERROR_BITS = 7, 16
NOISE_BITS = 8
SOMA_ROUNDS, BUSIEST_SOMA_ROUNDS = 8, 4
"""Times that a soma's units are used for each group, which takes longer to accumulate than T clocks: in most layers, and in
those whose passes are the longest of all."""
UPDATE_ROUNDS, BUSIEST_UPDATE_ROUNDS = 4, 1
"""Parts that a group's neurons are updated in, one after another by the same units; all at once where the core's longest
passes are, as these wait for their first group's errors, but only where they are short: 784 rows for 8 groups hardly notice
it."""
SHORT_PASS = 1024
"""Rows times groups, pixels counted twice."""
MULTIPLIER_BITS = 18
"""Bits of a signed factor that an FPGA's multiplier takes."""
RATE_BITS = 4
"""A rate register holds rate + 8, 0..13."""
LABEL_BITS = 6
PIXEL_BITS = 4
COUNTER_BITS = 24
COUNTERS = ("rows", "updates", "saturations", "spikes")
SETTINGS = {
    "threshold": (THRESHOLD_BITS, False),
    "window_low": (WINDOW_BITS, True),
    "window_high": (WINDOW_BITS, True),
    "margin": (9, False),
    "lambda8": (4, False),
    "dead_zone": (9, False),
    "reach": (9, False),
    "block": (12, False),
    "block_shift": (BLOCK_SHIFT_BITS, False),
    "backward_rate": (RATE_BITS, False),
    "seed": (32, False),
    "stochastic": (1, False),
    "learn_theta": (1, False),
}
"""What the host sets at run time, as (bits, signed); `block` holds M - 1. The defaults come from the configuration, see
`rtl.interface.memory_map.settings_of`."""


def ceil_log2(count: int) -> int:
    """Bits that tell `count` things apart."""
    return (count - 1).bit_length()


def check_rule(config: Config) -> None:
    """Raises ConfigError where the core of the configuration's rule does not do what is asked yet."""
    if config.rule != "first":
        raise ConfigError(f"rule: found {config.rule}; allowed is first, so far: no board is built with the other one")


@dataclass(frozen=True)
class LayerFormat:
    """What a layer's blocks are made of. `pre_basal`, `pre_apical`: the sizes of the layers below and above (0: none)."""

    layer: int
    size: int
    lanes: int
    steps: int
    classes: int
    pre_basal: int
    pre_apical: int
    lanes_basal: int
    lanes_apical: int
    direct: bool
    scale: int
    leak: int
    weight_bits: int
    loss: str
    learn: bool
    apical_top: bool
    soma_rounds: int
    most_update_rounds: int

    @staticmethod
    def of(config: Config, layer: int) -> "LayerFormat":
        """The format of `layer`, 0..L, of a configuration."""
        top, bottom = layer == config.layers, layer == 0
        # Rows times groups; of a picture's pixels more are active than of the neurons behind them.
        passes = [0] + [config.sizes[i - 1] * config.groups(i) * (2 if i == 1 else 1) for i in range(1, config.layers + 1)]
        busiest = passes[layer] == max(passes)
        short = busiest and passes[layer] <= SHORT_PASS
        return LayerFormat(
            layer=layer,
            size=config.sizes[layer],
            lanes=config.lanes[layer],
            steps=config.steps,
            classes=config.classes,
            pre_basal=0 if bottom else config.sizes[layer - 1],
            pre_apical=0 if top or not config.learn else config.sizes[layer + 1],
            lanes_basal=0 if bottom else config.lanes[layer - 1],
            lanes_apical=0 if top else config.lanes[layer + 1],
            direct=layer == 1 and config.coding == "direct",
            scale=0 if bottom else config.scale(layer),
            leak=config.leak,
            weight_bits=config.weight_bits,
            loss=config.loss,
            learn=config.learn,
            apical_top=layer == config.layers - 1,
            soma_rounds=BUSIEST_SOMA_ROUNDS if busiest else SOMA_ROUNDS,
            most_update_rounds=BUSIEST_UPDATE_ROUNDS if short else UPDATE_ROUNDS,
        )

    @property
    def top(self) -> bool:
        """Whether this is layer L, the concepts."""
        return self.lanes_apical == 0

    @property
    def groups(self) -> int:
        """Memory words that hold one value a neuron."""
        return -(-self.size // self.lanes)

    @property
    def group_bits(self) -> int:
        """Bits of a group's index; at least one, so that no memory has a single word."""
        return max(1, ceil_log2(self.groups))

    @property
    def count_bits(self) -> int:
        """Bits of a spike count 0..T."""
        return self.steps.bit_length()

    @property
    def basal_planes(self) -> int:
        """Bits of a basal row: a spike train of T steps, or a pixel."""
        return PIXEL_BITS if self.direct else self.steps

    @property
    def planes(self) -> int:
        """Accumulators of a lane: one for each bit of the widest row."""
        return max(self.basal_planes if self.pre_basal else 0, self.steps if self.pre_apical else 0)

    @property
    def accumulator_bits(self) -> int:
        """Signed sum of w8 over all rows of either network."""
        return SYNAPSE_BITS + ceil_log2(max(self.pre_basal, self.pre_apical) + 1)

    @property
    def voltage_bits(self) -> int:
        """Signed v: the direct code's four planes weigh 1, 2, 4, 8, and 4 bits fall off again."""
        return self.accumulator_bits

    @property
    def sum_bits(self) -> int:
        """Signed V, the sum of v over T steps."""
        return self.voltage_bits + ceil_log2(self.steps)

    @property
    def soma_units(self) -> int:
        """Lanes of a group whose somas step at the same time."""
        return -(-self.lanes // self.soma_rounds)

    @property
    def update_rounds(self) -> int:
        """Parts of a group for the update units, a power of 2; lane p is of part p mod that."""
        return min(self.most_update_rounds, 1 << self.lanes.bit_length() - 1)

    @property
    def update_units(self) -> int:
        """Lanes of a group that are updated at the same time."""
        return -(-self.lanes // self.update_rounds)

    @property
    def norm_bits(self) -> int:
        """|r|^2 and the dot products with it."""
        return (self.size * self.steps * self.steps).bit_length()

    @property
    def error_bits(self) -> int:
        """Signed g, or G where there is a backward network."""
        return APICAL_ERROR_BITS if self.pre_apical else ERROR_BITS

    @property
    def shift_error(self) -> int:
        """The rounding shift of e: 3 in hidden layers, 4 at the top."""
        return 4 if self.top else 3

    @property
    def row_bits(self) -> tuple[int, int]:
        """Bits of a basal and of an apical row's index."""
        return ceil_log2(max(self.pre_basal, 2)), ceil_log2(max(self.pre_apical, 2))
