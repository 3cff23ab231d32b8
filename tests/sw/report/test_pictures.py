"""The pictures: that they show the numbers they are given."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import imread

from sw.report import pictures
from sw.report.pictures import Spikes


def picture(path) -> np.ndarray:
    assert path.read_bytes().startswith(b"\x89PNG")
    return imread(path)[..., :3]


def share(image: np.ndarray, color: str) -> float:
    """The part of an image that has exactly this colour."""
    return float((np.abs(image - np.array(to_rgb(color))) < 2 / 255).all(-1).mean())


def test_a_learning_curve_draws_every_curve_it_has(tmp_path, monkeypatch):
    drawn = {}
    plot = Axes.plot

    def watched(self, x, y, **look):
        drawn[look["label"]] = (list(x), list(y))
        return plot(self, x, y, **look)

    monkeypatch.setattr(Axes, "plot", watched)
    pictures.learning_curve(tmp_path / "a.png", {"golden": [0.5, 0.75], "backprop": [0.25, 1.0], "chip": []}, "two")
    assert drawn == {"golden": ([1, 2], [50, 75]), "backprop": ([1, 2], [25, 100])}
    assert share(picture(tmp_path / "a.png"), pictures.BASELINE) > 0.001


def test_a_training_of_one_epoch_is_seen_as_points_and_longer_ones_as_lines():
    for epochs, marker in ((1, "o"), (2, "None")):
        axes = Figure().add_subplot()
        pictures.draw_curves(axes, {"chip": [0.1] * epochs, "backprop": [0.2] * epochs})
        assert [line.get_marker() for line in axes.lines] == [marker] * 2


def test_equal_curves_share_one_label_and_others_do_not(monkeypatch, tmp_path):
    labels = []
    monkeypatch.setattr(Axes, "annotate", lambda self, text, *args, **kwargs: labels.append(text))
    pictures.learning_curve(tmp_path / "a.png", {"chip": [0.5, 0.9], "golden": [0.5, 0.9], "backprop": [0.6, 0.9]}, "")
    assert sorted(labels) == ["backprop  90.00 %", "chip = golden  90.00 %"]


@pytest.mark.parametrize("epochs", [1, 30])
def test_short_and_long_trainings_have_a_curve(tmp_path, epochs):
    pictures.learning_curve(tmp_path / "a.png", {"golden": [0.5] * epochs}, "flat")
    assert share(picture(tmp_path / "a.png"), pictures.INK) > 0


@pytest.mark.parametrize(("classes", "shape"), [(2, (3, 3)), (23, (3, 3)), (3, (2, 5)), (3, None)])
def test_recall_draws_every_concept(tmp_path, classes, shape):
    pixels = shape[0] * shape[1] if shape else 11
    full = np.full((classes, pixels), 4)
    pictures.recall(tmp_path / "a.png", full, np.zeros((classes, pixels)), 4, shape, "full")
    pictures.recall(tmp_path / "b.png", np.zeros_like(full), np.zeros((classes, pixels)), 4, shape, "empty")
    darkest = "#4a1804"
    assert share(picture(tmp_path / "a.png"), darkest) > 0.1
    assert share(picture(tmp_path / "b.png"), darkest) == 0


@pytest.mark.parametrize("direct", [True, False])
def test_a_raster_draws_both_networks_spikes(tmp_path, direct):
    sizes = (9, 200, 2)
    none, every = ([np.full((4, n), value) for n in sizes] for value in (0, 1))
    for name, forward, backward in (("forward", every, none), ("backward", none, every)):
        spikes = Spikes(np.zeros(9, int), 1, 0, forward, backward, direct)
        pictures.raster(tmp_path / f"{name}.png", spikes, (3, 3), name)
    forward, backward = (picture(tmp_path / f"{name}.png") for name in ("forward", "backward"))
    assert share(forward, pictures.FORWARD) > 10 * share(forward, pictures.BACKWARD)
    assert share(backward, pictures.BACKWARD) > 10 * share(backward, pictures.FORWARD)
    spikes = Spikes(np.zeros(9, int), 1, 0, none, [None, *every[1:]], direct)
    pictures.raster(tmp_path / "no stimulus.png", spikes, (3, 3), "layer 0 is not recalled")
    assert share(picture(tmp_path / "no stimulus.png"), pictures.BACKWARD) < share(backward, pictures.BACKWARD)
