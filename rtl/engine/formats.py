"""Widths of all that an engine is made of, from the configuration (docs/arithmetic.md). No HDL."""

from golden.config import Config
from rtl.engine.contexts import contexts_of
from rtl.engine.routes import Layers
from rtl.engine.stages import FAST, SLOW, Stages
from rtl.formats import APICAL_ERROR_BITS, ERROR_BITS, PIXEL_BITS, SYNAPSE_BITS, ceil_log2


class EngineFormat(Layers):
    """An engine's widths. Arguments as of `Layers`."""

    @staticmethod
    def of(config: Config, layers: tuple[int, ...], lanes: int) -> "EngineFormat":
        """The engine of these layers (ascending, none below `config.lowest_built`) with `lanes` lanes."""
        return EngineFormat(
            lanes,
            config.layers,
            config.steps,
            config.classes,
            config.leak,
            config.weight_bits,
            config.learn,
            contexts_of(config, layers, lanes),
            config.task,
            config.recurrent,
            config.lowest_built,
        )

    @property
    def slow(self) -> bool:
        """Whether it is for a small and slow chip: few registers, and weights in memories of one port."""
        return self.lanes == 1

    @property
    def stages(self) -> Stages:
        """Where its pipelines have registers."""
        return SLOW if self.slow else FAST

    @property
    def entry_clocks(self) -> int:
        """From an address of the list to its entry."""
        return max(1, self.stages.row.entry)

    @property
    def stored(self) -> int:
        """The stage of `stages.row` in which a row's word is as it is to be."""
        return self.stages.row.stored if self.learn else self.stages.row.recalled

    @property
    def summed(self) -> int:
        """The stage of `stages.row` in which a group's sums are there, counted from its last row."""
        return self.stored + 2

    @property
    def list_bits(self) -> int:
        """Of an address of the list of active rows."""
        return ceil_log2(2 * sum(s.list_rows for s in self.sources if not s.lateral))

    @property
    def source_bits(self) -> int:
        """Of a source's number; at least one."""
        return max(1, ceil_log2(len(self.sources)))

    @property
    def kept_words(self) -> int:
        """Words of counts of last samples."""
        return sum(source.slots * source.words for source in self.sources if not source.echo)

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
    def sample_counts(self) -> int:
        """Counts of learning samples: a layer's, or one of each of its two networks."""
        return len(self.contexts) << self.autoencoder

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
        """Of a sample's number among those that may be between layer 1 and the result: two lists a pass, and what is
        between them; where layers have echoes, those of the sample two before are read with it."""
        return ceil_log2(4 * self.layers + 4 if self.autoencoder else 2 * self.layers + 2)

    @property
    def under_way(self) -> int:
        """Samples that the learner has under way: its lanes work on one while the scalars of the others are made, for
        which one lane need not work."""
        return 1 if self.slow else 3

    @property
    def under_way_bits(self) -> int:
        """Of such a sample's slot."""
        return max(1, ceil_log2(self.under_way))

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
        wide = any(c.pre_apical for c in self.contexts) and not self.autoencoder
        return APICAL_ERROR_BITS if wide else ERROR_BITS
