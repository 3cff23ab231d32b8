"""The integer model over several samples and calls: updates two samples late, never lost; and what it refuses."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from golden import SampleError, StateError, integer, noise
from golden.integer import IntegerModel

cases = runpy.run_path(str(Path(__file__).with_name("cases.py")))  # tests are no package to import from
assert_equal, samples, shaken = (cases[name] for name in ("assert_equal", "samples", "shaken"))
ODD = cases["ODD"].replace(block=50)
X, Y = samples(ODD, 31)


def weights(model):
    """Copies of W as it is, whatever is pending."""
    return [w.numpy().copy() for w in model.W[1:]]


def assert_same(model, other, what=""):
    for (key, value), own in zip(other.state().items(), model.state().values(), strict=True):
        assert_equal(own, value, f"{key} {what}")


def take(model, n, learn=True):
    """Sample n; returns its counters (L, 4)."""
    return model.train(X[n : n + 1], Y[n : n + 1], learn).counters[0]


@pytest.mark.parametrize("learn", [(False, False), (False, True), (True, False)])
def test_an_update_is_written_before_the_second_sample_after_its_own_of_whatever_kind(learn):
    model = IntegerModel(ODD)
    new = weights(model)
    assert take(model, 1)[:, 1:3].max() == 0
    assert take(model, 2, learn[0])[:, 1:3].max() == 0
    for w, old in zip(weights(model), new, strict=True):
        assert_equal(w, old, "W after one more sample")
    alone = IntegerModel(ODD)
    trace = alone.trace(X[1], Y[1])
    take(alone, 1)
    alone.finish()
    errors = take(model, 3, learn[1])[:, 1]
    assert_equal(errors, [(trace[f"g{layer}"] != 0).sum() for layer in (1, 2, 3)], "errors")
    assert errors.any()
    for w, finished in zip(weights(model), weights(alone), strict=True):
        assert_equal(w, finished, "W with the first sample's update")


def test_a_sample_is_perceived_with_updates_up_to_the_last_but_one():
    model, late = IntegerModel(ODD), IntegerModel(ODD)
    model.train(X[:5], Y[:5])
    late.train(X[:4], Y[:4])
    seen = late.trace(X[20])  # as sample 4: updates of 0 to 2
    late.finish()
    finished = late.trace(X[20])  # updates of 0 to 3
    assert_equal(model.trace(X[20])["V1"], finished["V1"], "V1 of sample 5")
    assert not np.array_equal(seen["V1"], finished["V1"])


def test_an_update_keeps_the_rate_and_the_noise_of_its_own_sample():
    # Slow rates, where the noise decides too. What comes after the two samples has another rate, and learns or not.
    config = ODD.replace(rate=-4)
    model, other = IntegerModel(config), IntegerModel(config)
    for one in (model, other):
        one.train(X[:2], Y[:2])
    before, other.decay = weights(model), -8
    take(model, 2, learn=False)
    take(other, 2)
    take(model, 3, learn=False)
    take(other, 3)
    for w, same, old in zip(weights(other), weights(model), before, strict=True):
        assert_equal(w, same, "W with the updates of both")
        assert not np.array_equal(w, old)
    other.finish()
    assert not np.array_equal(other.W[1], model.W[1])


@pytest.mark.parametrize("stochastic", [True, False])
def test_an_update_is_rounded_as_its_own_sample_asked_for(stochastic):
    config, found = ODD.replace(rate=-4, stochastic=stochastic), {}
    for name, bases in (("as it is", None), ("otherwise", 9 if not stochastic else noise.HALF_UP)):
        model, after = IntegerModel(config), IntegerModel(config.replace(stochastic=not stochastic))
        model.train(X[:2], Y[:2])
        for update in (model.memories.due, model.memories.next) if bases else ():
            update.bases.fill_(bases)
        after.memories = model.memories
        after.finish()
        found[name] = [w.numpy() for w in model.W[1:]]
    whole = IntegerModel(config)
    whole.train(X[:2], Y[:2])
    whole.finish()
    for w, same in zip(found["as it is"], weights(whole), strict=True):
        assert_equal(w, same, "W with the updates of both")
    assert not np.array_equal(found["otherwise"][0], whole.W[1]), "a rounding that shows nothing"


def test_finishing_writes_the_older_update_first_and_once():
    # At the masters' ends the order shows: up to the end and down again is not down and up to the end.
    config = ODD.replace(rate=8, weight_bits=10)
    model, passes = (shaken(IntegerModel(config), 1, 1) for _ in range(2))
    for one in (model, passes):
        one.train(X[:12], Y[:12])
    saturated = passes.train(X[12:14], Y[12:14], learn=False).counters[:, :, 2]
    assert saturated.any()
    model.finish()
    assert_same(model, passes)
    before = weights(model)
    model.finish()
    for w, old in zip(weights(model), before, strict=True):
        assert_equal(w, old, "W finished again")
    assert take(model, 3, learn=False)[:, 1:3].max() == 0


def test_a_blocks_end_leaves_what_is_pending():
    model, fixed = IntegerModel(ODD.replace(block=2)), IntegerModel(ODD.replace(block=50))
    for one in (model, fixed):
        one.train(X[:2], Y[:2])
    assert not np.array_equal(model.Theta[0], fixed.Theta[0])
    for w, same in zip(weights(model), weights(fixed), strict=True):
        assert_equal(w, same, "W at a block's end")
    model.finish()
    fixed.finish()
    for w, same in zip(weights(model), weights(fixed), strict=True):
        assert_equal(w, same, "W finished")


def test_calls_may_be_cut_anywhere():
    whole, cut = IntegerModel(ODD), IntegerModel(ODD)
    expected = whole.train(X[:20], Y[:20])
    parts = [cut.train(X[a:b], Y[a:b]) for a, b in ((0, 1), (1, 1), (1, 9), (9, 20))]
    for name in ("prediction", "voltages", "counters"):
        assert_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(expected, name), name)
    assert expected.counters[2:, :, 1].max() > 0
    assert_same(cut, whole)


def test_many_inference_samples_at_once_are_one_by_one_with_updates_pending(monkeypatch):
    model, single = IntegerModel(ODD), IntegerModel(ODD)
    for one in (model, single):
        one.train(X[:9], Y[:9])
    monkeypatch.setattr(integer, "BATCH", 7)
    many = model.train(X, Y, learn=False)
    alone = [single.train(X[i : i + 1], Y[i : i + 1], learn=False) for i in range(len(X))]
    assert_equal(many.voltages, np.concatenate([r.voltages for r in alone]), "voltages")
    assert_equal(many.counters, np.concatenate([r.counters for r in alone]), "counters")
    assert many.counters[:2, :, 1].any(-1).all() and not many.counters[2:, :, 1:3].any()
    assert_same(model, single)


def test_a_state_is_finished_and_a_loaded_one_has_nothing_pending():
    model, other = IntegerModel(ODD), IntegerModel(ODD)
    model.train(X[:13], Y[:13])
    other.train(X[:2], Y[:2])
    other.load({key: value.tolist() for key, value in model.state().items()})
    assert model.position == other.position == 13
    a, b = model.train(X[13:], Y[13:]), other.train(X[13:], Y[13:])
    assert_equal(a.voltages, b.voltages, "voltages")
    assert_equal(a.counters, b.counters, "counters")
    assert_same(other, model)


def test_a_trace_leaves_what_is_pending():
    model, untouched = IntegerModel(ODD), IntegerModel(ODD)
    for one in (model, untouched):
        one.train(X[:4], Y[:4])
    model.trace(X[4], Y[4])
    model.trace(X[4])
    assert_equal(model.train(X[5:8], Y[5:8]).counters, untouched.train(X[5:8], Y[5:8]).counters, "counters")
    assert_same(model, untouched)


@pytest.mark.parametrize("key", ["W1", "Theta2"])
def test_a_master_beyond_its_bits_is_refused(key):
    model = IntegerModel(ODD.replace(weight_bits=10))
    for value in (-513, 512):
        state = model.state()
        state[key][0, 0] = value
        with pytest.raises(StateError, match=rf"{key}: found values from .*; allowed is -512 to 511"):
            model.load(state)


@pytest.mark.parametrize(
    "key, value, message",
    [
        ("W1", None, "W1: not found in the state; allowed is an array of shape (37, 19)"),
        ("Theta2", np.zeros((7, 3), int), "Theta2: found shape (7, 3); allowed is (3, 7)"),
        ("h0", np.zeros((3, 37)), "h0: found values of type float64; allowed are whole numbers"),
        ("S0", np.array([0, 2**23, 0]), "S0: found values from 0 to 8388608; allowed is -8388608 to 8388607"),
        ("position", np.array(4096), "position: found values from 4096 to 4096; allowed is 0 to 4095"),
        ("N0", np.zeros(3, int), "state: found unknown key 'N0'; allowed is W1, W2, W3, Theta0"),
        ("m1", np.full((3, 19), 32), "m1: found values from 32 to 32; allowed is -31 to 31"),
        ("m1", None, "m1: not found in the state; allowed is an array of shape (3, 19)"),
        ("m0", np.zeros((3, 37), int), "state: found unknown key 'm0'; allowed is W1, W2, W3, Theta0"),
        ("W1", [[1], [2, 3]], "W1: found lists of different lengths; allowed is an array of shape (37, 19)"),
        ("flags1", np.zeros((3, 19), int), "state: found unknown key 'flags1'; allowed is W1, W2, W3, Theta0"),
    ],
)
def test_a_bad_state_is_named_and_changes_nothing(key, value, message):
    model = IntegerModel(ODD)
    before = model.state()
    bad = {name: array + (name == "W1") for name, array in before.items()} | {key: value}
    if value is None:
        del bad[key]
    with pytest.raises(StateError) as caught:
        model.load(bad)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)
    for name, array in model.state().items():
        assert_equal(array, before[name], name)


@pytest.mark.parametrize(
    "x, y, message",
    [
        (np.zeros((2, 36), int), np.zeros(2, int), "x: found shape (2, 36); allowed is (samples, 37)"),
        (np.zeros((2, 37), int), np.zeros(3, int), "y: found shape (3,); allowed is (2,), one label a sample"),
        (np.full((2, 37), 16), np.zeros(2, int), "x: found values from 16 to 16; allowed is 0 to 15"),
        (np.zeros((2, 37), int), np.array([0, 3]), "y: found values from 0 to 3; allowed is 0 to 2"),
        (np.zeros((2, 37)), np.zeros(2, int), "x: found values of type float64; allowed are whole numbers 0 to 15"),
        ([[0] * 37, [0] * 36], [0, 0], "x: found lists of different lengths; allowed is (samples, 37)"),
        (np.zeros((2, 37), int), [0, [0]], "y: found lists of different lengths; allowed is (2,), one label a sample"),
    ],
)
def test_bad_samples_are_named(x, y, message):
    with pytest.raises(SampleError) as caught:
        IntegerModel(ODD).train(x, y)
    assert str(caught.value) == message


def test_a_sample_to_trace_that_is_lists_of_different_lengths_is_named():
    with pytest.raises(SampleError) as caught:
        IntegerModel(ODD).trace([[0], [0, 0]], 1)
    assert str(caught.value) == "x: found lists of different lengths; allowed is (37,)"


def test_an_inference_only_core_never_learns():
    x, y = samples(ODD, 9)
    model = IntegerModel(ODD.replace(learn=False))
    before = model.state()
    model.train(x, y)
    for key, value in model.state().items():
        assert_equal(value, before[key], key)
