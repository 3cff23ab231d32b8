"""What an engine is made of: widths, and a context a layer; from the configuration (docs/arithmetic2.md). No HDL."""

from dataclasses import dataclass

from golden.config import Config
from rtl.formats import ceil_log2

SYNAPSE_BITS = 8
MEMBRANE_BITS = 16
TEMPLATE_BITS = 6
"""m, signed: -31..31, or T."""
SCALAR_BITS = 16
"""q, q_r, b1, b2, G, signed."""
SUM_BITS = 24
"""E and S, signed."""
ERROR_BITS, APICAL_ERROR_BITS = 7, 16
"""g and G, signed."""
COEFFICIENT_BITS = 10
"""a and C, signed Q.8."""
NOISE_BITS, RATE_BITS, LABEL_BITS, PIXEL_BITS = 8, 4, 6, 4
FACTOR_BITS = 18
"""A signed factor of an FPGA's multiplier: count << (rate + 8), rate <= 5."""
SAMPLE_BITS = 32
"""The number of learning samples seen."""


@dataclass(frozen=True)
class Context:
    """A layer on an engine: constants of its passes. `pre_basal`, `pre_apical`: rows of W and of Theta, 0 for none.

    basal_base, apical_base: its first word of W, of Theta, group-major (word = base + group x rows + row). place_base: of
    its groups among those of the engine's layers; a *place* is place_base + group. shift: s_l, of W. top, bottom: is it
    layer L, layer 0.
    """

    layer: int
    size: int
    groups: int
    pre_basal: int
    pre_apical: int
    basal_base: int
    apical_base: int
    place_base: int
    shift: int
    direct: bool
    top: bool
    bottom: bool

    def rows(self, apical: bool) -> int:
        """Rows of its weights from one side."""
        return self.pre_apical if apical else self.pre_basal

    def base(self, apical: bool) -> int:
        """Its first word of weights from one side."""
        return self.apical_base if apical else self.basal_base


@dataclass(frozen=True)
class Source:
    """What lists rows for a layer's passes from one side: `rows` senders, in `words` words of P a sample.

    slots: how many last samples' counts are kept, in turns: 2 of perceptions, K of recalls. list_base: its first list
    address, of two buffers of `rows`. count_base: its first word of counts.
    """

    context: int
    apical: bool
    direct: bool
    rows: int
    words: int
    slots: int
    list_base: int
    count_base: int


