"""What the host sets at run time."""

from amaranth.hdl import signed
from amaranth.lib import data

from rtl.engine.formats import RATE_BITS, EngineFormat
from rtl.formats import BLOCK_SHIFT_BITS, THRESHOLD_BITS, WINDOW_BITS

BLOCK_BITS = 12


def settings_layout(f: EngineFormat) -> data.StructLayout:
    """Registers of the core (contract, steps 3, 6, 7 and 9).

    block: M - 1. block_shift: 6 + max(0, floor(log2 M) - 4). backward_rate, rates: shifts + 8, `rates` of W by context.
    """
    return data.StructLayout(
        {
            "threshold": THRESHOLD_BITS,
            "window_low": signed(WINDOW_BITS),
            "window_high": signed(WINDOW_BITS),
            "dead_zone": 9,
            "seed": 32,
            "block": BLOCK_BITS,
            "block_shift": BLOCK_SHIFT_BITS,
            "backward_rate": RATE_BITS,
            "stochastic": 1,
            "learn_theta": 1,
            "rates": data.ArrayLayout(RATE_BITS, len(f.contexts)),
        }
    )
