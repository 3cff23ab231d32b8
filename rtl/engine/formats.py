"""Widths of all that an engine is made of, and a configuration's engines (docs/arithmetic.md). No HDL."""

from golden.config import Config
from rtl.engine.routes import Layers
from rtl.engine.stages import FAST, SLOW
from rtl.formats import APICAL_ERROR_BITS, ERROR_BITS, PIXEL_BITS, SYNAPSE_BITS, ceil_log2


class EngineFormat(Layers):
    """An engine's sizes, and widths in bits (`_bits`): those of a place, a layer and a source are at least one, so that no
    memory has a single word. Arguments as of `Layers`.
    """

    def __init__(self, config: Config, own_layers: tuple[int, ...], lanes: int):
        super().__init__(config, own_layers, lanes)
        contexts, sources = self.contexts, self.sources

        # Stages.
        self.slow = lanes == 1  # for a small and slow chip: few registers, and weights in memories of one port
        self.stages = SLOW if self.slow else FAST  # where its pipelines have registers
        row = self.stages.row
        self.entry_clocks = max(1, row.entry)  # from an address of the list to its entry
        # Numbers of stages of `row`: where a word is as it is to be; where a group's sums are there, from its last row on.
        self.stored = row.stored if self.learn else row.recalled
        self.summed = self.stored + 2

        # Sizes.
        self.words = max(2, sum(c.groups * (c.pre_basal + c.pre_apical) for c in contexts))  # of the weight memory
        self.kept_words = sum(s.slots * s.words for s in sources if not s.echo)  # of counts of last samples
        self.most_neurons = max(c.size for c in contexts)  # of its largest layer
        self.most_groups = max(c.groups for c in contexts)  # of a layer
        self.most_rows = max(2, *(max(c.pre_basal, c.pre_apical) for c in contexts))  # of a pass over one group
        self.places = sum(c.groups for c in contexts)  # groups of all layers
        self.sample_counts = len(contexts) << self.autoencoder  # of learning samples: a layer's, or each of its networks'

        # Widths.
        self.context_bits = max(1, ceil_log2(len(contexts)))  # of a layer's number on the engine
        self.place_bits = max(1, ceil_log2(self.places))
        self.source_bits = max(1, ceil_log2(len(sources)))
        self.class_bits = ceil_log2(self.classes)  # of a concept's number
        self.row_bits = ceil_log2(self.most_rows)  # of a row's number within its pass
        self.list_bits = ceil_log2(2 * sum(s.list_rows for s in sources if not s.lateral))  # of an address of the lists
        # Of a sample's number among those that may be between layer 1's walk and the result: two lists a pass above it (the
        # walk where there is none), a group whose sums wait, two in the soma, and the result. Where layers have echoes,
        # those of the sample two before are read with it.
        self.slot_bits = ceil_log2(4 * self.layers + 4 if self.autoencoder else max(5, 2 * self.layers + 2))
        # Samples that the learner has under way: its lanes work on one while the scalars of the others are made, for which
        # one lane need not work.
        self.under_way = 1 if self.slow else 3
        self.under_way_bits = max(1, ceil_log2(self.under_way))

        self.count_bits = self.steps.bit_length()  # of a spike count 0..T
        # Of what a row sends, T steps or, where a layer sees pixels as currents, a pixel: an accumulator of a lane for each.
        self.planes = max(self.steps, PIXEL_BITS if any(c.direct for c in contexts) else 0)
        self.accumulator_bits = SYNAPSE_BITS + ceil_log2(self.most_rows + 1)  # signed sum of w8 over a pass's rows; also a v
        self.voltage_bits = self.accumulator_bits + ceil_log2(self.steps)  # signed V, the sum of v over T steps
        self.template_shift = 2 + ceil_log2(self.steps)  # m = clip(rnd(Vh, template_shift))
        self.norm_bits = (self.most_neurons * max(31 * 31, self.steps * self.steps)).bit_length()  # |m|^2, |r|^2
        self.dot_bits = (self.most_neurons * 31 * self.steps).bit_length() + 1  # signed d = r . m[k]
        backward = any(c.pre_apical for c in contexts) and not self.autoencoder
        self.error_bits = APICAL_ERROR_BITS if backward else ERROR_BITS  # signed, as they wait: g, or G, too


def engines_of(config: Config) -> list[EngineFormat]:
    """The engines of a configuration: as `engines` has them, or one for all layers."""
    mapping = config.engines or (tuple(range(config.layers + 1)),)
    layers = [tuple(layer for layer in sorted(engine) if layer >= config.lowest_built) for engine in mapping]
    return [EngineFormat(config, engine, config.lanes) for engine in layers if engine]
