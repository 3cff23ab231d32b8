"""The auto-encoder against a second reading of its contract, in every value, whatever samples and finishes come."""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.autoencoder import Autoencoder
from golden.config import NAMED, Config

here = Path(__file__)  # tests are no package to import from
assert_equal = runpy.run_path(str(here.with_name("cases.py")))["assert_equal"]
Streaming = runpy.run_path(str(here.with_name("plain_autoencoder.py")))["Streaming"]

ODD = Config.from_dict({"task": "autoencoder", "sizes": [37, 19, 7], "lanes": 4})
"""No size is a multiple of the lanes, none a power of two."""


def samples(config, count, seed=0):
    """Sparse pixels with all values 0..15, one silent and one full image among them."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 16, (count, config.sizes[0])) * (random.random((count, config.sizes[0])) < 0.6)
    x[count // 2], x[count // 3] = 0, 15
    return x


def shaken(model, seed, reach):
    """Random weights, `reach` of the whole range: at 1 many saturate."""
    random, state = np.random.default_rng(seed), model.state()
    end = 2 ** (model.config.weight_bits - 1)
    for key, array in state.items():
        if key != "samples":
            state[key] = (random.integers(-end, end, array.shape) * reach).astype(np.int32)
    state["samples"] = np.array(2**32 - 3 if reach == 1 else seed, np.int64)
    model.load(state)
    return model


def assert_same_run(model, kinds, seed, finish=(), decays=(0,), eager=False):
    """Takes a sample of each of `kinds` (learn, infer, draw); compares every record, trace and the state at the end."""
    twin = Streaming(model.config, model.state(), eager)
    x = samples(model.config, len(kinds), seed)
    codes = np.random.default_rng(seed).integers(0, 99, (len(kinds), model.config.sizes[-1]))
    seen = []
    for n, kind in enumerate(kinds):
        model.decay = twin.decay = decays[n % len(decays)]
        if kind == "draw":
            code = codes[n] % (model.config.steps + 1)
            records, expected = model.draw(code[None]), twin.drawn(code)
        else:
            trace = model.trace(x[n], kind == "learn")
            records, expected = model.train(x[n : n + 1], kind == "learn"), twin.sample(x[n], kind == "learn")
            seen.append((trace, twin.traces[n], n))  # the streaming core's is filled up by its third pass, a sample later
        got = (records.recalled, records.code, records.squared_error, records.counters)
        for name, own, other in zip(("recalled", "code", "squared error", "counters"), got, expected, strict=True):
            assert_equal(own[0], other, f"{name} of sample {n}")
        if n in finish:
            model.finish()
            twin.finish()
    twin.finish()
    for trace, others, n in seen:
        for name, value in others.items():
            assert_equal(trace[name], value, f"{name} of sample {n}")
    for key, value in model.state().items():
        assert_equal(value, twin.mem[key], f"state {key}")


KINDS = ["learn"] * 3 + ["infer", "learn", "draw"] + ["learn"] * 3 + ["draw", "infer", "infer"] + ["learn"] * 2


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("stochastic", [False, True])
@pytest.mark.parametrize("steps", [4, 8])
def test_every_value_is_that_of_a_streaming_core(steps, stochastic, eager):
    config = ODD.replace(steps=steps, stochastic=stochastic, seed=steps + stochastic, learn_theta=not (steps == 4 and eager))
    assert_same_run(Autoencoder(config), KINDS, seed=steps, finish=(1, 4), decays=(0, -2, -1), eager=eager)


@st.composite
def configurations(draw):
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    low = number(-300, 100)
    return ODD.replace(
        sizes=tuple(number(1, 24) for _ in range(number(2, 5))),
        lanes=1,
        steps=draw(st.sampled_from((4, 8))),
        threshold=number(2, 200),
        leak=number(1, 7),
        weight_bits=number(10, 16),
        window_low=low,
        window_high=low + number(1, 500),
        rate=number(-8, 8),
        theta_rate=number(-8, 5),
        stochastic=draw(st.booleans()),
        learn_theta=draw(st.sampled_from((True, True, False))),
        seed=number(0, 2**31 - 1),
    )


@settings(max_examples=25, deadline=None)
@given(
    config=configurations(),
    kinds=st.lists(st.sampled_from(("learn", "learn", "infer", "draw")), min_size=1, max_size=8),
    seed=st.integers(0, 999),
    reach=st.sampled_from((0.1, 0.5, 1)),
    decays=st.lists(st.integers(-8, 0), min_size=1, max_size=3),
    finish=st.sets(st.integers(0, 7), max_size=3),
    eager=st.booleans(),
)
def test_any_core_from_any_weights_is_a_streaming_core(config, kinds, seed, reach, decays, finish, eager):
    assert_same_run(shaken(Autoencoder(config), seed, reach), kinds, seed, finish, decays, eager)


def test_wide_layers_are_those_of_a_streaming_core():
    # 300 pixels: weight scale 2, and addresses past 8 bits, which a slow rate shows.
    config = ODD.replace(sizes=(300, 9, 4), rate=-2, theta_rate=-4)
    assert_same_run(shaken(Autoencoder(config), 3, 0.3), ["learn"] * 6, 3)


def test_a_single_layer_is_that_of_a_streaming_core():
    assert_same_run(shaken(Autoencoder(ODD.replace(sizes=(37, 7))), 4, 0.3), ["learn"] * 5, 4)


def test_narrow_masters_at_both_their_ends_are_those_of_a_streaming_core():
    model = shaken(Autoencoder(ODD.replace(weight_bits=10, rate=8, theta_rate=5)), 10, 1)
    assert_same_run(model, ["learn"] * 8, 10)
    assert all(abs(model.state()[key]).max() == 2**9 for key in ("W1", "Theta0"))


@pytest.mark.long
def test_compiled_is_step_by_step_in_every_value():
    config = ODD.replace(sizes=(19, 12, 7))
    slow, quick = (shaken(Autoencoder(config, fast=fast), 5, 0.4) for fast in (False, True))
    x = samples(config, 30)
    for decay, learn in ((0, True), (-2, False), (-3, True)):
        slow.decay = quick.decay = decay
        expected, got = slow.train(x, learn), quick.train(x, learn)
        for name in ("recalled", "code", "squared_error", "counters"):
            assert_equal(getattr(got, name), getattr(expected, name), name)
        for name in ("W_due", "Theta_due"):
            for own, other in zip(*(getattr(one.memories, name).tensors() for one in (slow, quick)), strict=True):
                assert_equal(other, own, f"{name}, pending")
    for key, value in slow.state().items():
        assert_equal(quick.state()[key], value, key)


def test_initial_weights_are_the_contracts_draws():
    config = NAMED["autoencoder"].replace(seed=3)
    random, model = np.random.default_rng(3), Autoencoder(config)
    for l, (pre, post) in enumerate(itertools.pairwise(config.sizes), start=1):
        active, scale = (0.35 if l == 1 else 0.25) * pre, 2 if pre > 64 else 1
        draw = np.round(random.normal(0, 64 * 0.85 * scale / np.sqrt(active), (pre, post)) * 256 + 128)
        assert_equal(model.W[l], np.clip(draw, -32768, 32767), f"W{l}")
    for l, above in enumerate((128, 32)):
        draw = np.round(random.normal(0, 16 / np.sqrt(0.25 * above), (above, config.sizes[l])) * 256)
        assert_equal(model.Theta[l], np.clip(draw, -32768, 32767), f"Theta{l}")


def test_the_compiled_rule_is_asked_for_once_there_were_samples_enough(monkeypatch):
    from golden import autoencoder

    asked, model = [], Autoencoder(ODD)
    monkeypatch.setattr(autoencoder, "compiled_circulation", lambda config: asked.append(config) or model.rule.sample)
    monkeypatch.setattr(autoencoder, "available", lambda: True)
    model._patience = 7
    x = samples(ODD, 12)
    model.train(x[:6])
    assert not asked
    model.train(x[6:])
    model.train(x[:3])
    assert asked == [ODD]
    other = Autoencoder(ODD, fast=False)
    other.train(np.concatenate([x, x[:3]]))
    for key, value in other.state().items():
        assert_equal(model.state()[key], value, key)


def test_torchs_settings_change_no_number():
    x = samples(ODD, 4)
    plain, other = Autoencoder(ODD), Autoencoder(ODD)
    expected = plain.train(x)
    with torch.autocast("cpu"), torch.inference_mode():
        got = other.train(x)
    assert_equal(got.recalled, expected.recalled, "recalled")
    assert_equal(other.state()["W1"], plain.state()["W1"], "W1")
