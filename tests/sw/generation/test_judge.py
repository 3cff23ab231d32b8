"""What is said of drawn images: right for copies, for images of another class, and for what is between."""

import numpy as np
import pytest

from sw.data import Dataset
from sw.generation import judge

RANDOM = np.random.default_rng(0)
SHAPES = np.array([[15] * 8 + [0] * 8, [0] * 8 + [15] * 8])
Y = np.arange(80) % 2
X = np.clip(SHAPES[Y] + RANDOM.integers(-3, 4, (80, 16)), 0, 15)
DATA = Dataset("shapes", X[:60].astype(np.uint8), Y[:60], X[60:].astype(np.uint8), Y[60:])


def test_copies_are_taken_for_their_class_and_are_seen_as_copies():
    found = judge.judge(X[:60] / 16, Y[:60], DATA)
    assert found.taken == found.taken_real == 1
    assert found.distance.max() == pytest.approx(0, abs=1e-12)
    assert found.distance_real > 0.001
    assert found.spread == pytest.approx(found.spread_real)
    assert np.array_equal(DATA.x_train[found.nearest], X[:60])


def test_images_of_the_other_class_are_not_taken_and_equal_ones_have_no_spread():
    found = judge.judge(np.repeat(SHAPES / 16, 5, axis=0), np.repeat([1, 0], 5), DATA)
    assert found.taken == 0
    assert found.spread == 0 < found.spread_real


def test_real_figures_are_those_of_the_classes_that_were_drawn():
    wrong = DATA.y_test.copy()
    wrong[wrong == 1] = 0  # half of what is called class 0 is not
    data = Dataset("shapes", DATA.x_train, DATA.y_train, DATA.x_test, wrong)
    assert judge.judge(X[:2] / 16, np.array([0, 0]), data).taken_real == 0.5
    assert judge.judge(X[:2] / 16, np.array([1, 1]), data).taken_real is None
    loud = DATA.x_train.copy()
    loud[DATA.y_train == 1] = RANDOM.integers(0, 16, (30, 16))
    noisy = Dataset("shapes", loud, DATA.y_train, DATA.x_test, DATA.y_test)
    assert (
        judge.judge(X[:2] / 16, np.array([0, 0]), noisy).spread_real
        < judge.judge(X[:2] / 16, np.array([1, 1]), noisy).spread_real
    )


def test_a_single_class_has_no_classifier():
    one = Dataset("one", DATA.x_train, np.zeros(60, np.int64), DATA.x_test, np.zeros(20, np.int64))
    found = judge.judge(X[:4] / 16, np.zeros(4, np.int64), one)
    assert found.taken is found.taken_real is None


def test_classes_that_come_one_after_the_other_are_all_learned_and_compared(monkeypatch):
    """As of a folder of pictures, which has its own test part and is never shuffled: more samples than are taken."""
    monkeypatch.setattr(judge, "LEARNED", 20)
    monkeypatch.setattr(judge, "COMPARED", 4)
    asked, nearest = [], judge.nearest_of
    monkeypatch.setattr(judge, "nearest_of", lambda pixels, x: asked.append(pixels) or nearest(pixels, x))
    first, rows = np.argsort(DATA.y_train, kind="stable"), np.argsort(DATA.y_test, kind="stable")
    by_class = Dataset("shapes", DATA.x_train[first], DATA.y_train[first], DATA.x_test[rows], DATA.y_test[rows])
    found = judge.judge(X[:60] / 16, Y[:60], by_class)
    assert found.taken == found.taken_real == 1
    compared = asked[1]
    assert len(compared) == 4
    assert {int(picture[0] > picture[-1]) for picture in compared} == {0, 1}


def test_the_nearest_is_the_nearest():
    pixels, x = RANDOM.random((300, 5)), RANDOM.random((70, 5))
    places, distance = judge.nearest_of(pixels, x)
    all_of_them = ((pixels[:, None] - x) ** 2).mean(2)
    assert np.array_equal(places, all_of_them.argmin(1))
    assert distance == pytest.approx(all_of_them.min(1))
