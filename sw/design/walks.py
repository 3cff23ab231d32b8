"""Walks: the rows of a layer's pass, as far as they decide how many clocks it takes."""

from dataclasses import dataclass, field

import numpy as np

UP, DOWN, AGAIN, BACK = "up", "down", "again", "back"
"""Sides of a layer, with which it is a source of rows: basal, apical, echo (rtl/engine/contexts.py), and what a recurrent
layer 1 sends back to itself, rows of the lists of what goes up."""
Source = tuple[int, str]
"""A layer and a side."""


@dataclass(frozen=True)
class Walked:
    """A pass over a layer's groups. words: rows to list, active or active before, in each word of P senders; returned: in
    those that a recurrent layer 1 has sent back to itself, from the sample before.

    new, old: rows active now, and before only; was: before. live: of each group, has the update that the pass applies errors
    there.
    """

    words: list[int]
    new: int
    old: int
    live: list[bool]
    was: int
    returned: list[int] = field(default_factory=list)

    @property
    def rows(self) -> float:
        """Rows that a group walks, those of its update included: a mean of its groups."""
        return self.new + self.old * (sum(self.live) / len(self.live) if self.live else 0)


def walked(lanes: int, active: np.ndarray, was: np.ndarray, errors: np.ndarray | None, *back: np.ndarray) -> Walked:
    """active, was: bool, of all senders. errors: of the update that the pass applies, None: it applies none. back: `active`
    and `was` of what a layer has sent back to itself."""

    def in_words(values: np.ndarray) -> list[int]:
        return [int(values[at : at + lanes].sum()) for at in range(0, len(values), lanes)]

    live = [] if errors is None else [found > 0 for found in in_words(errors != 0)]
    words, returned = in_words(active | was), in_words(back[0] | back[1]) if back else []
    if back:
        active, was = np.concatenate([active, back[0]]), np.concatenate([was, back[1]])
    return Walked(words, int(active.sum()), int((was & ~active).sum()), live, int(was.sum()), returned)


def mean_rows(groups: list[int], samples: list) -> tuple[float, ...]:
    """Mean words that layers 0..L, of so many groups, walk a sample, a recall at a block's end apart; empty without
    samples. Samples: with `passes(layer)`."""
    if not samples:
        return ()
    return tuple(
        count * sum(one.rows for sample in samples for one in sample.passes(layer)) / len(samples)
        for layer, count in enumerate(groups)
    )
