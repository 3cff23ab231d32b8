"""Plain numbers, no HDL: widths of every quantity, whatever the configuration (contract, 1), and of a result's voltages; a
sample's counters and the host's settings by name, and which settings a task has; bits for a count."""

from golden.config import Config

SYNAPSE_BITS = 8
MEMBRANE_BITS = 16
TEMPLATE_BITS = 6
"""m, signed: -31..31, or T."""
SCALAR_BITS = 16
"""q, q_r, b1, b2, G, signed."""
SUM_BITS = 24
"""E and S, signed."""
ERROR_BITS, APICAL_ERROR_BITS = 7, 16
"""g and G, signed."""
COEFFICIENT_BITS = 10
"""a and C, signed Q.8."""
FACTOR_BITS = 18
"""A signed factor of an FPGA's multiplier: count << (rate + 8), rate <= 5."""
SAMPLE_BITS = 32
"""The number of learning samples seen."""
NOISE_BITS = 8
LABEL_BITS = 6
PIXEL_BITS = 4
COUNTER_BITS = 24
COUNTERS = ("rows", "errors", "saturations", "spikes")
THRESHOLD_BITS, WINDOW_BITS, DEAD_ZONE_BITS, BLOCK_BITS, BLOCK_SHIFT_BITS, SEED_BITS = 10, 13, 9, 12, 4, 32
NEIGHBOURS_BITS = 5
RATE_BITS = 4
"""A rate register holds rate + 8, 0..13."""
MIN_BLOCK_SHIFT = 6
SETTINGS = {
    "threshold": (THRESHOLD_BITS, False),
    "window_low": (WINDOW_BITS, True),
    "window_high": (WINDOW_BITS, True),
    "dead_zone": (DEAD_ZONE_BITS, False),
    "block": (BLOCK_BITS, False),
    "block_shift": (BLOCK_SHIFT_BITS, False),
    "backward_rate": (RATE_BITS, False),
    "seed": (SEED_BITS, False),
    "stochastic": (1, False),
    "learn_theta": (1, False),
    "neighbours": (NEIGHBOURS_BITS, False),
}
"""What the host sets at run time, as (bits, signed); `block` holds M - 1. The defaults come from the configuration, see
`rtl.interface.memory_map.settings_of`."""
_LACKS = {
    "recognition": ("neighbours",),
    "autoencoder": ("dead_zone", "block", "block_shift", "backward_rate", "neighbours"),
    "sequence": (),
}


def settings(task: str) -> dict[str, tuple[int, bool]]:
    """Those of `SETTINGS` that a task has; an auto-encoder has a backward rate for each layer, beside the rates of W."""
    return {name: bits for name, bits in SETTINGS.items() if name not in _LACKS[task]}


def ceil_log2(count: int) -> int:
    """Bits that tell `count` things apart."""
    return (count - 1).bit_length()


def voltage_bits(config: Config) -> int:
    """Signed V_L, the sum of layer L's voltages over T steps."""
    return SYNAPSE_BITS + ceil_log2(config.rows(config.layers) + 1) + ceil_log2(config.steps)
