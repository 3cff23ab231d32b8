"""BSD as the paper has it: floating point, mini-batches, the B x B relaxed contrastive (ReCo) loss. No autograd here.

The reference beside the streaming integer rule of docs/arithmetic.md, with its words and letters. Source: Bidirectional
Spike-based Distillation, arXiv 2509.20284. A batch is B rows, weights are pre-major (n_pre, n_post), voltages are in units
of the firing threshold. What the paper leaves open is chosen so:

- The rows of the affinity are the dendritic voltages summed over time, `V = sum_t v[t] = r_pre @ W`. (With spike
  counts, which the integer rule compares, the many non-pairs of a batch push whole layers silent: 90 % on digits, not 96 %.)
- A non-pair is a sample of another class: those of one class share one concept. (All others of the batch: 93 %.)
- Layer 0 only pulls: images resemble each other, and recalled ones may too.
- The concept code is one-hot at every step, the stimulus as in docs/arithmetic.md, and Adam scales the local gradients.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from golden.config import Config
from golden.neuron import stimulus_spikes
from golden.order import order


def stimulus(config: Config, x: Tensor) -> Tensor:
    """What pixels x (B, n_0), 0..15, put on layer 1, (B, T, n_0): the rate code's spikes, or direct, x/16 at every step."""
    if config.coding == "rate":
        return stimulus_spikes(x.to(torch.int32), config.steps).float()
    return (x.float() / 16)[:, None].expand(-1, config.steps, -1)


def initial(config: Config, pre: int, post: int, active: float, generator: torch.Generator) -> Tensor:
    """Weights (pre, post) of the integer model's initial spread, for `active` active rows."""
    return torch.randn(pre, post, generator=generator) * (64 / config.threshold) / active**0.5


def feedforward(config: Config, generator: torch.Generator) -> list[Tensor]:
    """Initial W[1..L]."""
    n = config.sizes
    return [initial(config, n[l - 1], n[l], n[l - 1] * (0.35 if l == 1 else 0.25), generator) for l in range(1, len(n))]


def fire(distance: Tensor) -> Tensor:
    """1 where the membrane is at or above the threshold."""
    return (distance >= 0).float()


def soma(v: Tensor, leak: int, spike: Callable[[Tensor], Tensor] = fire) -> Tensor:
    """Leaky integrate and fire over dendritic voltages v (B, T, n), reset by subtraction: spikes (B, T, n).

    Args:
        spike: from the distance to the threshold to 0 or 1; training by backprop brings its own derivative.
    """
    u = torch.full_like(v[:, 0], 0.5)
    spikes = []
    for voltage in v.unbind(1):
        x = u - u / 2**leak + voltage
        s = spike(x - 1)
        u = x - s
        spikes.append(s)
    return torch.stack(spikes, dim=1)


def run(
    config: Config, s: Tensor, weights: list[Tensor], spike: Callable[[Tensor], Tensor] = fire
) -> tuple[list[Tensor], list[Tensor]]:
    """Spikes s (B, T, n) through a stack of layers: each layer's summed voltages and spike counts, (B, n_post)."""
    V, r = [], []
    for weight in weights:
        v = s @ weight
        s = soma(v, config.leak, spike)
        V.append(v.sum(1))
        r.append(s.sum(1))
    return V, r


