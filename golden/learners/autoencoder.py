"""BSD's auto-encoder in floating point: W encodes, Theta decodes, and the sample's own code drives the backward network.

Up go a sample's spikes, s_l; down goes what its code evokes, sh_l; sh_0 is what is recalled. Two rules teach each layer that
its own basal and apical side agree: `Recirculation`, in floating point what docs/autoencoder.md is in integers, and
`RecoAutoencoder`, by the loss of the paper (arXiv 2509.20284), with a lambda that grows with frequency.
"""

import math
from abc import abstractmethod

import torch
from torch import Tensor
from torch.nn import functional

from golden.learners.learner import Network, spread
from golden.learners.losses import Reco
from golden.learners.mlp import Mlp
from golden.learners.neuron import Neuron

NEURON = Neuron(steps=8, keep=0.9375)
"""Eight time steps are the paper's for auto-encoders, the smaller leak is ours."""


class Autoencoder(Mlp):
    """Both networks, and what they perceive and recall.

    Members:
        w: W1..WL, (n_(l-1), n_l), and Theta0..ThetaL-1, (n_(l+1), n_l).

    Args:
        rate: Adam's step. learn_w, learn_theta: whether a network learns, or stays as it was drawn.
    """

    BATCH = 16
    """The more updates an epoch has, the better is what is recalled after a few."""
    LABELS = False
    GAIN = 0.85, 0.25
    """Of initial weights of W and Theta, in thresholds: what is recalled begins silent, and grows."""

    def __init__(self, network: Network, rate: float = 3e-3, learn_w: bool = True, learn_theta: bool = True):
        super().__init__(network, rate)
        self.learns = {"W": learn_w, "Theta": learn_theta}
        n, neuron = network.sizes, network.neuron
        for l in range(1, network.layers + 1):
            active = n[l - 1] * (0.25 if l > 1 else 0.35)
            self.w[f"W{l}"] = self.GAIN[0] * spread(n[l - 1], n[l], active, neuron, self.generator)
        for l in range(network.layers):
            self.w[f"Theta{l}"] = self.GAIN[1] * spread(n[l + 1], n[l], n[l + 1] * 0.25, neuron, self.generator)

    def spikes(self, values: Tensor) -> Tensor:
        """The rate code: values (B, n), 0..1, as evenly spread spikes (B, T, n), round(T value) of them."""
        T = self.network.neuron.steps
        counts = torch.floor(values[:, None] * torch.arange(T + 1)[:, None] + 0.5)
        return counts[:, 1:] - counts[:, :-1]

    def up(self, s: Tensor, l: int, phase: int = 0) -> tuple[Tensor, Tensor, Tensor]:
        """Spikes (B, T, n_(l-1)) into layer l: what arrives, basal voltages and spikes of layer l, (B, T, n_l)."""
        pre = self.wires.cross(l - 1, l, s, phase)
        v = pre @ self.w[f"W{l}"]
        return pre, v, self.network.neuron.soma(v)

    def descend(self, sh: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Spikes (B, T, n_L) down: of layers 0..L-1 what arrives, apical voltages and spikes."""
        found = []
        for l in reversed(range(self.network.layers)):
            pre = self.wires.cross(l + 1, l, sh)
            vh = pre @ self.w[f"Theta{l}"]
            sh = self.network.neuron.soma(vh)
            found.insert(0, (pre, vh, sh))
        return found

    def ascend(self, x: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Stimuli x (B, n_0), 0..1, up: of layers 1..L what arrives, basal voltages and spikes."""
        s, found = self.spikes(x), []
        for l in range(1, self.network.layers + 1):
            found.append(self.up(s, l))
            s = found[-1][-1]
        return found

    @torch.no_grad()
    def perceive(self, x: Tensor) -> Tensor:
        """Codes (B, n_L), counts 0..T, of stimuli x (B, n_0)."""
        return self.ascend(x)[-1][-1].sum(1)

    @torch.no_grad()
    def recall(self, x: Tensor) -> Tensor:
        """(B, n_0), 0..1: what the codes of stimuli x (B, n_0) evoke."""
        return self.descend(self.ascend(x)[-1][-1])[0][-1].mean(1)

    @torch.no_grad()
    def draw(self, code: Tensor) -> Tensor:
        """(B, n_0), 0..1: what codes (B, n_L), counts 0..T, of no stimulus evoke, spread evenly over the steps."""
        return self.descend(self.spikes(code / self.network.neuron.steps))[0][-1].mean(1)

    def error(self, x: Tensor, batch: int = 500) -> float:
        """Mean squared error of what is recalled of samples x (N, n_0), 0..1."""
        return sum(float(((self.recall(part) - part) ** 2).sum()) for part in x.split(batch)) / x.numel()

    def teach(self, x: Tensor, y: Tensor | None = None) -> None:
        """Learns from a batch of stimuli x (B, n_0), 0..1; labels play no part."""
        gradients = self.gradients(x)
        self.learn({name: g for name, g in gradients.items() if self.learns[name.rstrip("0123456789")]}, len(x))

    @abstractmethod
    def gradients(self, x: Tensor) -> dict[str, Tensor]:
        """Of all weights by name, summed over the batch x (B, n_0)."""


class Recirculation(Autoencoder):
    """Each layer sees what the layer below recalls, as it saw what that perceived (Hinton & McClelland 1988).

    Theta makes what a layer recalls what it perceived, W makes what it perceives of the recalled what it perceived of the
    sample: by differences of its own spike counts. Layers see a sample twice (against C3).
    """

    KEEPS = frozenset({"C1", "C2", "C4"})
    SOURCE = "Hinton & McClelland 1988, layer by layer and with spikes"

    COMMON = 0.1
    """Weight of what all samples of a batch have in common, their mean counts and their mean difference, in an update. It is
    the stiffest direction by far, as counts have no sign: at full weight it forces steps too small for all others."""
    WINDOW = -1.0, 1.0
    """Of summed voltages, in thresholds and in T thresholds: a neuron below may only rise, above only fall."""

    @torch.no_grad()
    def gradients(self, x: Tensor) -> dict[str, Tensor]:
        perceived = self.ascend(x)
        recalled = self.descend(perceived[-1][-1])
        counts = [self.spikes(x).sum(1), *(s.sum(1) for _, _, s in perceived)]
        found = {}
        for l, (pre, vh, sh) in enumerate(recalled):
            found[f"Theta{l}"] = self.product(pre.sum(1), self.open(counts[l] - sh.sum(1), vh.sum(1)))
            again, v, s = self.up(sh, l + 1, phase=1)
            found[f"W{l + 1}"] = self.product(again.sum(1), self.open(counts[l + 1] - s.sum(1), v.sum(1)))
        return found

    def open(self, d: Tensor, V: Tensor) -> Tensor:
        """Differences of counts d (B, n), where the window of voltages V (B, n) lets them through."""
        threshold, steps = self.network.neuron.threshold, self.network.neuron.steps
        low, high = self.WINDOW[0] * threshold, self.WINDOW[1] * threshold * steps
        return d * (((low <= V) | (d > 0)) & ((high > V) | (d < 0)))

    def product(self, pre: Tensor, d: Tensor) -> Tensor:
        """The gradient (n_pre, n) of counts pre (B, n_pre) and differences d (B, n), see COMMON."""
        common = len(d) * torch.outer(pre.mean(0), d.mean(0))
        return (1 - self.COMMON) * common - pre.T @ d


class RecoAutoencoder(Autoencoder):
    """The relaxed contrastive loss between basal and apical voltages of each layer; at the stimulus the squared error.

    Each sample of a batch is a rival of all others. The code, which nothing comes down to, is pushed from the codes of the
    others alone. The loss is taken of low and of high frequencies apart, with a lambda of their own: by an FFT over the
    layer's neurons, whose order means something at the stimulus only. What counts elsewhere is that the lowest frequency,
    the layer's mean, is free: a push from others' would silence the layer.

    Args:
        lam: lambda of low and of high frequencies. low: part of the frequencies that are low.
    """

    KEEPS = frozenset({"C1", "C2", "C3", "C4"})
    SOURCE = "Bidirectional Spike-based Distillation, arXiv 2509.20284"

    def __init__(
        self, network: Network, rate: float = 3e-3, lam: tuple[float, float] = (0.0, 0.6), low: float = 0.05, **learns
    ):
        super().__init__(network, rate, **learns)
        self.lam, self.low = lam, low

    def gradients(self, x: Tensor) -> dict[str, Tensor]:
        with torch.no_grad():
            perceived = self.ascend(x)
            recalled = self.descend(perceived[-1][-1])
        neuron, weights = self.network.neuron, {name: weight.detach().requires_grad_() for name, weight in self.w.items()}
        V = [pre.sum(1) @ weights[f"W{l}"] for l, (pre, _, _) in enumerate(perceived, 1)]
        Vh = [pre.sum(1) @ weights[f"Theta{l}"] for l, (pre, _, _) in enumerate(recalled)]
        top = perceived[-1][-1].sum(1)
        losses = [((Vh[0] / (neuron.steps * neuron.threshold) - x) ** 2).sum()]
        losses += [self.contrast(v, vh) for v, vh in zip(V, [*Vh[1:], top], strict=True)]
        return dict(zip(weights, torch.autograd.grad(torch.stack(losses).sum(), list(weights.values())), strict=True))

    def contrast(self, v: Tensor, vh: Tensor) -> Tensor:
        """The loss of rows v and vh (B, n) of the same samples. W is behind v alone, and Theta behind vh alone."""
        own = torch.eye(len(v))
        bands = zip(self.lam, self.bands(v), self.bands(vh), strict=True)
        return torch.stack([Reco(lam, dead=0.0)(one, other, own, 1 - own) for lam, one, other in bands]).sum()

    def bands(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Low and high frequencies of rows (B, n), which they add up to."""
        n = rows.shape[1]
        frequencies = torch.fft.rfft(rows)
        first = math.ceil(frequencies.shape[1] * self.low)
        kept = functional.pad(frequencies[:, :first], (0, frequencies.shape[1] - first))
        low = torch.fft.irfft(kept, n)
        return low, rows - low
