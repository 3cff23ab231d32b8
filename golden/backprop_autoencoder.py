"""The auto-encoder's baseline: a plain one of the same sizes, ReLU in floating point, trained by backprop and Adam."""

import itertools

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from golden.config import Config
from golden.order import order


class BackpropAutoencoder:
    """Layers 0..L and back to 0, biases, ReLU between them and none at the end.

    Args:
        config: gives sizes and seed. rate: Adam's step.
    """

    def __init__(self, config: Config, rate: float = 1e-3):
        self.config = config
        sizes = [*config.sizes, *config.sizes[-2::-1]]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            layers = [part for pair in itertools.pairwise(sizes) for part in (nn.Linear(*pair), nn.ReLU())]
        self.network = nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=rate)

    def train(self, x: Tensor) -> None:
        """One step on a batch (B, n_0) of pixels 0..1: the mean squared error."""
        self.optimizer.zero_grad()
        functional.mse_loss(self.network(x), x).backward()
        self.optimizer.step()

    @torch.no_grad()
    def error(self, x: Tensor) -> float:
        """The mean squared error over x (N, n_0), pixels 0..1, what is recalled clipped to 0..1."""
        return float(functional.mse_loss(self.network(x).clamp(0, 1), x))


def fit(config: Config, x_train: np.ndarray, x_test: np.ndarray, batch: int = 32) -> list[float]:
    """Trains on pixels x_train (N, n_0), 0..15, in the golden model's order; the test error after each epoch."""
    model, errors = BackpropAutoencoder(config), []
    x, x_test = (torch.from_numpy(part.astype(np.float32)) / 16 for part in (x_train, x_test))
    for epoch in range(config.epochs):
        for rows in torch.from_numpy(order(len(x), config.seed, epoch)).split(batch):
            model.train(x[rows])
        errors.append(model.error(x_test))
    return errors
