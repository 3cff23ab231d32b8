"""What a core of recognition remembers: weights, concepts, apical sums, updates of W still to come (contract, 1, 4)."""

import torch
from torch import Tensor

from golden.config import Config
from golden.weights import Update, Weights, zeros

TEMPLATE = 31
"""The largest value of a hidden layer's template, and with a minus the least."""


class Memories(Weights):
    """One tensor a layer; a new core's are zeros but for its concepts' codes (see `fill`). What a core does not keep is
    None: where the stimulus is not recalled, all of layer 0, and h[1], which nobody learns from.

    Members:
        W, Theta: see `Weights`.
        h: concept counts (K, n_l) int32, l = 0..L.
        m: templates (K, n_l) int32, l = 0..L; those of layers 0 and L are h[0] and h[L] themselves.
        E, S: apical sums (K, n_l) and (K,) int32, l = 0..L-1.
        due, next: the updates of the last sample but one, which the next pass writes, and of the last; W[1..L] each.
    """

    def __init__(self, config: Config):
        super().__init__(config)
        n, K, L = config.sizes, config.classes, config.layers
        # Plain tensors of the processor, which may change in place wherever they are used.
        with torch.inference_mode(False), torch.device("cpu"):
            lowest = config.lowest
            counted = 0 if lowest == 0 else lowest + 1  # the counts that Theta below is taught from, and the stimulus
            of = lambda kept, *shape: zeros(*shape) if kept else None  # noqa: E731
            codes = config.steps * torch.eye(K, dtype=torch.int32)
            self.h = [*(of(i >= counted, K, n[i]) for i in range(L)), codes]
            self.m = [self.h[0], *(zeros(K, n[i]) for i in range(1, L)), codes]
            self.E = [of(i >= lowest, K, n[i]) for i in range(L)]
            self.S = [of(i >= lowest, K) for i in range(L)]
            rows = [config.rows(i) for i in range(1, L + 1)]
            self.due, self.next = Update(rows, n[1:]), Update(rows, n[1:])

    def tensors(self) -> dict[str, Tensor]:
        """All that a state holds, by its names: W1.., Theta0.., h0.., E0.., S0.., m1.. ."""
        L, tensors = self.config.layers, super().tensors()
        for name in ("h", "E", "S"):
            tensors |= {f"{name}{i}": part for i, part in enumerate(getattr(self, name)[:L]) if part is not None}
        return tensors | {f"m{i}": self.m[i] for i in range(1, L)}

    def keep_update(self, other: "Memories") -> None:
        """What is pending in the other is pending here."""
        self.due.become(other.due)
        self.next.become(other.next)

    def forget_update(self) -> None:
        """No update is pending any more."""
        self.due.clear()
        self.next.clear()

    def limits(self) -> dict[str, tuple[tuple[int, ...], int, int]]:
        """Shape, least and largest value of each of `tensors`."""
        signed24 = (-(1 << 23), (1 << 23) - 1)
        ranges = {"E": signed24, "S": signed24, "h": (0, self.config.steps), "m": (-TEMPLATE, TEMPLATE)}
        own = {key: t for key, t in self.tensors().items() if key[0] in ranges}
        return super().limits() | {key: (tuple(t.shape), *ranges[key[0]]) for key, t in own.items()}
