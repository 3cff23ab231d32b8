"""The neuron: its spikes by hand with either reset, its derivatives against a loop, and what is refused."""

import math

import pytest
import torch

from golden.learners.bsd import Bsd
from golden.learners.learner import fit
from golden.learners.neuron import RESETS, SURROGATES, Neuron
from tests.golden.learners.lessons import SMALL, batch


def test_a_spike_takes_a_threshold_or_all_of_the_membrane():
    v = torch.tensor([[[1.0], [1.0], [0.25]]])
    by = {reset: Neuron(steps=3, threshold=0.75, keep=0.5, start=0.0, reset=reset).soma(v) for reset in RESETS}
    assert by["subtract"].flatten().tolist() == [1, 1, 0]  # membranes 1, 0.125 + 1, 0.1875 + 0.25
    assert by["zero"].flatten().tolist() == [1, 1, 0]  # 1, 1, 0.25
    v = torch.tensor([[[1.5], [0.5], [0.5]]])
    by = {reset: Neuron(steps=3, threshold=0.75, keep=0.5, start=0.0, reset=reset).soma(v) for reset in RESETS}
    assert by["subtract"].flatten().tolist() == [1, 1, 0]  # 1.5, 0.375 + 0.5, 0.0625 + 0.5
    assert by["zero"].flatten().tolist() == [1, 0, 1]  # 1.5, 0.5, 0.25 + 0.5


PLAIN = {
    "fast-sigmoid": lambda d: 1 / (1 + 2 * abs(d)) ** 2,
    "atan": lambda d: 1 / (1 + (2 * d) ** 2),
    "triangle": lambda d: max(0.0, 1 - 2 * abs(d)),
    "rectangle": lambda d: float(abs(d) < 0.5),
}
"""Each with the default steepness of 2."""


@pytest.mark.parametrize("surrogate", SURROGATES)
def test_a_surrogate_has_its_shape(surrogate):
    distances = torch.tensor([-0.75, -0.3, 0.0, 0.2, 0.6])
    wanted = [PLAIN[surrogate](float(d)) for d in distances]
    torch.testing.assert_close(Neuron(surrogate=surrogate).slope(distances), torch.tensor(wanted))
    steeper = Neuron(surrogate=surrogate, steepness=4.0).slope(distances / 2)
    torch.testing.assert_close(steeper, torch.tensor(wanted))


@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize("surrogate", SURROGATES)
def test_the_derivative_through_time_is_that_of_a_loop(surrogate, reset):
    neuron = Neuron(steps=5, surrogate=surrogate, reset=reset)
    v = torch.rand(1, 5, 1, generator=torch.Generator().manual_seed(2)).requires_grad_()
    weights = [0.5, -1.0, 2.0, 0.25, 1.5]
    (found,) = torch.autograd.grad((neuron.soma(v, neuron.spike) * torch.tensor(weights)[:, None]).sum(), v)
    for k in range(5):
        u, du, total = neuron.start * neuron.threshold, 0.0, 0.0
        for t, voltage in enumerate(v.flatten().tolist()):
            x, dx = neuron.keep * u + voltage, neuron.keep * du + (t == k)
            s, ds = float(x >= neuron.threshold), PLAIN[surrogate](x - neuron.threshold) * dx
            u, du = x - neuron.threshold * s, dx - neuron.threshold * ds
            if reset == "zero":
                u, du = x * (1 - s), dx * (1 - s) - x * ds
            total += weights[t] * ds
        assert float(found[0, k, 0]) == pytest.approx(total, abs=1e-5)


@pytest.mark.parametrize("option", [{"surrogate": "triangle"}, {"reset": "zero"}, {"steepness": 1.0}])
def test_a_learner_learns_with_the_neurons_that_it_is_given(option):
    x, y = batch()
    taught = []
    for neuron in (Neuron(), Neuron(**option)):
        learner = Bsd(type(SMALL)(SMALL.sizes, neuron, SMALL.seed))
        learner.teach(x, y)
        taught.append(learner.state()["W1"])
    assert not torch.equal(*taught)


@pytest.mark.parametrize("option, said", [
    ({"steps": 0}, "steps: found 0; allowed is 1 or more"),
    ({"steps": 2.5}, "steps: found 2.5"),
    ({"steps": 4.0}, "steps: found 4.0; allowed is 1 or more, a whole number"),
    ({"steps": math.inf}, "steps: found inf; allowed is 1 or more, a whole number"),
    ({"steps": "4"}, "steps: found '4'; allowed is 1 or more, a whole number"),
    ({"steps": True}, "steps: found True; allowed is 1 or more, a whole number"),
    ({"threshold": "0.6"}, "threshold: found '0.6'; allowed is above 0"),
    ({"keep": None}, "keep: found None; allowed is 0 to 1"),
    ({"surrogate": ["atan"]}, "surrogate: found .'atan'.; allowed is fast-sigmoid"),
    ({"threshold": 0.0}, "threshold: found 0.0; allowed is above 0"),
    ({"keep": 1.5}, "keep: found 1.5; allowed is 0 to 1"),
    ({"start": math.nan}, "start: found nan; allowed is finite"),
    ({"reset": "none"}, "reset: found 'none'; allowed is subtract, zero"),
    ({"surrogate": "step"}, "surrogate: found 'step'; allowed is fast-sigmoid, atan, triangle, rectangle"),
    ({"steepness": -2.0}, "steepness: found -2.0; allowed is above 0"),
])  # fmt: skip
def test_what_there_is_not_is_refused(option, said):
    with pytest.raises(ValueError, match=said):
        Neuron(**option)


def test_a_batch_of_no_samples_is_refused():
    with pytest.raises(ValueError, match="batch: found 0; allowed is 1 or more"):
        fit(Bsd(SMALL), *batch(), epochs=1, batch=0)
