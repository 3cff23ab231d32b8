"""The auto-encoder over several samples and calls: when updates are written, what is kept, what is refused."""

import copy

import numpy as np
import pytest

from golden import SampleError, StateError
from golden.autoencoder import Autoencoder
from golden.config import Config

ODD = Config.from_dict({"task": "autoencoder", "sizes": [37, 19, 7], "lanes": 4})
X = np.random.default_rng(0).integers(0, 16, (40, 37))


def weights(model):
    """Copies of W1, W2, Theta0, Theta1 as they are, whatever is pending."""
    return [tensor.numpy().copy() for tensor in model.memories.tensors().values()]


def same(some, others):
    return all(np.array_equal(one, other) for one, other in zip(some, others, strict=True))


@pytest.mark.parametrize("learn", [True, False])
def test_a_sample_goes_up_and_down_with_updates_up_to_the_last_but_one_and_again_with_those_of_the_last(learn):
    model, twin = Autoencoder(ODD), Autoencoder(ODD)
    for one in (model, twin):
        one.train(X[:4])
    late = model.trace(X[9])  # updates of 0 to 2; again: 0 to 3
    twin.finish()
    finished = twin.trace(X[9])  # updates of 0 to 3 all through
    assert not np.array_equal(late["V1"], finished["V1"])
    assert not np.array_equal(late["Vh1"], finished["Vh1"])
    model.train(X[4:5], learn)
    for name in ("V1", "Vh1"):
        assert np.array_equal(model.trace(X[9])[name], finished[name]), name
    recalled = Autoencoder(ODD)
    recalled.load(twin.state())
    trains, w1 = late["sh0"].astype(np.int64), recalled.state()["W1"] >> 8
    assert np.array_equal(late["v2_1"], trains @ w1), "again sees the update of the sample before"


def test_finishing_at_the_end_or_after_two_more_samples_is_the_same():
    one, two = Autoencoder(ODD), Autoencoder(ODD)
    for model in (one, two):
        model.train(X[:5])
    two.train(X[5:8], learn=False)
    assert same(weights(two), [one.state()[key] for key in ("W1", "W2", "Theta0", "Theta1")])
    before = weights(one)
    one.finish()
    assert same(weights(one), before), "finished twice"
    assert one.train(X[6:7]).counters[:, :, [1, 2, 5, 6, 8, 9]].max() == 0, "a finished update was counted"


def test_updates_are_counted_two_samples_later_and_their_third_pass_with_them():
    model, traces = Autoencoder(ODD), []
    model.train(X[4:])  # a new network recalls little
    model.finish()
    for n in range(4):
        traces.append(model.trace(X[n], learn=n != 1))
        model.train(X[n : n + 1], learn=n != 1)
    counters = [trace["counters"] for trace in traces]
    assert counters[0][:, [1, 5, 8, 9]].max() == counters[1][:, [1, 5, 8, 9]].max() == 0
    assert counters[3][:, [1, 5, 8, 9]].max() == 0, "an update of an inference sample"
    said = [[(traces[0][f"g{i + 1}"] != 0).sum(), (traces[0][f"gh{i}"] != 0).sum()] for i in range(2)]
    again = [[(traces[0][f"rh{i}"] > 0).sum(), traces[0][f"r2_{i + 1}"].sum()] for i in range(2)]
    assert counters[2][:, [1, 5]].tolist() == np.array(said).tolist()
    assert counters[2][:, [8, 9]].tolist() == np.array(again).tolist()
    assert np.array(said).min() > 0 and np.array(again).min() > 0


def test_calls_may_be_cut_anywhere():
    whole, cut = Autoencoder(ODD), Autoencoder(ODD)
    for learn in (True, False):
        expected = whole.train(X[:20], learn)
        parts = [cut.train(X[a:b], learn) for a, b in ((0, 1), (1, 1), (1, 9), (9, 20))]
        for name in ("recalled", "code", "squared_error", "counters"):
            found = np.concatenate([getattr(part, name) for part in parts])
            assert np.array_equal(found, getattr(expected, name)), name
    codes = np.random.default_rng(1).integers(0, 9, (12, 7))
    both = [
        np.concatenate([model.draw(part).counters for part in parts])
        for model, parts in ((whole, [codes]), (cut, [codes[:1], codes[1:]]))
    ]
    assert np.array_equal(*both)


def test_an_update_keeps_the_rate_of_its_own_sample():
    one, two = Autoencoder(ODD), Autoencoder(ODD)
    for model in (one, two):
        model.train(X[:3])
    before = weights(one)
    two.decay = -8
    one.finish()
    two.finish()
    assert same(weights(one), weights(two))
    assert not same(weights(one), before)


