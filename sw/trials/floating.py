"""Trials of rules in floating point."""

from typing import TYPE_CHECKING

from sw import data
from sw.data import foretold
from sw.data.dataset import Dataset
from sw.data.elements import PIECE
from sw.trials.integer import learning

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
    """One of `golden.learners.named` after a training; options: of its class, a loss by its name; `neuron`: of `Neuron`."""
    from golden.learners.learner import Network, fit
    from golden.learners.losses import LOSSES
    from golden.learners.named import learner
    from golden.learners.neuron import Neuron

    x, y, _, _ = tensors(dataset)
    neuron = Neuron(**options.pop("neuron", {}))
    if "loss" in options:
        options["loss"] = LOSSES[options["loss"]]
    found = learner(rule, Network(tuple(sizes), neuron, seed), **options)
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
    from golden.learners.autoencoder import NEURON, Recirculation, RecoAutoencoder
    from golden.learners.learner import Network, fit

    x, y, x_test, _ = tensors(learning(data.load(source, seed), samples))
    kind = {"recirculation": Recirculation, "reco": RecoAutoencoder}[rule]
    model = kind(Network(tuple(sizes), NEURON, seed), learn_w=learns != "Theta", learn_theta=learns != "W")
    fit(model, x, y, epochs, model.BATCH)
    return {"error": model.error(x_test)}


RATE = 1e-2
"""Of all rules that foretell; none was chosen for one of them."""


def sequence(name: str, rule: str, epochs: int, seed: int) -> dict[str, float]:
    """Test error of values of variance 1, of a named configuration's data and sizes; rule: "bsd" or "backprop"."""
    import torch

    from golden.config import NAMED
    from golden.learners.backprop import BackpropSnn
    from golden.learners.bsd import Bsd
    from golden.learners.learner import Network, fit
    from golden.learners.recurrent import RecurrentBsd, cut, foretell
    from golden.learners.recurrent_backprop import RecurrentBackprop

    config = NAMED[name]
    dataset = foretold.load(None, config)
    x, y, x_test, _ = tensors(dataset)
    network = Network(config.sizes, seed=seed)
    values = {"neighbours": config.neighbours, "active": 1 / 16, "rate": RATE}
    if config.recurrent:
        model = RecurrentBsd(network, **values) if rule == "bsd" else RecurrentBackprop(network, RATE)
        fit(model, *cut(x, y, PIECE), epochs, 16 if rule == "bsd" else 4)  # sequences side by side
        scores = foretell(model, x_test)
    else:
        model = Bsd(network, **values) if rule == "bsd" else BackpropSnn(network, RATE)
        fit(model, x, y, epochs, 32)
        scores = torch.cat([model.perceive(part) for part in x_test.split(500)])
    if rule == "bsd":  # whose cross-entropy is of voltages a step, in thresholds
        scores = scores / (network.neuron.steps * network.neuron.threshold)
    concepts = dataset.course.concepts
    centres = concepts.low + concepts.distance * torch.arange(concepts.count)
    change = (torch.softmax(scores.detach(), 1) * centres).sum(1)
    return {"error": float(((change - torch.from_numpy(dataset.testing.true)) ** 2).mean())}
