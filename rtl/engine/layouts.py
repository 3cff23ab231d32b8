"""What goes between an engine's blocks (docs/hardware.md): layouts by its format, and below each what its fields are."""

from collections.abc import Callable

from amaranth.hdl import ShapeLike, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import Out

from rtl.engine.formats import EngineFormat
from rtl.formats import NOISE_BITS, RATE_BITS, TEMPLATE_BITS, ceil_log2

ERROR_COUNT_BITS = 13
"""Of a layer's errors that are not 0: a layer has 4,096 neurons at most."""
BANKS = 4
"""Of errors that wait: 0, 1 of W, by the sample's parity; 2, 3 of Theta, by the concept's."""


def layout(fields: Callable[[EngineFormat], dict[str, ShapeLike]]) -> Callable[[EngineFormat], data.StructLayout]:
    """A layout by an engine's format, from its fields by the same."""
    return lambda f: data.StructLayout(fields(f))


def flags(*names: str) -> dict[str, ShapeLike]:
    """Fields of a bit."""
    return dict.fromkeys(names, 1)


def lanes_of(f: EngineFormat, shape: ShapeLike) -> data.ArrayLayout:
    """One for each lane, the first neuron of a group lowest."""
    return data.ArrayLayout(shape, f.lanes)


def sent(shape: ShapeLike) -> wiring.Signature:
    """Something that is taken in its clock, without backpressure."""
    return wiring.Signature({"valid": Out(1), "payload": Out(shape)})


def side_fields(f: EngineFormat) -> dict[str, ShapeLike]:
    """Which passes of a layer: apical over Theta, else over W; echo, of an auto-encoder: over what was recalled."""
    return flags("apical", "echo") if f.autoencoder else flags("apical")


def header_layout(f: EngineFormat) -> data.StructLayout:
    """What goes with a sample, or with a concept that is recalled, through all layers.

    label: the sample's concept, or the one recalled. learn: the sample is learned. recall: behind it all concepts are
    recalled; relearn: and Theta learns first (a block's end). blank: no sample of the host's, nobody waits for its result.
    last: it ends a sequence. Of an auto-encoder parity: of the sample's number; drawn: no sample, but a code that goes down.
    """
    if f.autoencoder:
        return data.StructLayout(flags("learn", "parity", "drawn", "blank"))
    last = flags("last") if f.recurrent else {}
    return data.StructLayout({"label": f.class_bits} | flags("learn", "recall", "relearn", "blank") | last)


def bottom_layout(f: EngineFormat, groups: int) -> data.StructLayout:
    """A group of a sample's own counts of layer 0, which has so many; last: the last one of these."""
    return data.StructLayout({"counts": lanes_of(f, f.count_bits), "group": range(max(2, groups)), "last": 1})


spikes_layout = layout(lambda f: {"trains": lanes_of(f, f.planes), "source": f.source_bits, "header": header_layout(f)})
"""A word of rows for a source: what P senders send, the first at lane 0; the same `source` and `header` in all words."""
entry_layout = layout(lambda f: {"row": f.row_bits, "train": f.planes, "old": f.count_bits})
"""A listed row: its number, what it sends (bit t: a spike at step t, or a pixel), its count two samples ago."""
job_layout = layout(lambda f: {"new": f.row_bits + 1, "old": f.row_bits + 1, "header": header_layout(f)})
"""A listed sample of a source: how many rows are active now, and two samples ago only."""

update_layout = data.StructLayout({"errors": ERROR_COUNT_BITS, "rate": RATE_BITS, "noise": NOISE_BITS, "stochastic": 1})
"""How a pass's errors become changes of weights: how many of the layer's are not 0; rate + 8, the noise byte; stochastic:
else round half up."""
record_place = layout(lambda f: {"bank": (BANKS - 1).bit_length(), "context": f.context_bits})
"""Where an update waits: a layer's, of a bank of errors."""
walked_layout = layout(lambda f: {"context": f.context_bits} | side_fields(f))
"""A pass whose rows have all been fetched from the list."""


def pass_layout(f: EngineFormat) -> data.StructLayout:
    """A pass: a layer's groups, one after another, each over the listed rows.

    context: the layer's number on the engine. apical, echo: see `side_fields`. slot: of its sample, modulo 2^slot_bits. new,
    old: how many rows are listed as active now, from `front` on upwards, and as active two samples ago only, from `back` on
    downwards. bank, update: the errors that it applies, where there are `update.errors`.
    """
    rows = {"new": f.row_bits + 1, "old": f.row_bits + 1, "front": f.list_bits, "back": f.list_bits}
    return data.StructLayout(walked_layout(f).members | {"slot": f.slot_bits} | rows | {"bank": 2, "update": update_layout})


group_layout = layout(
    lambda f: walked_layout(f).members | {"group": max(1, ceil_log2(f.most_groups)), "place": f.place_bits, "last": 1}
)
"""Which group of which pass; last: the pass's last."""
lane_layout = layout(
    lambda f: (
        {"train": f.steps, "count": f.count_bits, "voltage": signed(f.voltage_bits)}
        | {"window": 2, "template": signed(TEMPLATE_BITS)}
    )
)
"""What a soma gives: train, bit t a spike at step t; count; V; window: bit 0 V >= low, bit 1 V < high; template: clip(rnd(V,
template_shift), -31..31). A lane beyond the layer's neurons is silent, all 0 but window."""
word_layout = layout(lambda f: {"group": group_layout(f), "lanes": lanes_of(f, lane_layout(f))})
"""What a group's somas give: of each lane a `lane_layout`."""
errors_layout = layout(lambda f: {"bank": 2, "place": f.place_bits, "live": 1, "errors": lanes_of(f, signed(f.error_bits))})
"""A group's errors g or G on their way to where they wait for their pass; `live`: not all of them are 0."""
count_layout = layout(lambda f: {"count": f.count_bits, "window": 2})
"""A neuron's count of a sample, and its window flags as in `lane_layout`; at the top bit 0 is V >= 0."""
counts_layout = layout(lambda f: {"parity": 1, "place": f.place_bits, "lanes": lanes_of(f, count_layout(f))})
"""A group's counts of a learning sample, as the learner keeps them until the sample is taught; `parity` the sample's."""
templates_layout = layout(lambda f: {"k": f.class_bits, "place": f.place_bits, "lanes": lanes_of(f, signed(TEMPLATE_BITS))})
"""A group's templates of concept k."""

teach_layout = layout(lambda f: {"context": f.context_bits, "parity": 1, "label": f.class_bits})
"""A learning sample whose counts at a layer are all there."""
taught_layout = layout(lambda f: {"context": f.context_bits, "parity": 1})
"""A sample that has been taught at a layer."""
concept_layout = layout(lambda f: {"context": f.context_bits, "k": f.class_bits})
"""Concept k at a layer."""
offered_layout = layout(lambda f: {"concept": concept_layout(f), "relearn": 1})
"""A concept about to be recalled at a layer; relearn: Theta learns from what was summed up for it."""
