"""What a core says of each sample: the types that the golden model, the simulated chip and the driver give. No torch."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np


class Batch:
    """What is said of B samples, an array a member; a member may be None."""

    def __getitem__(self, part: slice) -> Self:
        return type(self)(*(None if value is None else value[part] for value in self._values()))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Of the members."""
        return tuple(field.name for field in fields(cls))

    def arrays(self) -> dict[str, np.ndarray]:
        """The members by name, but the clocks."""
        return {name: getattr(self, name) for name in self.names() if name != "clocks"}

    def _values(self) -> list[np.ndarray | None]:
        return [getattr(self, name) for name in self.names()]

    @classmethod
    def join(cls, parts: list[Self]) -> Self:
        """One after the other; at least one part."""
        columns = zip(*(part._values() for part in parts), strict=True)
        return cls(*(None if column[0] is None else np.concatenate(column) for column in columns))


@dataclass(frozen=True)
class Records(Batch):
    """What the chip sends for each of B samples.

    Members:
        prediction: (B,) concept.
        voltages: (B, K) summed voltages V_L of the top layer, signed.
        counters: (B, L, 4) rows, errors, saturations, spikes of layers 1..L. The update counted is that of the last sample
            but one, also where that came with an earlier call; none is pending once it was finished, or a state loaded.
        clocks: (B,) unsigned 32-bit clock stamps of the results; None where they come from no simulated chip.
    """

    prediction: np.ndarray
    voltages: np.ndarray
    counters: np.ndarray
    clocks: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.prediction)


@dataclass(frozen=True)
class Recalled(Batch):
    """What an auto-encoder says of each of B samples (docs/autoencoder.md, 6).

    Members:
        recalled: (B, n_0) counts 0..T that the code recalls at layer 0.
        code: (B, n_L) counts 0..T of the last layer.
        squared_error: (B,) sum of (r_0 - recalled)^2; 0 of a code that was drawn.
        counters: (B, L, 10), of place i in the order of `RECALLED_COUNTERS`.
        clocks: as of `Records`.
    """

    recalled: np.ndarray
    code: np.ndarray
    squared_error: np.ndarray
    counters: np.ndarray
    clocks: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.recalled)


RECALLED_COUNTERS = (
    *(f"{way}_{what}" for way in ("up", "down") for what in ("rows", "errors", "saturations", "spikes")),
    "again_rows",
    "again_spikes",
)
"""Of place i = 0..L-1: of W[i + 1] (up, again), of Theta[i] (down). Errors, saturations and again are those of the last
sample but one, whose updates this sample's passes write."""
