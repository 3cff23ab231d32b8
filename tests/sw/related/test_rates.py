"""The search over tasks: what a task is, and that it is judged on digits the search has not seen."""

import numpy as np

from sw.figures.figure import Figure
from sw.related import rates


def test_a_task_has_five_classes_named_from_0_and_all_pixels_of_each_sample():
    x = np.arange(600)[:, None] * 8 + np.arange(8)
    got, names = rates.task(x, np.arange(600) % 10, 20, np.random.default_rng(0))
    assert got.shape == (20 + rates.TESTED, 8)
    assert sorted(set(names.tolist())) == list(range(rates.CLASSES))
    source = got[:, 0] // 8
    assert np.array_equal(np.sort(got, 1), source[:, None] * 8 + np.arange(8))
    assert len({(place % 10, name) for place, name in zip(source.tolist(), names.tolist(), strict=True)}) == rates.CLASSES
    assert not np.array_equal(got, np.sort(got, 1)), "pixels are not permuted"


def test_what_is_learned_is_better_than_chance_and_settings_matter():
    """Two classes that differ in half of the pixels; with a rate of -2 and a dead zone of all less is learned."""
    random = np.random.default_rng(0)
    y = np.tile(np.arange(rates.CLASSES), 28)
    x = np.clip(random.integers(0, 4, (140, 15)) + 11 * (np.arange(15) // 3 == y[:, None]), 0, 15)
    good, bad = rates.accuracies([{}, {"rate": -8, "dead_zone": 256}], [(x, y)], 0)[:, 0]
    assert good > 0.6 > bad


def test_the_figure_is_the_gain_on_tasks_kept_apart_whatever_the_search_saw():
    results = [rates.Rates(seed, {}, 8, np.array([0.5, 0.7]), np.array([0.6, 0.9]), 0.9, 0.1) for seed in (0, 1)]
    (figure,) = rates.figures(results)
    assert isinstance(figure, Figure)
    assert figure.reached and figure.value["found"] == [0.75, 0.75]
    assert "gain +15.0" in figure.text
    worse = [rates.Rates(0, {}, 8, np.array([0.6]), np.array([0.5]), 0.1, 0.9)]
    assert not rates.figures(worse)[0].reached
