"""Criteria C1 to C5 of the paper: each is shown on the integer model."""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from golden.integer import IntegerModel

cases = runpy.run_path(str(Path(__file__).with_name("cases.py")))  # tests are no package to import from
ODD, assert_equal, samples, shaken = (cases[name] for name in ("ODD", "assert_equal", "samples", "shaken"))


SLOW = ODD.replace(rate=-6)
"""Rates below 0, where the rounding noise decides too."""


def test_c1_the_two_networks_have_weights_of_their_own():
    model = IntegerModel(ODD)
    before = model.state()
    x, y = samples(ODD, 30)
    model.train(x, y)
    after = model.state()
    for l in range(ODD.layers):
        assert not np.array_equal(after[f"Theta{l}"], before[f"Theta{l}"])
        for state in (before, after):
            assert not np.array_equal(state[f"Theta{l}"].T, state[f"W{l + 1}"])
    storages = [t.untyped_storage().data_ptr() for t in (*model.W[1:], *model.Theta)]
    assert len(set(storages)) == 2 * ODD.layers
    fixed = IntegerModel(ODD.replace(learn_theta=False))
    fixed.train(x, y)
    for l in range(ODD.layers):
        assert_equal(fixed.state()[f"Theta{l}"], before[f"Theta{l}"], "fixed Theta")
        assert not np.array_equal(fixed.state()[f"W{l + 1}"], before[f"W{l + 1}"])


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_c2_an_update_reads_its_own_layer_only(layer):
    # The same spikes and voltages, but everything else that other layers remember is changed: this layer learns the same.
    x, y = samples(SLOW, 8)
    model = shaken(IntegerModel(SLOW), 1, 0.3)
    model.train(x[:7], y[:7])
    state = model.state()
    changed = dict(state)
    random = np.random.default_rng(0)
    for key, array in state.items():
        own = key.startswith("W") or key in (f"h{layer}", f"flags{layer}", f"E{layer}", f"S{layer}")
        if not own and array.ndim:
            high = {"h": 5, "f": 4}.get(key[0], 3000)
            changed[key] = random.integers(0, high, array.shape)
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
            trace = model.rule.perceive(model.W, pixels)
            for layer in order:
                model.rule.teach_layer(layer, model.memories, label, gain, bases, trace)
        states.append(model.state())
    for key in ("W1", "W2", "W3", "E0", "E1", "E2"):
        assert not np.array_equal(states[0][key], untaught[key]), key
    for state, (key, value) in itertools.product(states[1:], states[0].items()):
        assert_equal(state[key], value, key)


@pytest.mark.parametrize("coding", ["direct", "rate"])
def test_c4_only_spikes_cross_a_layer(coding):
    config = ODD.replace(coding=coding, block=1)
    model = shaken(IntegerModel(config), 6, 0.3)
    x, y = samples(config, 8)
    fired = 0
    for pixels, label in zip(x, y, strict=True):
        before, trace = model.state(), model.trace(pixels, label)
        for name in [f"s{l}" for l in range(4)] + [f"sh{l}" for l in range(4)]:
            assert set(np.unique(trace[name])) <= {0, 1}, name
        for l in (2, 3):
            assert_equal(trace[f"v{l}"], trace[f"s{l - 1}"] @ (before[f"W{l}"] >> 8) >> config.scale(l), f"v{l}")
        for l in (0, 1, 2):
            # Of the concepts the last one is recalled through Theta as it then stays.
            spikes = trace[f"sh{l + 1}"][-1]
            assert_equal(trace[f"vh{l}"][-1], spikes @ (trace[f"after_Theta{l}"] >> 8), f"vh{l}")
            assert_equal(trace[f"after_h{l}"], trace[f"sh{l}"].sum(1), f"h{l}")
        # What an update takes from the layer below: rows without a spike keep their weights.
        for l in (1, 2, 3):
            silent = trace[f"s{l - 1}"].sum(0) == 0
            assert_equal(trace[f"after_W{l}"][silent], before[f"W{l}"][silent], f"silent rows of W{l}")
            fired += (trace[f"after_W{l}"] != before[f"W{l}"]).sum()
        model.train(pixels[None], label[None])
    assert fired > 0


@pytest.mark.parametrize("loss", ["reco", "gap"])
def test_c5_the_label_only_chooses_who_pulls(loss):
    # No signed error comes in from outside: affinities are 0..1, the own concept only pulls, the others only push.
    config = ODD.replace(loss=loss, margin=0)
    model = shaken(IntegerModel(config), 6, 0.3)
    x, y = samples(config, 12)
    pushes = 0
    for pixels, label in zip(x, y, strict=True):
        trace = model.trace(pixels, label)
        for l in range(4):
            assert trace[f"C{l}"].min() >= 0 and trace[f"C{l}"].max() <= 256
            others = np.delete(trace[f"a{l}"], label)
            assert trace[f"a{l}"][label] >= 0 and others.max() <= 0
            pushes += (others < 0).sum()
        model.train(pixels[None], label[None])
    assert pushes > 0
