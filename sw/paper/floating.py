"""Trials of rules in floating point."""

from typing import TYPE_CHECKING

from sw import data
from sw.data.dataset import Dataset
from sw.paper.integer import learning

if TYPE_CHECKING:
    from torch import Tensor

    from golden.learners.learner import Learner


def tensors(dataset: Dataset) -> "tuple[Tensor, Tensor, Tensor, Tensor]":
    """x, y to learn and x, y to test, as learners take them: pixels 0..1."""
    import torch

    x, x_test = (torch.from_numpy(part).float() / 16 for part in (dataset.x_train, dataset.x_test))
    y, y_test = (torch.from_numpy(part) for part in (dataset.y_train, dataset.y_test))
    return x, y, x_test, y_test


def trained(
    rule: str, dataset: Dataset, sizes: list[int], epochs: int, seed: int, batch: int | None = None, **options
) -> "Learner":
    """One of `golden.learners.named` after a training; options: of its class, a loss by its name."""
    from golden.learners.learner import Network, fit
    from golden.learners.losses import LOSSES
    from golden.learners.named import learner

    x, y, _, _ = tensors(dataset)
    if "loss" in options:
        options["loss"] = LOSSES[options["loss"]]
    found = learner(rule, Network(tuple(sizes), seed=seed), **options)
    if epochs:
        fit(found, x, y, epochs, batch or found.BATCH)
    return found


def recognition(
    rule: str,
    source: str,
    sizes: list[int],
    epochs: int,
    samples: int | None,
    seed: int,
    batch: int | None = None,
    **options,
) -> dict[str, float]:
    """Test accuracy, 0..1, after a training on digits (split: the seed) or fashion."""
    dataset = learning(data.load(source, seed), samples)
    _, _, x, y = tensors(dataset)
    return {"accuracy": trained(rule, dataset, sizes, epochs, seed, batch, **options).accuracy(x, y)}


def backprop_autoencoder(source: str, sizes: list[int], epochs: int, samples: int | None, seed: int) -> dict[str, float]:
    """Test error of pixels 0..1 of an auto-encoder that backprop trains, without spikes."""
    from golden.backprop_autoencoder import fit
    from golden.config import NAMED

    dataset = learning(data.load(source, seed), samples)
    config = NAMED["autoencoder"].replace(sizes=tuple(sizes), epochs=epochs, seed=seed)
    return {"error": fit(config, dataset.x_train, dataset.x_test)[-1]}


def autoencoder(
    rule: str, source: str, sizes: list[int], epochs: int, samples: int | None, seed: int, learns: str = "both"
) -> dict[str, float]:
    """Test error of pixels 0..1 of BSD's auto-encoder; rule: "recirculation" or "reco"; `learns`: see `integer`."""
    from golden.learners.autoencoder import BATCH, NEURON, Recirculation, RecoAutoencoder
    from golden.learners.learner import Network, fit

    x, y, x_test, _ = tensors(learning(data.load(source, seed), samples))
    kind = {"recirculation": Recirculation, "reco": RecoAutoencoder}[rule]
    model = kind(Network(tuple(sizes), NEURON, seed), learn_w=learns != "Theta", learn_theta=learns != "W")
    fit(model, x, y, epochs, BATCH)
    return {"error": model.error(x_test)}
