"""Networks side by side learn what each learns alone, to the bit."""

import numpy as np

from golden.config import Config
from golden.integer import IntegerModel
from sw.related.flock import Flock

CONFIG = Config(sizes=(6, 5, 4, 3), lanes=1, block=4)


def test_each_network_of_a_flock_is_to_the_bit_what_it_is_alone():
    """With other rates, dead zones and windows side by side, over blocks' ends."""
    changes = ({}, {"rate": 1, "dead_zone": 0}, {"theta_rate": 1, "window_low": -16, "window_high": 32})
    configs = [CONFIG.replace(seed=seed, **change) for seed, change in enumerate(changes)]
    random = np.random.default_rng(0)
    x, y = random.integers(0, 16, (3, 10, 6)), random.integers(0, 3, (3, 10))
    flock = Flock(configs)
    flock.learn(x[:, :7], y[:, :7])
    flock.learn(x[:, 7:], y[:, 7:])
    predicted = flock.predict(x)
    for place, config in enumerate(configs):
        model = IntegerModel(config, fast=False)
        for part in (slice(7), slice(7, None)):
            model.train(x[place, part], y[place, part])
            model.finish()
        for name, tensor in model.memories.tensors().items():
            assert np.array_equal(flock.values[name][place].numpy(), tensor.numpy()), (place, name)
        assert np.array_equal(predicted[place], model.train(x[place], y[place], learn=False).prediction)
