"""What a core remembers, and what a new one knows: its initial weights (contract, 1)."""

import numpy as np
import torch
from torch import Tensor

from golden.config import Config
from golden.fixed import sat


def zeros(*shape: int) -> Tensor:
    """Of int32."""
    return torch.zeros(shape, dtype=torch.int32)


class Memories:
    """What every rule remembers, one tensor a layer; a new core's are zeros but for its concepts' codes (see `fill`).

    Members:
        W: l = 1..L, int32 (n_{l-1}, n_l), feedforward; W[0] is None.
        Theta: l = 0..L-1, int32 (n_{l+1}, n_l), backward.
        h: concept counts (K, n_l) int32, l = 0..L.
        E, S: apical sums (K, n_l) and (K,) int32, l = 0..L-1.
    """

    KINDS: tuple[str, ...] = ("h", "E", "S")
    """What a state holds of layers 0..L-1, beside Theta."""
    RANGES: dict[str, tuple[int, int]] = {}
    """The least and the largest value of what a rule adds to it."""

    def __init__(self, config: Config):
        n, K, L = config.sizes, config.classes, config.layers
        self.config = config
        # Plain tensors of the processor, which may change in place wherever they are used.
        with torch.inference_mode(False), torch.device("cpu"):
            self.W = [None, *(zeros(n[i - 1], n[i]) for i in range(1, L + 1))]
            self.Theta = [zeros(n[i + 1], n[i]) for i in range(L)]
            self.h = [*(zeros(K, n[i]) for i in range(L)), config.steps * torch.eye(K, dtype=torch.int32)]
            self.E = [zeros(K, n[i]) for i in range(L)]
            self.S = [zeros(K) for i in range(L)]

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
        """All that outlasts a call, by the names of a state: W1.., Theta0.., then KINDS."""
        L = self.config.layers
        tensors = {f"W{i}": self.W[i] for i in range(1, L + 1)} | {f"Theta{i}": self.Theta[i] for i in range(L)}
        for name in self.KINDS:
            tensors |= {f"{name}{i}": getattr(self, name)[i] for i in range(L)}
        return tensors

    def limits(self) -> dict[str, tuple[tuple[int, ...], int, int]]:
        """Shape, least and largest value of each of `tensors`."""
        master, signed24 = ((-(1 << (bits - 1)), (1 << (bits - 1)) - 1) for bits in (self.config.weight_bits, 24))
        ranges = {"W": master, "Theta": master, "E": signed24, "S": signed24, "h": (0, self.config.steps)} | self.RANGES
        return {key: (tuple(t.shape), *ranges[key.rstrip("0123456789")]) for key, t in self.tensors().items()}


class FirstMemories(Memories):
    """What the first rule adds.

    Members:
        flags: (K, n_l) int8, l = 0..L-1: Vh >= 0, Vh < window_high.
        rows, live, saturated: of the last sample's update, which the next pass counts: rows l = 0..L-1 (n_l,), r_l > 0;
            live, groups of posts with an error, and saturated, synapses, of W[l] at l - 1.
    """

    KINDS = ("h", "flags", "E", "S")
    RANGES = {"flags": (0, 3)}

    def __init__(self, config: Config):
        super().__init__(config)
        n, K, L = config.sizes, config.classes, config.layers
        with torch.inference_mode(False), torch.device("cpu"):
            self.flags = [zeros(K, n[i]).to(torch.int8) for i in range(L)]
            self.rows = [torch.zeros(n[i], dtype=torch.bool) for i in range(L)]
            self.live = [zeros() for _ in range(L)]
            self.saturated = [zeros() for _ in range(L)]

    def forget_update(self) -> None:
        """No update is pending any more: the next pass counts none."""
        for number in (*self.live, *self.saturated):
            number.zero_()
