"""Accuracies of the golden model: means over splits, of trainings that are kept; what a trial is."""

from concurrent.futures import Future
from dataclasses import replace
from inspect import signature

import pytest

from golden.config import NAMED, Config
from sw import data
from sw.figures import golden_figures
from sw.figures.golden_figures import GoldenTrainings
from sw.paper import perception
from sw.paper.plan import Plan
from sw.trials import integer
from sw.trials.kept import Kept
from tests.sw.figures.pool import Inline, by_name


def test_the_golden_figures_are_means_of_four_splits_with_their_errors(tmp_path):
    def answer(trial):
        if trial.module == "trials.floating":
            return 0.90 + 0.01 * trial.seed
        if trial.settings["sizes"] == list(NAMED["deep"].sizes):
            return 0.97 if trial.settings.get("block") == 64 else 0.95
        return 0.97 + 0.01 * trial.seed - (0.02 + 0.01 * (trial.seed == 0) if "learn_theta" in trial.settings else 0)

    found = by_name(list(GoldenTrainings(Inline(answer), False, Kept(tmp_path)).figures()))
    assert found["digits"].text == "98.50 % (0.65); backprop 91.50 % (0.65)"
    assert found["tiny"].text == "98.50 % (0.65)"
    gain = found["tiny, learned above fixed random Theta"]
    assert gain.text == "+2.25 points (standard error 0.25); fixed: 96.25 %"  # of the pairs' differences
    assert found["deep, at block 64; 256"].text == "97.00 % (0.00); 95.00 % (0.00)"
    assert [figure.reached for figure in found.values()] == [True, True, False, True, True]


def test_only_the_full_bench_trains_fashion(tmp_path):
    jobs = {}
    for full in (False, True):
        pool = Inline(lambda trial: 0.9)
        jobs[full] = [*GoldenTrainings(pool, full, Kept(tmp_path / str(full))).figures()]
        assert any(trial.settings["source"] == "fashion" for trial in pool.jobs) == full
        assert max(trial.seed for trial in pool.jobs) == (7 if full else 3)
    more = ["fashion", "fashion, learned above fixed random Theta"]
    assert [figure.name for figure in jobs[True]] == [*(figure.name for figure in jobs[False]), *more]


def test_what_is_kept_is_not_trained_again_and_what_failed_is_not_kept(tmp_path):
    def fails(trial):
        raise RuntimeError(trial.name)

    class Failing(Inline):
        def submit(self, run):
            future = Future()
            future.set_exception(RuntimeError("no memory"))
            return future

    with pytest.raises(RuntimeError, match="no memory"):
        list(GoldenTrainings(Failing(None), False, Kept(tmp_path)).figures())
    first = [*GoldenTrainings(Inline(lambda trial: 0.9 + 0.01 * trial.seed), False, Kept(tmp_path)).figures()]
    assert [*GoldenTrainings(Inline(fails), False, Kept(tmp_path)).figures()] == first


def test_what_cannot_be_kept_is_told_and_loses_no_figure(tmp_path):
    (tmp_path / "file").touch()
    golden = GoldenTrainings(Inline(lambda trial: 0.98), False, Kept(tmp_path / "file" / "kept"))
    assert len([*golden.figures()]) == 5 and golden.unkept


def test_bench_and_paper_share_their_trainings():
    paper = {trial.key for trial in perception.DIGITS.trials(Plan(False, 1))}
    assert {golden_figures.training("digits", "digits", 0).key, golden_figures.baseline("digits", "digits", 0).key} <= paper


@pytest.mark.parametrize("name", ["tiny", "deep", "digits", "fashion"])
def test_a_trial_says_all_that_its_configuration_does(name):
    config, trial = NAMED[name], golden_figures.training(name, "digits", 0, learn_theta=False)
    said = {key: trial.settings[key] for key in ("epochs", "learn_theta")} | {"sizes": tuple(trial.settings["sizes"])}
    block = trial.settings.get("block", golden_figures.DEFAULT_BLOCK)
    assert signature(integer.recognition).parameters["block"].default == golden_figures.DEFAULT_BLOCK
    assert Config(**said, lanes=config.lanes, block=block, name=name) == config.replace(learn_theta=False)


def test_an_accuracy_is_that_of_the_golden_model_with_the_split_as_seed(monkeypatch):
    from golden.integer import IntegerModel

    digits = data.load("digits", 2)
    parts = ("x_train", "y_train", "x_test", "y_test")
    few = replace(digits, **{part: getattr(digits, part)[:40] for part in parts})
    monkeypatch.setattr(data, "load", lambda source, split: {("digits", 2): few}[source, split])
    monkeypatch.setitem(NAMED, "tiny", NAMED["tiny"].replace(epochs=3))
    config = NAMED["tiny"].replace(seed=2)
    model = IntegerModel(config)
    for epoch in range(3):
        order = data.order(40, 2, epoch)
        model.decay = config.decay_at(epoch, 3)
        model.train(few.x_train[order], few.y_train[order])
        model.finish()
    right = (model.train(few.x_test, few.y_test, learn=False).prediction == few.y_test).mean()
    assert golden_figures.training("tiny", "digits", 2).run() == {"accuracy": right}
