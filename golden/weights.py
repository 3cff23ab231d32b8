"""The weights of the two networks, those of a new core, and the updates that are still to come (contract, 1 and 7)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from golden.config import Config
from golden.fixed import sat


def zeros(*shape: int) -> Tensor:
    """Of int32."""
    return torch.zeros(shape, dtype=torch.int32)


class Update:
    """What one learning sample has taught a network and no pass has written yet; nothing where all g are 0.

    Args:
        pre, post: neurons before and behind each of its weight layers, in one order.

    Members:
        pre: counts of pre neurons, (n_pre,) a weight layer. g: errors, (n_post,) a weight layer.
        gain, bases: (layers,) 2^(rate + 8) and the noise bases (or `noise.HALF_UP`), as they were in force for the sample.
    """

    def __init__(self, pre: Sequence[int], post: Sequence[int]):
        self.pre, self.g = [zeros(n) for n in pre], [zeros(n) for n in post]
        self.gain, self.bases = zeros(len(pre)), zeros(len(pre))

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


class Weights:
    """One tensor a layer; a new core's are zeros until `fill`.

    Members:
        W: l = 1..L, int32 (rows, n_l), feedforward; W[0] is None. Rows are those of the n_{l-1} neurons below and, in layer
            1 where it is recurrent, of its own n_1.
        Theta: l = 0..L-1, int32 (n_{l+1}, n_l), backward; Theta[0] is None where the stimulus is not recalled.
    """

    def __init__(self, config: Config):
        n, L = config.sizes, config.layers
        self.config = config
        # Plain tensors of the processor, which may change in place wherever they are used.
        with torch.inference_mode(False), torch.device("cpu"):
            self.W = [None, *(zeros(config.rows(i), n[i]) for i in range(1, L + 1))]
            self.Theta = [zeros(n[i + 1], n[i]) if i >= config.lowest else None for i in range(L)]

    def fill(self) -> None:
        """Weights as a new core has them, drawn from `config.seed`."""
        config, random = self.config, np.random.default_rng(self.config.seed)
        n, L = config.sizes, config.layers
        own = config.task == "autoencoder"  # a code has as many active neurons as a hidden layer, a concept one
        forward, backward, top = (0.85, 0.25, 0.25 * n[L]) if own else (1, 1, 1)
        stimulus = 1 / 16 if config.task == "sequence" else 0.35  # populations and symbols have few active pixels
        for i in range(1, L + 1):
            gain, offset = forward * 2 ** config.scale(i), 1 << (config.weight_shift - 1)
            basal, lateral = self.W[i][: n[i - 1]], self.W[i][n[i - 1] :]
            self._draw(basal, random, gain, (stimulus if i == 1 else 0.25) * n[i - 1], offset)
            self._draw(lateral, random, gain, 0.25 * n[i], offset)
        for i in range(L):  # Theta[0], too, where it is not kept, so that the others are the same
            theta = self.Theta[i] if i >= config.lowest else zeros(n[i + 1], n[i])
            self._draw(theta, random, backward, top if i == L - 1 else 0.25 * n[i + 1], 0)

    def _draw(self, weights: Tensor, random: np.random.Generator, gain: float, active: float, offset: int) -> None:
        values = random.normal(0, 64 * gain / np.sqrt(active), tuple(weights.shape)) * 2**self.config.weight_shift
        weights.copy_(sat(torch.from_numpy(np.round(values + offset).astype(np.int32)), self.config.weight_bits))

    def tensors(self) -> dict[str, Tensor]:
        """All weights by name: W1.., Theta0.. ."""
        L, lowest = self.config.layers, self.config.lowest
        return {f"W{i}": self.W[i] for i in range(1, L + 1)} | {f"Theta{i}": self.Theta[i] for i in range(lowest, L)}

    def limits(self) -> dict[str, tuple[tuple[int, ...], int, int]]:
        """Shape, least and largest value of each of `tensors`."""
        end = 1 << (self.config.weight_bits - 1)
        return {key: (tuple(t.shape), -end, end - 1) for key, t in Weights.tensors(self).items()}
