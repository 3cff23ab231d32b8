"""EKDAA, a learner of convolutional networks, beside backprop on the same network and a twin whose kernels stay as drawn.

The learner is golden/learners/ekdaa.py.
"""

from dataclasses import dataclass

import numpy as np
import torch

from golden.learners.ekdaa import Cnn, CnnBackprop, Ekdaa, sizes_of
from golden.learners.learner import Network, fit
from sw import data
from sw.figures.figure import Figure
from sw.related.over_seeds import figure, percent, said

CHANNELS = (16, 32)
LEARNERS = {
    "ekdaa": lambda network: Ekdaa(network, 0.002),
    "backprop": lambda network: CnnBackprop(network, 0.002),
    "kernels fixed": lambda network: Ekdaa(network, 0.002, beta=0),
}


@dataclass(frozen=True)
class Trained:
    """Members:
    data: what was learned, samples of it times epochs.
    accuracy: by learner, 0..1, on the test part.
    alignment: of each convolution the cosine of EKDAA's error kernels with the weights above it, before and after.
    """

    data: str
    learned: int
    epochs: int
    accuracy: dict[str, float]
    alignment: np.ndarray


@dataclass(frozen=True)
class Kernels:
    """Of each data set what was trained."""

    seed: int
    trained: tuple[Trained, ...]


def measure(seed: int, quick: bool) -> Kernels:
    """Digits, and where there is time the first Fashion-MNIST images."""
    if quick:
        return Kernels(seed, (_trained("digits", seed, 700, 8, 32),))
    return Kernels(seed, (_trained("digits", seed, 1437, 40, 32), _trained("fashion", seed, 10_000, 5, 64)))


def _trained(name: str, seed: int, count: int, epochs: int, batch: int) -> Trained:
    dataset = data.load(name, seed)
    x, x_test = (torch.from_numpy(part / np.float32(16)) for part in (dataset.x_train[:count], dataset.x_test))
    y, y_test = (torch.from_numpy(part) for part in (dataset.y_train[:count], dataset.y_test))
    network = Network(sizes_of(x.shape[1], CHANNELS, 10), seed=seed)
    learners: dict[str, Cnn] = {title: make(network) for title, make in LEARNERS.items()}
    alignment = [learners["ekdaa"].alignment()]
    for learner in learners.values():
        fit(learner, x, y, epochs, batch)
    alignment.append(learners["ekdaa"].alignment())
    accuracy = {title: learner.accuracy(x_test, y_test) for title, learner in learners.items()}
    return Trained(name, len(x), epochs, accuracy, np.array(alignment))


def figures(results: list[Kernels]) -> list[Figure]:
    """A line a data set."""
    found = []
    for place, first in enumerate(results[0].trained):
        own = [result.trained[place] for result in results]
        accuracy = {title: [result.accuracy[title] for result in own] for title in LEARNERS}
        text = "; ".join(f"{title} {said(values, percent, ' %')}" for title, values in accuracy.items())
        after = [float(result.alignment[1].mean()) for result in own]
        text += f"; cosine of error kernels with weights {np.mean(after):.2f}"
        how = f"CNN of {CHANNELS[0]} and {CHANNELS[1]} kernels of 3 x 3, {first.data}, {first.learned:,} x {first.epochs}"
        reached = np.mean(accuracy["ekdaa"]) > np.mean(accuracy["kernels fixed"])
        values, name = accuracy | {"alignment": after}, f"EKDAA, {first.data}"
        found.append(figure(name, values, text, "above fixed kernels", reached, how, "bispike related ekdaa"))
    return found
