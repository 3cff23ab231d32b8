"""What a core of the second rule remembers: templates, and the updates of W that are still to come (contract, 4 and 7)."""

import torch
from torch import Tensor

from golden.config import Config
from golden.memories import Memories, zeros

TEMPLATE = 31
"""The largest value of a hidden layer's template, and with a minus the least."""


class Update:
    """What one learning sample has taught W[1..L] and no pass has written yet; nothing where all g are 0.

    Members:
        pre: counts r_{l-1}, l = 1..L at l - 1, (n_{l-1},). g: errors, l = 1..L at l - 1, (n_l,).
        gain, bases: (L,) 2^(rate + 8) and the noise bases, as they were in force for the sample.
    """

    def __init__(self, config: Config):
        n, L = config.sizes, config.layers
        self.pre, self.g = [zeros(n[i]) for i in range(L)], [zeros(n[i + 1]) for i in range(L)]
        self.gain, self.bases = zeros(L), zeros(L)

    def tensors(self) -> list[Tensor]:
        """All of it."""
        return [*self.pre, *self.g, self.gain, self.bases]

    def become(self, other: "Update") -> None:
        """Takes over another's values."""
        for own, new in zip(self.tensors(), other.tensors(), strict=True):
            own.copy_(new)

    def clear(self) -> None:
        """To an update of nothing."""
        for g in self.g:
            g.zero_()


class Memories2(Memories):
    """What the second rule adds.

    Members:
        m: templates (K, n_l) int32, l = 0..L; those of layers 0 and L are h[0] and h[L] themselves.
        due, next: the updates of the last sample but one, which the next pass writes, and of the last.
    """

    RANGES = {"m": (-TEMPLATE, TEMPLATE)}

    def __init__(self, config: Config):
        super().__init__(config)
        with torch.inference_mode(False), torch.device("cpu"):
            self.m = [self.h[0], *(torch.zeros_like(h) for h in self.h[1:-1]), self.h[-1]]
            self.due, self.next = Update(config), Update(config)

    def forget_update(self) -> None:
        """No update is pending any more."""
        self.due.clear()
        self.next.clear()

    def tensors(self) -> dict[str, Tensor]:
        return super().tensors() | {f"m{i}": self.m[i] for i in range(1, self.config.layers)}
