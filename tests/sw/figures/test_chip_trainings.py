"""Whole trainings of the chip that the bench keeps: read back as they were, shared with `bispike paper`, never lost."""

import json

import pytest

from cosim import account
from cosim.checkpoint import Checkpoint
from cosim.compare import Mismatch
from cosim.watch import TrainingResult
from golden.config import NAMED
from sw.common.errors import UserError
from sw.figures import chip_figures, chip_trainings
from sw.figures.chip_trainings import ChipTrainings
from sw.figures.measure import FASTEST, TWO
from sw.paper import chip
from sw.paper.plan import Plan
from sw.trials.kept import Kept


def result(config=NAMED["tiny"], mismatch=None) -> TrainingResult:
    learned = account.totals(2, samples=200, correct=190, seconds=0.5, clocks=9000.0, counters=[[1, 2, 3, 4]] * 2)
    tested = account.totals(2, samples=100, correct=97, seconds=0.1, clocks=4000.0)
    kept = Checkpoint(config, epochs=[account.epoch(learned, tested, 1000, 0)])
    return TrainingResult("verilator", kept, 1000, 1 if mismatch else 0, 0.7, mismatch)


@pytest.fixture
def trained(monkeypatch):
    """Configurations whose training was simulated, by round numbers."""
    configs = []

    def whole_training(config, dataset, simulator, tell):
        configs.append(config)
        tell("epoch 1 of 1")
        return result(config)

    monkeypatch.setattr(chip_figures, "whole_training", whole_training)
    return configs


@pytest.mark.parametrize("mismatch", [None, Mismatch("W2", 3, 4, 1, place={"pre": 3, "post": 17}, differ=5, values=9)])
@pytest.mark.parametrize("config", [NAMED["tiny"], NAMED["digits"].replace(**FASTEST), NAMED["electricity-recurrent"]])
def test_a_result_is_read_back_as_it_was(config, mismatch):
    one = result(config, mismatch)
    found = {"values": 1000, "differ": one.values_differ, "whole": chip_figures.plain(one)}
    assert chip_figures.whole_result(json.loads(json.dumps(found))) == one


def test_a_training_is_done_once_and_again_where_it_is_timed(tmp_path, trained):
    begun, told, kept = [], [], Kept(tmp_path)
    trainings = ChipTrainings(kept, begun.append, told.append)
    two = chip_trainings.trial("digits", engines=TWO)
    first = trainings.whole("two", two)
    assert ChipTrainings(kept, begun.append, told.append).whole("two", two) == first
    trainings.whole("two again", two, again=True)
    assert begun == ["two", "two again"] and told == ["epoch 1 of 1"] * 2
    assert trained == [NAMED["digits"].replace(engines=TWO)] * 2
    kept.keep(two, {key: value for key, value in kept.find(two).items() if key != "whole"})  # as `paper` once did
    assert trainings.whole("two", two) == first and len(trained) == 3


def test_what_cannot_be_kept_is_told_and_loses_no_figure(tmp_path, trained, monkeypatch):
    def keep(self, trial, result):
        raise UserError("its code has changed")

    monkeypatch.setattr(Kept, "keep", keep)
    trainings = ChipTrainings(Kept(tmp_path), lambda words: None, lambda words: None)
    assert trainings.whole("digits", chip_trainings.trial("digits")).values_compared == 1000
    assert trainings.unkept == ["its code has changed"]


def test_bench_and_paper_share_their_trainings():
    paper = {trial.key for trial in chip.trials(Plan(quick=False, seeds=3))}
    assert {chip_trainings.trial(name).key for name in ("digits", "autoencoder")} <= paper
