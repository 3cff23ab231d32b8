"""What a core says of each sample: the one type that the golden model, the simulated chip and the driver give. No torch."""

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
