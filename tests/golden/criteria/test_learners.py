"""The checks of C1 to C5 on learners: a rule that keeps all of them, and a rule for each way to break one."""

import pytest
import torch

from golden.criteria.check import kept
from golden.criteria.learners import check
from tests.golden.criteria import toys

ALL = toys.Toy.KEEPS


def samples(learner, count=24):
    generator = torch.Generator().manual_seed(3)
    n = learner.network.sizes
    return torch.rand(count, n[0], generator=generator), torch.randint(n[-1], (count,), generator=generator)


def test_a_rule_that_keeps_all_is_found_to():
    learner = toys.Toy()
    before = learner.state()
    verdicts = check(learner, *samples(learner))
    assert kept(verdicts) == ALL, verdicts
    assert all(torch.equal(before[name], weight) for name, weight in learner.weights().items())
    assert learner.wires.crossings is None


@pytest.mark.parametrize(
    "rule, broken, said",
    [
        (toys.OneMemory, "C1 C2", "Theta1 are one memory"),
        (toys.Transposed, "C1 C2", "W2 is the transpose of Theta1"),
        (toys.Copied, "C1", "W2 is a copy of Theta1"),
        (toys.Transport, "C1", "layer 2 sends down to layer 1 shows the weights"),
        (toys.NormsTogether, "C1 C2", "W1 learns something else"),
        (toys.Backprop, "C1 C2 C3 C4 C5", "W1 learns by the weights that go up to layer 2"),
        (toys.OverNoWire, "C2", "W1 learns something else"),
        (toys.Idle, "C2", "nothing was learned"),
        (toys.SecondPhase, "C3", "layer 3 sends to layer 1 waits for phase 1"),
        (toys.SecondPass, "C3", "layer 0 sends to layer 1 2 times in 4 steps"),
        (toys.ByTheOutcome, "C3", "layer 3 sends down to layer 2 waits for the end of perception"),
        (toys.InTheLastStep, "C3", "layer 3 sends down to layer 2 waits for the end of perception"),
        (toys.Counts, "C4", "layer 1 sends layer 2 0 to 4, not spikes"),
        (toys.Voltages, "C4", "layer 2 sends layer 1"),
        (toys.NoWire, "C2 C4", "nothing crosses up to layer 1"),
        (toys.SignedError, "C4 C5", "layer 2 teaches layer 1 with -0.5 to 0.5"),
        (toys.NegativeSpikes, "C4 C5", "layer 2 sends -1 down to layer 1"),
    ],
)
def test_a_rule_that_breaks_a_criterion_is_found_to(rule, broken, said):
    learner = rule()
    verdicts = check(learner, *samples(learner))
    assert ALL - kept(verdicts) == set(broken.split()), verdicts
    assert any(said in v.seen for v in verdicts if not v.kept), verdicts


@pytest.mark.parametrize(
    "samples, labels, said",
    [
        (0, 0, "x: found 0 samples; allowed are 3 or more, which make three batches"),
        (2, 2, "x: found 2 samples; allowed are 3 or more, which make three batches"),
        (4, 3, "y: found 3 labels; allowed are 4, one a sample"),
    ],
)
def test_samples_that_are_no_three_batches_are_refused(samples, labels, said):
    with pytest.raises(ValueError, match=said):
        check(toys.Toy(), torch.zeros(samples, 23), torch.zeros(labels, dtype=torch.int64))


def test_any_three_samples_or_more_are_three_batches():
    assert kept(check(toys.Toy(), *samples(toys.Toy(), 7))) == ALL
