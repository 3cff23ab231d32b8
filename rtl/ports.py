"""The ports that every core has, whichever way it is built."""

from amaranth.hdl import signed, unsigned
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import Out

from golden.config import Config
from rtl.formats import LABEL_BITS, PIXEL_BITS, SETTINGS, LayerFormat
from rtl.interface.memory_map import DATA_BITS
from rtl.readout import result_layout


def stimulus_layout(config: Config) -> data.StructLayout:
    """One beat of a sample: `lanes[0]` pixels of 4 bits; ceil(sizes[0] / lanes[0]) beats make a sample.

    `label` is the concept, `learn` asks to learn it, `recall` to recall all concepts anew after this sample, once it is
    learned; where it ends a block, the block's recall is the one asked for. The same in all beats. Pixels beyond the last
    do not count; a sample whose label is no concept's is not learned.
    """
    pixels = data.ArrayLayout(PIXEL_BITS, config.lanes[0])
    return data.StructLayout({"pixels": pixels, "label": LABEL_BITS, "learn": 1, "recall": 1})


def settings_layout() -> data.StructLayout:
    """What the host sets at run time (`rtl.formats.SETTINGS`)."""
    return data.StructLayout({name: signed(bits) if sign else unsigned(bits) for name, (bits, sign) in SETTINGS.items()})


def host_request_layout() -> data.StructLayout:
    """One access: see `rtl.interface.memory_map`."""
    return data.StructLayout({"address": 32, "write": 1, "data": DATA_BITS})


def host_answer_signature() -> wiring.Signature:
    """What a stream with `always_ready` is, which Amaranth does not take as a port of the Verilog's top."""
    return wiring.Signature({"payload": Out(DATA_BITS), "valid": Out(1)})


def gives_words(config: Config) -> bool:
    """Whether a core gives its results word by word: one of engines, or a folded one."""
    return config.rule == "second" or config.folded


def result_signature(config: Config) -> stream.Signature:
    """What a core gives behind a register bus: its results word by word, or an item of `result_layout` a sample."""
    return stream.Signature(DATA_BITS if gives_words(config) else result_layout(LayerFormat.of(config, config.layers)))
