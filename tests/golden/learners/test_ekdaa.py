"""EKDAA: backprop's twin is autograd's, error kernels are the layer's own, and what they send down teaches."""

import pytest
import torch
from torch.nn import functional

from golden.learners.ekdaa import CnnBackprop, Ekdaa, sizes_of
from golden.learners.learner import Network, fit

NETWORK = Network(sizes_of(64, (3, 4), 5), seed=1)


def batch(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures of 8 x 8 with a bright stripe where their class says, and noise."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(count) % 5
    x = 0.3 * torch.rand(count, 8, 8, generator=generator)
    x[torch.arange(count), y] += 0.6
    return x.flatten(1), y


def drawn(learner: Ekdaa, layer: int) -> torch.Tensor:
    """Two samples of the layer's shape."""
    return torch.randn(2, *learner.shapes[layer], generator=torch.Generator().manual_seed(layer))


@pytest.mark.parametrize("pixels, sizes", [(64, (64, 48, 16, 5)), (49, (49, 48, 16, 5))])
def test_sizes_are_those_of_halved_pictures_odd_ones_too(pixels, sizes):
    network = Network(sizes_of(pixels, (3, 4), 5))
    assert network.sizes == sizes
    learner = Ekdaa(network, 0.01)
    x = torch.rand(2, pixels, generator=torch.Generator().manual_seed(2))
    learner.teach(x, torch.tensor([0, 1]))
    assert learner.perceive(x).shape == (2, 5)


def test_sizes_that_are_no_pictures_are_refused():
    with pytest.raises(ValueError, match=r"sizes: found \(64, 50, 16, 5\)"):
        Ekdaa(Network((64, 50, 16, 5)), 0.01)


def test_the_twins_gradients_are_autograds(monkeypatch):
    learner, (x, y), found = CnnBackprop(NETWORK, 0.01), batch(7), {}
    monkeypatch.setattr(learner, "learn", lambda gradients, count: found.update(gradients))
    learner.teach(x, y)
    for weight in learner.w.values():
        weight.requires_grad_()
    functional.cross_entropy(learner.forward(x)[0][-1], y, reduction="sum").backward()
    for name, weight in learner.w.items():
        assert torch.allclose(found[name], weight.grad, atol=1e-5), name


def test_with_kernels_of_the_weights_a_small_reach_gives_backprops_errors():
    """tanh(h) - tanh(h - beta d) is beta d tanh'(h) as beta goes to 0."""
    learner, twin = Ekdaa(NETWORK, 0.01, beta=1e-3), CnnBackprop(NETWORK, 0.01)
    h, above = drawn(learner, 1), drawn(learner, 2)
    learner.w["E1"].copy_(learner.w["W2"])
    twin.load({name: weight for name, weight in learner.state().items() if name[0] == "W"})
    assert torch.allclose(learner.error(1, h, above) / 1e-3, twin.error(1, h, above), atol=1e-2)


def test_what_goes_down_does_not_show_the_weights_that_go_up():
    learner = Ekdaa(NETWORK, 0.01)
    h, above = drawn(learner, 1), drawn(learner, 2)
    before = learner.error(1, h, above)
    learner.w["W2"] += 1
    assert torch.equal(learner.error(1, h, above), before)


def test_error_kernels_come_to_agree_with_weights_they_never_saw():
    learner, (x, y) = Ekdaa(NETWORK, 0.01), batch(60)
    assert all(abs(cosine) < 0.4 for cosine in learner.alignment())
    before = learner.alignment()
    fit(learner, x, y, epochs=40, batch=20)
    assert all(after > own + 0.1 for own, after in zip(before, learner.alignment(), strict=True))
    assert learner.accuracy(x, y) > 0.9


def test_without_reach_no_weight_below_the_top_learns():
    learner, (x, y) = Ekdaa(NETWORK, 0.01, beta=0), batch(20)
    before = learner.state()
    learner.teach(x, y)
    learned = {name for name, weight in learner.w.items() if not torch.equal(before[name], weight)}
    assert learned == {"W3", "E2"}  # the kernels of the top learn what its weights do
