"""The ports of a core."""

from amaranth.hdl import Shape
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.config import Config
from rtl.formats import LABEL_BITS, PIXEL_BITS
from rtl.interface.memory_map import DATA_BITS
from rtl.interface.results import Part, result_parts


def stimulus_layout(config: Config) -> data.StructLayout:
    """One beat of a sample: `config.beat` pixels of 4 bits; `config.beats` beats make a sample.

    `label` is the concept, `learn` asks to learn it, `recall` to recall all concepts anew after this sample, once it is
    learned; where it ends a block, the block's recall is the one asked for. The same in all beats. Pixels beyond the last
    do not count; a sample whose label is no concept's is not learned. In an auto-encoder the label means nothing, and with
    `recall` the pixels are the counts of a code, which is drawn and not learned. `last`, of a recurrent core: the sample
    ends a sequence.
    """
    pixels = data.ArrayLayout(PIXEL_BITS, config.beat)
    fields = {"pixels": pixels, "label": LABEL_BITS, "learn": 1, "recall": 1}
    return data.StructLayout(fields | ({"last": 1} if config.recurrent else {}))


def host_request_layout() -> data.StructLayout:
    """One access: see `rtl.interface.memory_map`."""
    return data.StructLayout({"address": 32, "write": 1, "data": DATA_BITS})


def host_answer_signature() -> wiring.Signature:
    """What a stream with `always_ready` is, which Amaranth does not take as a port of the Verilog's top."""
    return wiring.Signature({"payload": Out(DATA_BITS), "valid": Out(1)})


def result_layout(config: Config) -> data.StructLayout:
    """A sample's whole result. `counters[l - 1]` are those of layer l; of an auto-encoder see docs/autoencoder.md, 6."""
    return data.StructLayout({part.name: _shape(part) for part in result_parts(config)})


def core_signature(config: Config) -> wiring.Signature:
    """The ports of a core with whole results, `rtl.core.core_of`; `rtl.engine.core.EngineCore` says what each means."""
    return wiring.Signature(
        {
            "i": In(stream.Signature(stimulus_layout(config))),
            "o": Out(stream.Signature(result_layout(config))),
            "host_i": In(stream.Signature(host_request_layout())),
            "host_o": Out(host_answer_signature()),
            "idle": Out(1),
        }
    )


def _shape(part: Part) -> Shape | data.Layout:
    value = Shape(part.bits, part.signed)
    if part.fields:
        together = data.StructLayout(dict.fromkeys(part.fields, value))
        return data.ArrayLayout(together, part.count // len(part.fields))
    return value if part.count == 1 else data.ArrayLayout(value, part.count)
