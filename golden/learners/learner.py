"""A rule that learns to name samples: perceive, teach, state. A new rule is one file beside this one, and one test."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from golden.learners.neuron import Neuron
from golden.learners.wires import Wires
from golden.order import order


@dataclass(frozen=True)
class Network:
    """What a learner trains.

    Members:
        sizes: neurons of layer 0, the stimulus, to layer L, the concepts.
        neuron: of all layers but the stimulus. seed: of the initial weights.

    Raises:
        ValueError: sizes of no network.
    """

    sizes: tuple[int, ...]
    neuron: Neuron = Neuron()  # noqa: RUF009  (frozen)
    seed: int = 0

    def __post_init__(self):
        if len(self.sizes) < 2 or any(not isinstance(size, int) or size < 1 for size in self.sizes):
            raise ValueError(f"sizes: found {self.sizes}; allowed are 2 or more whole numbers, each 1 or more")

    @property
    def layers(self) -> int:
        """L."""
        return len(self.sizes) - 1

    @property
    def classes(self) -> int:
        return self.sizes[-1]

    def generator(self) -> torch.Generator:
        """Of initial weights, begun anew."""
        return torch.Generator().manual_seed(self.seed)


def spread(pre: int, post: int, active: float, neuron: Neuron, generator: torch.Generator) -> Tensor:
    """Initial weights (pre, post) of which `active` active rows bring a voltage of one threshold's spread."""
    return torch.randn(pre, post, generator=generator) * neuron.threshold / active**0.5


class Learner(ABC):
    """A network with its rule.

    Members:
        KEEPS: the criteria, of C1 to C5, that the rule keeps; `golden.criteria` checks it.
        SOURCE: where the rule is from. BATCH: samples of an update that suit it; 128 is the paper's.
        wires: what crosses from layer to layer goes over these.
        rate: of an update; `fit` makes it smaller.
    """

    KEEPS: ClassVar[frozenset[str]] = frozenset()
    SOURCE: ClassVar[str] = ""
    BATCH: ClassVar[int] = 128

    def __init__(self, network: Network, rate: float):
        self.network, self.rate, self.wires = network, rate, Wires()

    @abstractmethod
    def perceive(self, x: Tensor) -> Tensor:
        """Scores (B, K) of stimuli x (B, n_0), 0..1, steady currents; the largest names the sample. Nothing is learned.

        A spiking learner takes currents or spikes of each step, too, (B, T, n_0), here and in `teach`.
        """

    @abstractmethod
    def teach(self, x: Tensor, y: Tensor) -> None:
        """Learns from a batch: stimuli x (B, n_0), 0..1, labels y (B,)."""

    @abstractmethod
    def weights(self) -> dict[str, Tensor]:
        """All that is learned, by name: the tensors themselves, which `load` writes. Names end in their layer's number."""

    def state(self) -> dict[str, Tensor]:
        """Copies of all weights."""
        return {name: weight.detach().clone() for name, weight in self.weights().items()}

    def load(self, state: dict[str, Tensor]) -> None:
        """Takes over what `state` gave. Raises ValueError where names or shapes differ."""
        own = self.weights()
        if state.keys() != own.keys():
            raise ValueError(f"state: found {sorted(state)}; allowed are {sorted(own)}")
        with torch.no_grad():
            for name, weight in own.items():
                if state[name].shape != weight.shape:
                    raise ValueError(f"state: found {tuple(state[name].shape)} of {name}; allowed is {tuple(weight.shape)}")
                weight.copy_(state[name])

    @torch.no_grad()
    def accuracy(self, x: Tensor, y: Tensor, batch: int = 500) -> float:
        """0..1, the share of samples x (N, n_0) that get their labels y (N,). Raises ValueError as `fit`."""
        _check(self, x, y)
        right = sum(
            int((self.perceive(a).argmax(1) == b).sum()) for a, b in zip(x.split(batch), y.split(batch), strict=True)
        )
        return right / len(x)


def fit(
    learner: Learner,
    x: Tensor,
    y: Tensor,
    epochs: int,
    batch: int = 128,
    decay: tuple[int, ...] = (0, -1, -2, -3),
    after: Callable[[int], None] | None = None,
) -> None:
    """Trains on samples x (N, n_0), 0..1, y (N,), in the golden model's order; 128 is the paper's batch.

    Args:
        decay: powers of two on the learner's rate, in equal parts of the training.
        after: called after each epoch with its number, from 0.

    Raises:
        ValueError: a batch of no samples, no epochs, no samples, those of another network, or labels that are not as many.
    """
    for name, found in (("batch", batch), ("epochs", epochs)):
        if found < 1:
            raise ValueError(f"{name}: found {found}; allowed is 1 or more")
    _check(learner, x, y)
    rate = learner.rate
    for epoch in range(epochs):
        learner.rate = rate * 2.0 ** decay[epoch * len(decay) // epochs]
        for rows in torch.from_numpy(order(len(x), learner.network.seed, epoch)).split(batch):
            learner.teach(x[rows], y[rows])
        if after:
            after(epoch)
    learner.rate = rate


def _check(learner: Learner, x: Tensor, y: Tensor) -> None:
    """Raises ValueError on what are no samples of the learner's network with a label each."""
    n = learner.network.sizes[0]
    if x.dim() < 2 or x.shape[-1] != n or not len(x):
        raise ValueError(f"x: found shape {tuple(x.shape)}; allowed is (samples, {n}), one sample or more")
    if y.shape[:1] != x.shape[:1]:
        raise ValueError(f"y: found shape {tuple(y.shape)}; allowed is ({len(x)},), one label a sample")
