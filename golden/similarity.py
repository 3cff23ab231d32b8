"""How alike the spikes of the two networks are in a layer: Hamming similarity, and what it would be by chance.

The paper reports that it rises above 0.9 in training. A layer that is mostly silent has that for nothing: two trains that
know nothing of each other agree wherever both are silent. So `chance` stands beside it, and `beyond`, the part of the way
from chance to 1 (Cohen's kappa).
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from golden.autoencoder import Autoencoder
from golden.config import ConfigError
from golden.integer import BATCH, IntegerModel
from golden.weights import Weights


@dataclass(frozen=True)
class Similarity:
    """Of a layer, over samples, time steps and neurons.

    Members:
        same: share of equal bits, 0..1. chance: the same of trains that are independent, each neuron's at its own two rates.
        rate, recalled: share of ones in the feedforward network's spikes, and in the backward network's.
    """

    same: float
    chance: float
    rate: float
    recalled: float

    @property
    def beyond(self) -> float:
        """(same - chance) / (1 - chance): 0 by chance, 1 where they are equal; 0 where both never change."""
        return (self.same - self.chance) / (1 - self.chance) if self.chance < 1 else 0.0


def similarity(s: Tensor, sh: Tensor) -> Similarity:
    """Of spikes s and sh (B, T, n), 0 or 1, of the same samples, steps and neurons."""
    s, sh = s.double(), sh.double()
    p, q = s.mean((0, 1)), sh.mean((0, 1))
    chance = (p * q + (1 - p) * (1 - q)).mean()
    return Similarity(float((s == sh).double().mean()), float(chance), float(s.mean()), float(sh.mean()))


class BothNetworks(Protocol):
    """A learner with two networks, such as BSD in floating point."""

    def spikes(self, x: Tensor, y: Tensor) -> list[tuple[Tensor, Tensor]]:
        """(s_l, sh_l), each (B, T, n_l), of hidden layers l = 1..L-1, of stimuli x (B, n_0) and labels y (B,)."""


def of_learner(learner: BothNetworks, x: Tensor, y: Tensor) -> list[Similarity]:
    """Of each hidden layer of a learner in floating point."""
    return [similarity(s, sh) for s, sh in learner.spikes(x, y)]


def of_recognition(model: IntegerModel, x: np.ndarray, y: np.ndarray) -> list[Similarity]:
    """Of each hidden layer 1..L-1: what samples x (B, n_0), pixels 0..15, evoke, and what their concepts y (B,) recall.

    The model stays as it is; what is pending counts as written. Raises ConfigError of a recurrent network: what an element
    evokes depends on those before it.
    """
    if model.config.recurrent:
        raise ConfigError(f"recurrent: found true, of {model.config.name}; allowed with similarity is false")
    rule, memories = model.rule, _written(model)
    concepts = [rule.evoke(memories, k) for k in torch.arange(model.config.classes).split(1)]
    recalled = {name: torch.stack([concept[name] for concept in concepts]) for name in concepts[0]}
    labels = torch.from_numpy(np.asarray(y).astype(np.int64))
    layers = range(1, model.config.layers)
    (trains,) = _gathered(x, layers, lambda part: rule.perceive(memories.W, part), "s")
    return [similarity(s, recalled[f"sh{i}"][labels]) for i, s in zip(layers, trains, strict=True)]


def of_autoencoder(model: Autoencoder, x: np.ndarray) -> list[Similarity]:
    """Of layer 0 and each hidden layer, 0..L-1: what samples x (B, n_0), pixels 0..15, evoke, and what their codes recall.

    The model stays as it is; what is pending counts as written.
    """
    rule, memories = model.rule, _written(model)
    layers = range(model.config.layers)

    def both(part: Tensor) -> dict[str, Tensor]:
        seen = rule.perceive(memories.W, part)
        return seen | rule.descend(memories.Theta, seen[f"s{model.config.layers}"])

    up, down = _gathered(x, layers, both, "s", "sh")
    return [similarity(s, sh) for s, sh in zip(up, down, strict=True)]


def _written(model: IntegerModel | Autoencoder) -> Weights:
    """A copy of the memories, with what is pending."""
    model = copy.deepcopy(model)
    model.finish()
    return model.memories


def _gathered(
    x: np.ndarray, layers: range, run: Callable[[Tensor], dict[str, Tensor]], *names: str
) -> Iterator[list[Tensor]]:
    """By name the layers' spikes, (B, T, n_l) each, of all samples, which are run once."""
    parts = [run(part) for part in torch.from_numpy(np.asarray(x).astype(np.int32)).split(BATCH)]
    return ([torch.cat([part[f"{name}{i}"] for part in parts]) for i in layers] for name in names)
