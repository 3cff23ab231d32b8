"""The network that foretells sequences against a second reading of its contract, in every value; what ends a sequence."""

import copy
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden import SampleError, StateError
from golden.config import Config
from golden.sequence import Foreteller

here = Path(__file__)  # tests are no package to import from
cases = runpy.run_path(str(here.with_name("cases.py")))
assert_equal, samples, shaken = (cases[name] for name in ("assert_equal", "samples", "shaken"))
Foretelling = runpy.run_path(str(here.with_name("plain_sequence.py")))["Foretelling"]

ODD = Config.from_dict({"task": "sequence", "sizes": [37, 19, 7, 5], "lanes": 4, "block": 3, "recurrent": True})
"""No size is a multiple of the lanes, none a power of two."""


def assert_same_run(model, kinds, seed, finish=(), decays=(0,)):
    """Takes an element of each of `kinds`, (learn, last); compares records, traces, and memories after each."""
    twin = Foretelling(model.config, model.state())
    x, y = samples(model.config, len(kinds), seed)
    for n, (learn, last) in enumerate(kinds):
        model.decay = twin.decay = decays[n % len(decays)]
        trace = model.trace(x[n], y[n] if learn else None)
        records = model.train(x[n : n + 1], y[n : n + 1], learn, [last])
        prediction, voltages, counters = twin.element(x[n], int(y[n]), learn, last)
        assert_equal(records.prediction, [prediction], f"prediction {n}")
        assert_equal(records.voltages, [voltages], f"voltages {n}")
        assert_equal(records.counters, [counters], f"counters {n}")
        for name, value in twin.trace.items():
            assert_equal(trace[name], value, f"{name} of element {n}")
        for key, value in model.memories.tensors().items():
            assert_equal(value, twin.mem[key], f"{key} after element {n}")
        after = copy.deepcopy(twin)
        after.finish()
        for key, value in after.mem.items():
            assert_equal(trace[f"after_{key}"], value, f"traced state {key} after element {n}")
        if n in finish:
            model.finish()
            twin.finish()
    twin.finish()
    for key, value in model.state().items():
        assert_equal(value, twin.mem[key], f"state {key}")


ON, END = (True, False), (True, True)
KINDS = [ON, ON, (False, False), ON, END, ON, (False, True), END]


@pytest.mark.parametrize("recurrent", [True, False])
@pytest.mark.parametrize("neighbours", [0, 1, 3])
@pytest.mark.parametrize("steps", [4, 8])
def test_every_value_is_that_of_plain_integers(steps, neighbours, recurrent):
    slow = {"rate": -5, "theta_rate": -5}  # below 0, where the rounding noise decides too
    stochastic = neighbours != 1
    config = ODD.replace(steps=steps, neighbours=neighbours, recurrent=recurrent, stochastic=stochastic, **slow)
    assert_same_run(Foreteller(config), KINDS + KINDS[1:5], steps, finish=(2, 9), decays=(0, -2, -1))


@st.composite
def configurations(draw):
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    low = number(-300, 100)
    return ODD.replace(
        sizes=(*(number(1, 24) for _ in range(number(1, 4))), number(2, 6)),
        lanes=1,
        steps=draw(st.sampled_from((4, 8))),
        threshold=number(2, 200),
        leak=number(1, 7),
        weight_bits=number(10, 16),
        dead_zone=number(0, 64),
        neighbours=number(0, 4),
        recurrent=draw(st.sampled_from((True, True, False))),
        window_low=low,
        window_high=low + number(1, 500),
        block=number(1, 4),
        rate=number(-8, 8),
        theta_rate=number(-8, 5),
        stochastic=draw(st.booleans()),
        learn_theta=draw(st.sampled_from((True, True, False))),
        seed=number(0, 2**31 - 1),
    )


@settings(max_examples=25, deadline=None)
@given(
    config=configurations(),
    kinds=st.lists(st.sampled_from([(True, False)] * 3 + [(True, True), (False, False)]), min_size=1, max_size=7),
    seed=st.integers(0, 999),
    reach=st.sampled_from((0.1, 0.5, 1)),
    decays=st.lists(st.integers(-8, 0), min_size=1, max_size=3),
    finish=st.sets(st.integers(0, 6), max_size=2),
)
def test_any_core_from_any_memories_is_that_of_plain_integers(config, kinds, seed, reach, decays, finish):
    assert_same_run(shaken(Foreteller(config), seed, reach), kinds, seed, finish, decays)


def test_wide_layers_are_those_of_plain_integers():
    # 70 pixels and 190 of its own: weight scale 2, and addresses past 8 bits.
    config = ODD.replace(sizes=(70, 190, 3), rate=-4)
    assert (config.rows(1), config.scale(1)) == (260, 2)
    assert_same_run(shaken(Foreteller(config), 3, 0.3), KINDS[:5], 3)


def elements(count, seed=0):
    return samples(ODD, count, seed)


def test_layer_1_sees_its_counts_of_the_element_before_until_the_sequence_ends():
    model, (x, y) = Foreteller(ODD), elements(6)
    fresh = model.trace(x[3])
    assert not fresh["rl"].any()
    before = model.trace(x[0])["r1"]
    model.train(x[:1], y[:1], learn=False)
    assert before.any() and np.array_equal(model.trace(x[3])["rl"], before)
    assert not np.array_equal(model.trace(x[3])["V1"], fresh["V1"])
    assert np.array_equal(model.trace(x[3])["rl"], before), "a look changes nothing"
    for end in (model.finish, lambda: model.load(model.state()), lambda: model.train(x[:1], y[:1], False, [True])):
        model.train(x[:1], y[:1], learn=False)
        end()
        assert np.array_equal(model.trace(x[3])["V1"], fresh["V1"])


