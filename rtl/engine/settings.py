"""What the host sets at run time."""

from amaranth.hdl import Shape, signed
from amaranth.lib import data

from rtl.engine.formats import EngineFormat
from rtl.formats import RATE_BITS, SETTINGS, settings

SOMA_SETTINGS = ("threshold", "window_low", "window_high")
"""Those that a soma needs."""


def setting(name: str) -> int | Shape:
    """The shape of a setting, wherever it goes."""
    bits, is_signed = SETTINGS[name]
    return signed(bits) if is_signed else bits


def settings_layout(f: EngineFormat) -> data.StructLayout:
    """Registers of the core (contract, steps 3, 6, 7 and 9): its task's, and the shifts + 8 of W by context, of an
    auto-encoder those of Theta, too."""
    own = {name: setting(name) for name in settings(f.task)}
    rates = data.ArrayLayout(RATE_BITS, len(f.contexts))
    return data.StructLayout(own | {"rates": rates} | ({"backward_rates": rates} if f.autoencoder else {}))
