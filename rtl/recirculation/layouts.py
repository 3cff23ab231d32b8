"""What goes between an auto-encoder's blocks, beside `rtl.engine.layouts`."""

from amaranth.lib import data

from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import ERROR_COUNT_BITS, count_layout, flags, lanes_of, layout, walked_layout
from rtl.engine.settings import setting
from rtl.formats import RATE_BITS

code_layout = layout(
    lambda f: {"counts": lanes_of(f, f.count_bits), "parity": 1, "group": range(max(2, -(-f.classes // f.lanes)))}
)
"""A group of a drawn code: counts 0..T of layer L, of the sample of that parity."""


def seen_layout(f: EngineFormat) -> data.StructLayout:
    """A group of a layer's counts in one of its passes, with the window flags of `rtl.engine.layouts.lane_layout`.

    parity: of the sample; learn, drawn: see `rtl.engine.layouts.header_layout`. last: of its groups.
    """
    group = {"place": f.place_bits, "lanes": lanes_of(f, count_layout(f))}
    return data.StructLayout(walked_layout(f).members | flags("parity", "learn", "drawn", "last") | group)


begun_layout = layout(lambda f: {"context": f.context_bits, "apical": 1, "parity": 1})
"""A learning sample's pass over W, or over Theta where `apical`, that has begun: its noise is to be drawn."""
pass_end_layout = layout(lambda f: {"context": f.context_bits, "apical": 1, "parity": 1, "errors": ERROR_COUNT_BITS})
"""The end of a pass down, or again, with how many errors it left, all of them written."""
shown_layout = layout(lambda f: {"counts": lanes_of(f, f.count_bits), "slot": f.slot_bits} | flags("last", "blank", "learn"))
"""A group of counts for the result of the sample in `slot`; last: of its groups. blank, learn: of its header."""


def rates_layout(f: EngineFormat) -> data.StructLayout:
    """What an update takes of the settings. rates, backward_rates: of each context's W and Theta, + 8."""
    rates = data.ArrayLayout(RATE_BITS, len(f.contexts))
    own = {name: setting(name) for name in ("seed", "stochastic")}
    return data.StructLayout({"rates": rates, "backward_rates": rates, **own})
