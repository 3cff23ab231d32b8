"""The figures of an auto-encoder's run: the chip's and golden's apart, a mismatch that shows everywhere, and what recalls
without learning by samples."""

import json
import re

import numpy as np
import pytest
from rich.console import Console
from sklearn.decomposition import PCA

from cosim import account
from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw.data.dataset import Dataset
from sw.report.recalled import page, pictures, summary
from sw.report.recalled.summary import pca_error
from sw.training.backend import Broken

CONFIG = Config.from_dict({"task": "autoencoder", "sizes": [9, 8, 2], "lanes": 4, "epochs": 3})
PIXELS = np.random.default_rng(3).integers(0, 16, (50, 9))
DATASET = Dataset("stripes", PIXELS[:40], np.zeros(40), PIXELS[40:], np.zeros(10))
MISMATCH = "mismatch at sample 3, layer 0, neuron 4: recalled expected 7, got 6 (epoch 3, training)"


def epoch(chip: int, golden: int, differ: int = 0) -> dict:
    """Ten tests of 9 pixels, and the squared error of either."""
    learned = account.recalled_totals(2, samples=40, pixels=360, squared_error=36000, seconds=2.0, clocks=4000)
    tested = account.recalled_totals(2, samples=10, pixels=90, squared_error=chip, golden_squared_error=golden)
    tested |= {"seconds": 1.0, "clocks": 500, "agreement": [9.0, 8.0]}
    return account.epoch(learned, tested, values=1000, differ=differ)


def figures(*epochs: dict, backend: str = "sim", **more) -> dict:
    kept = Checkpoint(CONFIG, about={"backend": backend}, epochs=list(epochs))
    return summary.summary(kept, DATASET, "verilator" if backend == "sim" else None, **more)


def html(folder, values: dict) -> str:
    for name in page.PICTURES:
        (folder / name).write_bytes(b"a picture")
    return page.page(folder, CONFIG, values)


def screen(values: dict) -> str:
    console = Console(record=True, width=200)
    summary.show(console, values, "runs/a")
    return console.export_text()


def test_the_chips_error_is_not_goldens(tmp_path):
    values = figures(epoch(2304, 1152), epoch(1152, 576))
    assert values["curve"] == {"chip": [0.1, 0.05], "golden": [0.05, 0.025], "training": [0.390625] * 2}
    assert (values["test_error"], values["golden_error"]) == (0.05, 0.025)
    assert (values["values_compared"], values["mismatches"], values["first_mismatch"]) == (2000, 0, None)
    assert (values["clocks_per_sample_training"], values["clocks_per_sample_inference"]) == (100, 50)
    text = html(tmp_path, values)
    for tile in (
        "0.0500</b><span>error, chip, test",
        "0.0250</b><span>error, golden, test",
        "2,000</b><span>values compared",
    ):
        assert tile in text
    assert "100</b><span>clocks a sample, learning" in text and "simulated by verilator" in text
    said = screen(values)
    for line in (r"chip, test +0.0500", r"golden, test +0.0250", r"clocks a sample +100 learning, 50 in inference"):
        assert re.search(line, said), line
    assert said.rstrip().endswith("0.0500 of 10 test samples recalled, 2,000 values compared, 0 mismatches")


def test_golden_alone_has_no_chip_and_no_clocks(tmp_path):
    values = figures(epoch(1152, 1152), backend="golden")
    assert values["curve"].keys() == {"golden", "training"}
    assert values["clocks_per_sample_training"] is values["clocks_per_sample_inference"] is None
    assert "chip" not in screen(values) and "nothing to compare" in screen(values)
    text = html(tmp_path, values)
    assert "in the golden model" in text and "values compared" not in text


def test_a_mismatch_and_its_epoch_are_in_the_figures_and_on_the_page(tmp_path):
    values = figures(epoch(1152, 1152), broken=Broken(MISMATCH, epoch(2304, 576, differ=321)))
    assert (values["mismatches"], values["values_compared"], values["first_mismatch"]) == (321, 2000, MISMATCH)
    assert values["curve"]["chip"] == [0.05, 0.1]
    assert values["curve"]["golden"] == [0.05, 0.025]
    text = html(tmp_path, values)
    assert '<div class="tile bad"><b>321</b><span>mismatches' in text
    assert MISMATCH in text
    assert "321 mismatches" in text.split('class="lead"')[1].split("</p>")[0]
    assert "differ" not in html(tmp_path, figures(epoch(1152, 1152)))


