"""How good drawn images are: whether they are taken for their class, how much they differ, and whether they are copies."""

import warnings
from dataclasses import dataclass

import numpy as np

from sw.data.dataset import Dataset

LEARNED = 5000
"""Real samples, at most, from which the classifier learns."""
COMPARED = 1000
"""Test samples, at most, whose nearest training image is looked for."""
EPOCHS = 30


@dataclass(frozen=True)
class Judgement:
    """Of drawn images beside real ones; None where there is nothing to say it of, as of a single class.

    Members:
        taken, taken_real: share that a classifier trained on real samples takes for their class: drawn, and test samples.
        spread, spread_real: mean variance of a pixel, 0..1, within a class: drawn, and training samples.
        nearest: (N,) of each drawn image the place of the nearest training image in the training part.
        distance: (N,) their mean squared difference, pixels 0..1.  distance_real: its mean for test samples.
    """

    taken: float | None
    taken_real: float | None
    spread: float
    spread_real: float
    nearest: np.ndarray
    distance: np.ndarray
    distance_real: float


def judge(pixels: np.ndarray, labels: np.ndarray, dataset: Dataset) -> Judgement:
    """Of drawn images (N, n_0), pixels 0..1, meant as classes (N,)."""
    x, x_test = dataset.x_train / 16, dataset.x_test / 16
    taken = taken_real = None
    if len(np.unique(dataset.y_train)) > 1:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        classifier = MLPClassifier((64,), max_iter=EPOCHS, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # as many epochs as there are, no more
            learned = _some(len(x), LEARNED)
            classifier.fit(x[learned], dataset.y_train[learned])
        taken = float((classifier.predict(pixels) == labels).mean())
        of_these = np.isin(dataset.y_test, labels)
        if of_these.any():
            taken_real = float((classifier.predict(x_test[of_these]) == dataset.y_test[of_these]).mean())
    nearest, distance = nearest_of(pixels, x)
    own = np.flatnonzero(np.isin(dataset.y_test, labels))
    own = own if len(own) else np.arange(len(x_test))
    compared = x_test[own[_some(len(own), COMPARED)]]
    return Judgement(
        taken,
        taken_real,
        _spread(pixels, labels, labels),
        _spread(x, dataset.y_train, labels),
        nearest,
        distance,
        float(nearest_of(compared, x)[1].mean()),
    )


def nearest_of(pixels: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each image (N, n_0) the place of the nearest in x (M, n_0), and their mean squared difference."""
    places = []
    for part in np.array_split(pixels, -(-len(pixels) // 256)):
        places.append(((x**2).sum(1) - 2 * part @ x.T).argmin(1))
    nearest = np.concatenate(places)
    return nearest, ((pixels - x[nearest]) ** 2).mean(1)


def _some(count: int, most: int) -> np.ndarray:
    """Places of `most` of `count` samples, drawn from all of them, as they may lie class by class; of fewer all."""
    return np.sort(np.random.default_rng(0).permutation(count)[:most])


def _spread(pixels: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> float:
    return float(np.mean([pixels[labels == k].var(0).mean() for k in np.unique(classes) if (labels == k).any()]))
