"""What is counted of real samples is what golden counts, and what it remembers."""

import numpy as np
import pytest

from golden.config import Config
from golden.integer import IntegerModel
from golden.sequence import Foreteller
from sw.data.synthetic import random_dataset
from sw.design import counts
from sw.design.walks import Walked, mean_rows

CONFIG = Config(sizes=(11, 9, 7, 3), lanes=4, block=6)


@pytest.mark.parametrize("coding", ["direct", "rate"])
def test_rows_and_errors_are_goldens(coding):
    config = CONFIG.replace(coding=coding)
    dataset = random_dataset("random", config.sizes, 40, 8, 0.4, 0)
    learned, inferred = counts.watch(config, dataset)
    model = IntegerModel(config, fast=False)
    counters = model.train(dataset.x_train, dataset.y_train).counters
    layers = range(1, config.layers + 1)
    rows = [[sample.perceived[i].new for i in layers] for sample in learned]
    np.testing.assert_array_equal(rows, counters[:, :, 0])
    lives = [[any(sample.perceived[i].live) for i in layers] for sample in learned]
    np.testing.assert_array_equal(lives, counters[:, :, 1] > 0)
    assert np.any(lives) and any(sample.perceived[1].old for sample in learned)
    # An update is that of the last sample but one, from whose lesson it came.
    for before, sample in zip(learned, learned[2:], strict=False):
        assert all(not (before.lessons[i].spared and any(sample.perceived[i].live)) for i in layers)
    model.finish()
    counters = model.train(dataset.x_test, dataset.y_test, learn=False).counters
    np.testing.assert_array_equal([[sample.perceived[i].new for i in layers] for sample in inferred], counters[:, :, 0])


def test_what_comes_back_is_counted_in_sequences_as_golden_counts_it():
    config = Config.from_dict({"task": "sequence", "sizes": (11, 9, 7, 5), "lanes": 4, "block": 6, "recurrent": True})
    dataset = random_dataset("random", config.sizes, 40, 20, 0.4, 0, recurrent=True)
    model = Foreteller(config, fast=False)
    parts = (dataset.training, True), (dataset.testing, False)
    for (part, learn), found in zip(parts, counts.watch(config, dataset), strict=True):
        counters = model.train(part.x, part.y, learn, part.ends).counters
        model.finish()
        np.testing.assert_array_equal([[sample.perceived[i].new for i in (1, 2, 3)] for sample in found], counters[:, :, 0])
        returned = np.array([sum(sample.perceived[1].returned) for sample in found])
        begins = np.flatnonzero(part.ends[:-1]) + 1
        assert len(begins) and returned.any()
        # Behind an end there is nothing but what two samples before has left.
        assert all(
            found[n].perceived[1].new + found[n].perceived[1].old == sum(found[n].perceived[1].words) + returned[n]
            for n in begins
        )


def test_concepts_are_recalled_behind_a_block():
    dataset = random_dataset("random", CONFIG.sizes, 20, 2, 0.4, 0)
    learned, _ = counts.watch(CONFIG, dataset)
    assert [n for n, sample in enumerate(learned) if sample.recalled] == [5, 11, 17]
    first, second = (learned[n].recalled for n in (5, 11))
    assert len(first) == CONFIG.classes and all(concept[2].new == 1 for concept in first)
    for before, after in zip(first, second, strict=True):  # a concept's rows of before are those of the recall before
        union = sum(after[1].words)
        assert before[1].new + after[1].new >= union == after[1].new + after[1].old


def test_words_walked_include_those_of_an_update():
    one, none = Walked([3, 2], 4, 1, [True, False, False], 3), Walked([3, 2], 2, 1, [], 3)
    samples = [counts.Sample({1: one, 2: one}), counts.Sample({1: none, 2: none})]
    assert mean_rows([9, 3, 6], samples) == (0, (3 * 4 + 1 + 3 * 2) / 2, (6 * 4 + 2 + 6 * 2) / 2)
