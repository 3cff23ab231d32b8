"""What a core says of each sample: the types that the golden model, the simulated chip and the driver give. No torch."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Records:
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

    def __getitem__(self, part: slice) -> "Records":
        clocks = None if self.clocks is None else self.clocks[part]
        return Records(self.prediction[part], self.voltages[part], self.counters[part], clocks)

    @staticmethod
    def join(parts: list["Records"]) -> "Records":
        """One after the other; at least one part."""
        names = ("prediction", "voltages", "counters", "clocks")
        return Records(
            *(None if getattr(parts[0], n) is None else np.concatenate([getattr(p, n) for p in parts]) for n in names)
        )


@dataclass(frozen=True)
class Recalled:
    """What an auto-encoder says of each of B samples (docs/autoencoder.md, 6).

    Members:
        recalled: (B, n_0) counts 0..T that the code recalls at layer 0.
        code: (B, n_L) counts 0..T of the last layer.
        squared_error: (B,) sum of (r_0 - recalled)^2; 0 of a code that was drawn.
        counters: (B, L, 10), of place i in the order of `RECALLED_COUNTERS`.
    """

    recalled: np.ndarray
    code: np.ndarray
    squared_error: np.ndarray
    counters: np.ndarray

    def __len__(self) -> int:
        return len(self.recalled)


RECALLED_COUNTERS = (
    *(f"{way}_{what}" for way in ("up", "down") for what in ("rows", "errors", "saturations", "spikes")),
    "again_rows",
    "again_spikes",
)
"""Of place i = 0..L-1: of W[i + 1] (up, again), of Theta[i] (down). Errors, saturations and again are those of the last
sample but one, whose updates this sample's passes write."""
