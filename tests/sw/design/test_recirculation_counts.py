"""What is counted of an auto-encoder's passes is what golden counts."""

import numpy as np

from golden.autoencoder import Autoencoder
from golden.config import Config
from golden.records import RECALLED_COUNTERS
from sw.data.synthetic import random_dataset
from sw.design.recirculation_counts import watch
from sw.design.walks import AGAIN, DOWN, UP

CONFIG = Config.from_dict({"task": "autoencoder", "sizes": (11, 9, 7, 5), "lanes": 4})
LAYERS = range(CONFIG.layers)


def counted(counters: np.ndarray, name: str) -> np.ndarray:
    return counters[:, :, RECALLED_COUNTERS.index(name)]


def test_rows_and_errors_of_all_passes_are_goldens():
    dataset = random_dataset("random", CONFIG.sizes, 40, 8, 0.4, 0)
    learned, inferred = watch(CONFIG, dataset)
    model = Autoencoder(CONFIG, fast=False)
    counters = model.train(dataset.x_train).counters
    model.finish()
    for samples, found in ((learned, counters), (inferred, model.train(dataset.x_test, learn=False).counters)):
        for name, side, step in (("up_rows", UP, 1), ("down_rows", DOWN, 0)):
            rows = [[sample.by_source[i + step, side].new for i in LAYERS] for sample in samples]
            np.testing.assert_array_equal(rows, counted(found, name))
    for name, side, step in (("up_errors", UP, 1), ("down_errors", DOWN, 0)):
        lives = [[any(sample.by_source[i + step, side].live) for i in LAYERS] for sample in learned]
        np.testing.assert_array_equal(lives, counted(counters, name) > 0)
        assert np.any(lives)
    # What is said of a third pass comes with the sample two behind.
    again = [[sample.by_source[i + 1, AGAIN].new for i in LAYERS] for sample in learned]
    np.testing.assert_array_equal(again[:-2], counted(counters, "again_rows")[2:])


def test_a_sample_that_is_not_learned_has_two_passes_and_no_update():
    dataset = random_dataset("random", CONFIG.sizes, 4, 3, 0.4, 0)
    learned, inferred = watch(CONFIG, dataset)
    assert [len(learned[0].passes(layer)) for layer in range(4)] == [1, 3, 3, 2]
    assert [len(inferred[0].passes(layer)) for layer in range(4)] == [1, 2, 2, 1]
    assert not any(any(walked.live) for sample in inferred for walked in sample.by_source.values())
