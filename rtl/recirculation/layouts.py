"""What goes between an auto-encoder's blocks, beside `rtl.engine.layouts`."""

from amaranth.lib import data

from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import ERROR_COUNT_BITS, count_layout, side_layout
from rtl.engine.settings import setting
from rtl.formats import RATE_BITS


def code_layout(f: EngineFormat) -> data.StructLayout:
    """A group of a drawn code: counts 0..T of layer L, of the sample of that parity."""
    group = range(max(2, -(-f.classes // f.lanes)))
    return data.StructLayout({"counts": data.ArrayLayout(f.count_bits, f.lanes), "parity": 1, "group": group})


def seen_layout(f: EngineFormat) -> data.StructLayout:
    """A group of a layer's counts in one of its passes, with the window flags of `rtl.engine.layouts.word_layout`.

    parity: of the sample; learn, drawn: see `rtl.engine.layouts.header_layout`. last: of its groups.
    """
    flags = dict.fromkeys(("parity", "learn", "drawn", "last"), 1)
    lanes = data.ArrayLayout(count_layout(f), f.lanes)
    return data.StructLayout({"context": f.context_bits} | side_layout(f) | flags | {"place": f.place_bits, "lanes": lanes})


def pass_end_layout(f: EngineFormat) -> data.StructLayout:
    """The end of a pass down, or again, with how many errors it left, all of them written."""
    return data.StructLayout({"context": f.context_bits, "apical": 1, "parity": 1, "errors": ERROR_COUNT_BITS})


def shown_layout(f: EngineFormat) -> data.StructLayout:
    """A group of counts for the result of the sample in `slot`; last: of its groups. blank, learn: of its header."""
    flags = dict.fromkeys(("last", "blank", "learn"), 1)
    return data.StructLayout({"counts": data.ArrayLayout(f.count_bits, f.lanes), "slot": f.slot_bits} | flags)


def rates_layout(f: EngineFormat) -> data.StructLayout:
    """What an update takes of the settings. rates, backward_rates: of each context's W and Theta, + 8."""
    rates = data.ArrayLayout(RATE_BITS, len(f.contexts))
    own = {name: setting(name) for name in ("seed", "stochastic")}
    return data.StructLayout({"rates": rates, "backward_rates": rates, **own})


def begun_layout(f: EngineFormat) -> data.StructLayout:
    """A learning sample's pass over W, or over Theta where `apical`, that has begun: its noise is to be drawn."""
    return data.StructLayout({"context": f.context_bits, "apical": 1, "parity": 1})
