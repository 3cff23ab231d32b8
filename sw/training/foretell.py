"""A series learned by the golden model alone: elements in, the error of what it foretells out."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from golden.config import Config
from sw.data.elements import Elements, Part, shuffled
from sw.data.population import Population
from sw.training.golden_model import model_of

if TYPE_CHECKING:
    from golden.sequence import Foreteller


def learn(config: Config, data: Elements, model: "Foreteller | None" = None) -> "Iterator[tuple[Foreteller, float]]":
    """Trains; after each epoch the model, which goes on, and its error on the test part (see `Part.error`).

    Args:
        model: to take instead of a new one.
    """
    count = len(data.train.y)
    model = model or model_of(config, None, config.epochs * count)
    for epoch in range(config.epochs):
        places, first = shuffled(count, config.recurrent, config.seed, epoch)
        model.decay = config.decay_at(epoch, config.epochs)
        model.train(data.train.x[places], data.train.y[places], True, first)
        yield model, data.test.error(foretold(model, data.test, data.changes))


def foretold(model: "Foreteller", part: Part, changes: Population) -> np.ndarray:
    """(N,) changes to the next value, of elements that are one sequence; what was learned before is written first."""
    model.finish()
    return changes.values(model.train(part.x, part.y, learn=False).voltages)


def memoryless(config: Config) -> Config:
    """The same network, but for the memory."""
    return config.replace(name=f"{config.name}-memoryless"[:64], recurrent=False)


def errors(config: Config, data: Elements, told: Callable[[int, float], None] = lambda epoch, error: None) -> dict:
    """Trains a network and, where it is recurrent, its memoryless twin.

    Args:
        told: called with the number of epochs done, and the error.

    Returns:
        error; twin: of the memoryless one, None where the network is no other; persistence: of no change at all.
    """
    found = {"error": None, "twin": None, "persistence": data.test.error(np.zeros(len(data.test.y)))}
    for name, one in (("error", config), ("twin", memoryless(config) if config.recurrent else None)):
        for epoch, (_, error) in enumerate(learn(one, data) if one else (), start=1):
            told(epoch, error)
            found[name] = error
    return found
