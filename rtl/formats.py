"""Widths of every quantity, derived here from the configuration (docs/arithmetic.md, step 1). Plain numbers: no HDL."""

from golden.config import Config

SYNAPSE_BITS = 8
MEMBRANE_BITS = 16
THRESHOLD_BITS, WINDOW_BITS, BLOCK_SHIFT_BITS = 10, 13, 4
MIN_BLOCK_SHIFT = 6
SCALAR_BITS = 16
SUM_BITS = 24
ERROR_BITS, APICAL_ERROR_BITS = 7, 16
NOISE_BITS = 8
RATE_BITS = 4
"""A rate register holds rate + 8, 0..13."""
LABEL_BITS = 6
PIXEL_BITS = 4
COUNTER_BITS = 24
COUNTERS = ("rows", "errors", "saturations", "spikes")
SETTINGS = {
    "threshold": (THRESHOLD_BITS, False),
    "window_low": (WINDOW_BITS, True),
    "window_high": (WINDOW_BITS, True),
    "dead_zone": (9, False),
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


def voltage_bits(config: Config) -> int:
    """Signed V_L, the sum of layer L's voltages over T steps."""
    return SYNAPSE_BITS + ceil_log2(config.sizes[-2] + 1) + ceil_log2(config.steps)
