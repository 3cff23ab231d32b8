"""C1 to C5 of the integer auto-encoder: which are kept, and that the checks see it."""

import pytest
import torch

from golden import recirculation
from golden.criteria import autoencoder
from golden.criteria.check import kept
from golden.fixed import product
from golden.recirculation import Circulation, Recirculation


def test_the_auto_encoder_keeps_c1_c2_and_c4():
    verdicts = autoencoder.check()
    assert kept(verdicts) == {"C1", "C2", "C4"}, verdicts
    seen = {v.criterion: v.seen for v in verdicts}
    assert seen["C3"] == "layer 1 sees each sample twice: as it is, and as the layer below recalls it"
    assert seen["C5"] == "g1 has the sign of r1 - r2_1"


def _one_memory(memories, config):
    CIRCULATION(memories, config)
    memories.Theta[0] = memories.W[1].T


def _through_W(rule, Theta, spikes):
    return DESCEND(rule, [*Theta[:1], rule.W[2].T], spikes)


def _by_the_layer_above(rule, m, gain, bases, trace):
    TEACH(rule, m, gain, bases, trace)
    m.W_due.g[0] += trace["r2"].sum(dtype=torch.int32)


def _by_voltages(rule, m, gain, bases, trace):
    TEACH(rule, m, gain, bases, trace)
    m.W_due.pre[1].copy_(trace.get("V1", trace["rh1"]).clamp(0, 8))


def _counts_for_spikes(rule, W, x):
    trace = PERCEIVE(rule, W, x)
    v = product(trace["r1"][..., None, :], W[2] >> 8) >> rule.config.scale(2)
    return trace | {"V2": v.expand(trace["v2"].shape).sum(-2, dtype=torch.int32)}


CIRCULATION, DESCEND, TEACH, PERCEIVE = (
    Circulation.__init__,
    Recirculation.descend,
    Recirculation.teach,
    Recirculation.perceive,
)


@pytest.mark.parametrize(
    "check, owner, method, wrong, said",
    [
        (autoencoder.asymmetric, Circulation, "__init__", _one_memory, "W1 and Theta0 are one memory"),
        (autoencoder.local, Recirculation, "teach", _by_the_layer_above, "W1 learns from other layers"),
        (autoencoder.spikes_only, Recirculation, "teach", _by_voltages, "W2 learns from more than spikes"),
        (autoencoder.spikes_only, Recirculation, "perceive", _counts_for_spikes, "V2 is not what spikes make it"),
    ],
)
def test_c1_c2_and_c4_see_what_breaks_them(monkeypatch, check, owner, method, wrong, said):
    monkeypatch.setattr(owner, method, wrong)
    assert said in next(check(autoencoder.SMALL))


def test_c3_is_kept_where_no_layer_sees_a_sample_again(monkeypatch):
    def again(rule, m, trace):
        layers = range(1, rule.config.layers + 1)
        return {f"{name}2_{i}": trace[f"{name}{i}"] for name in "vsuVr" for i in layers}

    monkeypatch.setattr(Recirculation, "again", again)
    assert not list(autoencoder.at_once(autoencoder.SMALL))


def test_c5_is_kept_where_an_error_has_no_sign(monkeypatch):
    monkeypatch.setattr(recirculation, "difference", lambda d, V, window: d.abs())
    assert not list(autoencoder.unsigned(autoencoder.SMALL))
