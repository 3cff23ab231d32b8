"""The baseline: the same network, samples, order and epochs, by backprop."""

from golden.config import Config
from sw.data import Dataset

RATE, BATCH = 1e-2, 64
"""Adam's step, and samples an update."""


def backprop_curve(config: Config, dataset: Dataset) -> list[float]:
    """Test accuracy after each epoch, 0..1, or an auto-encoder's test error."""
    if config.task == "autoencoder":
        from golden.backprop_autoencoder import fit as fit_autoencoder

        return fit_autoencoder(config, dataset.x_train, dataset.x_test)
    from torch import from_numpy

    from golden.learners.backprop import BackpropSnn
    from golden.learners.configured import network, stimuli
    from golden.learners.learner import fit

    learner, curve = BackpropSnn(network(config), RATE), []
    x, y = stimuli(config, dataset.x_train), from_numpy(dataset.y_train)
    x_test, y_test = stimuli(config, dataset.x_test), from_numpy(dataset.y_test)
    fit(learner, x, y, config.epochs, BATCH, config.decay, lambda _: curve.append(learner.accuracy(x_test, y_test)))
    return curve
