"""The bench: what its figures are made of, that it prints and writes all of them, and that a missed target shows."""

import json
from concurrent.futures import Executor, Future
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from golden.config import NAMED, Config
from sw import cli, data
from sw.figures import chip_figures, golden_figures
from sw.figures import measure as bench
from sw.figures.figure import Row
from sw.figures.golden_figures import GoldenBench


class Inline(Executor):
    """A pool that answers each job at once with what `answer` says of it."""

    def __init__(self, answer):
        self.answer, self.jobs = answer, []

    def submit(self, function, *arguments):
        self.jobs.append((function, *arguments))
        future = Future()
        future.set_result(self.answer(function, *arguments))
        return future


def training(**changes) -> SimpleNamespace:
    """A result of a training on digits, as `cosim.training` gives it, with round numbers."""
    values = {
        "mismatches": 0,
        "values_compared": 1000,
        "samples": 200,
        "clocks_per_sample_training": 500.0,
        "clocks_per_sample_inference": 400.0,
        "counters": np.array([[80000, 40000, 0, 9], [20000, 10000, 0, 9], [5000, 100, 0, 9]]),
        "utilisation": {0: 0.1, 1: 0.9, 2: 0.3, 3: 0.05},
        "training_seconds": 0.5,
        "simulator": "verilator",
    }
    return SimpleNamespace(**(values | changes))


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {row.figure: row for row in rows}


def test_the_chips_figures_follow_from_its_counters():
    rows = by_name(chip_figures.training_rows(training(), training(clocks_per_sample_training=480.0), (16, 16, 16, 10)))
    assert rows["chip against golden, mismatches"].how.endswith("both losses: 2,000 values compared")
    assert rows["clocks a sample, training / inference, reco"].text == "500 / 400 = 1.25"
    assert rows["clocks a sample, training / inference, reco"].reached
    assert rows["clocks a sample, training / inference, gap"].text == "480 / 400 = 1.20"
    assert not rows["clocks a sample, training / inference, gap"].reached
    assert rows["lane utilisation"].text == "90.0 %"
    assert rows["synapse updates a clock"].value == (80000 * 16 + 20000 * 16 + 5000 * 10) / (500 * 200)
    assert rows["samples/s, every one compared"].value == 400


def test_a_mismatch_leaves_no_other_figure_of_the_chip():
    (row,) = chip_figures.training_rows(training(mismatches=1), training(), (16, 16, 16, 10))
    assert (row.text, row.reached) == ("1", False)


def test_the_golden_figures_are_means_of_four_splits():
    def answer(function, name, source, split, changes=None):
        if function is golden_figures.baseline:
            return 0.90 + 0.01 * split
        if name == "deep":
            return {1: 0.95, 64: 0.97, 512: 0.98}[changes["block"]]
        if changes == golden_figures.GAP:
            return 0.96 + 0.01 * split
        return 0.97 + 0.01 * split - (0.02 if "learn_theta" in (changes or {}) else 0)

    rows = by_name(list(GoldenBench(Inline(answer), full=False).rows()))
    assert rows["digits"].text == "98.50 % (backprop 91.50 %)"
    assert rows["digits, gap loss"].text == "97.50 %"
    assert rows["tiny, learned above fixed Theta"].text == "+2.00 points (98.50 %, 96.50 %)"
    assert rows["deep, at block 1, 64, 512"].text == "95.00 %, 97.00 %, 98.00 %"
    assert [row.reached for row in rows.values()] == [True, True, True, False]


def test_only_the_full_bench_trains_fashion():
    jobs = {}
    for full in (False, True):
        pool = Inline(lambda *job: 0.9)
        jobs[full] = [*GoldenBench(pool, full).rows()]
        assert any(job[1] == "fashion" for job in pool.jobs) == full
    assert [row.figure for row in jobs[True]] == [*(row.figure for row in jobs[False]), "fashion"]


def test_an_accuracy_is_that_of_the_golden_model_with_the_split_as_seed(monkeypatch):
    from golden.integer import IntegerModel

    digits = data.load("digits", 2)
    few = replace(digits, x_train=digits.x_train[:100], y_train=digits.y_train[:100])
    monkeypatch.setattr(data, "load", lambda source, split: {("digits", 2): few}[source, split])
    config = NAMED["tiny"].replace(seed=2, epochs=3)
    model = IntegerModel(config)
    for epoch in range(3):
        order = data.order(100, 2, epoch)
        model.decay = config.decay_at(epoch, 3)
        model.train(few.x_train[order], few.y_train[order])
    right = (model.train(few.x_test, few.y_test, learn=False).prediction == few.y_test).mean()
    assert golden_figures.accuracy("tiny", "digits", 2, {"epochs": 3}) == right


def test_the_probe_counts_clocks_and_more_input_takes_more():
    config = Config(sizes=(9, 8, 2), lanes=(3, 4, 2), block=4)
    x = np.zeros((2, 8, 9), np.uint8)
    x[1] = 7
    silent, busy = chip_figures.probe(config, "icarus", x, np.tile([0, 1, 0, 1, 0, 1, 0, 1], (2, 1)))
    assert 0 < silent["clocks"] < busy["clocks"]
    assert busy["seconds"] > 0


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """The bench with every measurement replaced by round numbers; works in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chip_figures, "whole_training", lambda config, simulator, tell: training())
    monkeypatch.setattr(
        chip_figures, "speed_row", lambda config, simulator: Row("alone", 500.0, "500", ">= 400", True, "so")
    )
    monkeypatch.setattr(bench, "ProcessPoolExecutor", lambda *args, **kwargs: Inline(lambda *job: 0.98))
    return tmp_path


def test_the_bench_prints_and_writes_every_figure(quick, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["bench"]) == 1  # Theta learned is no better than fixed, and gap's ratio is too high, in these numbers
    out, err = capsys.readouterr()
    written = json.loads((quick / "bench.json").read_text())
    assert len(written["figures"]) == 11
    for figure in written["figures"]:
        assert figure["figure"] in out
        assert figure["text"] in out
    missed = [figure["figure"] for figure in written["figures"] if not figure["reached"]]
    assert err == f"bispike: {len(missed)} of 11 figures miss their target: {'; '.join(missed)}\n"
    assert missed == ["tiny, learned above fixed Theta", "clocks a sample, training / inference, gap"]


def test_a_place_that_takes_no_file_is_refused_before_anything_is_measured(quick, capsys):
    (quick / "file").write_text("in the way")
    assert cli.main(["bench", "--output", "file/bench.json"]) == 2
    assert capsys.readouterr().err == "bispike: file: cannot write: found a file; allowed is a folder\n"
