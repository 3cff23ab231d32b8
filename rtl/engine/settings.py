"""What the host sets at run time."""

from amaranth.hdl import signed, unsigned
from amaranth.lib import data

from rtl.engine.formats import EngineFormat
from rtl.formats import RATE_BITS, settings


def settings_layout(f: EngineFormat) -> data.StructLayout:
    """Registers of the core (contract, steps 3, 6, 7 and 9): its task's, and the shifts + 8 of W by context, of an
    auto-encoder those of Theta, too."""
    fields = settings(f.task)
    own = {name: signed(bits) if is_signed else unsigned(bits) for name, (bits, is_signed) in fields.items()}
    rates = data.ArrayLayout(RATE_BITS, len(f.contexts))
    return data.StructLayout(own | {"rates": rates} | ({"backward_rates": rates} if f.autoencoder else {}))
