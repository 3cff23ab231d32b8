"""Each trial behind docs/results.md, run once on very little, against what the same parts give when put together here."""

import dataclasses

import numpy as np
import pytest
import torch

from cosim import account
from golden import backprop_autoencoder
from golden.config import NAMED, Config
from golden.learners import convolutional
from golden.learners.autoencoder import NEURON, Recirculation
from golden.learners.backprop import BackpropSnn
from golden.learners.bsd import Bsd
from golden.learners.learner import Network, fit
from golden.learners.recurrent import RecurrentBsd, cut, foretell
from golden.learners.recurrent_backprop import RecurrentBackprop
from sw import data
from sw.data import Dataset, foretold
from sw.data.elements import PIECE
from sw.data.series import Series
from sw.generation.judge import judge
from sw.generation.sampling import mixed
from sw.paper import convolution, recalling
from sw.training.golden_backend import trained
from sw.trials import floating, integer

DIGITS = integer.learning(data.load("digits", 1), 40)
DIGITS = dataclasses.replace(DIGITS, x_test=DIGITS.x_test[:60], y_test=DIGITS.y_test[:60])
SIZES = [64, 12, 8, 10]
SMALL = {"source": "digits", "epochs": 1, "samples": 40, "seed": 1}
FASHION = dataclasses.replace(DIGITS, x_train=DIGITS.x_train[::-1].copy(), y_train=9 - DIGITS.y_train[::-1])
FASHION = dataclasses.replace(FASHION, x_test=DIGITS.x_test[20:], y_test=DIGITS.y_test[20:])
LOADED = {("digits", 1): DIGITS, ("fashion", 1): FASHION}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Forty digits; as fashion the same in another order, with other labels and fewer tests: other figures come of them."""
    monkeypatch.setattr(data, "load", lambda source, seed=0: LOADED[source, seed])


@pytest.fixture
def short(monkeypatch):
    """A series of a few hundred moments, and a text of as many characters."""
    moments = np.arange(430)
    values = np.sin(moments / 7) + 0.3 * np.sin(moments * 2 * np.pi / 48)
    monkeypatch.setattr(foretold.series, "electricity", lambda: Series("wave", values, 48))
    monkeypatch.setattr(foretold.text, "read", lambda path: foretold.text.coded("in the beginning was the word, and " * 3))


@pytest.mark.parametrize("source", ["digits", "fashion"])
def test_a_recognition_of_the_chip(source):
    config = Config(sizes=tuple(SIZES), lanes=16, block=8, epochs=1, seed=1, learn_theta=False)
    tested = trained(config, LOADED[source, 1]).test(LOADED[source, 1].testing)
    found = integer.recognition(sizes=SIZES, learn_theta=False, block=8, **SMALL | {"source": source})
    assert found == {"accuracy": tested["correct"] / tested["samples"]}


@pytest.mark.parametrize("learns", ["both", "W", "Theta"])
def test_an_auto_encoder_of_the_chip(learns):
    config = NAMED["autoencoder"].replace(sizes=(64, 12), epochs=1, seed=1, learn_theta=learns != "W")
    network = trained(config, DIGITS, learn_w=learns != "Theta")
    recalled = network.model.train(DIGITS.x_test.astype(np.int64), learn=False)
    found = integer.autoencoder(sizes=[64, 12], learns=learns, **SMALL)
    assert found["error"] == pytest.approx(((recalled.recalled / 8 - DIGITS.x_test / 16) ** 2).mean())
    if learns != "both":
        assert list(found) == ["error"]
        return
    codes = network.model.train(DIGITS.x_train.astype(np.int64), learn=False).code
    drawn = np.concatenate([mixed(codes[DIGITS.y_train == k], 100, 1, k) for k in range(10)])
    judged = judge(network.model.draw(drawn).recalled / 8, np.repeat(np.arange(10), 100), DIGITS)
    assert {key: getattr(judged, key) for key in ("taken", "taken_real", "spread", "spread_real")} == {
        key: value for key, value in found.items() if key != "error"
    }


@pytest.mark.parametrize("recurrent", [None, False])
def test_a_sequence_of_the_chip(short, recurrent):
    config = NAMED["electricity-recurrent"].replace(epochs=1, seed=1, recurrent=recurrent is None)
    dataset = foretold.load(None, config)
    tested = trained(config, dataset).test(dataset.testing)
    found = integer.sequence("electricity-recurrent", 1, 1, recurrent)
    assert found == {"error": account.deviations([tested])[0]} and found["error"] > 0


def test_a_text_of_the_chip(short):
    config = NAMED["text"].replace(sizes=(64, *NAMED["text"].sizes[1:]), recurrent=True, epochs=1, seed=1)
    dataset = foretold.load("kjv", config)
    tested = trained(config, dataset).test(dataset.testing)
    found = integer.text(epochs=1, window=2, recurrent=True, seed=1)
    assert found == {"accuracy": tested["correct"] / len(dataset.y_test)}


@pytest.mark.parametrize("source", ["digits", "fashion"])
def test_a_recognition_in_floating_point(source):
    x, y, x_test, y_test = floating.tensors(LOADED[source, 1])
    bsd = Bsd(Network(tuple(SIZES), seed=1), top="mse")
    fit(bsd, x, y, 1, 8)
    found = floating.recognition("bsd", sizes=SIZES, batch=8, top="mse", **SMALL | {"source": source})
    assert found == {"accuracy": float((bsd.perceive(x_test).argmax(1) == y_test).double().mean())}


@pytest.mark.parametrize("source", ["digits", "fashion"])
def test_an_auto_encoder_in_floating_point(source):
    x, y, x_test, _ = floating.tensors(LOADED[source, 1])
    model = Recirculation(Network((64, 12), NEURON, 1), learn_theta=False)
    fit(model, x, y, 1, model.BATCH)
    found = floating.autoencoder("recirculation", sizes=[64, 12], learns="W", **SMALL | {"source": source})
    assert found == {"error": model.error(x_test)}


@pytest.mark.parametrize("source", ["digits", "fashion"])
def test_an_auto_encoder_by_backprop(source):
    config = NAMED["autoencoder"].replace(sizes=(64, 12), epochs=1, seed=1)
    model = backprop_autoencoder.BackpropAutoencoder(config)
    x, _, x_test, _ = floating.tensors(LOADED[source, 1])
    for rows in torch.from_numpy(data.order(40, 1, 0)).split(32):
        model.train(x[rows])
    assert floating.backprop_autoencoder(sizes=[64, 12], **SMALL | {"source": source}) == {"error": model.error(x_test)}


def foretelling(rule: str, config: Config):
    """A learner that foretells, samples of a batch, and the unit of its scores: BSD's are of steps, in thresholds."""
    network = Network(config.sizes, seed=1)
    if rule == "bsd":
        kind = RecurrentBsd if config.recurrent else Bsd
        return kind(network, neighbours=2, active=1 / 16, rate=1e-2), 16 if config.recurrent else 32, 4 * 0.6
    kind = RecurrentBackprop if config.recurrent else BackpropSnn
    return kind(network, 1e-2), 4 if config.recurrent else 32, 1


