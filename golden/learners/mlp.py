"""What learners of a multilayer perceptron share: weights by name, Adam on them, the error at the top."""

from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Learner, Network


def output_error(scores: Tensor, y: Tensor) -> Tensor:
    """(B, K), the softmax of scores (B, K) less the one-hot label: the cross-entropy's derivative by the scores. Signed."""
    return torch.softmax(scores, 1) - functional.one_hot(y, scores.shape[1])


def outer(pre: Tensor, delta: Tensor) -> Tensor:
    """(n_pre, n), the products of pre (.., n_pre) and delta (.., n), summed over samples and, if there is one, over time."""
    return pre.flatten(0, -2).T @ delta.flatten(0, -2)


class Mlp(Learner):
    """A learner with weights by name, and Adam on them.

    Members:
        w: all weights by name, W1 to WL among them: matrices (n_pre, n_post), where a rule says nothing else.
        generator: of the initial weights; a rule with weights of its own draws on.
    """

    def __init__(self, network: Network, rate: float):
        super().__init__(network, rate)
        self.generator = network.generator()
        self.w: dict[str, Tensor] = {}

    @cached_property
    def adam(self) -> torch.optim.Adam:
        """Scales each weight's gradient by what that same weight has seen before (C2 is untouched)."""
        return torch.optim.Adam(list(self.w.values()))

    def learn(self, gradients: dict[str, Tensor], batch: int) -> None:
        """One step against gradients, summed over a batch, of those weights that learn."""
        self.adam.param_groups[0]["lr"] = self.rate
        for name, weight in self.w.items():
            weight.grad = gradients[name] / batch if name in gradients else None
        self.adam.step()

    def descend(self, gradients: dict[str, Tensor], batch: int) -> None:
        """The same step without Adam, for rules whose updates must stay small where their signals are."""
        for name, gradient in gradients.items():
            self.w[name] -= self.rate * gradient / batch

    def weights(self) -> dict[str, Tensor]:
        return self.w
