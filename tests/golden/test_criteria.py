"""Criteria C1 to C5 of the paper: each is shown on the integer model."""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from golden import plasticity
from golden.config import Config
from golden.fixed import product
from golden.integer import IntegerModel
from golden.neuron import soma
from golden.rule import Rule

cases = runpy.run_path(str(Path(__file__).with_name("cases.py")))  # tests are no package to import from
assert_equal, samples, shaken = (cases[name] for name in ("assert_equal", "samples", "shaken"))
SLOW = cases["ODD"].replace(rate=-6)
"""Rates below 0, where the rounding noise decides too."""


def test_c1_the_two_networks_have_weights_of_their_own():
    x, y = samples(SLOW, 30)
    model, fixed = IntegerModel(SLOW), IntegerModel(SLOW.replace(learn_theta=False))
    before = model.state()
    model.train(x, y)
    fixed.train(x, y)
    after, kept = model.state(), fixed.state()
    for l in range(SLOW.layers):
        assert not np.array_equal(after[f"Theta{l}"], before[f"Theta{l}"])
        assert not np.array_equal(after[f"Theta{l}"].T, after[f"W{l + 1}"])
        assert_equal(kept[f"Theta{l}"], before[f"Theta{l}"], "fixed Theta")
        assert not np.array_equal(kept[f"W{l + 1}"], before[f"W{l + 1}"])
    storages = [t.untyped_storage().data_ptr() for t in (*model.W[1:], *model.Theta)]
    assert len(set(storages)) == 2 * SLOW.layers


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_c2_an_update_reads_its_own_layer_only(layer):
    # The same spikes and voltages, but everything else that other layers remember is changed: this layer learns the same.
    x, y = samples(SLOW, 8)
    model = shaken(IntegerModel(SLOW), 1, 0.3)
    model.train(x[:7], y[:7])
    state = model.state()
    changed, random = dict(state), np.random.default_rng(0)
    for key, array in state.items():
        own = key.startswith("W") or key in (f"h{layer}", f"m{layer}", f"E{layer}", f"S{layer}")
        if not own and array.ndim:
            changed[key] = random.integers(0, {"h": 5, "m": 32}.get(key[0], 3000), array.shape)
    expected, got = (model.load(s) or model.trace(x[0], y[0]) for s in (state, changed))
    keys = [f"{name}{layer}" for name in ("after_W", "d", "C", "a", "q", "e", "g")]
    keys += [f"after_E{layer}", f"after_S{layer}"] if layer < SLOW.layers else []
    assert not np.array_equal(expected[f"after_W{layer}"], state[f"W{layer}"])
    for key in keys:
        assert_equal(got[key], expected[key], key)


def test_c3_the_layers_learn_in_any_order():
    x, y = (torch.tensor(array) for array in samples(SLOW, 8, seed=4))
    gain, bases = torch.full((3,), 16, dtype=torch.int32), torch.full((3,), 9, dtype=torch.int32)
    untaught = shaken(IntegerModel(SLOW), 2, 0.3).state()
    states = []
    for order in itertools.permutations(range(SLOW.layers + 1)):
        model = shaken(IntegerModel(SLOW), 2, 0.3)
        for pixels, label in zip(x.to(torch.int32), y, strict=True):
            trace = model.rule.observe(model.memories, pixels)
            model.memories.next.gain.copy_(gain)
            model.memories.next.bases.copy_(bases)
            for layer in order:
                model.rule.teach_layer(layer, model.memories, label, trace)
        states.append(model.state())
    for key in ("W1", "W2", "W3", "E0", "E1", "E2"):
        assert not np.array_equal(states[0][key], untaught[key]), key
    for state, (key, value) in itertools.product(states[1:], states[0].items()):
        assert_equal(state[key], value, key)


def assert_only_spikes_cross(coding):
    """Each layer's voltages, spikes and learning, once more from what may reach it: the spikes of the layer below (layer 1
    of the direct code: its pixels, 4-bit currents), its own memories, and the label. All other memories are others."""
    config = SLOW.replace(coding=coding)
    model, stranger = (shaken(IntegerModel(config), seed, 0.3) for seed in (6, 7))
    x, y = samples(config, 8)
    others, written, recalls = stranger.state(), 0, 0
    for pixels, label in zip(x, y, strict=True):
        before, trace = model.state(), model.trace(pixels, label)
        gain, (bases,) = model._forward_gain(), model._forward_bases(1)
        for l in (1, 2, 3):
            below, w8 = trace[f"s{l - 1}"], before[f"W{l}"] >> 8
            direct = coding == "direct" and l == 1
            v = np.tile(pixels @ w8 >> (4 + config.scale(1)), (config.steps, 1)) if direct else below @ w8 >> config.scale(l)
            s, _ = soma(torch.tensor(v), config.threshold, config.leak)
            assert set(np.unique(below)) | set(np.unique(trace[f"s{l}"])) <= {0, 1}
            assert_equal(trace[f"v{l}"], v, f"v{l}")
            assert_equal(trace[f"s{l}"], s, f"s{l}")
            keys = [f"{name}{l}" for name in ("h", "m", "E", "S") if l < 3]
            stranger.load(others | {key: before[key] for key in (f"W{l}", *keys)})
            counts = {f"r{l - 1}": below.sum(0), f"r{l}": s.numpy().sum(0), f"V{l}": v.sum(0)}
            alone = {name: torch.tensor(value, dtype=torch.int32) for name, value in counts.items()}
            stranger.memories.next.gain.copy_(gain)
            stranger.memories.next.bases.copy_(bases)
            stranger.rule.teach_layer(l, stranger.memories, torch.tensor(label), alone)
            stranger.finish()
            assert_equal(stranger.W[l], trace[f"after_W{l}"], f"W{l}")
            written += (trace[f"after_W{l}"] != before[f"W{l}"]).sum()
        if "sh0" in trace:
            recalls += 1
            for l in (0, 1, 2):
                # Of the concepts the last one is recalled through Theta as it then stays.
                spikes = trace[f"sh{l + 1}"][-1]
                assert set(np.unique(spikes)) <= {0, 1}
                assert_equal(trace[f"vh{l}"][-1], spikes @ (trace[f"after_Theta{l}"] >> 8), f"vh{l}")
        model.train(pixels[None], label[None])
    assert written and recalls == 2


