"""Clusters of counts against labels."""

import numpy as np

from golden.config import Config
from golden.integer import IntegerModel
from sw.related import chunks


def test_clusters_are_of_directions_not_of_how_much_a_layer_spikes():
    directions = np.repeat(np.eye(3), 20, axis=0)
    rows = directions * np.tile([1.0, 40.0], 30)[:, None]
    found = chunks.table(chunks.clustered(rows, 3, 0), np.repeat(np.arange(3), 20), 3)
    assert sorted(found.max(1).tolist()) == [20, 20, 20]


def test_the_table_counts_each_cluster_by_label():
    found = chunks.table(np.array([0, 0, 1, 1, 1]), np.array([2, 2, 0, 2, 0]), 3)
    assert found.tolist() == [[0, 0, 2], [2, 0, 1], [0, 0, 0]]


def test_counts_are_those_of_the_model_and_leave_it_as_it_is():
    model = IntegerModel(Config(sizes=(6, 5, 3), lanes=1), fast=False)
    x = np.random.default_rng(0).integers(0, 16, (4, 6))
    before, found = model.state(), chunks.counts(model, x)
    for place in range(4):
        trace = model.trace(x[place])
        for own, name in zip(found, ("r0", "r1", "V2"), strict=True):
            assert np.array_equal(own[place], trace[name]), name
    assert all(np.array_equal(before[name], after) for name, after in model.state().items())


def test_the_figure_compares_the_last_layer_with_raw_pixels():
    def result(*rand: float) -> chunks.Chunks:
        places = ("pixels", "layer 1 before", "layer 1")
        return chunks.Chunks(0, places, np.array(rand), np.array(rand), np.eye(3, dtype=int), 0.9, 360)

    assert chunks.figures([result(0.5, 0.1, 0.8)])[0].reached
    assert not chunks.figures([result(0.8, 0.1, 0.5)])[0].reached
