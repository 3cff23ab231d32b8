"""Cases the tests of the integer model share: an odd core, samples, memories, and a comparison that shows both sides."""

import numpy as np

from golden.config import Config

ODD = Config(sizes=(37, 19, 7, 3), lanes=4, block=3)
"""No size is a multiple of the lanes, none a power of two."""


def samples(config, count, seed=0):
    """Sparse pixels with all values 0..15, one silent and one full image among them, and labels."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 16, (count, config.sizes[0])) * (random.random((count, config.sizes[0])) < 0.6)
    x[count // 2], x[count // 3] = 0, 15
    return x, random.integers(0, config.classes, count)


def shaken(model, seed, reach):
    """Random memories, `reach` of the whole range: at 1 everything saturates."""
    random = np.random.default_rng(seed)
    state, end = model.state(), 2 ** (model.config.weight_bits - 1)
    for key, array in state.items():
        if key.startswith(("W", "Theta")):
            state[key] = (random.integers(-end, end, array.shape) * reach).astype(np.int32)
        elif key.startswith(("E", "S")):
            state[key] = (random.integers(-(2**23), 2**23, array.shape) * reach).astype(np.int32)
            if reach == 1:
                state[key] = np.where(state[key] < 0, -(2**23), 2**23 - 1)
    state["samples"] = np.array(2**32 - 5 if reach == 1 else seed, np.int64)
    model.load(state)
    model.recall()
    return model


def assert_equal(got, expected, what):
    got = np.asarray(got)
    assert np.array_equal(got, expected), f"{what}: {got.tolist()} is not {np.asarray(expected).tolist()}"
