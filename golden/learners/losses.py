"""Local losses of BSD: of one layer, between what samples and what concepts bring to it.

Each takes v (B, n) of samples, vh (J, n) of the J different concepts in question, and two weights (B, J) of sums over
samples and concepts: `own`, 1 at a sample's own concept, and `rivals`, how often a concept counts as one. Where that is how
often it is in the batch, the sums are the paper's over B x B, as samples of one concept have one recall. W learns by the
derivative by v with vh held constant, Theta by that by vh with v held constant; as W is behind v alone and Theta behind vh
alone, one run of autograd gives both. Source: arXiv 2509.20284, but InfoNCE: van den Oord et al. 2018.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


def unit(rows: Tensor) -> Tensor:
    """Rows (B, n) of length 1; a row of zeros, which has no direction, stays, and has no derivative."""
    square = (rows**2).sum(1, keepdim=True)
    silent = square == 0
    return torch.where(silent, 0, rows * square.masked_fill(silent, 1).rsqrt())


def affinity(v: Tensor, vh: Tensor) -> Tensor:
    """C (B, J), cosines of rows of v with rows of vh."""
    return unit(v) @ unit(vh).T


@dataclass(frozen=True)
class Reco:
    """Relaxed contrastive: sum own (1 - C)^2 + lam sum rivals max(0, C)^2. Squares: what teaches has no sign (C5).

    Members:
        lam: 0 or more; 0.6 is the paper's.
        dead: 0 or more; ours: a sample nearer to its concept than this, 1 - C, teaches nothing.

    Raises:
        ValueError: one of them below 0.
    """

    lam: float = 0.6
    dead: float = 0.4

    def __post_init__(self):
        for name in ("lam", "dead"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: found {getattr(self, name)}; allowed is 0 or more")

    def __call__(self, v: Tensor, vh: Tensor, own: Tensor, rivals: Tensor) -> Tensor:
        C = affinity(v, vh)
        far = (own * (1 - C)).sum(1, keepdim=True) >= self.dead
        return (far * (own * (1 - C) ** 2 + self.lam * rivals * C.clamp(min=0) ** 2)).sum()


@dataclass(frozen=True)
class InfoNce:
    """- sum own log softmax(C / temperature), where rivals of no weight have no part in the softmax.

    Members:
        temperature: above 0, else ValueError; the paper leaves it open.
    """

    temperature: float = 0.1

    def __post_init__(self):
        if not self.temperature > 0:
            raise ValueError(f"temperature: found {self.temperature}; allowed is above 0")

    def __call__(self, v: Tensor, vh: Tensor, own: Tensor, rivals: Tensor) -> Tensor:
        logits = affinity(v, vh) / self.temperature + (own + rivals).log()
        return -(own * (logits - logits.logsumexp(1, keepdim=True)).masked_fill(own == 0, 0)).sum()


@dataclass(frozen=True)
class Mse:
    """sum own mean (v - vh)^2: it knows no rivals."""

    def __call__(self, v: Tensor, vh: Tensor, own: Tensor, rivals: Tensor) -> Tensor:
        return ((v - own @ vh) ** 2).mean(1).sum()


Loss = Reco | InfoNce | Mse
LOSSES: dict[str, Loss] = {"reco": Reco(), "reco-plain": Reco(dead=0.0), "infonce": InfoNce(), "mse": Mse()}
"""By name; plain: without the dead zone that is ours."""
