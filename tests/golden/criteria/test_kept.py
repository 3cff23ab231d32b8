"""Each rule in golden/learners keeps of C1 to C5 what it says, and no more."""

import importlib
import inspect
import pkgutil

import pytest
import torch

import golden.learners
from golden.criteria.check import kept
from golden.criteria.learners import check
from golden.learners.ekdaa import Cnn
from golden.learners.learner import Learner, Network


def rules():
    """All classes of learners that can be made."""
    modules = [
        importlib.import_module(f"golden.learners.{module.name}")
        for module in pkgutil.iter_modules(golden.learners.__path__)
    ]
    found = {one for module in modules for one in vars(module).values() if inspect.isclass(one) and issubclass(one, Learner)}
    return sorted((one for one in found if not inspect.isabstract(one)), key=lambda one: one.__name__)


THERE = {
    *("BackpropAnn", "BackpropSnn", "BackpropStack", "Bsd", "CnnBackprop", "Dendritic", "DynamicInversion", "Ekdaa"),
    *("ErrorDiffusion", "ErrorPropagation", "FeedbackAlignment", "FeedbackControl", "Recirculation", "RecoAutoencoder"),
    *("RecurrentBackprop", "RecurrentBsd", "Stdp"),
}
"""Rules that are found; a new one is by itself."""
SIGNED = {"ErrorPropagation", "Recirculation", "RecoAutoencoder", "Stdp"}
"""Of these, which say of themselves that they break C5: a layer's own error has a sign, on no wire."""


def test_all_rules_are_found():
    assert {rule.__name__ for rule in rules()} >= THERE


@pytest.mark.parametrize("rule", rules())
def test_a_rule_keeps_what_it_says(rule):
    sizes = (49, 32, 5) if issubclass(rule, Cnn) else (23, 17, 11, 5)  # no two of one width
    network, generator = Network(sizes), torch.Generator().manual_seed(3)
    given = inspect.signature(rule).parameters
    learner = rule(network, 0.01) if given["rate"].default is inspect.Parameter.empty else rule(network)
    x, y = torch.rand(48, sizes[0], generator=generator), torch.randint(5, (48,), generator=generator)
    verdicts = check(learner, x, y)
    assert kept(verdicts) >= learner.KEEPS, verdicts
    # That a layer's own error has a sign no wire shows.
    assert kept(verdicts) - learner.KEEPS <= {"C5"}, verdicts
    assert ("C5" in kept(verdicts) - learner.KEEPS) == (rule.__name__ in SIGNED) or rule.__name__ not in THERE, verdicts
