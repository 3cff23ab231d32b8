"""The baseline: its gradient through time against one written out by hand, and that it learns digits."""

import time

import numpy as np
import torch

from golden.backprop import Backprop, Surrogate
from golden.bsd import Bsd, fit, stimulus
from golden.config import NAMED, Config
from sw.data import load

SMALL = Config(sizes=(12, 9, 4), lanes=4)


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.integers(0, 16, (10, 12), np.uint8)), torch.from_numpy(rng.integers(0, 4, 10))


def test_a_spike_is_0_or_1_and_its_surrogate_is_steepest_at_the_threshold():
    distance = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0], requires_grad=True)
    spikes = Surrogate.apply(distance)
    assert spikes.tolist() == [0, 0, 1, 1, 1]
    spikes.sum().backward()
    torch.testing.assert_close(distance.grad, torch.tensor([1 / 25, 1 / 4, 1, 1 / 4, 1 / 25]))


def test_it_is_the_network_that_bsd_trains():
    for config in (SMALL, SMALL.replace(coding="rate", steps=8, leak=2, threshold=40, seed=3)):
        x, _ = batch()
        baseline, bsd = Backprop(config), Bsd(config)
        assert all(torch.equal(a, b) for a, b in zip(baseline.W[1:], bsd.W[1:], strict=True))
        torch.testing.assert_close(baseline.voltages(x), bsd.perceive(x)[0][-1])
        assert torch.equal(baseline.predict(x), bsd.predict(x))


def test_its_gradient_runs_back_through_every_step_of_time():
    config = SMALL
    x, y = batch()
    model = Backprop(config)
    torch.nn.functional.cross_entropy(model.voltages(x), y).backward()
    W1, W2 = (weight.detach() for weight in model.W[1:])
    s0 = stimulus(config, x)
    u, membranes, spikes = torch.full((10, 9), 0.5), [], []
    for t in range(config.steps):
        membranes.append(u * 7 / 8 + s0[:, t] @ W1)
        spikes.append((membranes[t] >= 1).float())
        u = membranes[t] - spikes[t]
    V2 = sum(s @ W2 for s in spikes)
    g2 = (torch.softmax(V2, 1) - torch.nn.functional.one_hot(y, 4)) / 10  # dL/dv2[t], the same at every step
    torch.testing.assert_close(model.W[2].grad, sum(spikes).T @ g2)
    du, dW1 = torch.zeros(10, 9), torch.zeros_like(W1)  # du = dL/du[t], the membrane that step t leaves to step t + 1
    for t in reversed(range(config.steps)):
        ds = g2 @ W2.T - du
        dx = du + ds / (1 + 2 * (membranes[t] - 1).abs()) ** 2
        dW1 += s0[:, t].T @ dx
        du = dx * 7 / 8
    torch.testing.assert_close(model.W[1].grad, dW1)


def test_a_step_uses_its_own_batchs_gradient_only():
    (x, y), model, fresh = batch(), Backprop(SMALL), Backprop(SMALL)
    model.train(x, y)
    with torch.no_grad():
        for weight, trained in zip(fresh.W[1:], model.W[1:], strict=True):
            weight.copy_(trained)
    model.train(x[:5], y[:5])
    fresh.train(x[:5], y[:5])
    assert all(torch.equal(a.grad, b.grad) for a, b in zip(model.W[1:], fresh.W[1:], strict=True))


def test_it_learns_digits_well_and_fast():
    digits, config = load("digits"), NAMED["digits"]
    start = time.process_time()  # of the processor, so that a busy machine does not fail it
    accuracies = fit(Backprop(config), digits, config.epochs)
    assert time.process_time() - start < 30  # about 1 s on an idle core
    assert len(accuracies) == config.epochs and accuracies[-1] >= 0.97  # 98.3 % measured
    assert accuracies[-1] > accuracies[0]


def test_a_seed_gives_the_same_training_again():
    digits = load("digits")
    curves = [fit(Backprop(NAMED["digits"].replace(seed=seed)), digits, 2) for seed in (0, 0, 1)]
    assert curves[0] == curves[1] != curves[2]