@pytest.mark.parametrize("coding", ["direct", "rate"])
def test_c4_what_crosses_a_layer_is_spikes_but_for_layer_1s_pixels_and_the_label(coding):
    assert_only_spikes_cross(coding)


def _currents_in_the_rate_code(rule, W, x):
    rule = Rule(rule.config.replace(coding="direct"))
    return PERCEIVE(rule, W, x)


def _counts_for_spikes(rule, W, x):
    # Layer 2 sees at every step how often layer 1 spikes in the whole sample.
    trace = PERCEIVE(rule, W, x)
    v = product(trace["r1"][..., None, :], W[2] >> 8) >> 2
    v = v.expand(trace["v2"].shape)
    s, u = soma(v, rule.config.threshold, rule.config.leak)
    return trace | {"v2": v, "s2": s, "u2": u, "V2": v.sum(-2, dtype=torch.int32), "r2": s.sum(-2, dtype=torch.int32)}


def _voltages_for_counts(rule, i, m, y, trace):
    seen = dict(trace)
    if i > 1:
        seen[f"r{i - 1}"] = trace.get(f"V{i - 1}", trace[f"r{i - 1}"]).clamp(0, 4)
    TEACH_LAYER(rule, i, m, y, seen)
    trace |= {key: value for key, value in seen.items() if key not in trace}


def _error_from_above(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i == 2:
        m.next.g[1] += m.m[3].sum() + m.W[3].sum(dtype=torch.int32) % 7 + 1


PERCEIVE, TEACH_LAYER = Rule.perceive, Rule.teach_layer


@pytest.mark.parametrize(
    "method, wrong, coding",
    [
        ("perceive", _currents_in_the_rate_code, "rate"),
        ("perceive", _counts_for_spikes, "direct"),
        ("teach_layer", _voltages_for_counts, "direct"),
        ("teach_layer", _error_from_above, "rate"),
    ],
)
def test_c4_sees_what_is_no_spike(monkeypatch, method, wrong, coding):
    monkeypatch.setattr(Rule, method, wrong)
    with pytest.raises(AssertionError):
        assert_only_spikes_cross(coding)


def assert_unsigned():
    """What teaches a hidden layer is a distance, never a signed difference between what it did and what it should have."""
    config = Config(sizes=(9, 60, 4), lanes=4)
    random, model = np.random.default_rng(0), IntegerModel(config)

    def teach(r, m, label):
        """a and e of layer 1, all of whose neurons are open."""
        model.load(model.state() | {"m1": m})
        trace = {"r0": torch.ones(9, dtype=torch.int32), "V1": torch.full((60,), 100, dtype=torch.int32)}
        trace["r1"] = torch.tensor(r, dtype=torch.int32)
        model.rule.teach_layer(1, model.memories, torch.tensor(label), trace)
        return trace["a1"].numpy(), trace["e1"].numpy()

    for _ in range(20):
        m = random.integers(-15, 16, (4, 60))
        r, label = random.integers(0, 3, 60), int(random.integers(4))
        a, e = teach(r, m, label)
        assert e.any() and a[label] > 0 and np.delete(a, label).max() <= 0
        # A label is a choice among concepts: with the concepts in another order it is another number, and teaches the same.
        order = random.permutation(4)
        assert_equal(teach(r, m[order], int(np.flatnonzero(order == label)[0]))[1], e, "e with concepts in another order")
        # Too many spikes or too few of a right pattern are no error, and how many there are turns none around.
        twice = teach(2 * r, m, label)[1]
        assert twice @ e > 0.99 * np.linalg.norm(twice) * np.linalg.norm(e)
        # A template that points where the sample does, at any length: the sample teaches nothing.
        place = np.arange(60) % 4 == label
        own, apart = r * place, np.where(place, 0, m)
        apart[label] = 3 * own
        for agrees in (own, 2 * own):
            a, e = teach(agrees, apart, label)
            assert_equal(a, [0] * 4, "a of a sample that agrees")
            assert_equal(e, [0] * 60, "e of a sample that agrees")


def test_c5_what_teaches_has_no_sign():
    assert_unsigned()


def _difference_from_the_target(q, qr, m, r, V, window, top):
    e, g = ERROR(q, qr, m, r, V, window, top)
    return e + 256 * (m[q.argmax()] - r), g


def _target_affinity(C, y, *rest):
    own = torch.arange(len(C)) == y
    return torch.where(own, 192 - C, COEFFICIENTS(C, y, *rest))


def _weight_by_class(C, y, *rest):
    return COEFFICIENTS(C, y, *rest) * torch.where(torch.arange(len(C)) < y, 2, 1)


ERROR, COEFFICIENTS = plasticity.error, plasticity.coefficients


@pytest.mark.parametrize(
    "name, wrong",
    [("error", _difference_from_the_target), ("coefficients", _target_affinity), ("coefficients", _weight_by_class)],
)
def test_c5_sees_a_signed_error(monkeypatch, name, wrong):
    monkeypatch.setattr(plasticity, name, wrong)
    with pytest.raises(AssertionError):
        assert_unsigned()
