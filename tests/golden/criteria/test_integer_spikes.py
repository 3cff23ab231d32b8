"""C4 of the integer models that name and that foretell: broken in each way the check is for."""

import pytest
import torch

from golden.criteria.cores import RECOGNITION, SEQUENCE
from golden.criteria.integer_spikes import spikes_only
from golden.fixed import product
from golden.networks import Networks
from golden.neuron import soma
from golden.recurrence import Recurrence
from golden.rule import Rule


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


def _voltages_in_the_sums_of_theta(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if 2 <= i < rule.config.layers:
        m.E[i].add_(trace[f"V{i - 1}"].sum().to(torch.int32))


def _weights_above_in_the_sums_of_theta(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i == 1:
        m.E[1] += m.W[2].sum(dtype=torch.int32) % 7 + 1


def _the_recalled_voltages_above(rule, m, k, *rest):
    trace = RELEARN(rule, m, k, *rest)
    m.Theta[0].add_(m.m[1].sum(dtype=torch.int32))
    return trace


def _recalled_counts_by_voltages(rule, m, k):
    trace = RECALL(rule, m, k)
    m.h[1].index_copy_(0, k, trace["Vh1"].clamp(0, 4)[None])
    return trace


PERCEIVE, DESCEND, OBSERVE, TEACH_LAYER = Rule.perceive, Networks.descend, Recurrence.observe, Rule.teach_layer
RELEARN, RECALL = Rule.relearn, Rule.recall
RATE = RECOGNITION.replace(coding="rate")
WRONG = "learns from something else than spikes, its own memories and the label"


@pytest.mark.parametrize(
    "owner, method, wrong, config, said",
    [
        (Rule, "perceive", _currents_in_the_rate_code, RATE, "v1 is not what spikes of layer 0 make it"),
        (Rule, "perceive", _counts_for_spikes, RECOGNITION, "v2 is not what spikes of layer 1 make it"),
        (Networks, "descend", _counts_for_recalled_spikes, RECOGNITION, "sh3 is not 0 or 1"),
        (Rule, "teach_layer", _voltages_for_counts, RECOGNITION, f"W2 {WRONG}"),
        (Rule, "teach_layer", _error_from_above, RATE, f"W2 {WRONG}"),
        (
            Rule,
            "teach_layer",
            _voltages_in_the_sums_of_theta,
            RECOGNITION,
            "layer 2 learns from V1, which does not come to it",
        ),
        (Rule, "teach_layer", _voltages_in_the_sums_of_theta, SEQUENCE, "layer 2 learns from V1, which does not come to it"),
        (Rule, "teach_layer", _weights_above_in_the_sums_of_theta, RECOGNITION, f"E1 {WRONG}"),
        (Rule, "relearn", _the_recalled_voltages_above, RECOGNITION, f"Theta0 {WRONG}"),
        (Rule, "recall", _recalled_counts_by_voltages, RECOGNITION, "h1 is not how often layer 1 spiked as it was recalled"),
        (Recurrence, "observe", _lateral_voltages, SEQUENCE, "what comes back to layer 1 is not its own counts"),
    ],
)
def test_c4_sees_what_is_no_spike(monkeypatch, owner, method, wrong, config, said):
    monkeypatch.setattr(owner, method, wrong)
    assert next(spikes_only(config)) == said
