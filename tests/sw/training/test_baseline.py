"""The baseline learns what its configuration learns from, by the configuration's order and seed alone."""

import time

import numpy as np

from golden.config import NAMED, Config
from sw.data import Dataset, load
from sw.training.baseline import backprop_curve


def test_it_learns_digits_well_and_fast():
    config, start = NAMED["digits"], time.process_time()  # of the processor, so that a busy machine does not fail it
    curve = backprop_curve(config, load("digits"))
    assert time.process_time() - start < 30  # about 2 s on an idle core
    assert len(curve) == config.epochs and curve[-1] >= 0.97 and curve[-1] > curve[0]


def test_it_learns_from_spikes_of_the_rate_code_and_a_seed_gives_the_same_again():
    random = np.random.default_rng(0)
    y = random.integers(0, 4, 120)
    x = np.where(np.arange(12) // 3 == y[:, None], 12, 2).astype(np.uint8) + random.integers(0, 4, (120, 12), np.uint8)
    config = Config(sizes=(12, 9, 4), lanes=4, coding="rate", steps=8, epochs=40)
    curves = [
        backprop_curve(config.replace(seed=seed), Dataset("own", x[:80], y[:80], x[80:], y[80:])) for seed in (0, 0, 1)
    ]
    assert curves[0] == curves[1] != curves[2]
    assert curves[0][-1] > 0.9
