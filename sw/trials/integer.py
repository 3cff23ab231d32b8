"""Trials of the chip's own rule, on the golden model, which is the chip to the bit."""

import dataclasses
from typing import Any

from golden.config import NAMED, Config
from sw import data
from sw.data import foretold
from sw.data.dataset import Dataset
from sw.data.text import SYMBOLS


def learning(dataset: Dataset, samples: int | None) -> Dataset:
    """The data set with its first training samples alone; all of them where None."""
    if samples is None:
        return dataset
    return dataclasses.replace(dataset, x_train=dataset.x_train[:samples], y_train=dataset.y_train[:samples])


def recognition(
    source: str, sizes: list[int], epochs: int, samples: int | None, seed: int, learn_theta: bool = True, block: int = 256
) -> dict[str, float]:
    """Test accuracy, 0..1, after a training on digits (split: the seed) or fashion."""
    from sw.training.golden_backend import trained

    dataset = learning(data.load(source, seed), samples)
    config = Config(sizes=tuple(sizes), lanes=16, block=block, epochs=epochs, seed=seed, learn_theta=learn_theta)
    tested = trained(config, dataset).test(dataset.testing)
    return {"accuracy": tested["correct"] / tested["samples"]}


def autoencoder(
    source: str, sizes: list[int], epochs: int, samples: int | None, seed: int, learns: str = "both"
) -> dict[str, Any]:
    """Test error of pixels 0..1, and how new images are taken; `learns`: both networks, or "W" or "Theta" alone."""
    from sw.generation.judge import judge
    from sw.generation.sampling import mixed
    from sw.training.golden_backend import trained

    dataset = learning(data.load(source, seed), samples)
    base = NAMED["autoencoder" if source == "digits" else "autoencoder-fashion"]
    config = base.replace(sizes=tuple(sizes), epochs=epochs, seed=seed, learn_theta=learns != "W")
    network = trained(config, dataset, learn_w=learns != "Theta")
    tested = network.test(dataset.testing)
    found: dict[str, Any] = {"error": tested["squared_error"] / (256 * tested["pixels"])}
    if learns == "both":
        import numpy as np

        codes = network.model.train(dataset.x_train.astype(np.int64), learn=False).code
        labels = np.repeat(np.arange(dataset.classes), IMAGES)
        drawn = [mixed(codes[dataset.y_train == k], IMAGES, seed, k) for k in range(dataset.classes)]
        judged = judge(network.model.draw(np.concatenate(drawn)).recalled / config.steps, labels, dataset)
        found |= {"taken": judged.taken, "taken_real": judged.taken_real}
        found |= {"spread": judged.spread, "spread_real": judged.spread_real}
    return found


IMAGES = 100
"""New images of each class."""


def sequence(name: str, epochs: int, seed: int, recurrent: bool | None = None) -> dict[str, float]:
    """Test error of values of variance 1, or accuracy of characters, of a named configuration; `recurrent`: another."""
    from cosim import account
    from sw.training.golden_backend import trained

    config = NAMED[name].replace(epochs=epochs, seed=seed)
    if recurrent is not None:
        config = config.replace(recurrent=recurrent)
    dataset = foretold.load(None, config)
    tested = [trained(config, dataset).test(dataset.testing)]
    return {key: values[0] for key, values in account.shares(tested).items()}


def text(epochs: int, window: int, recurrent: bool, seed: int) -> dict[str, float]:
    """Test accuracy, 0..1, of the next character, of so many before it, with 50,000 others learned in each epoch."""
    from sw.training.golden_backend import trained

    named = NAMED["text"]
    sizes = (window * len(SYMBOLS), *named.sizes[1:])
    config = named.replace(sizes=sizes, recurrent=recurrent, epochs=epochs, seed=seed)
    dataset = foretold.load("kjv", config)
    tested = trained(config, dataset).test(dataset.testing)
    return {"accuracy": tested["correct"] / tested["samples"]}
