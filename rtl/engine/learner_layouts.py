"""What goes between the learner's blocks, and in and out of it, beside `rtl.engine.layouts`."""

from amaranth.hdl import signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import ERROR_COUNT_BITS, flags, layout, record_place, teach_layout, update_layout
from rtl.engine.settings import setting
from rtl.formats import NOISE_BITS, RATE_BITS, SAMPLE_BITS, SCALAR_BITS, SUM_BITS


def learner_settings_layout(f: EngineFormat) -> data.StructLayout:
    """What the host sets. rates: of each context's W, backward_rate: of Theta, + 8; block_shift: of X."""
    names = ["dead_zone", "block_shift", "seed", "stochastic", "learn_theta"]
    names += ["neighbours"] if f.task == "sequence" else []
    rates = {"rates": data.ArrayLayout(RATE_BITS, len(f.contexts)), "backward_rate": setting("backward_rate")}
    return data.StructLayout({name: setting(name) for name in names} | rates)


def item_layout(f: EngineFormat) -> data.StructLayout:
    """What all lanes do in a clock, with a group of a layer: multiply, and add up from the item `first` to the item `last`.

    dot: d_k = sum r m[k], |r|^2 where `own`, |m[k]|^2 where `norm`. error: q_k m[k], or -q_r r where `own`. apical: E +=
    b1 r. low, high: E - S m, the lower half of S and the upper one, and E = 0. own: with the sample's counts, not a
    template. k: the concept; K stands for r. final: the last item of dot products that belong together. slot: of the
    lesson's scalars.
    """
    what = flags("dot", "error", "apical", "low", "high", "own", "norm", "first", "last", "final", "parity")
    of = {"slot": f.under_way_bits, "k": range(f.classes + 1), "place": f.place_bits, "context": f.context_bits}
    return data.StructLayout(what | of)


def dot_layout(f: EngineFormat) -> data.StructLayout:
    """A dot product, `value`, of concept k at a layer, where `valid`; k = K: |r|^2.

    norm: |m[k]|^2. final: the last of those that belong together. slot: the sample's. context: the layer's
    number on the engine.
    """
    of = {"slot": f.under_way_bits, "context": f.context_bits, "k": range(f.classes + 1)}
    return data.StructLayout(flags("valid", "norm", "final") | of | {"value": signed(max(f.dot_bits, f.norm_bits + 1))})


lanes_layout = data.StructLayout({"busy": 1, "wrong": ERROR_COUNT_BITS, "dotting": 1})
"""busy: an item but `dot` is under way, or errors are. wrong: how many errors since `clear` were not 0. dotting: a `dot`
is."""


def lanes_signature(f: EngineFormat) -> wiring.Signature:
    """What the lanes are told and say. item: 0 for nothing. bank: where errors go. clear: forgets that there were errors."""
    told = {"item": Out(item_layout(f)), "bank": Out(2), "clear": Out(1)}
    return wiring.Signature(told | {"dot": In(dot_layout(f)), "state": In(lanes_layout)})


def scalars_signature(f: EngineFormat) -> wiring.Signature:
    """Results that the lanes need. k, slot, apical -> scalar: a clock later, b1 where apical, else q; k = K for r.
    sum: S as taken out, until the next one is."""
    asked = {"k": Out(range(f.classes + 1)), "slot": Out(f.under_way_bits), "apical": Out(1)}
    return wiring.Signature(asked | {"scalar": In(signed(SCALAR_BITS)), "sum": In(signed(SUM_BITS))})


lesson_layout = layout(
    lambda f: {"slot": f.under_way_bits, "context": f.context_bits, "label": f.class_bits} | flags("apical", "take")
)
"""A sample to be taught at a layer. slot: where its dot products are and its results go. take: no sample, but S of concept
`label` is to be taken out. apical: it learns Theta."""
slot_layout = layout(lambda f: {"taught": teach_layout(f), "noise": NOISE_BITS})
"""A sample under way, with its noise."""
record_layout = layout(lambda f: {"at": record_place(f), "record": update_layout})
"""A record and where it goes."""

draw_layout = layout(lambda f: {"context": f.context_bits, "apical": 1} | ({} if f.autoencoder else {"k": f.class_bits}))
"""Whose noise: of W by the layer's next sample, which is counted, or of Theta where `apical`, by concept k; in an
auto-encoder of either by its own next sample."""
drawn_layout = data.StructLayout({"valid": 1, "noise": NOISE_BITS})
"""Noise, when it is there."""

host_layout = layout(
    lambda f: (
        flags("on", "write", "sums")
        | {"lane": range(max(2, f.lanes)), "word": range(max(2, f.classes * f.places)), "data": SUM_BITS}
    )
)
"""Host's access to a lane of a word: of E where `sums`, else of the templates; the same for `host_latency` clocks, and for
one more behind `write`."""
scalars_host_layout = layout(
    lambda f: flags("on", "write", "sums") | {"k": f.class_bits, "context": f.context_bits, "data": SUM_BITS}
)
"""Host's access to S (`sums`) or |m[k]|^2 of a layer's concept; the same for `host_latency` clocks."""


def samples_host_layout(f: EngineFormat) -> data.StructLayout:
    """Host's access to the number of learning samples that a layer has seen, in an auto-encoder each of its networks."""
    side = flags("apical") if f.autoencoder else {}
    return data.StructLayout(flags("on", "write") | side | {"context": f.context_bits, "data": SAMPLE_BITS})
