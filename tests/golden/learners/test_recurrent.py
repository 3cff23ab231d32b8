"""BSD with recurrence, and backprop of the same network: what comes back, when it is learned, and that it is remembered."""

import pytest
import torch

from golden.learners.bsd import Bsd
from golden.learners.learner import Network, fit
from golden.learners.recurrent import RecurrentBsd, cut, foretell
from golden.learners.recurrent_backprop import RecurrentBackprop

NETWORK = Network((8, 30, 4), seed=2)
RULES = [RecurrentBsd, RecurrentBackprop]


def lateral(learner: RecurrentBsd | RecurrentBackprop) -> torch.Tensor:
    return learner.weights()["R1"]


def echoes(count: int, length: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences of symbols of two pixels; the label is the symbol before, and of the first element 0."""
    y = torch.randint(4, (count, length), generator=torch.Generator().manual_seed(seed))
    x = torch.nn.functional.one_hot(y, 4).float().repeat_interleave(2, -1)
    return x, torch.cat([torch.zeros(count, 1, dtype=torch.int64), y[:, :-1]], 1)


@pytest.mark.parametrize("rule", RULES)
def test_layer_1_hears_the_spikes_that_it_sent_at_the_element_before(rule):
    learner = rule(NETWORK)
    a, b = echoes(5, 2)[0].unbind(1)
    with torch.no_grad():
        lateral(learner).zero_()
    without = [learner.perceive(a), learner.perceive(b)]
    with torch.no_grad():
        lateral(learner).copy_(torch.eye(30))
    learner.end()
    first = learner.perceive(a)
    before = learner.before
    assert set(before.unique().tolist()) == {0, 1} and before.shape == (5, 4, 30)
    second = learner.perceive(b)
    assert torch.equal(first, without[0]) and not torch.equal(second, without[1])
    learner.end()
    assert torch.equal(learner.perceive(b), without[1])


@pytest.mark.parametrize("rule", RULES)
def test_an_element_may_be_currents_of_each_step(rule):
    learner, x = rule(NETWORK), echoes(5, 1)[0][:, 0]
    steady = learner.perceive(x)
    learner.end()
    torch.testing.assert_close(learner.perceive(x[:, None].expand(-1, 4, -1)), steady)


@pytest.mark.parametrize("rule", RULES)
def test_layer_1_has_another_above_it(rule):
    with pytest.raises(ValueError, match=r"^sizes: found \(8, 4\); allowed with recurrence are two weight layers or more$"):
        rule(Network((8, 4)))


def test_without_lateral_weights_it_is_bsd():
    learner, plain = RecurrentBsd(NETWORK, rate=1e-2), Bsd(NETWORK, rate=1e-2)
    with torch.no_grad():
        learner.R1.zero_()
    x, y = (part[:, 0] for part in echoes(6, 1))
    for _ in range(3):  # elements of one sequence: spikes that come back change R1 alone as long as it is held at 0
        with torch.no_grad():
            learner.R1.zero_()
        assert torch.equal(learner.perceive(x), plain.perceive(x))
        with torch.no_grad():
            learner.R1.zero_()
        learner.end()
        learner.teach(x, y)
        plain.teach(x, y)
    assert all(torch.equal(learner.weights()[name], weight) for name, weight in plain.weights().items())


def test_lateral_weights_learn_from_the_second_element_on():
    learner = RecurrentBsd(NETWORK)
    (a, b), (ya, yb) = (part.unbind(1) for part in echoes(6, 2))
    new = learner.state()
    learner.teach(a, ya)
    assert torch.equal(learner.R1, new["R1"]) and not torch.equal(learner.W[1], new["W1"])
    silent = learner.before.sum((0, 1)) == 0
    learner.teach(b, yb)
    changed = new["R1"] != learner.R1
    assert changed.any() and not changed[silent].any() and silent.any()


def test_a_whole_sequence_is_its_elements_one_by_one():
    x, y = echoes(3, 4)
    whole, single = RecurrentBsd(NETWORK), RecurrentBsd(NETWORK)
    whole.teach(x, y)
    for i in range(4):
        single.teach(x[:, i], y[:, i])
    assert all(torch.equal(weight, single.weights()[name]) for name, weight in whole.weights().items())
    assert whole.before is None and single.before is not None


def test_other_sequences_begin_anew():
    learner = RecurrentBsd(NETWORK)
    x = echoes(5, 1)[0][:, 0]
    first = learner.perceive(x)
    assert torch.equal(learner.perceive(x[:2]), first[:2])


def test_a_row_is_cut_into_sequences_and_its_rest_left_out():
    x, y = cut(torch.arange(22).reshape(11, 2), torch.arange(11), 4)
    assert x.shape == (2, 4, 2) and y.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]] and x[1, 0].tolist() == [8, 9]


def test_one_sequence_is_foretold_from_its_beginning():
    learner = RecurrentBsd(NETWORK)
    x = echoes(1, 6)[0][0]
    learner.perceive(x[3:4])
    scores = foretell(learner, x)
    assert scores.shape == (6, 4) and torch.equal(scores, foretell(learner, x)) and learner.before is None
    assert torch.equal(scores[:1], learner.perceive(x[:1])) and torch.equal(scores[1:2], learner.perceive(x[1:2]))


def test_neighbours_are_no_rivals():
    learner = Bsd(Network((3, 4, 5)), neighbours=1)
    apart = learner._apart(torch.tensor([0, 2]), torch.arange(5))
    assert apart.tolist() == [[0, 0, 1, 1, 1], [1, 0, 0, 0, 1]]
    y = torch.tensor([2])
    alike = torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0]])  # C = 1 with concept 1, 0 with its own
    costs = []
    for neighbours in (0, 1):
        learner = Bsd(Network((3, 4, 5)), neighbours=neighbours, top="reco")
        costs.append(float(learner._top_loss(alike, y)))
    assert costs == pytest.approx([1.6, 1.0])


@pytest.mark.parametrize(("rule", "rate", "epochs"), [(RecurrentBsd, 1e-2, 4), (RecurrentBackprop, 3e-2, 12)])
def test_it_learns_what_only_memory_can_tell(rule, rate, epochs):
    x, y = echoes(64, 8)
    learner = rule(Network((8, 60, 4)), rate=rate)
    fit(learner, x, y, epochs, 16)
    unseen, labels = (part.flatten(0, 1) for part in echoes(1, 200, seed=1))
    assert float((foretell(learner, unseen).argmax(1) == labels)[1:].float().mean()) > 0.8
    blind = Bsd(Network((8, 60, 4)))
    fit(blind, x.flatten(0, 1), y.flatten(), 2, 16)
    assert blind.accuracy(unseen, labels) < 0.4


def test_backprop_goes_back_in_time():
    """Where only the last element's label is another, what W1 learns of a pixel of the first one is another, too."""
    x = torch.zeros(4, 3, 8)
    x[:, 0, 0] = x[:, 1, 2] = x[:, 2, 4] = 1
    y = torch.zeros(4, 3, dtype=torch.int64)
    learned = []
    for last in (0, 1):
        learner = RecurrentBackprop(NETWORK)
        learner.learn = lambda gradients, batch: learned.append(gradients["W1"][0])  # pixel 0, of element 0 alone
        y[:, 2] = last
        learner.teach(x, y)
    assert learned[0].any() and not torch.equal(*learned)
