"""What goes between an engine's blocks (docs/hardware.md)."""

from amaranth.hdl import signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import Out
from amaranth.utils import ceil_log2

from rtl.engine.formats import EngineFormat
from rtl.formats import NOISE_BITS, RATE_BITS, TEMPLATE_BITS

ERROR_COUNT_BITS = 13
"""Of a layer's errors that are not 0: a layer has 4,096 neurons at most."""
BANKS = 4
"""Of errors that wait: 0, 1 of W, by the sample's parity; 2, 3 of Theta, by the concept's."""


def entry_layout(f: EngineFormat) -> data.StructLayout:
    """A listed row: its number, what it sends (bit t: a spike at step t, or a pixel), its count two samples ago."""
    return data.StructLayout({"row": f.row_bits, "train": f.planes, "old": f.count_bits})


def sent(layout) -> wiring.Signature:
    """Something that is taken in its clock, without backpressure."""
    return wiring.Signature({"valid": Out(1), "payload": Out(layout)})


def header_layout(f: EngineFormat) -> data.StructLayout:
    """What goes with a sample, or with a concept that is recalled, through all layers.

    label: the sample's concept, or the one recalled. learn: the sample is learned. recall: behind it all concepts are
    recalled; relearn: and Theta learns first (a block's end). blank: no sample of the host's, nobody waits for its result.
    last: it ends a sequence. Of an auto-encoder parity: of the sample's number; drawn: no sample, but a code that goes down.
    """
    if f.autoencoder:
        return data.StructLayout({"learn": 1, "parity": 1, "drawn": 1, "blank": 1})
    fields = {"label": f.class_bits, "learn": 1, "recall": 1, "relearn": 1, "blank": 1}
    return data.StructLayout(fields | ({"last": 1} if f.recurrent else {}))


def spikes_layout(f: EngineFormat) -> data.StructLayout:
    """A word of rows for a source: what P senders send, the first at lane 0; the same `source` and `header` in all words."""
    return data.StructLayout(
        {"trains": data.ArrayLayout(f.planes, f.lanes), "source": f.source_bits, "header": header_layout(f)}
    )


def bottom_layout(f: EngineFormat, groups: int) -> data.StructLayout:
    """A group of a sample's own counts of layer 0, which has so many; last: the last one of these."""
    return data.StructLayout({"counts": data.ArrayLayout(f.count_bits, f.lanes), "group": range(max(2, groups)), "last": 1})


def job_layout(f: EngineFormat) -> data.StructLayout:
    """A listed sample of a source: how many rows are active now, and two samples ago only."""
    return data.StructLayout({"new": f.row_bits + 1, "old": f.row_bits + 1, "header": header_layout(f)})


def side_layout(f: EngineFormat) -> dict:
    """Which passes of a layer: apical over Theta, else over W; echo, of an auto-encoder: over what was recalled."""
    return {"apical": 1} | ({"echo": 1} if f.autoencoder else {})


def update_layout() -> data.StructLayout:
    """How a pass's errors become changes of weights: rate + 8, the noise byte; stochastic: else round half up.

    errors: how many of the layer's are not 0.
    """
    return data.StructLayout({"errors": ERROR_COUNT_BITS, "rate": RATE_BITS, "noise": NOISE_BITS, "stochastic": 1})


def record_place(f: EngineFormat) -> data.StructLayout:
    """Where an update waits: a layer's, of a bank of errors."""
    return data.StructLayout({"bank": (BANKS - 1).bit_length(), "context": f.context_bits})


def pass_layout(f: EngineFormat) -> data.StructLayout:
    """A pass: a layer's groups, one after another, each over the listed rows.

    context: the layer's number on the engine. apical, echo: see `side_layout`. slot: of its sample, modulo
    2^slot_bits. new, old: how many rows are listed as
    active now, from `front` on upwards, and as active two samples ago only, from `back` on downwards. bank,
    update: the errors that it applies, where there are `update.errors`.
    """
    return data.StructLayout(
        {
            "context": f.context_bits,
            **side_layout(f),
            "slot": f.slot_bits,
            "new": f.row_bits + 1,
            "old": f.row_bits + 1,
            "front": f.list_bits,
            "back": f.list_bits,
            "bank": 2,
            "update": update_layout(),
        }
    )


def walked_layout(f: EngineFormat) -> data.StructLayout:
    """A pass whose rows have all been fetched from the list."""
    return data.StructLayout({"context": f.context_bits} | side_layout(f))


def group_layout(f: EngineFormat) -> data.StructLayout:
    """Which group of which pass; last: the pass's last."""
    group = {"group": max(1, ceil_log2(f.most_groups)), "place": f.place_bits, "last": 1}
    return data.StructLayout({"context": f.context_bits} | side_layout(f) | group)


def word_layout(f: EngineFormat) -> data.StructLayout:
    """What a group's somas give, of each lane: train, bit t a spike at step t; count; V; window: bit 0 V >= low, bit 1
    V < high; template: clip(rnd(V, template_shift), -31..31). A lane beyond the layer's neurons is silent, all 0 but window.
    """
    lane = data.StructLayout(
        {
            "train": f.steps,
            "count": f.count_bits,
            "voltage": signed(f.voltage_bits),
            "window": 2,
            "template": signed(TEMPLATE_BITS),
        }
    )
    return data.StructLayout({"group": group_layout(f), "lanes": data.ArrayLayout(lane, f.lanes)})


def errors_layout(f: EngineFormat) -> data.StructLayout:
    """A group's errors g or G on their way to where they wait for their pass; `live`: not all of them are 0."""
    errors = data.ArrayLayout(signed(f.error_bits), f.lanes)
    return data.StructLayout({"bank": 2, "place": f.place_bits, "live": 1, "errors": errors})


def count_layout(f: EngineFormat) -> data.StructLayout:
    """A neuron's count of a sample, and its window flags as in `word_layout`; at the top bit 0 is V >= 0."""
    return data.StructLayout({"count": f.count_bits, "window": 2})


def counts_layout(f: EngineFormat) -> data.StructLayout:
    """A group's counts of a learning sample, as the learner keeps them until the sample is taught; `parity` the sample's."""
    return data.StructLayout({"parity": 1, "place": f.place_bits, "lanes": data.ArrayLayout(count_layout(f), f.lanes)})


def templates_layout(f: EngineFormat) -> data.StructLayout:
    """A group's templates of concept k."""
    return data.StructLayout(
        {"k": f.class_bits, "place": f.place_bits, "lanes": data.ArrayLayout(signed(TEMPLATE_BITS), f.lanes)}
    )


def teach_layout(f: EngineFormat) -> data.StructLayout:
    """A learning sample whose counts at a layer are all there."""
    return data.StructLayout({"context": f.context_bits, "parity": 1, "label": f.class_bits})


def taught_layout(f: EngineFormat) -> data.StructLayout:
    """A sample that has been taught at a layer."""
    return data.StructLayout({"context": f.context_bits, "parity": 1})


def concept_layout(f: EngineFormat) -> data.StructLayout:
    """Concept k at a layer."""
    return data.StructLayout({"context": f.context_bits, "k": f.class_bits})


def offered_layout(f: EngineFormat) -> data.StructLayout:
    """A concept about to be recalled at a layer; relearn: Theta learns from what was summed up for it."""
    return data.StructLayout({"concept": concept_layout(f), "relearn": 1})
