"""What a core remembers, the updates of W that are still to come, and a new core's weights (contract, 1, 4 and 7)."""

import numpy as np
import torch
from torch import Tensor

from golden.config import Config
from golden.fixed import sat


def zeros(*shape: int) -> Tensor:
    """Of int32."""
    return torch.zeros(shape, dtype=torch.int32)


TEMPLATE = 31
"""The largest value of a hidden layer's template, and with a minus the least."""


class Update:
    """What one learning sample has taught W[1..L] and no pass has written yet; nothing where all g are 0.

    Members:
        pre: counts r_{l-1}, l = 1..L at l - 1, (n_{l-1},). g: errors, l = 1..L at l - 1, (n_l,).
        gain, bases: (L,) 2^(rate + 8) and the noise bases (or `noise.HALF_UP`), as they were in force for the sample.
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


class Memories:
    """One tensor a layer; a new core's are zeros but for its concepts' codes (see `fill`).

    Members:
        W: l = 1..L, int32 (n_{l-1}, n_l), feedforward; W[0] is None.
        Theta: l = 0..L-1, int32 (n_{l+1}, n_l), backward.
        h: concept counts (K, n_l) int32, l = 0..L.
        m: templates (K, n_l) int32, l = 0..L; those of layers 0 and L are h[0] and h[L] themselves.
        E, S: apical sums (K, n_l) and (K,) int32, l = 0..L-1.
        due, next: the updates of the last sample but one, which the next pass writes, and of the last.
    """

    def __init__(self, config: Config):
        n, K, L = config.sizes, config.classes, config.layers
        self.config = config
        # Plain tensors of the processor, which may change in place wherever they are used.
        with torch.inference_mode(False), torch.device("cpu"):
            self.W = [None, *(zeros(n[i - 1], n[i]) for i in range(1, L + 1))]
            self.Theta = [zeros(n[i + 1], n[i]) for i in range(L)]
            self.h = [*(zeros(K, n[i]) for i in range(L)), config.steps * torch.eye(K, dtype=torch.int32)]
            self.m = [self.h[0], *(torch.zeros_like(h) for h in self.h[1:-1]), self.h[-1]]
            self.E = [zeros(K, n[i]) for i in range(L)]
            self.S = [zeros(K) for i in range(L)]
            self.due, self.next = Update(config), Update(config)

    def fill(self) -> None:
        """Weights as a new core has them, drawn from `config.seed`."""
        config, random = self.config, np.random.default_rng(self.config.seed)
        n, L = config.sizes, config.layers
        for i in range(1, L + 1):
            active = (0.35 if i == 1 else 0.25) * n[i - 1]
            self._draw(self.W[i], random, 2 ** config.scale(i), active, 1 << (config.weight_shift - 1))
        for i in range(L):
            self._draw(self.Theta[i], random, 1, 1 if i == L - 1 else 0.25 * n[i + 1], 0)

    def _draw(self, weights: Tensor, random: np.random.Generator, gain: int, active: float, offset: int) -> None:
        values = random.normal(0, 64 * gain / np.sqrt(active), tuple(weights.shape)) * 2**self.config.weight_shift
        weights.copy_(sat(torch.from_numpy(np.round(values + offset).astype(np.int32)), self.config.weight_bits))

    def tensors(self) -> dict[str, Tensor]:
        """All that a state holds, by its names: W1.., Theta0.., h0.., E0.., S0.., m1.. ."""
        L = self.config.layers
        tensors = {f"W{i}": self.W[i] for i in range(1, L + 1)} | {f"Theta{i}": self.Theta[i] for i in range(L)}
        for name in ("h", "E", "S"):
            tensors |= {f"{name}{i}": getattr(self, name)[i] for i in range(L)}
        return tensors | {f"m{i}": self.m[i] for i in range(1, L)}

    def forget_update(self) -> None:
        """No update is pending any more."""
        self.due.clear()
        self.next.clear()

    def limits(self) -> dict[str, tuple[tuple[int, ...], int, int]]:
        """Shape, least and largest value of each of `tensors`."""
        master, signed24 = ((-(1 << (bits - 1)), (1 << (bits - 1)) - 1) for bits in (self.config.weight_bits, 24))
        ranges = {"W": master, "Theta": master, "E": signed24, "S": signed24, "h": (0, self.config.steps)}
        ranges["m"] = (-TEMPLATE, TEMPLATE)
        return {key: (tuple(t.shape), *ranges[key.rstrip("0123456789")]) for key, t in self.tensors().items()}