def test_a_saved_state_goes_on_exactly_and_holds_all():
    model, other = Autoencoder(ODD), Autoencoder(ODD.replace(seed=0))
    model.train(X[:7])
    state = model.state()
    assert sorted(state) == ["Theta0", "Theta1", "W1", "W2", "samples"]
    other.train(X[20:23])
    other.load({key: value.tolist() for key, value in state.items()})
    expected, got = model.train(X[7:15]), other.train(X[7:15])
    assert np.array_equal(got.counters, expected.counters)
    assert same(other.state().values(), model.state().values())
    assert int(model.state()["samples"]) == 15


@pytest.mark.parametrize("theta", [True, False])
def test_what_is_not_to_learn_stays(theta):
    model = Autoencoder(ODD.replace(learn_theta=theta), learn_w=not theta)
    before = weights(model)
    model.train(X)
    after = list(model.state().values())[:4]
    assert [np.array_equal(a, b) for a, b in zip(before, after, strict=True)] == [theta, theta, not theta, not theta]


def test_an_inference_only_core_learns_nothing():
    model = Autoencoder(ODD.replace(learn=False))
    before = weights(model)
    model.train(X[:5])
    assert same(weights(model), before) and int(model.state()["samples"]) == 0


def test_a_code_draws_what_a_sample_of_these_counts_would_recall():
    model = Autoencoder(ODD)
    trace = model.trace(X[0], learn=False)
    drawn = model.draw(trace["r2"][None])
    assert drawn.code.tolist() == [trace["r2"].tolist()]
    assert drawn.squared_error.tolist() == [0]
    full, silent = model.draw(np.array([[8] * 7, [0] * 7])).recalled
    assert full.any() and not silent.any()


def test_agreement_is_the_cosine_of_both_ways_and_changes_nothing():
    model = Autoencoder(ODD)
    model.train(X[:30])
    pending = copy.deepcopy(model.memories.W_due.tensors())
    found = model.agreement(X[30:])
    assert same(pending, model.memories.W_due.tensors())
    finished = Autoencoder(ODD)
    finished.load(model.state())
    trace = finished.trace(X[33], learn=False)
    for layer in range(2):
        r, rh = (trace[f"{name}{layer}"].astype(float) for name in ("r", "rh"))
        assert found[3, layer] == pytest.approx(r @ rh / np.sqrt((r @ r) * (rh @ rh)))
    assert found.shape == (10, 2)
    assert finished.agreement(np.zeros((1, 37), int))[0, 0] == 1


def test_learning_lowers_the_error():
    model = Autoencoder(ODD)
    shapes = np.random.default_rng(5).integers(0, 2, (4, 37)) * 12
    x = shapes[np.arange(400) % 4]
    errors = model.train(x).squared_error
    assert errors[-40:].mean() < 0.5 * errors[:40].mean()


@pytest.mark.parametrize(
    "change, said",
    [
        ({"W1": None}, "W1: not found in the state"),
        ({"h0": [1]}, "state: found unknown key 'h0'"),
        ({"W2": np.zeros((7, 19), int)}, "W2: found shape (7, 19); allowed is (19, 7)"),
        ({"W2": [[1], []]}, "W2: found lists of different lengths; allowed is an array of shape (19, 7)"),
        ({"samples": 2**32}, "samples: found values from 4294967296"),
        ({"Theta0": np.full((19, 37), 32768)}, "Theta0: found values from 32768 to 32768; allowed is -32768 to 32767"),
    ],
)
def test_a_wrong_state_is_named_and_changes_nothing(change, said):
    model = Autoencoder(ODD)
    state = {key: value for key, value in (model.state() | change).items() if value is not None}
    before = weights(model)
    with pytest.raises(StateError) as caught:
        model.load(state)
    assert said in str(caught.value)
    assert same(weights(model), before)


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda m: m.train(X[:, :36]), "x: found shape (40, 36); allowed is (samples, 37)"),
        (lambda m: m.train(X + 1), "x: found values from 1 to 16; allowed is 0 to 15"),
        (lambda m: m.train(X / 2), "x: found values of type float64; allowed are whole numbers 0 to 15"),
        (lambda m: m.draw([[9] * 7]), "code: found values from 9 to 9; allowed is 0 to 8"),
        (lambda m: m.train([[1], [1, 2]]), "x: found lists of different lengths; allowed is (samples, 37)"),
        (lambda m: m.trace([1, [2]]), "x: found lists of different lengths; allowed is (37,)"),
        (lambda m: m.draw([[1] * 6]), "code: found shape (1, 6); allowed is (samples, 7)"),
    ],
)
def test_wrong_samples_are_named(call, said):
    with pytest.raises(SampleError) as caught:
        call(Autoencoder(ODD))
    assert str(caught.value) == said


def test_no_samples_give_no_records():
    assert [len(call) for call in (Autoencoder(ODD).train(X[:0]), Autoencoder(ODD).draw(np.zeros((0, 7), int)))] == [0, 0]
