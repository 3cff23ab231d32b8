"""Bidirectional Spike-based Distillation in floating point, after the paper: arXiv 2509.20284.

A feedforward network goes from stimulus to concept, a backward network from concept to stimulus. What each layer learns is
that its spikes for a sample agree with its apical voltages for the sample's concept. What the paper leaves open and what we
chose says docs/learners.md. Layers hear the label itself, over no wire, as those of the integer rule do.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.checks import is_number, is_whole
from golden.learners.layers import Layer, layers_of
from golden.learners.learner import Learner, Network
from golden.learners.losses import Loss, Reco
from golden.learners.neuron import Neuron
from golden.learners.norm import Norms

Top = Literal["cross-entropy", "mse", "reco"]
Rivals = Literal["all", "batch", "concepts"]
PULL = Reco(lam=0.0, dead=0.0)
"""Layer 0's loss: images resemble each other, and recalled ones may, too."""


class Bsd(Learner):
    """Two spiking networks that learn from each other, layer by layer. Adam scales the local gradients.

    KEEPS is of the default loss: by `Mse` hidden layers learn from a signed difference, which breaks C5 on no wire.

    Members:
        layers[l - 1]: the weight layer below layer l.
        W[l]: l = 1..L, the feedforward network; W[0] is None.
        Theta[l]: l = 0..L-1, the backward network, a memory of its own (C1).

    Args:
        layers: 1..L, of the network's sizes; an MLP's where nothing is said.
        loss: of layers 1..L-1.
        top: of layer L, between its basal voltages a step, in thresholds, and the label: the paper's cross-entropy, whose
            error is signed; "mse", against the concept's code; "reco", against all codes.
        rivals: of a sample: "all", all others of its batch, as the paper's sum over B x B is written; "batch", the same but
            for those of its class, which share its concept; "concepts", each other concept once, so that a batch may be one
            sample.
        neighbours: concepts on either side of the own one that are no rivals, where concepts are values in order; 0 or more,
            and 0 where all samples are rivals.
        active: share of the stimulus that initial weights are made for, above 0, to 1.
        recalling: neurons of the backward network, with as many steps, where they are not the network's: the paper says that
            thresholds differ by type of neuron. Weights are drawn for the network's neuron either way.
        learn_theta: whether the backward network learns, or stays as it was drawn.
        norm: whether basal voltages of layers 1..L-1 have batch norm.
        rate: Adam's step, 0 or more.

    Raises:
        ValueError: layers of other sizes than the network's; a loss, top, rivals, neighbours, steps, active or rate that
            there are not.
    """

    KEEPS = frozenset({"C1", "C2", "C3", "C4", "C5"})
    SOURCE = "Bidirectional Spike-based Distillation, arXiv 2509.20284"
    BATCH = 32

    def __init__(
        self,
        network: Network,
        layers: Sequence[Layer] | None = None,
        loss: Loss = Reco(),  # noqa: B008
        top: Top = "cross-entropy",
        rivals: Rivals = "concepts",
        neighbours: int = 0,
        recalling: Neuron | None = None,
        active: float = 0.35,
        learn_theta: bool = True,
        norm: bool = False,
        rate: float = 5e-3,
    ):
        super().__init__(network, rate)
        self.layers = layers_of(network, layers)
        for name, found, kind in (("top", top, Top), ("rivals", rivals, Rivals)):
            if found not in get_args(kind):
                raise ValueError(f"{name}: found {found!r}; allowed are {', '.join(get_args(kind))}")
        if not callable(loss):
            raise ValueError(f"loss: found {loss!r}; allowed is one of `golden.learners.losses`, as Reco()")
        if not (is_number(active) and 0 < active <= 1):
            raise ValueError(f"active: found {active!r}; allowed is above 0, to 1")
        if not is_whole(neighbours, 0) or (neighbours and rivals == "all"):
            raise ValueError(f"neighbours: found {neighbours!r} with rivals {rivals!r}; allowed is 0 or more, with 'all' 0")
        self.recalling = recalling or network.neuron
        if self.recalling.steps != network.neuron.steps:
            raise ValueError(
                f"recalling: found {self.recalling.steps} steps; allowed are {network.neuron.steps}, as perceived"
            )
        self.loss, self.top, self.rivals, self.neighbours = loss, top, rivals, neighbours
        neuron, generator, top_layer = network.neuron, network.generator(), network.layers - 1
        # What share of neurons is active: of the concept's code one.
        forward = [layer.W(0.25 if l else active, neuron, generator) for l, layer in enumerate(self.layers)]
        backward = [
            layer.Theta(1 / network.classes if l == top_layer else 0.25, neuron, generator)
            for l, layer in enumerate(self.layers)
        ]
        self.W = [None, *(weight.requires_grad_() for weight in forward)]
        self.Theta = [weight.requires_grad_(learn_theta) for weight in backward]
        self.norms = Norms(self.layers, neuron, norm)
        self.optimizer = torch.optim.Adam([weight for weight in self.weights().values() if weight.requires_grad])

    def weights(self) -> dict[str, Tensor]:
        named = {f"W{l}": weight for l, weight in enumerate(self.W) if l}
        return named | {f"Theta{l}": weight for l, weight in enumerate(self.Theta)} | self.norms.weights()

    def forward(self, x: Tensor, learning: bool = False) -> tuple[list[Tensor], Tensor]:
        """Perception of x (B, n_0), currents of every step, or (B, T, n_0), of each; batch norm asks whether it is learned.

        Returns:
            stimulus and spikes of layers 0..L-1, (B, T, n_l), or (B, 1, n_0) where the stimulus is the same at every step;
            V_L (B, K), summed over time. By autograd they depend on their own layer's weights alone.
        """
        s, V = [x if x.dim() == 3 else x[:, None]], None
        for l, layer in enumerate(self.layers, 1):
            v = self.norms(l, layer.basal(self.W[l], self.wires.cross(l - 1, l, s[-1].detach())), learning)
            v = v.expand(-1, self.network.neuron.steps, -1)
            if l == 1:
                v = v + self.lateral()
            if l < self.network.layers:
                s.append(self.network.neuron.soma(v, self.network.neuron.spike))
            else:
                V = v.sum(1)
        return s, V

    def backward(self, y: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Recall of concepts y (J,).

        Returns:
            spikes of layers 1..L, (J, T, n_l), or (J, 1, K) for the concepts' code, which is the same at every step;
            Vh_0..Vh_(L-1), (J, n_l), summed over time. By autograd they depend on their own layer's weights alone.
        """
        sh, Vh = [functional.one_hot(y, self.network.classes).float()[:, None]], []
        for l in reversed(range(self.network.layers)):
            vh = self.layers[l].apical(self.Theta[l], self.wires.cross(l + 1, l, sh[0]))
            vh = vh.expand(-1, self.network.neuron.steps, -1)
            Vh.insert(0, vh.sum(1))
            if l:
                sh.insert(0, self.recalling.soma(vh))  # which has no derivative
        return sh, Vh

    def lateral(self) -> Tensor:
        """Voltages (B, T, n_1) that layer 1 gets besides: none that matter where it is not recurrent."""
        return torch.zeros(1, 1, 1)

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        return self.forward(x)[1]

    @torch.no_grad()
    def recall(self, y: Tensor) -> Tensor:
        """What the backward network brings to layer 0 for concepts y (J,): Vh_0 (J, n_0)."""
        return self.backward(y)[1][0]

    @torch.no_grad()
    def spikes(self, x: Tensor, y: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Of layers 1..L-1: spikes (B, T, n_l) as x is perceived, and as y is recalled."""
        return list(zip(self.forward(x)[0][1:], self.backward(y)[0][:-1], strict=True))

    def teach(self, x: Tensor, y: Tensor) -> None:
        self.optimizer.param_groups[0]["lr"] = self.rate
        self.optimizer.zero_grad()
        (self.losses(x, y).sum() / len(y)).backward()
        self.optimizer.step()

    def losses(self, x: Tensor, y: Tensor) -> Tensor:
        """(L + 1,), each layer's own, summed over the batch; by autograd it depends on W[l] and Theta[l] alone (C2)."""
        if self.rivals != "concepts":
            concepts, place, often = y.unique(return_inverse=True, return_counts=True)
        else:
            concepts, place, often = torch.arange(self.network.classes), y, 1
        own = functional.one_hot(place, len(concepts)).float()
        rivals = often - own if self.rivals == "all" else self._apart(y, concepts) * often
        (s, V), threshold, losses = self.forward(x, learning=True), self.network.neuron.threshold, []
        for l, (spikes, apical) in enumerate(zip(s, self.backward(concepts)[1], strict=True)):
            losses.append((self.loss if l else PULL)(spikes.sum(1), apical / self.recalling.threshold, own, rivals))
        return torch.stack([*losses, self._top_loss(V / (self.network.neuron.steps * threshold), y)])

    def _apart(self, y: Tensor, concepts: Tensor) -> Tensor:
        """(B, J) 1 where one of concepts (J,) is a rival of labels y (B,), else 0."""
        return ((concepts - y[:, None]).abs() > self.neighbours).float()

    def _top_loss(self, v: Tensor, y: Tensor) -> Tensor:
        """Of v (B, K), voltages a step in thresholds."""
        code = functional.one_hot(y, self.network.classes).float()
        if self.top == "cross-entropy":
            return functional.cross_entropy(v, y, reduction="sum")
        if self.top == "mse":
            return functional.mse_loss(v, code, reduction="sum")
        return Reco(dead=0.0)(v, torch.eye(self.network.classes), code, self._apart(y, torch.arange(self.network.classes)))
