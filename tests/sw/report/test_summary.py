"""The figures of a run: golden's are golden's, the chip's are the chip's, and a mismatch shows everywhere."""

import json

import numpy as np
import pytest
from rich.console import Console

from cosim import account
from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw.data.dataset import Dataset
from sw.report import page, pictures, summary
from sw.training.backend import Broken

CONFIG = Config(sizes=(9, 8, 2), lanes=4, epochs=3)
DATASET = Dataset("stripes", np.zeros((40, 9)), np.zeros(40), np.zeros((10, 9)), np.zeros(10))
MISMATCH = "mismatch at sample 3: voltages expected 12, got 13 (epoch 3, training)"


def epoch(chip: int, golden: int, differ: int = 0) -> dict:
    """Ten tests, so many of them named rightly by either."""
    learned = account.totals(2, samples=40, correct=20, golden_correct=30, seconds=2.0, clocks=4000)
    tested = account.totals(2, samples=10, correct=chip, golden_correct=golden, seconds=1.0, clocks=500)
    return account.epoch(learned, tested, values=1000, differ=differ)


def figures(*epochs: dict, backend: str = "sim", **more) -> dict:
    kept = Checkpoint(CONFIG, about={"backend": backend}, epochs=list(epochs))
    return summary.summary(kept, DATASET, "verilator" if backend == "sim" else None, **more)


def html(folder, values: dict) -> str:
    for name in page.PICTURES:
        (folder / name).write_bytes(b"a picture")
    return page.page(folder, CONFIG, values)


def test_the_golden_curve_is_not_the_chips():
    values = figures(epoch(7, 8), epoch(5, 9))
    assert values["curve"] == {"chip": [0.7, 0.5], "golden": [0.8, 0.9], "training": [0.5, 0.5]}
    assert (values["test_accuracy"], values["golden_accuracy"]) == (0.5, 0.9)
    assert (values["values_compared"], values["mismatches"], values["first_mismatch"]) == (2000, 0, None)


def test_a_mismatch_and_its_epoch_are_in_the_figures_and_on_the_page(tmp_path):
    values = figures(epoch(7, 7), broken=Broken(MISMATCH, epoch(2, 9, differ=321)))
    assert (values["mismatches"], values["values_compared"], values["first_mismatch"]) == (321, 2000, MISMATCH)
    assert values["curve"]["chip"] == [0.7, 0.2]
    assert values["curve"]["golden"] == [0.7, 0.9]
    text = html(tmp_path, values)
    assert '<div class="tile bad"><b>321</b><span>mismatches' in text
    assert MISMATCH in text
    assert "321 mismatches" in text.split('class="lead"')[1].split("</p>")[0]
    assert "differ" not in html(tmp_path, figures(epoch(7, 7)))


def test_a_mismatch_before_anything_was_tested_has_figures_and_pages_too(tmp_path):
    none = account.totals(2)
    values = figures(broken=Broken(MISMATCH, account.epoch(none, none, values=1, differ=1)))
    assert (values["test_accuracy"], values["golden_accuracy"], values["mismatches"]) == (None, None, 1)
    assert json.loads(json.dumps(values)) == values
    assert "<b>-</b><span>test accuracy, chip" in html(tmp_path, values)
    console = Console(record=True, width=200)
    summary.show(console, values, "runs/a")
    assert console.export_text().rstrip().endswith("- of 10 test samples right, 1 values compared, 1 mismatches")
    pictures.learning_curve(tmp_path / "a.png", {"chip": [], "golden": []}, "none")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("backend", ["golden", "sim"])
def test_backprop_is_on_the_page_only_where_it_was_trained(tmp_path, backend):
    without, trained = figures(epoch(7, 7), backend=backend), figures(epoch(7, 7), backend=backend, backprop=[0.625])
    assert "backprop" not in html(tmp_path, without).lower()
    assert "62.50 %</b><span>test accuracy, backprop" in html(tmp_path, trained)
