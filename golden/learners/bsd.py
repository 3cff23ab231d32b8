"""Bidirectional Spike-based Distillation in floating point, after the paper: arXiv 2509.20284.

A feedforward network goes from stimulus to concept, a backward network from concept to stimulus. What each layer learns is
that its basal voltages V, of the sample, and its apical voltages Vh, of the sample's concept, agree. What the paper leaves
open and what we chose says docs/learners.md.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.layers import Layer, dense, sizes
from golden.learners.learner import Learner, Network
from golden.learners.losses import Loss, Reco

PULL = Reco(lam=0.0)
"""Layer 0's loss: images resemble each other, and recalled ones may, too."""


class Bsd(Learner):
    """Two spiking networks that learn from each other, layer by layer.

    Members:
        layers[l - 1]: the weight layer below layer l.
        W[l]: l = 1..L, the feedforward network; W[0] is None.
        Theta[l]: l = 0..L-1, the backward network, a memory of its own (C1).

    Args:
        layers: 1..L, of the network's sizes; an MLP's where nothing is said.
        loss: of layers 1..L-1.
        top: of layer L, between V_L in thresholds and the label: the paper's cross-entropy, whose error is signed; "mse",
            between V_L a step and the concept's code; "reco", between V_L and the codes.
        rivals: of a sample: "batch", all others of its batch, as the paper's B x B, but for those of its class, which share
            its concept; "concepts", each other concept once, so that a batch may be one sample.
        neighbours: concepts on either side of the own one that are no rivals, where concepts are values in order.
        active: share of the stimulus that initial weights are made for.
        learn_theta: whether the backward network learns, or stays as it was drawn.
        rate: Adam's step.
    """

    KEEPS = frozenset({"C1", "C2", "C3", "C4"})
    SOURCE = "Bidirectional Spike-based Distillation, arXiv 2509.20284"

    def __init__(
        self,
        network: Network,
        layers: Sequence[Layer] | None = None,
        loss: Loss = Reco(),  # noqa: B008
        top: Literal["cross-entropy", "mse", "reco"] = "cross-entropy",
        rivals: Literal["batch", "concepts"] = "batch",
        neighbours: int = 0,
        active: float = 0.35,
        learn_theta: bool = True,
        rate: float = 1e-2,
    ):
        super().__init__(network, rate)
        self.layers = tuple(layers or dense(network))
        if sizes(self.layers) != network.sizes:
            raise ValueError(f"layers: found {sizes(self.layers)}; allowed are the network's sizes, {network.sizes}")
        self.loss, self.top, self.rivals, self.neighbours = loss, top, rivals, neighbours
        if top == "reco":
            self.KEEPS = self.KEEPS | {"C5"}
        generator, L = network.generator(), network.layers
        # What share of a layer is active: of the concept's code one neuron.
        self.W = [
            layer.W(0.25 if l else active, network.neuron, generator).requires_grad_() for l, layer in enumerate(self.layers)
        ]
        self.W.insert(0, None)
        self.Theta = [
            layer.Theta(0.25 if l < L - 1 else 1 / network.classes, network.neuron, generator).requires_grad_(learn_theta)
            for l, layer in enumerate(self.layers)
        ]
        self.optimizer = torch.optim.Adam([*self.W[1:], *(self.Theta if learn_theta else [])], rate)

    def weights(self) -> dict[str, Tensor]:
        named = {f"W{l}": weight for l, weight in enumerate(self.W) if l}
        return named | {f"Theta{l}": weight for l, weight in enumerate(self.Theta)}

    @torch.no_grad()
    def forward(self, x: Tensor) -> tuple[list[Tensor], Tensor]:
        """Perception of x (B, n_0) or (B, T, n_0): what arrives at layers 1..L, (B, T, n_(l-1)), and V_L (B, K)."""
        neuron, arrived = self.network.neuron, []
        s = x if x.dim() == 3 else x[:, None]  # a constant current needs one step only
        for l, layer in enumerate(self.layers, 1):
            arrived.append(self.wires.cross(l - 1, l, s))
            v = layer.basal(self.W[l], arrived[-1])
            v = v.expand(-1, neuron.steps, -1)
            if l == 1:
                v = v + self.lateral()
            s = neuron.soma(v)
        return arrived, v.sum(1)

    def lateral(self) -> Tensor:
        """Voltages (B, T, n_1), or zeros that fit any, that layer 1 gets besides: none where it is not recurrent."""
        return torch.zeros(1, 1, 1)

    @torch.no_grad()
    def backward(self, y: Tensor) -> tuple[list[Tensor], Tensor]:
        """Recall of y (B,): what arrives at layers 0..L-1, (B, T, n_(l+1)), and Vh_0 (B, n_0)."""
        neuron, arrived = self.network.neuron, []
        sh = functional.one_hot(y, self.network.classes).float()[:, None]
        for l in reversed(range(self.network.layers)):
            arrived.insert(0, self.wires.cross(l + 1, l, sh))
            vh = self.layers[l].apical(self.Theta[l], arrived[0]).expand(-1, neuron.steps, -1)
            sh = neuron.soma(vh)
        return arrived, vh.sum(1)

    def _counts(self, arrived: Tensor) -> Tensor:
        return arrived.sum(1) if arrived.shape[1] > 1 else arrived[:, 0] * self.network.neuron.steps

    def perceive(self, x: Tensor) -> Tensor:
        return self.forward(x)[1]

    def recall(self, y: Tensor) -> Tensor:
        return self.backward(y)[1]

    def spikes(self, x: Tensor, y: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Of layers 1..L-1: spikes (B, T, n) as x is perceived, and as y is recalled."""
        return list(zip(self.forward(x)[0][1:], self.backward(y)[0][:-1], strict=True))

    def teach(self, x: Tensor, y: Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate
        self.optimizer.zero_grad()
        (self.losses(x, y).sum() / len(y)).backward()
        self.optimizer.step()

    def losses(self, x: Tensor, y: Tensor) -> Tensor:
        L, K = self.network.layers, self.network.classes
        if self.rivals == "batch":
            concepts, place, often = y.unique(return_inverse=True, return_counts=True)
        else:
            concepts, place, often = torch.arange(K), y, torch.ones(K)
        r = [self._counts(s) for s in self.forward(x)[0]]
        h = [self._counts(sh) for sh in self.backward(concepts)[0]]
        own = functional.one_hot(place, len(concepts)).float()
        rivals = self.apart(y, concepts) * often
        V = [r[0], *(layer.basal(W, s) for layer, W, s in zip(self.layers, self.W[1:], r, strict=True))]
        V[1] = V[1] + self.lateral().sum(1)
        Vh = [layer.apical(Theta, sh) for layer, Theta, sh in zip(self.layers, self.Theta, h, strict=True)]
        losses = [PULL(V[0], Vh[0], own, rivals)]
        losses += [self.loss(V[l], Vh[l], own, rivals) for l in range(1, L)]
        return torch.stack([*losses, self._top(V[L] / self.network.neuron.threshold, y)])

    def apart(self, y: Tensor, concepts: Tensor) -> Tensor:
        """(B, J) 1 where a concept is a rival of labels y (B,), else 0."""
        return ((concepts - y[:, None]).abs() > self.neighbours).float()

    def _top(self, V, y):
        code = functional.one_hot(y, self.network.classes).float()
        if self.top == "cross-entropy":
            return functional.cross_entropy(V, y, reduction="sum")
        if self.top == "mse":
            return ((V / self.network.neuron.steps - code) ** 2).sum()
        return Reco(0.6)(V, torch.eye(self.network.classes), code, self.apart(y, torch.arange(self.network.classes)))
