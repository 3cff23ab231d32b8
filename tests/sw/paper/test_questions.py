"""The real questions on invented numbers: that each makes its rows, and which targets are reached."""

import copy
import importlib
import inspect

import pytest

from golden.learners import named
from golden.learners.neuron import Neuron
from sw import data
from sw.commands import options
from sw.paper import chip, foretelling, losses, page, perception, run
from sw.paper.plan import Plan
from sw.trials import floating
from sw.trials.integer import learning

FULL, TASTE = Plan(quick=False, seeds=2), Plan(quick=True, seeds=1)


def invented(trial) -> dict:
    """What a trial could give."""
    if trial.module == "paper.rules" and trial.function in ("criteria", "chip"):
        return {name: [name != "C3", "a reason"] for name in ("C1", "C2", "C3", "C4", "C5")}
    if trial.module == "paper.around":
        return {"figures": [{"name": "a", "text": "[b] 1", "value": 1, "how": "so", "target": "", "reached": True}]}
    if trial.module == "paper.agreement":
        course = [[0.95] * (len(trial.settings["sizes"]) - 2)] * (trial.settings["epochs"] + 1)
        return {"same": course, "chance": course}
    if trial.module == "paper.chip":
        clocks = {"values": 1000, "differ": 0, "training": 400.0, "inference": 300.0}
        return clocks if trial.function == "training" else {"luts": 1000.0}
    if trial.module == "paper.recalling":
        return {"correlation": 0.9, "own": 1.0}
    return {"accuracy": 0.9, "error": 0.001, "taken": 0.95, "taken_real": 0.96, "spread": 0.1, "spread_real": 0.2}


def found(question, plan=FULL) -> dict:
    return {trial.key: copy.deepcopy(invented(trial)) for trial in question.trials(plan)}


@pytest.mark.parametrize("plan", [FULL, TASTE], ids=["whole", "taste"])
@pytest.mark.parametrize("question", run.QUESTIONS, ids=lambda question: question.KEY)
def test_each_trial_is_a_call_that_there_is(question, plan):
    for trial in question.trials(plan):
        called = getattr(importlib.import_module(trial.path), trial.function)
        inspect.signature(called).bind(**trial.settings, seed=trial.seed)


@pytest.mark.parametrize("plan", [FULL, TASTE], ids=["whole", "taste"])
@pytest.mark.parametrize("question", run.QUESTIONS, ids=lambda question: question.KEY)
def test_each_makes_rows_with_targets_in_a_whole_run_only(question, plan):
    section = question.section(plan, found(question, plan))
    assert section.key == question.KEY and (section.rows or plan.quick)
    assert all((row.reached is None) == (row.target == "") for row in section.rows)
    assert not plan.quick or all(row.reached is None for row in section.rows)
    assert section.title in page.text([section], plan, {})


def reached(question, numbers) -> dict[str, bool]:
    return {row.name: row.reached for row in question.section(FULL, numbers).rows if row.reached is not None}


def test_perception_is_reached_half_a_point_below_backprop_and_no_further():
    question = perception.DIGITS
    numbers = found(question)
    for below, expected in ((0.0049, True), (0.0051, False)):
        for trial in question.trials(FULL):
            if trial.settings.get("rule") == "bsd":
                numbers[trial.key]["accuracy"] = 0.9 - below
        assert reached(question, numbers)["64-128-64-10: BSD, floating point"] is expected
        assert reached(question, numbers)["64-128-64-10: BSD, the chip"] is True


def test_losses_are_reached_in_the_papers_order_alone():
    numbers = found(losses)
    for values, expected in (((0.9, 0.8, 0.1), True), ((0.8, 0.9, 0.1), False), ((0.9, 0.1, 0.2), False)):
        for loss, value in zip(("reco", "infonce", "mse"), values, strict=True):
            for trial in losses.trials(FULL):
                if trial.settings.get("loss") == loss:
                    numbers[trial.key]["accuracy"] = value
        assert reached(losses, numbers)["reco in hidden layers"] is expected


def test_the_papers_rivals_are_measured_beside_ours_on_the_same_network():
    fashion = [trial.settings for trial in losses.trials(FULL) if trial.settings["source"] == "fashion"]
    ways = {(settings.get("rivals"), settings.get("batch")) for settings in fashion}
    assert {("batch", None), ("batch", 128), ("all", 128)} < ways
    rows = {row.name: row for row in losses.section(FULL, found(losses)).rows}
    assert rows["ReCo, rivals: all others"].how.startswith(
        "784-256-256-128-10, 5 epochs of 20,000 samples; as the plain one"
    )
    assert rows["ReCo, rivals: all others"].reached is None


def test_surrogates_and_resets_are_measured_on_digits():
    neurons = [trial.settings["neuron"] for trial in losses.trials(FULL) if "neuron" in trial.settings]
    assert neurons[::2] == [{"surrogate": name} for name in ("atan", "triangle", "rectangle")] + [{"reset": "zero"}]
    rows = {row.name: row for row in losses.section(FULL, found(losses)).rows}
    assert rows["digits, reset to zero"].how == "64-128-64-10, 20 epochs; all else as in batches of 32"


def test_a_trial_has_the_neurons_that_it_names(monkeypatch):
    seen = []
    monkeypatch.setattr(named, "learner", lambda name, network, **options: seen.append((network.neuron, options)))
    for more in ({}, {"neuron": {"reset": "zero"}, "rivals": "all"}):
        floating.trained("bsd", learning(data.load("digits", 0), 5), [64, 8, 10], 0, 0, **more)
    assert seen == [(Neuron(), {}), (Neuron(reset="zero"), {"rivals": "all"})]


def test_memory_has_to_be_below_its_twin():
    numbers = found(foretelling)
    assert reached(foretelling, numbers)["value and change, recurrent: the chip"] is False  # all are equal
    for trial in foretelling.trials(FULL):
        if trial.settings.get("recurrent") is False:
            numbers[trial.key]["error"] = 0.002
    assert reached(foretelling, numbers)["value and change, recurrent: the chip"] is True


def test_a_chip_that_differs_is_said_and_has_no_clocks():
    numbers = found(chip)
    for trial in chip.trials(FULL):
        if trial.function == "training" and trial.settings["name"] == "autoencoder":
            numbers[trial.key] |= {"differ": 3, "training": None, "inference": None}
    said = reached(chip, numbers)
    assert said["auto-encoder of digits, 64-128-32: mismatches"] is False
    assert not any(name.startswith("auto-encoder") and "clocks" in name for name in said)
    assert said["electricity, six inputs, 144-128-32: clocks a sample, learning / inference"] is True


def test_the_help_names_every_part():
    for question in run.QUESTIONS:
        assert question.KEY in options._PARTS.split(", ")
