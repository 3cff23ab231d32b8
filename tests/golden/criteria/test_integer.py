"""C1 to C5 of the integer models that name and that foretell: kept as they are, and broken in each way a check is for."""

import pytest
import torch

from golden import plasticity
from golden.criteria import integer
from golden.criteria.check import CRITERIA, kept
from golden.fixed import product
from golden.memories import Memories
from golden.networks import Networks
from golden.neuron import soma
from golden.recurrence import Recurrence
from golden.rule import Rule


@pytest.mark.parametrize("config", [integer.RECOGNITION, integer.SEQUENCE], ids=["recognition", "sequence"])
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
    assert said in next(integer.asymmetric(integer.RECOGNITION))


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
    assert said in next(check(integer.RECOGNITION))


# -- C4 ------------------------------------------------------------------------------------------------------------------


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


def _counts_for_recalled_spikes(rule, Theta, spikes):
    return DESCEND(rule, Theta, spikes.sum(-2, keepdim=True, dtype=torch.int32).expand(spikes.shape))


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


def _lateral_voltages(rule, m, x):
    trace = OBSERVE(rule, m, x)
    m.lateral.copy_(trace["V1"].clamp(0, 4).reshape(-1))
    return trace


PERCEIVE, DESCEND, OBSERVE = Rule.perceive, Networks.descend, Recurrence.observe


@pytest.mark.parametrize(
    "owner, method, wrong, config",
    [
        (Rule, "perceive", _currents_in_the_rate_code, integer.RECOGNITION.replace(coding="rate")),
        (Rule, "perceive", _counts_for_spikes, integer.RECOGNITION),
        (Networks, "descend", _counts_for_recalled_spikes, integer.RECOGNITION),
        (Rule, "teach_layer", _voltages_for_counts, integer.RECOGNITION),
        (Rule, "teach_layer", _error_from_above, integer.RECOGNITION.replace(coding="rate")),
        (Recurrence, "observe", _lateral_voltages, integer.SEQUENCE),
    ],
)
def test_c4_sees_what_is_no_spike(monkeypatch, owner, method, wrong, config):
    assert not list(integer.spikes_only(config))
    monkeypatch.setattr(owner, method, wrong)
    assert next(integer.spikes_only(config))


# -- C5 ------------------------------------------------------------------------------------------------------------------


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
    assert next(integer.unsigned(integer.RECOGNITION))
