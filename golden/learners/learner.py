"""A rule that learns to name samples: perceive, teach, state. A new rule is one file beside this one, and one test."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import torch
from torch import Tensor

from golden.learners.checks import check_samples, is_number, is_whole
from golden.learners.neuron import Neuron
from golden.learners.wires import Wires
from golden.order import order


@dataclass(frozen=True)
class Network:
    """What a learner trains.

    Members:
        sizes: neurons of layer 0, the stimulus, to layer L, the concepts; a list becomes a tuple.
        neuron: of all layers but the stimulus. seed: of the initial weights.

    Raises:
        ValueError: sizes of no network, or a neuron that is none.
    """

    sizes: tuple[int, ...]
    neuron: Neuron = Neuron()  # noqa: RUF009  (frozen)
    seed: int = 0

    def __post_init__(self):
        sizes = self.sizes
        if not isinstance(sizes, (tuple, list)) or len(sizes) < 2 or not all(is_whole(size, 1) for size in sizes):
            raise ValueError(f"sizes: found {sizes!r}; allowed are 2 or more whole numbers, each 1 or more")
        object.__setattr__(self, "sizes", tuple(map(int, sizes)))
        if not isinstance(self.neuron, Neuron):
            raise ValueError(f"neuron: found {self.neuron!r}; allowed is a Neuron")

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
        LABELS: whether labels play a part.
        wires: what crosses from layer to layer goes over these.
        rate: of an update; `fit` makes it smaller.

    Raises:
        ValueError: a rate that is no number, or below 0.
    """

    KEEPS: ClassVar[frozenset[str]] = frozenset()
    SOURCE: ClassVar[str] = ""
    BATCH: ClassVar[int] = 128
    LABELS: ClassVar[bool] = True

    def __init__(self, network: Network, rate: float):
        if not (is_number(rate) and 0 <= rate < inf):
            raise ValueError(f"rate: found {rate!r}; allowed is a number, 0 or more")
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
        """Takes over what `state` gave. Raises ValueError where names or shapes differ; nothing is then loaded."""
        own = self.weights()
        if state.keys() != own.keys():
            raise ValueError(f"state: found {sorted(state)}; allowed are {sorted(own)}")
        for name, weight in own.items():
            found = tuple(state[name].shape) if isinstance(state[name], Tensor) else type(state[name]).__name__
            if found != tuple(weight.shape):
                raise ValueError(f"state: found {found} of {name}; allowed is a tensor of {tuple(weight.shape)}")
        with torch.no_grad():
            for name, weight in own.items():
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
        x, y: floats of torch's default type; whole numbers of 64 bits. A recurrent learner takes sequences, (N, S, n_0) and
            (N, S).
        decay: powers of two on the learner's rate, in equal parts of the training. The rate is at the end, however that
            comes, what it was.
        after: called after each epoch with its number, from 0.

    Raises:
        ValueError: a batch of no samples, no epochs, no decay, no samples, those of another network, values or types that
            are not allowed, or labels that are not as many.
    """
    for name, found in (("batch", batch), ("epochs", epochs)):
        if not is_whole(found, 1):
            raise ValueError(f"{name}: found {found!r}; allowed is 1 or more, a whole number")
    if not isinstance(decay, (tuple, list)) or not decay or not all(map(is_number, decay)):
        raise ValueError(f"decay: found {decay!r}; allowed are one or more numbers")
    _check(learner, x, y)
    rate = learner.rate
    try:
        for epoch in range(epochs):
            learner.rate = rate * 2.0 ** decay[epoch * len(decay) // epochs]
            for rows in torch.from_numpy(order(len(x), learner.network.seed, epoch)).split(batch):
                learner.teach(x[rows], y[rows])
            if after:
                after(epoch)
    finally:
        learner.rate = rate


def _check(learner: Learner, x: Tensor, y: Tensor) -> None:
    """Raises ValueError on what are no samples of the learner's network with a label each."""
    check_samples(x, y, learner.network.sizes[0], learner.network.classes if learner.LABELS else None)
