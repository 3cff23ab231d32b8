"""What the checks of the integer models that name and that foretell share: small cores, new or random, and samples."""

import numpy as np
from torch import Tensor

from golden.config import Config
from golden.integer import IntegerModel
from golden.sequence import Foreteller

SMALL = {"sizes": (37, 19, 7, 3), "lanes": 4, "block": 3, "rate": -6}
"""No size is a multiple of the lanes, none a power of two; rates below 0, where the rounding noise decides, too."""
RECOGNITION = Config(**SMALL)
SEQUENCE = Config(**SMALL, task="sequence", recurrent=True, neighbours=0)
"""No neighbours: a label is a choice among concepts, as in recognition."""
REACH = 0.3
"""Random memories are up to this part of their range."""


def weights(model: IntegerModel) -> dict[str, Tensor]:
    """Both networks'."""
    return {name: tensor for name, tensor in model.memories.tensors().items() if name.startswith(("W", "Theta"))}


def new(config: Config, seed: int | None = None) -> IntegerModel:
    """A core; with a seed, one of random memories."""
    model = (Foreteller if config.task == "sequence" else IntegerModel)(config, fast=False)
    if seed is not None:
        random, state = np.random.default_rng(seed), model.state()
        ends = {"W": 1 << (config.weight_bits - 1), "T": 1 << (config.weight_bits - 1), "E": 1 << 23, "S": 1 << 23}
        for key, array in state.items():
            if key[0] in ends:
                state[key] = (random.integers(-ends[key[0]], ends[key[0]], array.shape) * REACH).astype(np.int32)
        model.load(state)
        model.recall()
    return model


def samples(config: Config, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pixels 0..15, more than a third of them 0, and labels."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 16, (count, config.sizes[0])) * (random.random((count, config.sizes[0])) < 0.6)
    return x, random.integers(0, config.classes, count)