def test_a_mismatch_before_anything_was_tested_has_figures_and_pictures_too(tmp_path):
    none = account.nothing(CONFIG)
    values = figures(broken=Broken(MISMATCH, account.epoch(none, none, values=1, differ=1)))
    assert (values["test_error"], values["golden_error"], values["agreement"], values["mismatches"]) == (None, None, None, 1)
    assert json.loads(json.dumps(values)) == values
    assert "<b>-</b><span>error, chip" in html(tmp_path, values)
    assert screen(values).rstrip().endswith("error - of 10 test samples recalled, 1 values compared, 1 mismatches")
    pictures.errors(tmp_path / "errors.png", {"chip": [], "golden": []}, {"PCA 2": 0.01, "mean image": 0.07}, "none")
    pictures.agreement(tmp_path / "agreement.png", values["agreement_curve"], "none")
    for name in ("errors", "agreement"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_equal_curves_share_a_name_and_others_have_their_own(tmp_path, monkeypatch):
    named = []
    monkeypatch.setattr(pictures, "_name_ends", lambda axes, ends, *form: named.append([end[:2] for end in ends]))
    for chip in ([0.1, 0.05], [0.1, 0.06]):
        curves = {"chip": chip, "golden": [0.1, 0.05], "backprop": [0.04]}
        pictures.errors(tmp_path / "errors.png", curves, {"PCA 2": 0.01}, "curves")
    assert named[0] == [(0.04, "backprop"), (0.05, "chip = golden"), (0.01, "PCA 2")]
    assert named[1] == [(0.04, "backprop"), (0.06, "chip"), (0.05, "golden"), (0.01, "PCA 2")]


def test_a_single_epoch_is_seen_in_its_pictures(tmp_path, monkeypatch):
    """As a level and as points; beside the error are values, less than a decade though it be."""
    drawn = []
    monkeypatch.setattr(pictures, "finish", lambda axes, title: drawn.append(axes))
    pictures.errors(tmp_path / "errors.png", {"chip": [0.0153]}, {"PCA 2": 0.0061}, "one")
    pictures.agreement(tmp_path / "agreement.png", [[0.93, 0.95]], "one")
    errors, agreement = drawn
    assert {line.get_ydata()[0] for line in errors.lines if len(line.get_xdata()) == 2} == {0.0153, 0.0061}
    assert {"0.006", "0.008"} <= {label.get_text() for label in errors.yaxis.get_minorticklabels()}
    assert errors.yaxis.get_minor_ticks()[0].gridline.get_visible()
    assert [line.get_marker() for line in agreement.lines] == ["o", "o"]


def test_a_page_says_what_an_active_row_is(tmp_path):
    assert "</table><figcaption>An active row is an input" in html(tmp_path, figures(epoch(300, 200)))


@pytest.mark.parametrize("components", [1, 3, 6])
def test_principal_components_are_those_of_scikit_learn(components):
    random = np.random.default_rng(0)
    x = random.integers(0, 16, (50, 6)) * np.array([1, 1, 0.3, 0.2, 0.1, 0.05])
    fitted = PCA(components).fit(x[:40] / 16)
    recalled = fitted.inverse_transform(fitted.transform(x[40:] / 16))
    assert pca_error(x[:40], x[40:], components) == pytest.approx(((recalled - x[40:] / 16) ** 2).mean(), abs=1e-12)


def test_without_components_it_is_the_mean_image():
    x = np.random.default_rng(1).integers(0, 16, (30, 4))
    assert pca_error(x[:20], x[20:], 0) == pytest.approx(((x[20:] / 16 - x[:20].mean(0) / 16) ** 2).mean())
    assert pca_error(x[:20], x[20:], 9) == pytest.approx(0, abs=1e-12)


def test_a_single_training_sample_is_its_own_mean_image_and_has_no_components():
    x = PIXELS.astype(np.uint8)
    assert pca_error(x[:1], x[1:], 2) == pca_error(x[:1], x[1:], 0) == pytest.approx(((x[1:] / 16 - x[0] / 16) ** 2).mean())


def test_a_mean_image_takes_no_eigenvectors(monkeypatch):
    """Those of 784 pixels take a second."""
    monkeypatch.setattr(np.linalg, "eigh", lambda _: pytest.fail("thrown away"))
    assert pca_error(PIXELS[:20], PIXELS[20:], 0) > 0
