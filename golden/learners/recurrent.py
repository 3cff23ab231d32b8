"""BSD with recurrence: layer 1 also sees the spikes that it sent at the element before, and learns from them alike.

Nothing goes back in time: each element is learned before the next is seen, and what is remembered is in the spikes that
come back. Source: Bidirectional Spike-based Distillation, arXiv 2509.20284, its sequential regression; that concepts stand
for values, and neighbours are no rivals, is docs/sequences.md.
"""

import torch
from torch import Tensor

from golden.learners.bsd import Bsd
from golden.learners.learner import Network, spread
from golden.learners.recurrent_backprop import RecurrentBackprop, lateral_neurons


class RecurrentBsd(Bsd):
    """`Bsd` with lateral weights R1 (n_1, n_1) from layer 1 to itself, of two weight layers or more, else ValueError.

    Sequences come side by side: a call of `perceive`, or of `teach` with x (B, n_0), is an element of each, and the next
    call goes on with them, unless they were ended or are another B.

    Members:
        before: (B, T, n_1) layer 1's spikes at the element before; None where sequences begin.

    Args:
        options: others of `Bsd`.
    """

    def __init__(self, network: Network, rate: float = 1e-2, **options):
        n, generator = lateral_neurons(network), torch.Generator().manual_seed(network.seed + 1)
        self.R1 = spread(n, n, 0.25 * n, network.neuron, generator).requires_grad_()
        super().__init__(network, rate=rate, **options)  # whose optimizer has all weights
        self.before: Tensor | None = None

    def weights(self) -> dict[str, Tensor]:
        return super().weights() | {"R1": self.R1}

    def end(self) -> None:
        """The next elements see nothing of those before them."""
        self.before = None

    def forward(self, x: Tensor, learning: bool = False) -> tuple[list[Tensor], Tensor]:
        if self.before is None or len(self.before) != len(x):
            self.before = torch.zeros(len(x), self.network.neuron.steps, self.network.sizes[1])
        self.heard = self.wires.cross(1, 1, self.before)
        found = super().forward(x, learning)
        self.before = found[0][1].detach()
        return found

    def lateral(self) -> Tensor:
        return self.heard @ self.R1

    def teach(self, x: Tensor, y: Tensor) -> None:
        """Learns from an element, x (B, n_0), y (B,), or from whole sequences of S of them, x (B, S, n_0), y (B, S)."""
        if x.dim() == 2:
            super().teach(x, y)
            return
        self.end()
        for one, label in zip(x.unbind(1), y.unbind(1), strict=True):
            super().teach(one, label)
        self.end()


def cut(x: Tensor, y: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Elements in a row, x (N, n_0), y (N,), as sequences (N // length, length, ..); a shorter last one is left out."""
    count = len(x) // length
    return tuple(part[: count * length].unflatten(0, (count, length)) for part in (x, y))


def foretell(learner: RecurrentBsd | RecurrentBackprop, x: Tensor) -> Tensor:
    """Scores (N, K) at each element of one sequence x (N, n_0)."""
    learner.end()
    found = torch.cat([learner.perceive(one) for one in x.split(1)])
    learner.end()
    return found
