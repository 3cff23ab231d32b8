"""What the learners' tests share: a small network and batch, the gradients of one lesson, and digits learned."""

import torch
from torch import Tensor

from golden.learners.learner import Learner, Network, fit
from sw.data import load

SMALL = Network((12, 9, 7, 4), seed=3)


def batch(network: Network = SMALL, size: int = 10) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(size, network.sizes[0], generator=generator)
    return x, torch.randint(network.classes, (size,), generator=generator)


def gradients(learner: Learner, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """What one lesson would go against, by weight, summed over the batch; nothing is learned."""
    taken: dict[str, Tensor] = {}

    def take(found: dict[str, Tensor], size: int) -> None:
        assert size == len(x)
        taken.update(found)

    learner.learn = learner.descend = take
    learner.teach(x, y)
    del learner.learn, learner.descend
    return taken


def crossings(learner: Learner, x: Tensor, y: Tensor) -> list:
    """What crossed in one lesson."""
    learner.wires.watch()
    learner.teach(x, y)
    seen = learner.wires.crossings
    learner.wires.rest()
    return seen


def digits(learner: Learner, epochs: int = 8) -> float:
    """Accuracy on digits it has not seen: a fifth of the training part, kept from it."""
    data = load("digits")
    x, y = torch.from_numpy(data.x_train).float() / 16, torch.from_numpy(data.y_train).long()
    kept = len(x) // 5
    fit(learner, x[kept:], y[kept:], epochs)
    return learner.accuracy(x[:kept], y[:kept])


DIGITS = Network((64, 128, 64, 10))