def test_a_full_count_comes_back_as_the_brightest_pixel():
    for steps in (4, 8):
        model = Foreteller(ODD.replace(steps=steps))
        model.memories.lateral[:2] = model.memories.lateral.new_tensor([steps, steps // 2])
        trace, w8 = model.trace(np.zeros(37, int)), model.W[1].numpy()[37:40] >> 8
        assert trace["rl"][:3].tolist() == [steps, steps // 2, 0], "as pre-synaptic counts"
        assert np.array_equal(trace["v1"][0], (15 * w8[0] + 8 * w8[1]) >> 4)


def test_rows_of_its_own_are_learned_and_counted():
    model, (x, y) = Foreteller(ODD), elements(8)
    own = model.W[1][37:].clone()
    records = model.train(x, y)
    model.finish()
    assert not np.array_equal(own, model.W[1][37:])
    alone = Foreteller(ODD)
    expected = [int((pixels > 0).sum()) for pixels in x]
    assert records.counters[0, 0, 0] == expected[0]
    assert records.counters[1, 0, 0] == expected[1] + (alone.trace(x[0])["r1"] > 0).sum()
    assert np.array_equal(alone.train(x, y, last=[1] * 8).counters[:, 0, 0], expected)


def test_calls_may_be_cut_anywhere():
    whole, cut = Foreteller(ODD), Foreteller(ODD)
    x, y = elements(24)
    last = np.arange(24) % 7 == 6  # sequences that end within a call, with it, and that go on through one
    for learn in (True, False):
        expected = whole.train(x, y, learn, last)
        parts = [cut.train(x[a:b], y[a:b], learn, last[a:b]) for a, b in ((0, 1), (1, 1), (1, 7), (7, 9), (9, 24))]
        for name in ("prediction", "voltages", "counters"):
            assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(expected, name)), name


def test_a_sequence_without_memory_may_be_inferred_at_once():
    config = ODD.replace(recurrent=False)
    model, (x, y) = Foreteller(config), elements(20)
    together = model.train(x, y, learn=False)
    alone = [model.train(x[n : n + 1], y[n : n + 1], learn=False).voltages[0] for n in range(20)]
    assert np.array_equal(together.voltages, alone)


def test_the_end_of_a_sequence_says_nothing_to_a_network_without_memory():
    config, (x, y) = ODD.replace(recurrent=False), elements(12)
    for learn in (True, False):
        plain, ended = (Foreteller(config).train(x, y, learn, last) for last in (None, np.arange(12) % 3 == 0))
        assert np.array_equal(plain.voltages, ended.voltages) and np.array_equal(plain.counters, ended.counters)


def test_a_saved_state_goes_on_exactly_with_the_next_sequence():
    model, other = Foreteller(ODD), Foreteller(ODD.replace(seed=1))
    x, y = elements(20)
    model.train(x[:7], y[:7])
    other.load(model.state())
    expected, got = model.train(x[7:], y[7:]), other.train(x[7:], y[7:])
    assert np.array_equal(got.counters, expected.counters)


@pytest.mark.long
def test_compiled_is_step_by_step_in_every_value():
    slow, quick = (shaken(Foreteller(ODD, fast=fast), 5, 0.4) for fast in (False, True))
    x, y = elements(30)
    for learn, last in ((True, np.arange(30) % 4 == 3), (False, None), (True, None)):
        expected, got = slow.train(x, y, learn, last), quick.train(x, y, learn, last)
        assert_equal(got.voltages, expected.voltages, "voltages")
        assert_equal(got.counters, expected.counters, "counters")
    for key, value in slow.state().items():
        assert_equal(quick.state()[key], value, key)


@pytest.mark.parametrize(
    "last, said",
    [
        ([1, 0], "last: found shape (2,); allowed is (3,), one a sample"),
        ([1, [0], 0], "last: found lists of different lengths; allowed is (3,), one a sample"),
        (True, "last: found shape (); allowed is (3,), one a sample"),
        ([0, 2, 0], "last: found values from 0 to 2; allowed is 0 to 1"),
        ([0, 0.5, 0], "last: found values of type float64; allowed are whole numbers 0 to 1"),
    ],
)
@pytest.mark.parametrize("recurrent", [True, False])
def test_a_wrong_end_is_named_and_nothing_is_learned(last, said, recurrent):
    model, (x, y) = Foreteller(ODD.replace(recurrent=recurrent)), elements(3)
    with pytest.raises(SampleError) as caught:
        model.train(x, y, last=last)
    assert model.samples == 0
    assert str(caught.value) == said


def test_lists_of_different_lengths_are_named():
    model, x = Foreteller(ODD), elements(3)[0]
    for found, said in (([x.tolist()[0], [1]], r"x: found lists .* \(samples, 37\)"), (x, r"y: found lists .* \(3,\)")):
        with pytest.raises(SampleError, match=said):
            model.train(found, [0, [1], 2])


def test_weights_of_another_task_are_named():
    state = Foreteller(ODD.replace(recurrent=False)).state()
    with pytest.raises(StateError, match=r"W1: found shape \(37, 19\); allowed is \(56, 19\)"):
        Foreteller(ODD).load(state)
