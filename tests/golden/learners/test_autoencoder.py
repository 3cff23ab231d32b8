"""BSD's auto-encoder in floating point: what it codes, recalls and learns, on cases that are known beforehand."""

import numpy as np
import pytest
import torch

from golden.learners.autoencoder import NEURON, Recirculation, RecoAutoencoder
from golden.learners.learner import Network, fit
from golden.neuron import stimulus_spikes
from sw.data import load

RULES = [Recirculation, RecoAutoencoder]
SMALL = Network((12, 9, 5), NEURON, 1)


def stimuli(count: int = 16, n: int = 12, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, n, generator=torch.Generator().manual_seed(seed))


def test_the_rate_code_is_that_of_the_integer_rule():
    pixels = torch.arange(16)[None]
    spikes = Recirculation(SMALL).spikes(pixels / 16)
    assert torch.equal(spikes, stimulus_spikes(pixels.int(), 8).float())


def test_the_codes_own_spikes_drive_what_is_recalled():
    model, x = Recirculation(SMALL), stimuli()
    model.w["Theta1"] *= 6
    model.w["Theta0"] *= 6
    code, recalled = model.perceive(x), model.recall(x)
    assert code.max() <= 8 and len(code.unique(dim=0)) > 8
    assert torch.equal(recalled * 8, (recalled * 8).round()) and len(recalled.unique(dim=0)) > 8
    model.w["W1"].zero_()
    assert not model.perceive(x).any() and not model.recall(x).any()  # nothing else drives the backward network


def test_labels_mean_nothing_and_a_batch_is_small():
    assert all(rule.BATCH == 16 for rule in RULES)
    x, states = stimuli(), []
    for labels in (torch.zeros(len(x)), torch.full((len(x),), -7)):
        model = Recirculation(SMALL)
        fit(model, x, labels, 1, model.BATCH)
        states.append(model.state()["W1"])
    assert torch.equal(*states)


def test_a_code_of_no_sample_draws_what_its_spikes_evoke():
    model = Recirculation(Network((2, 3), NEURON))
    model.w["Theta0"] = torch.tensor([[0.6, 0.0], [0.0, 0.3], [0.0, 0.0]])
    drawn = model.draw(torch.tensor([[8.0, 0, 8], [0, 8, 0], [4, 0, 0]]))
    assert drawn[:, 0].tolist() == [1, 0, 0.5] and drawn[0, 1] == drawn[2, 1] == 0 and 0.25 <= drawn[1, 1] <= 0.5


def test_the_error_is_that_of_all_pixels():
    model = Recirculation(SMALL)
    model.w["Theta0"].zero_()
    x = stimuli(7)
    assert model.error(x, batch=3) == pytest.approx(float((x**2).mean()))


def test_recirculation_by_hand():
    model = Recirculation(Network((2, 2), NEURON))
    pre, d = torch.tensor([[4.0, 0.0], [2.0, 2.0]]), torch.tensor([[1.0, 2.0], [3.0, -2.0]])
    # Less nine tenths of what both have in common: 2 x (3, 1)' (2, 0).
    expected = -(pre.T @ d - 0.9 * torch.tensor([[12.0, 0.0], [4.0, 0.0]]))
    torch.testing.assert_close(model.product(pre, d), expected)
    V = torch.tensor([[-0.7, 0.0, 4.8]]).expand(2, -1)  # below -0.6, inside, at 8 x 0.6
    d = torch.tensor([[1.0, 1.0, 1.0], [-1.0, -1.0, -1.0]])
    assert model.open(d, V).tolist() == [[1, 1, 0], [0, -1, -1]]


def test_recirculation_stops_where_what_is_recalled_is_what_came():
    """W and Theta that hand every spike on: each layer recalls what it perceived, and nothing is left to learn."""
    model = Recirculation(Network((4, 4), NEURON))
    model.w["W1"] = model.w["Theta0"] = 0.6 * torch.eye(4)
    x = torch.tensor([[0, 1, 0, 1], [1, 1, 0, 0]], dtype=torch.float32)
    assert torch.equal(model.recall(x), x)
    assert not any(g.any() for g in model.gradients(x).values())
    model.w["Theta0"] = 0.6 * torch.eye(4).roll(1, 1)
    assert all(g.any() for g in model.gradients(x).values())


def test_low_and_high_frequencies_add_up_and_low_ones_hold_the_mean():
    rows = stimuli(5, 11) + 3
    model = RecoAutoencoder(SMALL, low=0.1)
    low, high = model.bands(rows)
    torch.testing.assert_close(low + high, rows)
    torch.testing.assert_close(low, rows.mean(1, keepdim=True).expand(-1, 11))
    assert len(torch.fft.rfft(RecoAutoencoder(SMALL, low=0.5).bands(rows)[0])[0].abs().round(decimals=3).nonzero()) == 3


def test_lambda_pushes_samples_of_one_high_frequency_apart():
    """Alike in the mean alone, samples cost nothing where lambda of low frequencies is 0."""
    v = torch.tensor([[1.0, 1, 1, 1], [2.0, 2, 2, 2]])
    free, pushed = RecoAutoencoder(SMALL, lam=(0.0, 0.6)), RecoAutoencoder(SMALL, lam=(0.6, 0.6))
    assert float(pushed.contrast(v, v) - free.contrast(v, v)) == pytest.approx(2 * 0.6)
    wave = torch.tensor([[1.0, -1, 1, -1], [2.0, -2, 2, -2]])
    mild = RecoAutoencoder(SMALL, lam=(0.0, 0.1))
    assert float(free.contrast(wave, wave) - mild.contrast(wave, wave)) == pytest.approx(2 * 0.5)


@pytest.mark.parametrize("rule", RULES)
def test_either_network_can_be_left_as_it_is(rule):
    for options, stays in (({"learn_w": False}, "W"), ({"learn_theta": False}, "Theta")):
        model = rule(SMALL, **options)
        before = model.state()
        model.teach(stimuli())
        for name, weight in model.weights().items():
            assert torch.equal(weight, before[name]) == name.startswith(stays), name


@pytest.mark.parametrize("rule", RULES)
def test_it_learns_to_recall_digits_and_both_networks_are_needed(rule):
    digits = torch.from_numpy(load("digits").x_train.astype(np.float32)) / 16
    x, unseen = digits[:600], digits[600:900]
    mean = float(((unseen - x.mean(0)) ** 2).mean())
    errors = {}
    for learns in ({}, {"learn_w": False}, {"learn_theta": False}):
        model = rule(Network((64, 32), NEURON), rate=1e-2, **learns)
        fit(model, x, x, 6, model.BATCH)
        errors[tuple(learns)] = model.error(unseen)
    both = errors.pop(())
    assert both < 0.4 * mean and all(both < 0.9 * error for error in errors.values()), (mean, both, errors)
