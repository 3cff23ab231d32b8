"""Trials of rules in floating point."""

from sw import data
from sw.paper.integer import learning


def recognition(
    rule: str, source: str, sizes: list[int], epochs: int, samples: int | None, seed: int, batch: int = 128, **options
) -> dict[str, float]:
    """Test accuracy, 0..1, after a training on digits (split: the seed) or fashion, with one of `golden.learners.named`.

    Args:
        options: of the rule's class.
    """
    import torch
    from golden.learners.named import LEARNERS

    from golden.learners.learner import Network, fit

    dataset = learning(data.load(source, seed), samples)
    x, x_test = (torch.from_numpy(part).float() / 16 for part in (dataset.x_train, dataset.x_test))
    y, y_test = (torch.from_numpy(part) for part in (dataset.y_train, dataset.y_test))
    learner = LEARNERS[rule](Network(tuple(sizes), seed=seed), **options)
    fit(learner, x, y, epochs, batch)
    return {"accuracy": learner.accuracy(x_test, y_test)}


def backprop_autoencoder(source: str, sizes: list[int], epochs: int, samples: int | None, seed: int) -> dict[str, float]:
    """Test error of pixels 0..1 of an auto-encoder that backprop trains, without spikes."""
    from golden.backprop_autoencoder import fit
    from golden.config import NAMED

    dataset = learning(data.load(source, seed), samples)
    config = NAMED["autoencoder"].replace(sizes=tuple(sizes), epochs=epochs, seed=seed)
    return {"error": fit(config, dataset.x_train, dataset.x_test)[-1]}