@dataclass(frozen=True)
class EngineFormat:
    """An engine's widths, and its layers in ascending order.

    layers: L. classes: K. learn: with Theta and all that learns. contexts: its layers.
    """

    lanes: int
    layers: int
    steps: int
    classes: int
    leak: int
    weight_bits: int
    learn: bool
    contexts: tuple[Context, ...]

    @staticmethod
    def of(config: Config, layers: tuple[int, ...], lanes: int) -> "EngineFormat":
        """The engine of these layers (ascending, of 0..L; without learning none is 0) with `lanes` lanes."""
        n, contexts, word, place = config.sizes, [], 0, 0
        for layer in layers:
            groups = -(-n[layer] // lanes)
            below = n[layer - 1] if layer else 0
            above = n[layer + 1] if layer < config.layers and config.learn else 0
            contexts.append(
                Context(
                    layer=layer,
                    size=n[layer],
                    groups=groups,
                    pre_basal=below,
                    pre_apical=above,
                    basal_base=word,
                    apical_base=word + groups * below,
                    place_base=place,
                    shift=config.scale(layer) if layer else 0,
                    direct=layer == 1 and config.coding == "direct",
                    top=layer == config.layers,
                    bottom=layer == 0,
                )
            )
            word += groups * (below + above)
            place += groups
        return EngineFormat(
            lanes,
            config.layers,
            config.steps,
            config.classes,
            config.leak,
            config.weight_bits,
            config.learn,
            tuple(contexts),
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that its passes read rows from, in the order of contexts, basal before apical."""
        found, entries, words = [], 0, 0
        for number, context in enumerate(self.contexts):
            for apical in (False, True):
                rows = context.rows(apical)
                if not rows:
                    continue
                slots = self.classes if apical else 2
                direct = context.direct and not apical
                source = Source(number, apical, direct, rows, -(-rows // self.lanes), slots, entries, words)
                found.append(source)
                entries, words = entries + 2 * rows, words + slots * source.words
        return tuple(found)

    def source_of(self, layer: int, apical: bool) -> int | None:
        """The number of a layer's source; None where it is not on this engine, or has no such side."""
        for number, source in enumerate(self.sources):
            if self.contexts[source.context].layer == layer and source.apical == apical:
                return number
        return None

    def context_of(self, layer: int) -> int:
        """A layer's number on the engine. Raises StopIteration where it is not on it."""
        return next(number for number, context in enumerate(self.contexts) if context.layer == layer)

    def has(self, layer: int) -> bool:
        """Whether a layer is mapped onto it."""
        return any(context.layer == layer for context in self.contexts)

    def target_of(self, context: Context, apical: bool) -> tuple[int, bool] | None:
        """(layer, side) that a layer's spikes of perception, or where `apical` of a recall, go to; None: nowhere."""
        if not (context.pre_apical if apical else context.pre_basal):
            return None
        layer = context.layer + (-1 if apical else 1)
        return (layer, apical) if (0 if self.learn else 1) <= layer <= self.layers else None

    @property
    def links(self) -> tuple[tuple[int, bool], ...]:
        """Where its spikes go to on other engines: (layer, side), a link each."""
        targets = (self.target_of(context, apical) for context in self.contexts for apical in (False, True))
        return tuple(target for target in targets if target and not self.has(target[0]))

    @property
    def inputs(self) -> tuple[int, ...]:
        """Sources whose spikes come from elsewhere, the stimulus or other engines: their numbers."""
        found = []
        for number, source in enumerate(self.sources):
            sender = self.contexts[source.context].layer + (1 if source.apical else -1)
            driven = source.apical and sender == self.layers  # by the codes
            if not driven and (sender == 0 or not self.has(sender)):
                found.append(number)
        return tuple(found)

    @property
    def list_bits(self) -> int:
        """Of an address of the list of active rows."""
        return ceil_log2(2 * sum(source.rows for source in self.sources))

    @property
    def source_bits(self) -> int:
        """Of a source's number; at least one."""
        return max(1, ceil_log2(len(self.sources)))

    @property
    def kept_words(self) -> int:
        """Words of counts of last samples."""
        return sum(source.slots * source.words for source in self.sources)

    @property
    def words(self) -> int:
        """Of the weight memory."""
        return max(2, sum(c.groups * (c.pre_basal + c.pre_apical) for c in self.contexts))

    @property
    def places(self) -> int:
        """Groups of all its layers."""
        return sum(c.groups for c in self.contexts)

    @property
    def place_bits(self) -> int:
        """Of a place; at least one, so that no memory has a single word."""
        return max(1, ceil_log2(self.places))

    @property
    def context_bits(self) -> int:
        """Of a layer's number on the engine; at least one."""
        return max(1, ceil_log2(len(self.contexts)))

    @property
    def class_bits(self) -> int:
        """Of a concept's number."""
        return ceil_log2(self.classes)

    @property
    def most_groups(self) -> int:
        """Groups of its layer with the most."""
        return max(c.groups for c in self.contexts)

    @property
    def most_rows(self) -> int:
        """Rows of the longest pass over one group; at least 2."""
        return max(2, *(max(c.pre_basal, c.pre_apical) for c in self.contexts))

    @property
    def row_bits(self) -> int:
        """Of a row's number within its pass."""
        return ceil_log2(self.most_rows)

    @property
    def slot_bits(self) -> int:
        """Of a sample's number among those that may be between layer 1 and the result: two lists a layer, and what is
        between them."""
        return ceil_log2(2 * self.layers + 2)

    @property
    def count_bits(self) -> int:
        """Of a spike count 0..T."""
        return self.steps.bit_length()

    @property
    def direct(self) -> bool:
        """Whether one of its layers sees pixels as currents."""
        return any(c.direct for c in self.contexts)

    @property
    def planes(self) -> int:
        """Accumulators of a lane: one for each bit of what a row sends, T steps or a pixel."""
        return max(self.steps, PIXEL_BITS if self.direct else 0)

    @property
    def accumulator_bits(self) -> int:
        """Signed sum of w8 over the rows of any pass; also of a v."""
        return SYNAPSE_BITS + ceil_log2(self.most_rows + 1)

    @property
    def voltage_bits(self) -> int:
        """Signed V, the sum of v over T steps."""
        return self.accumulator_bits + ceil_log2(self.steps)

    @property
    def template_shift(self) -> int:
        """m = clip(rnd(Vh, template_shift))."""
        return 2 + ceil_log2(self.steps)

    @property
    def most_neurons(self) -> int:
        """Of its largest layer."""
        return max(c.size for c in self.contexts)

    @property
    def norm_bits(self) -> int:
        """Unsigned |m|^2, |r|^2."""
        return (self.most_neurons * max(31 * 31, self.steps * self.steps)).bit_length()

    @property
    def dot_bits(self) -> int:
        """Signed d = r . m[k]."""
        return (self.most_neurons * 31 * self.steps).bit_length() + 1

    @property
    def error_bits(self) -> int:
        """Signed errors as they wait for their pass: g, or G where there is a backward network."""
        return APICAL_ERROR_BITS if any(c.pre_apical for c in self.contexts) else ERROR_BITS
