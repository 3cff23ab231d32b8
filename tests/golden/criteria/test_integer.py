"""C1 to C5 of the integer models that name and that foretell: all kept, and C1 to C3 broken in each way a check is for."""

import pytest
import torch

from golden.criteria import cores, integer
from golden.criteria.check import CRITERIA, kept
from golden.memories import Memories
from golden.networks import Networks
from golden.rule import Rule


@pytest.mark.parametrize("config", [cores.RECOGNITION, cores.SEQUENCE], ids=["recognition", "sequence"])
def test_the_integer_model_keeps_all_criteria(config):
    verdicts = integer.check(config)
    assert kept(verdicts) == set(CRITERIA), verdicts


# -- C1 ------------------------------------------------------------------------------------------------------------------


def _one_memory(memories, config):
    MEMORIES(memories, config)
    memories.Theta[1] = memories.W[2].T


def _transposed_after_each_block(rule, m, k, *rest):
    trace = CONCEPT(rule, m, k, *rest)
    m.Theta[1].copy_(m.W[2].T)
    return trace


def _recalled_through_W(rule, m, k):
    theta = [*m.Theta]
    m.Theta = [theta[0], m.W[2].T, *theta[2:]]
    try:
        return EVOKE(rule, m, k)
    finally:
        m.Theta = theta


def _W_only_with_Theta(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i and not rule.config.learn_theta:
        m.next.g[i - 1].zero_()


MEMORIES, CONCEPT, EVOKE, TEACH_LAYER = Memories.__init__, Rule.concept, Networks.evoke, Rule.teach_layer


@pytest.mark.parametrize(
    "owner, method, wrong, said",
    [
        (Memories, "__init__", _one_memory, "W2 and Theta1 are one memory"),
        (Rule, "concept", _transposed_after_each_block, "W2 is the transpose of Theta1"),
        (Networks, "evoke", _recalled_through_W, "another with another W"),
        (Rule, "teach_layer", _W_only_with_Theta, "W1 does not learn where Theta stays"),
    ],
)
def test_c1_sees_weights_that_are_not_apart(monkeypatch, owner, method, wrong, said):
    monkeypatch.setattr(owner, method, wrong)
    assert said in next(integer.asymmetric(cores.RECOGNITION))


# -- C2, C3 --------------------------------------------------------------------------------------------------------------


def _by_weights_of_the_layer_above(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i == 2:
        m.next.g[1] += m.W[3].sum(dtype=torch.int32) % 7 + 1


def _by_sums_of_the_layer_above(rule, m, k, *rest):
    m.S[1] += m.S[2]
    return RELEARN(rule, m, k, *rest)


def _behind_the_layer_above(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i == 2 and "g3" in trace:
        m.next.g[1] += trace["g3"].sum(dtype=torch.int32)


def _recalled_in_a_second_phase(rule, i, m, y, trace):
    if 0 < i < rule.config.layers:  # toward what is perceived
        m.m[i][y] += trace[f"r{i}"]
    TEACH_LAYER(rule, i, m, y, trace)


RELEARN = Rule.relearn


@pytest.mark.parametrize(
    "check, method, wrong, said",
    [
        (integer.local, "teach_layer", _by_weights_of_the_layer_above, "after_W2 is another"),
        (integer.local, "relearn", _by_sums_of_the_layer_above, "X1 is another"),
        (integer.at_once, "teach_layer", _behind_the_layer_above, "W2 depends on the order"),
        (integer.at_once, "teach_layer", _recalled_in_a_second_phase, "layer 1 is taught by what was recalled after"),
    ],
)
def test_c2_and_c3_see_layers_that_are_not_on_their_own(monkeypatch, check, method, wrong, said):
    monkeypatch.setattr(Rule, method, wrong)
    assert said in next(check(cores.RECOGNITION))
