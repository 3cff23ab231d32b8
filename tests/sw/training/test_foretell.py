"""Series and texts learned by the command: what a run leaves, says and goes on with, by golden and on the simulated chip."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from golden.sequence import Foreteller
from sw import cli
from sw.data import foretold
from sw.data.course import epoch_order
from sw.data.foretold import Reading
from sw.report.foretold import report
from sw.training import history
from tests.sw.training.runs import arrays, assert_same

FILES = {
    "config.toml",
    "weights.npz",
    "summary.json",
    "error.png",
    "foretold.png",
    "recall.png",
    "raster.png",
    "report.html",
}
WAVE = {"task": "sequence", "sizes": [48, 24, 8], "lanes": 8, "neighbours": 1, "epochs": 3, "block": 16, "recurrent": True}
TINY = WAVE | {"sizes": [48, 4, 4], "lanes": 4, "epochs": 1, "block": 4}
LEAST = TINY | {"sizes": [48, 2, 3], "lanes": 2}
"""Icarus has to load and compare its memories, too."""
WORDS = {"task": "sequence", "sizes": [64, 12, 32], "lanes": 4, "neighbours": 0, "epochs": 2}


def square(count: int) -> np.ndarray:
    """A wave whose next change cannot be told from its value and last change alone: two of it are alike, one is not."""
    return np.tile([0.0, 0, 0, 1, 1, 1], count // 6) + 0.01 * np.sin(np.arange(count // 6 * 6))


def write_csv(path: Path, values: np.ndarray, column: str = "load") -> None:
    path.write_text(f"time,{column}\n" + "".join(f"{i},{value:.6f}\n" for i, value in enumerate(values)))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder with a wave, a text, and a configuration for either."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "wave.csv", square(240))
    write_csv(tmp_path / "brief.csv", square(60))
    write_csv(tmp_path / "short.csv", square(18))
    (tmp_path / "words.txt").write_text("To be, or not to be: that is the question. " * 8)
    for name, config in (("wave", WAVE), ("tiny", TINY), ("least", LEAST), ("words", WORDS)):
        (tmp_path / f"{name}.toml").write_text(Config.from_dict(config | {"name": name}).to_toml())
    return tmp_path


TRAIN = ["train", "--config", "wave.toml", "--data", "wave.csv", "--column", "load"]
BRIEF = ["train", "--config", "tiny.toml", "--data", "brief.csv", "--column", "load", "--epochs", "2"]
TEXT = ["train", "--config", "words.toml", "--data", "words.txt"]
SIM = ["--backend", "sim", "--simulator", "icarus"]


@pytest.fixture
def undrawn(monkeypatch) -> None:
    """Runs leave their figures alone: pictures take longer than so short a training."""
    monkeypatch.setattr(
        report, "write", lambda folder, kept, dataset, values: folder.write("summary.json", json.dumps(values))
    )


def json_of(path: Path) -> dict:
    return json.loads((path / "summary.json").read_text())


def test_memory_tells_what_a_value_alone_does_not_and_a_run_says_so(folder, capsys, request):
    assert cli.main([*TRAIN, "--run", "run", "--log", "log.jsonl"]) == 0
    lines = capsys.readouterr().out.splitlines()
    request.getfixturevalue("undrawn")
    (folder / "wave.toml").write_text((folder / "wave.toml").read_text().replace("recurrent = true", "recurrent = false"))
    assert cli.main([*TRAIN, "--run", "twin"]) == 0
    found, twin = json_of(folder / "run"), json_of(folder / "twin")
    assert found["test_error"] < 0.5 * twin["test_error"] < 0.5 * found["plain_error"]
    assert {path.name for path in (folder / "run").iterdir()} == FILES

    series = square(240)
    scaled = series / series[:192].std()
    assert found["plain_error"] == pytest.approx((np.diff(scaled[192:]) ** 2).mean(), rel=1e-4), "no change"
    assert (found["what"], found["training_samples"], found["test_samples"]) == ("error", 190, 47)
    assert found["deviation"] == pytest.approx(series[:192].std(), rel=1e-4)
    assert found["test_error"] == found["golden_error"] == found["curve"]["golden"][-1]
    assert len(found["curve"]["golden"]) == len(found["curve"]["training"]) == 3
    logged = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [line["test_error"] for line in logged] == [line["golden_error"] for line in logged] == found["curve"]["golden"]
    assert [line["training_error"] for line in logged] == found["curve"]["training"]
    assert not any("accuracy" in key for line in logged for key in line)

    epochs = [line for line in lines if line.startswith("epoch")]
    assert all(re.fullmatch(r"epoch \d/3 +error \d\.\d{4} .*test error \d\.\d{4}", line) for line in epochs)
    said = f"mean squared error {found['test_error']:.5f} of 47 values foretold (golden model alone: nothing to compare)"
    assert len(epochs) == 3 and lines[-1] == said
    page = (folder / "run" / "report.html").read_text()
    assert f"<b>{found['test_error']:.5f}</b>" in page and f"<b>{found['plain_error']:.5f}</b>" in page
    body = re.sub(r"(<img [^>]*)>", r"\1/>", page[page.index("<main>") : page.index("</main>") + 7])
    images = [image.get("src")[:22] for image in ElementTree.fromstring(body).iter("img")]
    assert images == ["data:image/png;base64,"] * 4, "each picture is in it, and every tag is closed"


def test_the_error_is_that_of_golden_alone_with_all_it_has_learned(folder, undrawn):
    assert cli.main([*BRIEF, "--run", "run"]) == 0
    config = Config.load("tiny.toml").replace(epochs=2)
    dataset = foretold.load("brief.csv", config, Reading("load"))
    course, model = dataset.course, Foreteller(config)
    for epoch in range(2):
        model.decay, order = config.decay_at(epoch, 2), epoch_order(dataset, config, epoch)
        model.train(dataset.x_train[order], dataset.y_train[order], last=course.last_train[order])
        model.finish()
    said = model.train(dataset.x_test, dataset.y_test, False)
    wrong = course.concepts.values(said.voltages) - (course.test.after - course.test.now)
    assert json_of(folder / "run")["test_error"] == pytest.approx((wrong**2).mean())
    assert_same(model.state(), arrays(folder / "run"))


def test_again_it_is_the_same_and_interrupted_and_resumed_too(folder, undrawn, capsys, monkeypatch):
    from sw.training.golden_backend import GoldenNetwork

    for name in ("whole", "again"):
        assert cli.main([*BRIEF, "--run", name]) == 0
    learn = GoldenNetwork.learn

    def interrupted(self, samples, decay, advance):
        if decay:  # of the second epoch
            raise KeyboardInterrupt
        return learn(self, samples, decay, advance)

    with monkeypatch.context() as patch:
        patch.setattr(GoldenNetwork, "learn", interrupted)
        assert cli.main([*BRIEF, "--run", "cut"]) == 130
    assert len(Checkpoint.load(folder / "cut").epochs) == 1
    capsys.readouterr()
    for option in (("--column", "time"), ("--lags", "2"), ("--no-daily",)):
        assert cli.main(["train", "--resume", "--run", "cut", *option]) == 2
        assert f"{option[0].replace('no-', '')}: found with --resume; allowed without" in capsys.readouterr().err
    write_csv(folder / "brief.csv", square(60)[::-1])
    assert cli.main(["train", "--resume", "--run", "cut"]) == 2
    assert "cut: found a run on other samples of brief.csv" in capsys.readouterr().err
    write_csv(folder / "brief.csv", square(60))
    assert cli.main(["train", "--resume", "--run", "cut"]) == 0
    for name in ("again", "cut"):
        assert_same(arrays(folder / name), arrays(folder / "whole"))
        assert json_of(folder / name)["curve"] == json_of(folder / "whole")["curve"]


def test_a_text_has_an_accuracy_beside_that_of_the_commonest_successor(folder, capsys):
    assert cli.main([*TEXT, "--run", "run", "--log", "log.jsonl"]) == 0
    found, dataset = json_of(folder / "run"), foretold.load("words.txt", Config.load("words.toml"))
    learned = "".join(dataset.encoding.name(label) for label in dataset.y_train)
    tested = "".join(dataset.encoding.name(label) for label in dataset.y_test)
    whole = (folder / "words.txt").read_text().lower().strip() + " "
    followers = {a: [y for x, y in zip(whole[1:], learned, strict=False) if x == a] for a in set(learned)}
    right = 0
    for before, after in zip(whole[-len(tested) - 1 :], tested, strict=False):
        right += max(sorted(set(followers[before])), key=followers[before].count) == after
    assert found["plain_accuracy"] == pytest.approx(right / len(tested))
    assert (found["what"], found["deviation"]) == ("accuracy", None) and "test_error" not in found
    assert found["test_accuracy"] == found["curve"]["golden"][-1] == found["test_labels_right"]
    assert {path.name for path in (folder / "run").iterdir()} == FILES - {"error.png", "foretold.png"} | {
        "learning_curve.png"
    }
    logged = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [line["test_accuracy"] for line in logged] == found["curve"]["golden"]
    page = (folder / "run" / "report.html").read_text()
    shown = re.search(r'<p class="read">(.*?)</p>', page)[1]
    assert re.sub("</?b>", "", shown) == tested.replace("'", "&#x27;")
    assert shown.count("<b>") == round(found["test_accuracy"] * len(tested)), "those foretold are bold"
    said = f"{100 * found['test_accuracy']:.2f} % of {len(tested)} characters foretold"
    assert capsys.readouterr().out.splitlines()[-1].startswith(said)


def test_a_text_is_read_for_as_many_epochs_as_there_are(folder):
    """Where no configuration is named, too; and the run goes on with the same samples."""
    given = {"config": None, "data": "words.txt", "split": None, "backend": None, "epochs": 11, "seed": None}
    from sw.training.start import begin

    kept, dataset = begin(given, False)
    assert kept.config.epochs == 11 and len(dataset.x_train) == 11 * dataset.course.portion
    again = foretold.load("words.txt", kept.config)
    assert history.digest(again) == history.digest(dataset) == kept.about["digest"]


def test_a_run_says_what_it_learned(folder, undrawn):
    cli.main([*BRIEF, "--run", "wave", "--epochs", "1"])
    cli.main([*TEXT, "--run", "words", "--epochs", "1"])
    wave, words = (history.describe(Checkpoint.load(folder / name)) for name in ("wave", "words"))
    told = "1 epochs of brief.csv, column load: of the value, its last change the next change; mean "
    mean, deviation = square(60)[:48].mean(), square(60)[:48].std()
    assert wave == f"{told}{mean:.6g}, deviation {deviation:.6g}"
    assert words == "1 epochs of words.txt: of 2 characters the next"


def test_the_simulated_chip_learns_a_series_with_goldens_error(folder, capsys):
    short = ["train", "--config", "least.toml", "--data", "short.csv", "--column", "load"]
    assert cli.main([*short, "--run", "golden"]) == 0
    assert cli.main([*short, *SIM, "--run", "chip"]) == 0
    golden, chip = json_of(folder / "golden"), json_of(folder / "chip")
    assert chip["mismatches"] == 0 < chip["values_compared"]
    assert chip["test_error"] == chip["golden_error"] == golden["test_error"]
    assert chip["curve"]["chip"] == chip["curve"]["golden"] == golden["curve"]["golden"]
    assert_same(arrays(folder / "golden"), arrays(folder / "chip"))
    assert {path.name for path in (folder / "chip").iterdir()} == FILES | {"core.v"}
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith(f"{chip['values_compared']:,} values compared, 0 mismatches")


@pytest.mark.long
def test_a_mismatch_in_a_sequence_ends_the_run_and_shows(folder, capsys, monkeypatch):
    from tests.sw.training.test_sim_backend import leave_broken_leak

    leave_broken_leak(monkeypatch)
    short = ["train", "--config", "least.toml", "--data", "short.csv", "--column", "load"]
    assert cli.main([*short, *SIM, "--run", "chip", "--log", "log.jsonl"]) == 1
    said, found = capsys.readouterr().err, json_of(folder / "chip")
    assert re.match(r"bispike: mismatch at .*layer \d", said) and found["first_mismatch"] in said
    assert 0 < found["mismatches"] < found["values_compared"]
    assert json.loads((folder / "chip" / "sim" / "mismatch.json").read_text())["message"] in said
    assert found["curve"]["chip"] != found["curve"]["golden"], "what golden computes alone"
    (line,) = (json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines())
    assert line["mismatches"] == found["mismatches"] and line["test_error"] == found["test_error"]
    assert not Checkpoint.load(folder / "chip").epochs
