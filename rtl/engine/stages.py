"""Where an engine's pipelines have their registers: on a fast chip, and on a slow one, which needs a third of them. No HDL.

Stages that have the same number are in the same clock, with no register between them. An engine of one lane is for the
smallest chips; those are slow, an iCE40UP5K gets to 20 MHz or so.
"""

from collections import namedtuple
from dataclasses import dataclass

RowStages = namedtuple("RowStages", "entry address word factors weight stored recalled")
"""Of `synapses`, counted from the clock in which the walk issues a row.

entry: its entry of the list is there, whose address has gone out a clock sooner where that is stage 0; address: its
word's address stands at the memory; word: the word comes out of it, and with it the errors; factors: an error and a
count stand before the multiplier; weight: the word is beside the product; stored: the updated word is in a register,
from which it is written and added up; recalled: the same without learning."""


class SomaStages(namedtuple("SomaStages", "wanted plane sum leak current kept rest spike window template")):
    """Of `soma`, counted from the clock of a lane and step.

    wanted: which sum that is, is told to all lanes; plane: it is there; sum: planes are added up; leak: what has leaked is
    taken off the membrane; current: v goes in; kept: it is saturated; rest: the threshold is taken off; spike: of which the
    sign is it. window, template: what a lane's V gives.
    """

    @property
    def ahead(self) -> int:
        """Clocks from where a group is announced until its first sum is selected."""
        return self.wanted + 1

    @property
    def loop(self) -> int:
        """Clocks of a membrane's way round. So many neurons, at least, take turns."""
        return max(1, self.spike - self.leak)


VectorStages = namedtuple("VectorStages", "ask memory scalar factors product added sums_address total store")
"""Of `vector`. ask: for a scalar; memory: addresses of counts and templates are there; scalar, factors: those of the
product are chosen; product; added: over the lanes, for a dot product; sums_address: of E; total: a lane's sum is there;
store: E is written."""


RoundingStages = namedtuple("RoundingStages", "value coarse fine round error done")
"""Of `rounding`. value: a lane's total is there; coarse, fine: it is shifted; round; error: it is clipped and gated;
done: it is kept."""


ScalarStages = namedtuple("ScalarStages", "root operands factors product coarse fine round results sum")
"""Of `scalars`. root: its argument is there; operands: so is 1/|m[k]|; factors are chosen, and come before the product;
coarse, fine: it is shifted; round; results: it is clipped and written; sum: and S, counted from there."""


@dataclass(frozen=True)
class Stages:
    """All of an engine. picked: clocks in which a row that is to be listed is picked out of its word."""

    row: RowStages
    soma: SomaStages
    vector: VectorStages
    rounding: RoundingStages
    scalars: ScalarStages
    picked: int


# A block RAM's clock to output is more than half of a fast clock: what comes out of it goes into a register first.
FAST = Stages(
    row=RowStages(entry=2, address=3, word=4, factors=5, weight=6, stored=8, recalled=7),
    soma=SomaStages(wanted=1, plane=2, sum=3, leak=3, current=4, kept=5, rest=6, spike=7, window=5, template=6),
    vector=VectorStages(ask=1, memory=2, scalar=3, factors=4, product=5, added=6, sums_address=4, total=7, store=8),
    rounding=RoundingStages(value=1, coarse=2, fine=3, round=4, error=5, done=6),
    scalars=ScalarStages(root=2, operands=4, factors=5, product=6, coarse=7, fine=8, round=9, results=10, sum=3),
    picked=1,
)
SLOW = Stages(
    row=RowStages(entry=0, address=0, word=1, factors=1, weight=1, stored=2, recalled=2),
    soma=SomaStages(wanted=0, plane=0, sum=0, leak=1, current=1, kept=1, rest=1, spike=1, window=1, template=1),
    vector=VectorStages(ask=0, memory=0, scalar=1, factors=1, product=1, added=1, sums_address=0, total=2, store=2),
    rounding=RoundingStages(value=0, coarse=0, fine=0, round=0, error=0, done=0),
    scalars=ScalarStages(root=1, operands=2, factors=2, product=3, coarse=3, fine=3, round=4, results=4, sum=1),
    picked=0,
)