@pytest.mark.parametrize("rule", ["bsd", "backprop"])
@pytest.mark.parametrize("name", ["electricity", "electricity-recurrent"])
def test_a_sequence_in_floating_point(short, name, rule):
    config = NAMED[name]
    dataset = foretold.load(None, config)
    x, y, x_test, _ = floating.tensors(dataset)
    model, batch, unit = foretelling(rule, config)
    fit(model, *(cut(x, y, PIECE) if config.recurrent else (x, y)), 1, batch)
    with torch.no_grad():
        scores = (foretell(model, x_test) if config.recurrent else model.perceive(x_test)) / unit
    concepts = dataset.course.concepts
    centres = torch.tensor([concepts.low + concepts.distance * k for k in range(32)])
    error = ((torch.softmax(scores, 1) @ centres.float()).double() - torch.from_numpy(dataset.testing.true)) ** 2
    assert floating.sequence(name, rule, 1, 1)["error"] == pytest.approx(float(error.mean()), rel=1e-4)


@pytest.mark.parametrize("learn_theta", [True, False])
def test_what_is_recalled_of_a_class_is_compared_with_its_mean(learn_theta):
    config = Config(sizes=(64, 128, 64, 10), lanes=16, block=256, epochs=1, seed=1, learn_theta=learn_theta)
    model = trained(config, DIGITS).model
    model.recall()
    means = [DIGITS.x_test[DIGITS.y_test == k].mean(0) for k in range(10)]
    pictures = model.h[0].numpy()
    found = np.array([[np.corrcoef(h, m)[0, 1] if h.std() else 0.0 for m in means] for h in pictures])
    expected = {"correlation": np.trace(found) / 10, "own": (found.argmax(1) == np.arange(10)).mean()}
    assert recalling.correlation(1, learn_theta, 1) == pytest.approx(expected)


def test_a_convolutional_network(monkeypatch):
    x = np.random.default_rng(0).integers(0, 16, (30, 784), np.uint8)
    few = Dataset("few", x[:20], np.arange(20) % 10, x[20:], np.arange(10))
    monkeypatch.setattr(data, "load", {"fashion": few}.__getitem__)
    x, y, x_test, y_test = floating.tensors(integer.learning(few, 16))
    for rule, make in (("bsd", convolutional.bsd), ("backprop", convolutional.backprop)):
        learner = make((1, 28, 28), 10, 1)
        fit(learner, x, y, 1, 64)
        right = (learner.perceive(x_test).argmax(1) == y_test).double().mean()
        assert convolution.trained(rule, 1, 16, 1) == {"accuracy": float(right)}
