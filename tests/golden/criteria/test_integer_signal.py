"""C5 of the integer models that name and that foretell: broken in each way the check is for."""

import pytest
import torch

from golden import plasticity
from golden.criteria.cores import RECOGNITION
from golden.criteria.integer_signal import unsigned
from golden.rule import Rule


def _difference_from_the_target(q, qr, m, r, V, window, top):
    e, g = ERROR(q, qr, m, r, V, window, top)
    return e + 256 * (m[q.argmax()] - r), g


def _target_affinity(C, y, *rest):
    own = torch.arange(len(C)) == y
    return torch.where(own, 192 - C, COEFFICIENTS(C, y, *rest))


def _away_from_the_own(*given):
    return -COEFFICIENTS(*given)


def _weight_by_class(C, y, *rest):
    return COEFFICIENTS(C, y, *rest) * torch.where(torch.arange(len(C)) < y, 2, 1)


def _difference_at_the_top(q, qr, m, r, V, window, top):
    if not top:
        return ERROR(q, qr, m, r, V, window, top)
    wrong = 8 * (4 * torch.eye(len(q), dtype=torch.int32)[q.argmax()] - r)
    return wrong, wrong


def _difference_in_theta(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i < rule.config.layers:
        m.E[i][y] += 5000 * (trace[f"r{i}"] - m.m[i][y])


def _the_labels_number_in_theta(rule, i, m, y, trace):
    TEACH_LAYER(rule, i, m, y, trace)
    if i == 1:
        m.E[1] += 1000 * int(y)


ERROR, COEFFICIENTS, TEACH_LAYER = plasticity.error, plasticity.coefficients, Rule.teach_layer
TURNS = "turns around with the number of spikes: it is a difference"
PULL = "the own concept does not pull, or another one does"
AGREES = "a sample that agrees with its concept teaches something"
NUMBER = "depends on which number the label is"


@pytest.mark.parametrize(
    "owner, name, wrong, said",
    [
        (plasticity, "error", _difference_from_the_target, {f"layer 1: {AGREES}"}),
        (plasticity, "error", _difference_at_the_top, {f"layer 2: {part} {TURNS}" for part in "eg"}),
        (plasticity, "coefficients", _target_affinity, {f"layer {i}: {AGREES}" for i in (0, 1, 2)}),
        (plasticity, "coefficients", _away_from_the_own, {f"layer {i}: {PULL}" for i in (0, 1, 2)}),
        (plasticity, "coefficients", _weight_by_class, {f"layer 1: {part} {NUMBER}" for part in "egX"}),
        (Rule, "teach_layer", _difference_in_theta, {f"layer 0: X {TURNS}", f"layer 0: {AGREES}", f"layer 1: {AGREES}"}),
        (Rule, "teach_layer", _the_labels_number_in_theta, {f"layer 1: X {NUMBER}"}),
    ],
)
def test_c5_sees_a_signed_error(monkeypatch, owner, name, wrong, said):
    monkeypatch.setattr(owner, name, wrong)
    assert said <= set(unsigned(RECOGNITION))
