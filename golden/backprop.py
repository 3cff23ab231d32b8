"""The baseline: the same spiking network trained by backprop through time with a surrogate gradient and Adam."""

import torch
from torch import Tensor
from torch.nn import functional

from golden.bsd import feedforward, fire, run, stimulus
from golden.config import Config


class Surrogate(torch.autograd.Function):
    """A spike whose derivative is a fast sigmoid's, 1 / (1 + slope |distance|)^2 (SuperSpike, Zenke & Ganguli 2018)."""

    SLOPE = 2.0

    @staticmethod
    def forward(ctx, distance: Tensor) -> Tensor:
        ctx.save_for_backward(distance)
        return fire(distance)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        (distance,) = ctx.saved_tensors
        return gradient / (1 + Surrogate.SLOPE * distance.abs()) ** 2


class Backprop:
    """The feedforward network of `config` (sizes, steps, coding, threshold, leak, seed), for `golden.bsd.fit`.

    Members:
        W[l]: (n_(l-1), n_l) in units of the firing threshold, l = 1..L; W[0] is None.

    Args:
        rate: Adam's step.
    """

    def __init__(self, config: Config, rate: float = 1e-2):
        self.config, self.rate = config, rate
        generator = torch.Generator().manual_seed(config.seed)
        self.W = [None, *(weight.requires_grad_() for weight in feedforward(config, generator))]
        self.optimizer = torch.optim.Adam(self.W[1:], lr=rate)

    def voltages(self, x: Tensor) -> Tensor:
        """V_L (B, K), summed over time, of pixels x (B, n_0) 0..15."""
        V, _ = run(self.config, stimulus(self.config, x), self.W[1:], Surrogate.apply)
        return V[-1]

    def train(self, x: Tensor, y: Tensor) -> None:
        """One step on a batch, labels y (B,): the cross-entropy of V_L, averaged."""
        self.optimizer.zero_grad()
        functional.cross_entropy(self.voltages(x), y).backward()
        self.optimizer.step()

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """Labels (B,): the largest V_L."""
        return self.voltages(x).argmax(dim=1)
