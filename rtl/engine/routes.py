"""Routes: an engine's layers, what their passes read rows from, and where their spikes go. No HDL."""

from golden.config import Config
from rtl.engine.contexts import Context, Target, contexts_of, sources_of


class Layers:
    """What an engine is, and its layers.

    layers: L. classes: K, of an auto-encoder the neurons of layer L. learn: with all that learns. autoencoder: samples are
    recalled from their own code, not named (docs/autoencoder.md); echoes: layers see what the layer below has recalled.
    recurrent: samples come in sequences (docs/sequences.md). lowest: the lowest layer of the core, at which recalls end.
    contexts: the engine's layers; sources: all that its passes read rows from, in the order of contexts, basal before
    apical.

    Args:
        own_layers: those on the engine, ascending, none below `config.lowest_built`. lanes: P.
    """

    def __init__(self, config: Config, own_layers: tuple[int, ...], lanes: int):
        self.lanes, self.layers, self.steps, self.classes = lanes, config.layers, config.steps, config.classes
        self.leak, self.weight_bits, self.learn = config.leak, config.weight_bits, config.learn
        self.task, self.recurrent, self.lowest = config.task, config.recurrent, config.lowest_built
        self.autoencoder = self.task == "autoencoder"
        self.echoes = self.autoencoder and self.learn
        self.contexts = contexts_of(config, own_layers, lanes)
        self.sources = sources_of(self.contexts, lanes, 2 if self.autoencoder else self.classes, self.echoes)

    def source_of(self, target: Target) -> int | None:
        """The number of the source that spikes for a target go to; None where there is none on this engine."""
        for number, source in enumerate(self.sources):
            if not source.lateral and Target(self.contexts[source.context].layer, source.apical, source.echo) == target:
                return number
        return None

    @property
    def lateral_source(self) -> int | None:
        """The number of the source that layer 1's own counts go to; None where there is none on this engine."""
        return next((number for number, source in enumerate(self.sources) if source.lateral), None)

    def context_of(self, layer: int) -> int:
        """A layer's number on the engine. Raises StopIteration where it is not on it."""
        return next(number for number, context in enumerate(self.contexts) if context.layer == layer)

    def has(self, layer: int) -> bool:
        """Whether a layer is mapped onto it."""
        return any(context.layer == layer for context in self.contexts)

    def targets_of(self, context: Context, apical: bool) -> tuple[Target, ...]:
        """Where a layer's spikes of perception, or where `apical` of a recall, go to."""
        layer = context.layer
        if not context.rows(apical):
            return ()
        if apical:
            down = (Target(layer - 1, apical=True),) if layer > self.lowest else ()
            return (*down, Target(layer + 1, echo=True)) if self.echoes else down
        if layer < self.layers:
            return (Target(layer + 1),)
        return (Target(layer - 1, apical=True),) if self.autoencoder else ()

    @property
    def links(self) -> tuple[Target, ...]:
        """Where its spikes go to on other engines, a link each."""
        found = (self.targets_of(context, apical) for context in self.contexts for apical in (False, True))
        return tuple(target for targets in found for target in targets if not self.has(target.layer))

    @property
    def inputs(self) -> tuple[int, ...]:
        """Sources whose spikes come from elsewhere, the stimulus or other engines: their numbers."""
        found = []
        for number, source in enumerate(self.sources):
            sender = self.contexts[source.context].layer + (1 if source.apical else -1)
            coded = source.apical and sender == self.layers and not self.autoencoder  # by the concepts' codes
            stimulus = sender == 0 and not source.echo
            if not coded and not source.lateral and (stimulus or not self.has(sender)):
                found.append(number)
        return tuple(found)
