"""The integer model over several calls: state saved and loaded, inference in between, and what it refuses."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from golden import SampleError, StateError, integer
from golden.integer import IntegerModel

cases = runpy.run_path(str(Path(__file__).with_name("cases.py")))  # tests are no package to import from
ODD, assert_equal, samples, shaken = (cases[name] for name in ("ODD", "assert_equal", "samples", "shaken"))


def test_calls_may_be_cut_anywhere_even_the_pending_counters():
    x, y = samples(ODD, 20)
    whole, cut = IntegerModel(ODD), IntegerModel(ODD)
    expected = whole.train(x, y)
    parts = [cut.train(x[a:b], y[a:b]) for a, b in ((0, 1), (1, 1), (1, 9), (9, 20))]
    for name in ("prediction", "voltages", "counters"):
        assert_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(expected, name), name)
    assert_equal(cut.train(x[:3], y[:3], learn=False).counters, whole.train(x[:3], y[:3], learn=False).counters, "counters")
    assert expected.counters[1:, :, 1].max() > 0


def test_inference_changes_nothing_and_many_at_once_are_one_by_one(monkeypatch):
    model = IntegerModel(ODD)
    x, y = samples(ODD, 30)
    model.train(x, y)
    before = model.state()
    monkeypatch.setattr(integer, "BATCH", 7)
    many = model.train(x, y, learn=False)
    for key, value in model.state().items():
        assert_equal(value, before[key], key)
    one = [model.train(x[i : i + 1], y[i : i + 1], learn=False) for i in range(30)]
    assert_equal(np.concatenate([r.voltages for r in one]), many.voltages, "voltages")
    assert_equal(np.concatenate([r.counters for r in one])[1:], many.counters[1:], "counters")
    assert many.counters[1:, :, 1:3].max() == 0 and many.counters[0, :, 1].max() > 0


def test_a_loaded_state_goes_on_bit_for_bit():
    x, y = samples(ODD, 31)
    model, other = IntegerModel(ODD), IntegerModel(ODD)
    model.train(x[:13], y[:13])
    other.train(x[:2], y[:2])  # leaves an update that no pass has counted yet: a loaded state has none
    other.load({key: value.tolist() for key, value in model.state().items()})
    assert model.position == other.position == 1
    a, b = model.train(x[13:], y[13:]), other.train(x[13:], y[13:])
    assert_equal(a.voltages, b.voltages, "voltages")
    assert_equal(a.counters[1:], b.counters[1:], "counters")
    assert a.counters[0, :, 1].max() > 0 and b.counters[0, :, 1:3].max() == 0
    for key, value in model.state().items():
        assert_equal(other.state()[key], value, key)


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
        ("flags1", np.full((3, 19), 4), "flags1: found values from 4 to 4; allowed is 0 to 3"),
        ("S0", np.array([0, 2**23, 0]), "S0: found values from 0 to 8388608; allowed is -8388608 to 8388607"),
        ("position", np.array(3), "position: found values from 3 to 3; allowed is 0 to 2"),
        ("N0", np.zeros(3, int), "state: found unknown key 'N0'; allowed is W1, W2, W3, Theta0"),
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
    ],
)
def test_bad_samples_are_named(x, y, message):
    with pytest.raises(SampleError) as caught:
        IntegerModel(ODD).train(x, y)
    assert str(caught.value) == message


def test_an_inference_only_core_never_learns():
    x, y = samples(ODD, 9)
    model = IntegerModel(ODD.replace(learn=False))
    before = model.state()
    model.train(x, y)
    for key, value in model.state().items():
        assert_equal(value, before[key], key)