def unit(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Rows / |row| (B, n), and 1 / |row| (B, 1); both 0 for a row of zeros, which has no direction."""
    norm = rows.norm(dim=1, keepdim=True)
    inverse = torch.where(norm > 0, 1 / norm, 0)
    return rows * inverse, inverse


def reco(v: Tensor, vh: Tensor, others: Tensor, lam: float) -> Tensor:
    """The loss of one layer, with C[k, j] the cosine of basal row v[k] and apical row vh[j], both (B, n):

        sum_k (1 - C[k, k])^2  +  lam * sum_k sum_j others[k, j] max(0, C[k, j])^2

    A sum of squares: what teaches has no sign (C5).

    Args:
        others: (B, B) bool, the non-pairs; symmetric.
    """
    C = unit(v)[0] @ unit(vh)[0].T
    return ((1 - C.diagonal()) ** 2).sum() + lam * (C.clamp(min=0) ** 2 * others).sum()


def reco_gradients(v: Tensor, vh: Tensor, others: Tensor, lam: float) -> tuple[Tensor, Tensor]:
    """Of `reco`: dL/dv with vh held constant, and dL/dvh with v held constant, (B, n) each."""
    (basal, inverse), (apical, inverse_h) = unit(v), unit(vh)
    C = basal @ apical.T
    a = lam * C.clamp(min=0) * others - torch.diag(1 - C.diagonal())
    g = 2 * inverse * (a @ apical - (a * C).sum(1, keepdim=True) * basal)
    gh = 2 * inverse_h * (a.T @ basal - (a * C).sum(0)[:, None] * apical)
    return g, gh


class Samples(Protocol):
    """What `fit` trains on: pixels (N, n_0) of 0..15, and labels (N,)."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


class Learner(Protocol):
    """What `fit` trains: a network with an optimizer."""

    config: Config
    rate: float
    optimizer: torch.optim.Optimizer

    def train(self, x: Tensor, y: Tensor) -> None: ...

    def predict(self, x: Tensor) -> Tensor: ...


def fit(
    model: Learner,
    dataset: Samples,
    epochs: int,
    batch: int = 64,
    progress: Callable[[int, float], None] | None = None,
) -> list[float]:
    """Train on the training part, in the integer model's order and with its decay of the rate.

    Args:
        progress: called after each epoch with its number, from 0, and its test accuracy.

    Returns:
        the test accuracy, 0..1, after each epoch.
    """
    x, y, x_test, y_test = (torch.from_numpy(a) for a in (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test))
    accuracies = []
    for epoch in range(epochs):
        for group in model.optimizer.param_groups:
            group["lr"] = model.rate * 2.0 ** model.config.decay_at(epoch, epochs)
        for rows in torch.from_numpy(order(len(x), model.config.seed, epoch)).split(batch):
            model.train(x[rows], y[rows])
        accuracies.append(float((model.predict(x_test) == y_test).double().mean()))
        if progress:
            progress(epoch, accuracies[-1])
    return accuracies


class Bsd:
    """Two spiking networks that learn from each other, layer by layer.

    Members:
        W[l]: (n_(l-1), n_l), l = 1..L, the feedforward network; W[0] is None.
        Theta[l]: (n_(l+1), n_l), l = 0..L-1, the backward network, a memory of its own (C1).

    Args:
        config: gives sizes, steps, coding, threshold, leak, decay and seed; the integer rule's other settings play no part.
        lam: lambda of the loss; 0.6 is the paper's.
        rate: Adam's step.
    """

    def __init__(self, config: Config, lam: float = 0.6, rate: float = 1e-2):
        self.config, self.lam, self.rate = config, lam, rate
        n, L = config.sizes, config.layers
        generator = torch.Generator().manual_seed(config.seed)
        self.W = [None, *feedforward(config, generator)]
        active = [n[l + 1] * 0.25 for l in range(L - 1)] + [1]
        self.Theta = [initial(config, n[l + 1], n[l], active[l], generator) for l in range(L)]
        self.optimizer = torch.optim.Adam([*self.W[1:], *self.Theta], lr=rate)

    def perceive(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Pixels x (B, n_0) through the feedforward network: V[l], r[l] (B, n_l), l = 0..L; layer 0's are the stimulus."""
        s = stimulus(self.config, x)
        V, r = run(self.config, s, self.W[1:])
        return [s.sum(1), *V], [s.sum(1), *r]

    def recall(self, y: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Concepts y (B,) through the backward network: Vh[l], h[l] (B, n_l), l = 0..L; layer L's are the code."""
        code = functional.one_hot(y, self.config.classes).float()[:, None].expand(-1, self.config.steps, -1)
        Vh, h = run(self.config, code, self.Theta[::-1])
        return [*Vh[::-1], code.sum(1)], [*h[::-1], code.sum(1)]

    def gradients(self, x: Tensor, y: Tensor) -> tuple[list[Tensor | None], list[Tensor]]:
        """dL_l/dW[l], l = 1..L, and dL_l/dTheta[l], l = 0..L-1, of each layer's own loss, summed over the batch.

        L_l is `reco` in layers 0..L-1 and, as in the paper, the cross-entropy of V[L] at the top, whose error is signed. An
        update reads voltages of its layer, counts of its pre-synaptic layer (C2), and the labels. Of other layers it sees
        spikes only (C4), but for layer 1 of the direct code, which sees pixels as currents.
        """
        (V, r), (Vh, h) = self.perceive(x), self.recall(y)
        L = self.config.layers
        others = y[:, None] != y
        dW: list[Tensor | None] = [None] * (L + 1)
        dTheta = []
        for l in range(L):
            g, gh = reco_gradients(V[l], Vh[l], others, self.lam if l else 0.0)
            dTheta.append(h[l + 1].T @ gh)
            if l:
                dW[l] = r[l - 1].T @ g
        dW[L] = r[L - 1].T @ (torch.softmax(V[L], dim=1) - functional.one_hot(y, self.config.classes))
        return dW, dTheta

    def train(self, x: Tensor, y: Tensor) -> None:
        """One step on a batch: pixels x (B, n_0) 0..15, labels y (B,)."""
        dW, dTheta = self.gradients(x, y)
        for weight, gradient in zip([*self.W[1:], *self.Theta], [*dW[1:], *dTheta], strict=True):
            weight.grad = gradient / len(y)
        self.optimizer.step()

    def predict(self, x: Tensor) -> Tensor:
        """Labels (B,): the concept whose code has the largest cosine with V[L]; codes are one-hot, so the largest V[L]."""
        return self.perceive(x)[0][-1].argmax(dim=1)
