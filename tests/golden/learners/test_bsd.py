"""BSD in floating point: each layer's update against autograd of its own loss, written down again; and that it learns."""

import pytest
import torch
from torch.nn import functional

from golden.learners.backprop import BackpropSnn
from golden.learners.bsd import Bsd
from golden.learners.layers import convolutional, sizes
from golden.learners.learner import Network, fit
from golden.learners.losses import InfoNce, Mse, Reco
from golden.learners.neuron import Neuron
from sw.data import load

NETWORK = Network((12, 9, 7, 4))
IMAGE = (1, 6, 5)


def batch(count: int = 10, n: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, n, generator=generator), torch.randint(4, (count,), generator=generator)


def cnn(**settings) -> Bsd:
    layers = convolutional(IMAGE, (3, 5), 4)
    return Bsd(Network(sizes(layers)), layers, **settings)


def gradients(model: Bsd, x: torch.Tensor, y: torch.Tensor) -> list[torch.Tensor]:
    weights = [weight for weight in model.weights().values() if weight.requires_grad]
    return torch.autograd.grad(model.losses(x, y).sum(), weights)


@pytest.mark.parametrize("loss", [Reco(), Reco(dead=0.0), InfoNce(), Mse()])
@pytest.mark.parametrize("steps", [4, 8])
@pytest.mark.parametrize("rivals", ["batch", "all"])
def test_every_update_is_that_of_its_layers_own_loss_over_the_batch(loss, steps, rivals):
    network = Network(NETWORK.sizes, Neuron(steps=steps))
    model, (x, y) = Bsd(network, loss=loss, rivals=rivals), batch()
    found = gradients(model, x, y)
    W, Theta = ([w.detach().clone().requires_grad_() for w in ws] for ws in (model.W[1:], model.Theta))

    def through(s, weights):
        """Of each layer, counts of spikes, and voltages summed over time."""
        counts, voltages = [], []
        for weight in weights:
            v = torch.stack([s[:, t] @ weight for t in range(steps)], 1)
            spikes = network.neuron.soma(v, network.neuron.spike)
            counts.append(spikes.sum(1))
            voltages.append(v.sum(1))
            s = spikes.detach()
        return counts, voltages

    s0 = network.neuron.steady(x)
    counts, voltages = through(s0, W)
    r = [s0.sum(1), *counts]
    Vh = [v / 0.6 for v in through(network.neuron.steady(functional.one_hot(y, 4).float()), Theta[::-1])[1][::-1]]
    own = torch.eye(len(y))
    pairs = (y[:, None] != y).float() if rivals == "batch" else 1 - own  # B x B, as the paper
    assert len(y.unique()) < len(y)  # some share their concept
    wanted_W, wanted_Theta = [], []
    for l in range(network.layers):
        own_loss = loss if l else Reco(0.0, 0.0)
        apical = own_loss(r[l].detach(), Vh[l], own, pairs)
        wanted_Theta += torch.autograd.grad(apical, Theta[l])
        if l:
            wanted_W += torch.autograd.grad(own_loss(r[l], Vh[l].detach(), own, pairs), W[l - 1])
    wanted_W += torch.autograd.grad(functional.cross_entropy(voltages[-1] / (0.6 * steps), y, reduction="sum"), W[-1])
    for got, want in zip(found, [*wanted_W, *wanted_Theta], strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)
        assert want.abs().max() > 1e-3


def test_the_top_learns_by_the_loss_that_is_asked_for():
    x, y = batch()
    for top in ("cross-entropy", "mse", "reco"):
        model = Bsd(NETWORK, top=top)
        v = model.perceive(x) / 0.6 / 4
        code = functional.one_hot(y, 4).float()
        C = functional.cosine_similarity(v[:, None], torch.eye(4), dim=2)
        wanted = {
            "cross-entropy": functional.cross_entropy(v, y, reduction="sum"),
            "mse": ((v - code) ** 2).sum(),
            "reco": (code * (1 - C) ** 2 + 0.6 * (1 - code) * C.clamp(min=0) ** 2).sum(),
        }[top]
        torch.testing.assert_close(model.losses(x, y)[-1].detach(), wanted.detach())


