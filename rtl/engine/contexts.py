"""The layers of an engine, and what their passes read: constants, from the configuration. No HDL."""

from dataclasses import dataclass, replace

from golden.config import Config


@dataclass(frozen=True)
class Context:
    """A layer on an engine: constants of its passes. `pre_basal`, `pre_apical`: rows of W and of Theta, 0 for none;
    `own_rows`: how many of those of W, the last ones, are the layer's own.

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
    own_rows: int

    def rows(self, apical: bool) -> int:
        """Rows of its weights from one side."""
        return self.pre_apical if apical else self.pre_basal

    def base(self, apical: bool) -> int:
        """Its first word of weights from one side."""
        return self.apical_base if apical else self.basal_base


@dataclass(frozen=True)
class Target:
    """Where spikes go: a layer, and what they are there.

    apical: the rows of its Theta, else of its W. echo: the rows of W once more, of what the layer below has recalled.
    """

    layer: int
    apical: bool = False
    echo: bool = False


@dataclass(frozen=True)
class Source:
    """What lists rows for a layer's passes from one side: `rows` senders, in `words` words of P a sample.

    slots: how many last samples' counts are kept, in turns: 2 of perceptions, K of the concepts' recalls. list_base: its
    first list address, of two buffers of `list_rows`. count_base: its first word of counts. echo: see `Target`; a layer's
    echo and its perceptions have one place of counts, those of the echo, which are what an update multiplies. lateral: the
    layer's own counts of the sample before, rows of its W from `first_row` on; they share the lists of the source before
    this one, whose samples they complete (docs/sequences.md, 2).
    """

    context: int
    apical: bool
    echo: bool
    direct: bool
    rows: int
    words: int
    slots: int
    list_base: int
    count_base: int
    list_rows: int
    lateral: bool = False
    first_row: int = 0


def contexts_of(config: Config, layers: tuple[int, ...], lanes: int) -> tuple[Context, ...]:
    """Those of an engine of these layers."""
    n, contexts, word, place = config.sizes, [], 0, 0
    for layer in layers:
        groups = -(-n[layer] // lanes)
        below = config.rows(layer) if layer else 0
        above = n[layer + 1] if layer < config.layers and config.has_backward else 0
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
                own_rows=below - n[layer - 1] if layer else 0,
            )
        )
        word += groups * (below + above)
        place += groups
    return tuple(contexts)


def sources_of(contexts: tuple[Context, ...], lanes: int, recalls: int, echoes: bool) -> tuple[Source, ...]:
    """All that the passes of these layers read rows from, basal before apical, and behind it the echo; the lateral one
    behind the basal one.

    recalls: slots of apical counts. echoes: each layer that has W has an echo, too.
    """
    found, entries, words = [], 0, 0
    for number, context in enumerate(contexts):
        basal_words = words
        for apical, echo in ((False, False), (True, False), (False, True)):
            listed = context.rows(apical)
            if not listed or (echo and not echoes):
                continue
            slots, direct = recalls if apical else 2, context.direct and not apical
            own = context.own_rows if not apical else 0
            rows = listed - own
            source = Source(
                number, apical, echo, direct, rows, -(-rows // lanes), slots, entries, basal_words if echo else words, listed
            )
            found.append(source)
            words += 0 if echo else slots * source.words
            if own:
                of_own = -(-own // lanes)
                found.append(replace(source, rows=own, words=of_own, count_base=words, lateral=True, first_row=rows))
                words += slots * of_own
            entries += 2 * listed
    return tuple(found)
