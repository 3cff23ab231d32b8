"""The update of W that the last learning sample has left pending, as a core keeps it: it rides on the next sample's pass."""

import numpy as np
import torch

from golden import plasticity
from golden.integer import IntegerModel
from golden.noise import base


class PendingUpdate:
    """What a learning sample has taught W[1..L], and no pass has written yet.

    A core computes the errors with the settings of the sample itself, and shifts and rounds them with those in force when
    the next sample's pass writes; the folded core keeps also the noise, and with it whether to round stochastically.

    Args:
        model: in its state before the sample; it stays as it is. x (n_0,), y: the sample and its label.
    """

    def __init__(self, model: IntegerModel, x: np.ndarray, y: int):
        trace, config = model.trace(x, y), model.config
        layers = range(1, config.layers + 1)
        self.pre = {i: torch.tensor(trace[f"r{i - 1}"]) for i in layers}
        self.g = {i: torch.tensor(trace[f"g{i}"]) for i in layers}
        self.noise = torch.tensor(base(config.seed, np.array(layers), model.samples))
        self.stochastic = config.stochastic

    def write(self, model: IntegerModel) -> None:
        """Writes it into the model's W, with the model's rates; the next sample's record counts it."""
        config, m = model.config, model.memories
        stochastic = self.stochastic if config.folded else config.stochastic
        for i in range(1, config.layers + 1):
            gain = torch.tensor(1 << (config.forward_rate(i, model.decay) + 8), dtype=torch.int32)
            rows, columns = model.rule.W_noise[i]
            noise = (rows ^ self.noise[i - 1]) ^ columns if stochastic else 128
            new, saturated = plasticity.update(m.W[i], self.pre[i], self.g[i], gain, noise, config.weight_bits)
            m.W[i].copy_(new)
            m.rows[i - 1].copy_(self.pre[i] > 0)
            m.live[i - 1].copy_(_live_groups(self.g[i], config.groups(i), config.lanes[i]))
            m.saturated[i - 1].copy_(saturated)


def _live_groups(g: torch.Tensor, groups: int, lanes: int) -> torch.Tensor:
    """Groups of posts with an error."""
    return (torch.nn.functional.pad(g, (0, groups * lanes - len(g))).view(groups, lanes) != 0).any(1).sum()