def test_with_concepts_as_rivals_a_batch_may_be_one_sample():
    (x, y), losses = batch(), {}
    for rivals in ("batch", "concepts"):
        model = Bsd(NETWORK, rivals=rivals)
        alone = torch.stack([model.losses(x[[k]], y[[k]]) for k in range(len(y))]).sum(0)
        losses[rivals] = alone, model.losses(x, y)
    torch.testing.assert_close(*losses["concepts"])
    alone, together = (each[1:3] for each in losses["batch"])
    assert (alone < together).all()  # who is alone has no rival


@pytest.mark.parametrize("make", [lambda: Bsd(NETWORK), cnn])
def test_no_error_crosses_a_layer(make):
    model = make()
    x, y = batch(n=model.network.sizes[0])
    first = gradients(model, x, y)
    with torch.no_grad():
        model.W[3] += torch.rand_like(model.W[3])  # a teacher above is no teacher of the layers below
        model.Theta[0] += torch.rand_like(model.Theta[0])  # nor is one below of the layers above
    second = gradients(model, x, y)
    changed = [not torch.equal(a, b) for a, b in zip(first, second, strict=True)]
    assert changed == [False, False, True, True, False, False]


@pytest.mark.parametrize("make", [lambda: Bsd(NETWORK), cnn])
def test_only_spikes_cross_a_layer_each_way_once(make):
    model = make()
    x, y = batch(n=model.network.sizes[0])
    model.wires.watch()
    model.teach(x, y)
    crossings = model.wires.crossings
    assert [(c.origin, c.target) for c in crossings] == [(0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0)]
    assert torch.equal(crossings[0].values, x[:, None])
    for crossing in crossings[1:]:
        assert set(crossing.values.flatten().tolist()) <= {0, 1} and crossing.values.any()
        assert crossing.phase == 0 and not crossing.teaches


def test_the_two_networks_have_weights_of_their_own():
    model = cnn()
    model.teach(*batch(n=30))
    weights = list(model.weights().values())
    assert list(model.weights()) == ["W1", "W2", "W3", "Theta0", "Theta1", "Theta2"]
    assert len({weight.untyped_storage().data_ptr() for weight in weights}) == len(weights)
    assert [tuple(w.shape) for w in weights[:2]] == [tuple(w.shape) for w in weights[3:5]]
    assert not any(torch.equal(w, t) for w, t in zip(weights[:2], weights[3:5], strict=True))


def test_theta_stays_as_it_was_drawn_where_it_is_fixed():
    for learned in (True, False):
        model = Bsd(NETWORK, learn_theta=learned)
        before = model.state()
        model.teach(*batch())
        changed = {name for name, weight in model.state().items() if not torch.equal(weight, before[name])}
        assert changed == {"W1", "W2", "W3"} | ({"Theta0", "Theta1", "Theta2"} if learned else set())


def test_a_stimulus_may_be_spikes_of_its_own_time():
    model, (x, y) = Bsd(NETWORK, loss=InfoNce()), batch()  # which has no dead zone that rounding could open
    steady = model.network.neuron.steady(x)
    torch.testing.assert_close(model.perceive(steady), model.perceive(x))
    torch.testing.assert_close(model.losses(steady, y), model.losses(x, y))
    early = torch.zeros_like(steady)
    early[:, 0] = steady.sum(1)
    assert not torch.allclose(model.perceive(early), model.perceive(x))


def test_the_spikes_of_both_networks_are_those_that_cross():
    model, (x, y) = Bsd(NETWORK), batch()
    model.wires.watch()
    pairs = model.spikes(x, y)
    up, down = model.wires.crossings[1:3], model.wires.crossings[4:6][::-1]
    assert len(pairs) == 2
    for (s, sh), above, below in zip(pairs, up, down, strict=True):
        assert s.shape == sh.shape and torch.equal(s, above.values) and torch.equal(sh, below.values)


