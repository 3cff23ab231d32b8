"""The integer model of the second rule against a second reading of the contract, in every value, and compiled against it."""

import copy
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.config import Config
from golden.integer import IntegerModel

cases = runpy.run_path(str(Path(__file__).with_name("cases.py")))  # tests are no package to import from
assert_equal, samples, shaken = (cases[name] for name in ("assert_equal", "samples", "shaken"))
ODD = cases["ODD"].replace(rule="second")
Plain2 = runpy.run_path(str(Path(__file__).with_name("plain2.py")))["Plain2"]


def assert_same_memories(model, twin, what):
    """As they are, with what is pending left pending."""
    for key, value in model.memories.tensors().items():
        assert_equal(value, twin.mem[key], f"{key} {what}")


def assert_same_run(model, count, seed, finish=None):
    """Every sample's records, trace and memories, against plain integers; two of five samples are inference."""
    twin = Plain2(model.config, model.state())
    twin.decay = model.decay
    x, y = samples(model.config, count, seed)
    for n in range(count):
        learn = n % 5 not in (2, 4)
        trace = model.trace(x[n], y[n] if learn else None)
        records = model.train(x[n : n + 1], y[n : n + 1], learn=learn)
        prediction, voltages, counters = twin.sample(x[n], int(y[n]), learn)
        assert_equal(records.prediction, [prediction], f"prediction {n}")
        assert_equal(records.voltages, [voltages], f"voltages {n}")
        assert_equal(records.counters, [counters], f"counters {n}")
        assert_equal(trace["counters"], counters, f"traced counters {n}")
        for name, value in twin.trace.items():
            assert_equal(trace[name], value, f"{name} of sample {n}")
        assert_same_memories(model, twin, f"after sample {n}")
        after = copy.deepcopy(twin)
        after.finish()
        for key, value in after.mem.items():
            assert_equal(trace[f"after_{key}"], value, f"traced state {key} after sample {n}")
        if n == finish:
            model.finish()
            twin.finish()
    assert_same_memories(model, twin, "at the end")
    twin.finish()
    for key, value in model.state().items():
        assert_equal(value, twin.mem[key], f"state {key}")


@pytest.mark.parametrize("stochastic", [False, True])
@pytest.mark.parametrize("coding", ["direct", "rate"])
@pytest.mark.parametrize("steps", [4, 8])
def test_every_value_is_that_of_plain_integers(steps, coding, stochastic):
    block = 1 + (steps + stochastic) % 5
    slow = {"rate": -5, "theta_rate": -5}  # below 0, where the rounding noise decides too
    config = ODD.replace(steps=steps, coding=coding, stochastic=stochastic, block=block, seed=block, **slow)
    assert_same_run(IntegerModel(config), 12, seed=block, finish=5)


@st.composite
def configurations(draw):
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    sizes = (*(number(1, 24) for _ in range(number(1, 4))), number(2, 5))
    low = number(-300, 100)
    return Config(
        rule="second",
        sizes=sizes,
        lanes=1,
        steps=draw(st.sampled_from((4, 8))),
        coding=draw(st.sampled_from(("direct", "rate"))),
        threshold=number(2, 200),
        leak=number(1, 7),
        weight_bits=number(10, 16),
        dead_zone=number(0, 64),
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
    seed=st.integers(0, 999),
    reach=st.sampled_from((0.1, 0.5, 1)),
    decay=st.integers(-8, 0),
    finish=st.integers(0, 7),
)
def test_any_core_from_any_memories_is_that_of_plain_integers(config, seed, reach, decay, finish):
    model = shaken(IntegerModel(config), seed, reach)
    model.decay = decay
    assert_same_run(model, 6, seed, finish)


def test_scale_and_wide_blocks_are_those_of_plain_integers():
    # 300 pixels: weight scale 2, and addresses past 8 bits, which a slow rate shows; block 200: X is shifted by 9.
    config = Config(rule="second", sizes=(300, 9, 4), lanes=8, block=200, rate=-4)
    model = shaken(IntegerModel(config), 3, 0.3)
    model.load(model.state() | {"position": np.array(197)})
    assert_same_run(model, 6, 3)


@pytest.mark.parametrize("bits", [10, 13])
def test_narrow_masters_at_both_their_ends_are_those_of_plain_integers(bits):
    model = shaken(IntegerModel(ODD.replace(weight_bits=bits, rate=4, theta_rate=5, seed=bits)), bits, 1)
    assert_same_run(model, 10, bits)
    assert all(abs(model.state()[key]).max() == 2 ** (bits - 1) for key in ("W1", "Theta0"))


def test_compiled_is_step_by_step_in_every_value():
    config = ODD.replace(sizes=(37, 7, 3), lanes=4, weight_bits=11)  # each layer takes a while to compile
    slow, quick = (shaken(IntegerModel(config, fast=fast), 5, 0.4) for fast in (False, True))
    x, y = samples(config, 60)
    for decay, learn in ((0, True), (-2, False), (-3, True)):
        slow.decay = quick.decay = decay
        expected = slow.train(x, y, learn)
        with torch.autocast("cpu"):
            got = quick.train(x, y, learn)
        for name in ("prediction", "voltages", "counters"):
            assert_equal(getattr(got, name), getattr(expected, name), name)
        for (key, value), other in zip(slow.memories.tensors().items(), quick.memories.tensors().values(), strict=True):
            assert_equal(other, value, f"{key}, its updates pending")
    for key, value in slow.state().items():
        assert_equal(quick.state()[key], value, key)


@pytest.mark.parametrize("key", ["loss", "margin", "lambda8", "reach", "lanes"])
def test_what_belongs_to_the_first_rule_changes_nothing(key):
    other = {"loss": "gap", "margin": 0, "lambda8": 15, "reach": 0, "lanes": (1, 1, 1, 1)}[key]
    x, y = samples(ODD, 9)
    model, changed = IntegerModel(ODD), IntegerModel(ODD.replace(**{key: other}))
    assert_equal(changed.train(x, y).counters, model.train(x, y).counters, "counters")
    for name, value in model.state().items():
        assert_equal(changed.state()[name], value, name)