def test_the_backward_network_may_have_neurons_of_its_own():
    (x, y), slow = batch(), Neuron(threshold=1.2, reset="zero")
    one, other = Bsd(NETWORK), Bsd(NETWORK, recalling=slow, loss=Mse())
    assert all(torch.equal(w, other.state()[name]) for name, w in one.state().items())  # drawn alike
    (s, V), (sh, Vh) = other.forward(x), other.backward(y)
    assert torch.equal(V, one.forward(x)[1]) and all(map(torch.equal, s, one.forward(x)[0]))
    code = functional.one_hot(y, 4).float()[:, None].expand(-1, 4, -1)
    torch.testing.assert_close(sh[1], slow.soma(code @ other.Theta[2]))
    assert 0 < sh[1].sum() < one.backward(y)[0][1].sum()
    wanted = ((s[2].sum(1) - Vh[2] / 1.2) ** 2).mean(1).sum()
    torch.testing.assert_close(other.losses(x, y)[2], wanted)


def test_black_images_leave_all_weights_finite():
    model = Bsd(NETWORK)
    model.teach(torch.zeros(6, 12), torch.tensor([0, 1, 2, 3, 0, 1]))
    assert all(torch.isfinite(weight).all() for weight in model.weights().values())


def test_layers_and_network_have_the_same_sizes():
    with pytest.raises(
        ValueError, match=r"layers: found \(30, 27, 20, 4\); allowed are the network's sizes, \(12, 9, 7, 4\)"
    ):
        Bsd(NETWORK, convolutional(IMAGE, (3, 5), 4))


@pytest.mark.parametrize("options, said", [
    ({"top": "sum"}, "top: found 'sum'; allowed are cross-entropy, mse, reco"),
    ({"rivals": "some"}, "rivals: found 'some'; allowed are all, batch, concepts"),
    ({"neighbours": -1}, "neighbours: found -1 with rivals 'concepts'; allowed is 0 or more, with 'all' 0"),
    ({"neighbours": 1, "rivals": "all"}, "neighbours: found 1 with rivals 'all'"),
    ({"neighbours": 1.5}, "neighbours: found 1.5 with rivals 'concepts'; allowed is 0 or more"),
    ({"loss": "reco"}, r"loss: found 'reco'; allowed is one of `golden\.learners\.losses`, as Reco\(\)"),
    ({"active": -1.0}, "active: found -1.0; allowed is above 0, to 1"),
    ({"active": 0.0}, "active: found 0.0; allowed is above 0, to 1"),
    ({"rate": -1.0}, "rate: found -1.0; allowed is a number, 0 or more"),
    ({"rate": float("nan")}, "rate: found nan; allowed is a number, 0 or more"),
    ({"recalling": Neuron(steps=8)}, "recalling: found 8 steps; allowed are 4, as perceived"),
])  # fmt: skip
def test_what_there_is_not_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        Bsd(NETWORK, **options)


def test_it_learns_digits_and_recalls_them():
    digits = load("digits")
    x, y = torch.from_numpy(digits.x_train) / 16, torch.from_numpy(digits.y_train)
    model = Bsd(Network((64, 128, 64, 10)))
    means = torch.stack([x[y == k].mean(0) for k in range(10)])
    before = torch.cosine_similarity(model.recall(torch.arange(10)), means)
    fit(model, x, y, 6, 32)
    accuracy = model.accuracy(torch.from_numpy(digits.x_test) / 16, torch.from_numpy(digits.y_test))
    assert accuracy >= 0.95  # random weights give about 10 %
    assert before.max() < 0.8 and torch.cosine_similarity(model.recall(torch.arange(10)), means).min() > 0.85


def test_a_seed_gives_the_same_training_again():
    x, y = batch(40)
    states = []
    for seed in (0, 0, 1):
        model = Bsd(Network(NETWORK.sizes, seed=seed))
        fit(model, x, y, 2, 8)
        states.append(model.state()["W1"])
    assert torch.equal(states[0], states[1]) and not torch.equal(states[1], states[2])


def test_backprop_trains_the_same_network():
    x, _ = batch()
    network = Network(NETWORK.sizes, seed=3)
    torch.testing.assert_close(Bsd(network).perceive(x), BackpropSnn(network, 1e-2).perceive(x))
