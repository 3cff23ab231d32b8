"""Training by the command on the golden model: what a run leaves, and that an interrupted one goes on exactly."""

import errno
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import cli
from sw.training import golden_backend, run

ACCURACIES = {"test_accuracy", "golden_accuracy", "backprop_accuracy"}
CLOCKS = {"clocks_per_sample_training", "clocks_per_sample_inference", "lane_utilisation"}
ROOT = Path(cli.__file__).parents[1]
HERE = os.environ | {"PYTHONPATH": str(ROOT)}
HOLD = """
import pathlib, sys
from sw.common.files import RunFolder
with RunFolder(pathlib.Path("runs/small")).locked():
    print("held", flush=True)
    sys.stdin.read()
"""
KEYS = {"config", "samples", "values_compared", "mismatches", "seconds", "simulator"} | ACCURACIES | CLOCKS
FILES = {"config.toml", "weights.npz", "summary.json", "learning_curve.png", "recall.png", "raster.png", "report.html"}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Two easy classes of 3 x 3 pictures and a network for them, in an empty folder; gives the command's arguments."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    y = np.arange(60) % 2
    shapes = np.array([[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1, 1]])
    x = np.clip(shapes[y] * 12 + random.integers(0, 4, (60, 9)), 0, 15)
    np.savez("stripes.npz", x=x, y=y)
    (tmp_path / "small.toml").write_text("sizes = [9, 8, 2]\nlanes = 4\nblock = 7\nepochs = 3\n")
    return ["train", "--config", "small.toml", "--data", "stripes.npz"]


def arrays(path) -> dict[str, np.ndarray]:
    return Checkpoint.load(path).state


def assert_same(one: dict, two: dict) -> None:
    assert one.keys() == two.keys()
    for key in one:
        np.testing.assert_array_equal(one[key], two[key], err_msg=key)


def test_a_run_leaves_every_file_and_every_figure(small, tmp_path, capsys):
    assert cli.main(small) == 0
    folder = tmp_path / "runs" / "small"
    assert {path.name for path in folder.iterdir()} == FILES
    summary = json.loads((folder / "summary.json").read_text())
    assert not KEYS - summary.keys()
    assert summary["samples"] == 3 * (48 + 12)
    assert 0.9 <= summary["test_accuracy"] <= 1
    assert summary["mismatches"] == summary["values_compared"] == 0
    assert summary["simulator"] is None
    assert Config.from_toml((folder / "config.toml").read_text()) == Checkpoint.load(folder).config
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("epoch")] == ["1/3", "2/3", "3/3"]
    assert re.fullmatch(r"[\d.]+ % of 12 test samples right \(golden model alone: nothing to compare\)", lines[-1])


def test_the_summary_counts_what_the_golden_model_counted(small, tmp_path):
    from golden.integer import IntegerModel
    from sw import data

    cli.main([*small, "--epochs", "1"])
    summary = json.loads((tmp_path / "runs" / "small" / "summary.json").read_text())
    config = Config.load("small.toml").replace(epochs=1)
    dataset = data.load("stripes.npz")
    order = data.order(48, config.seed, 0)
    model = IntegerModel(config)
    counters = model.train(dataset.x_train[order], dataset.y_train[order]).counters
    assert summary["rows_per_sample"] == [round(float(rows), 1) for rows in counters[:, :, 0].mean(0)]
    assert summary["spikes_per_sample"] == [round(float(spikes), 1) for spikes in counters[:, :, 3].mean(0)]
    assert_same(model.state(), arrays(tmp_path / "runs" / "small"))


def test_the_report_is_one_whole_file_without_links_out(small, tmp_path):
    cli.main([*small, "--epochs", "1"])
    page = (tmp_path / "runs" / "small" / "report.html").read_text()
    sources = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            sources.extend(value for key, value in attributes if key in ("src", "href"))

    Reader().feed(page)
    assert len(sources) == 3
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    body = page[page.index("<main>") : page.index("</main>") + 7].replace("&ndash;", "-")
    ElementTree.fromstring(re.sub(r"(<img [^>]*)>", r"\1/>", body))  # every tag is closed
    assert "@import" not in page
    assert "url(" not in page


def test_the_same_command_gives_the_same_network_in_a_folder_of_its_own(small, tmp_path):
    cli.main(small)
    cli.main(small)
    assert_same(arrays(tmp_path / "runs" / "small"), arrays(tmp_path / "runs" / "small-2"))


def test_another_seed_gives_another_network(small, tmp_path):
    cli.main([*small, "--run", "a"])
    cli.main([*small, "--run", "b", "--seed", "1"])
    assert (arrays(tmp_path / "a")["W1"] != arrays(tmp_path / "b")["W1"]).any()


@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_an_interrupted_run_goes_on_to_the_same_network(small, tmp_path, monkeypatch, capsys, epoch):
    cli.main([*small, "--run", "whole"])
    train = golden_backend.GoldenNetwork.learn
    epochs = []

    def interrupted(self, x, y, decay, advance):
        epochs.append(decay)
        if len(epochs) == epoch + 1:
            train(self, x[:20], y[:20], decay, advance)  # in the middle of an epoch
            raise KeyboardInterrupt
        return train(self, x, y, decay, advance)

    monkeypatch.setattr(golden_backend.GoldenNetwork, "learn", interrupted)
    capsys.readouterr()
    assert cli.main([*small, "--run", "parts"]) == 130
    said = " ".join(capsys.readouterr().out.split())
    assert f"keeps the network after epoch {epoch}; go on with bispike train --resume --run parts" in said
    assert {path.name for path in (tmp_path / "parts").iterdir()} == {"config.toml", "weights.npz"}
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "--resume", "--run", "parts"]) == 0
    assert_same(arrays(tmp_path / "whole"), arrays(tmp_path / "parts"))
    whole, parts = (json.loads((tmp_path / name / "summary.json").read_text()) for name in ("whole", "parts"))
    assert whole["curve"] == parts["curve"]
    assert whole["rows_per_sample"] == parts["rows_per_sample"]


def test_going_on_with_a_finished_run_only_writes_its_report_anew(small, tmp_path, capsys):
    cli.main(small)
    before = arrays(tmp_path / "runs" / "small")
    (tmp_path / "runs" / "small" / "report.html").unlink()
    assert cli.main([*small, "--resume"]) == 0
    assert_same(before, arrays(tmp_path / "runs" / "small"))
    assert (tmp_path / "runs" / "small" / "report.html").exists()


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("--epochs", "4", "--epochs: found 4 with --resume; allowed is what runs/small began with, 3"),
        ("--seed", "5", "--seed: found 5 with --resume; allowed is what runs/small began with, 0"),
        ("--split", "1", "--split: found 1 with --resume; allowed is what runs/small began with, 0"),
        ("--data", "digits", "--data: found digits with --resume; allowed is what runs/small began with, stripes.npz"),
        ("--config", "tiny", "--config: found tiny with --resume; allowed is what runs/small began with, small"),
    ],
)
def test_going_on_with_other_settings_is_refused(small, capsys, option, value, text):
    cli.main(small)
    capsys.readouterr()
    assert cli.main(["train", "--resume", "--run", "runs/small", option, value]) == 2
    assert text in capsys.readouterr().err


def test_going_on_with_changed_samples_is_refused(small, capsys):
    cli.main(small)
    with np.load("stripes.npz") as file:
        x, y = file["x"], file["y"]
    np.savez("stripes.npz", x=x[::-1], y=y[::-1])
    capsys.readouterr()
    assert cli.main([*small, "--resume"]) == 2
    assert "found a run on other samples of stripes.npz" in capsys.readouterr().err


@pytest.mark.parametrize("killed", [golden_backend.GoldenNetwork, run.RunFolder])
def test_a_run_killed_before_its_first_epoch_begins_anew(small, tmp_path, monkeypatch, killed):
    """Not interrupted, but gone: no handler runs. What it left says configuration, data and backend."""

    class Killed(BaseException):
        pass

    def die(*arguments):
        raise Killed

    monkeypatch.setattr(killed, "__init__" if killed is golden_backend.GoldenNetwork else "write", die)
    with pytest.raises(Killed):
        cli.main([*small, "--seed", "4", "--run", "killed"])
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "--resume", "--run", "killed"]) == 0
    cli.main([*small, "--seed", "4", "--run", "whole"])
    assert_same(arrays(tmp_path / "whole"), arrays(tmp_path / "killed"))


def test_an_edited_configuration_is_refused_and_stays(small, tmp_path, capsys):
    cli.main([*small, "--epochs", "1"])
    path = tmp_path / "runs" / "small" / "config.toml"
    edited = path.read_text().replace("leak = 3", "leak = 2").replace("epochs = 1", "epochs = 2")
    path.write_text(edited)
    capsys.readouterr()
    assert cli.main([*small, "--resume"]) == 2
    assert (
        "runs/small/config.toml: leak: found 2 with --resume; allowed is what the run began with, 3; for another, begin a"
        in (capsys.readouterr().err)
    )
    assert path.read_text() == edited


def test_a_folder_in_which_a_run_is_at_work_is_refused(small, tmp_path, capsys):
    cli.main([*small, "--epochs", "1"])
    capsys.readouterr()
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=HERE
    )
    assert other.stdout.readline() == "held\n"
    assert cli.main([*small, "--resume"]) == 2
    assert capsys.readouterr().err == "bispike: runs/small: found another run at work in it; allowed is one at a time\n"
    other.kill()
    other.wait()
    assert cli.main([*small, "--resume"]) == 0, "the lock of a process that is gone does not block"


def test_backprop_is_trained_where_it_is_asked_for(small, tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(run, "backprop_curve", lambda config, dataset: asked.append(config.name) or [0.5, 0.625])
    cli.main([*small, "--epochs", "2", "--run", "without"])
    without, page = (json_of(tmp_path / "without"), (tmp_path / "without" / "report.html").read_text())
    assert (asked, without["backprop_accuracy"], "backprop" in without["curve"]) == ([], None, False)
    assert "backprop" not in page.lower()
    assert "backprop" not in capsys.readouterr().out
    cli.main(["train", "--resume", "--run", "without", "--baseline"])
    cli.main([*small, "--epochs", "2", "--run", "with", "--baseline"])
    for name in ("with", "without"):
        assert (json_of(tmp_path / name)["backprop_accuracy"], asked) == (0.625, ["small", "small"])
        assert json_of(tmp_path / name)["curve"]["backprop"] == [0.5, 0.625]
        assert "62.50 %</b><span>test accuracy, backprop" in (tmp_path / name / "report.html").read_text()


def json_of(folder) -> dict:
    return json.loads((folder / "summary.json").read_text())


def test_predictions_are_those_of_the_golden_model(small, tmp_path, capsys):
    from golden.integer import IntegerModel
    from sw import data

    cli.main(small)
    capsys.readouterr()
    assert cli.main(["predict", "--from", "runs/small", "--output", "out/predictions.csv"]) == 0
    kept = Checkpoint.load(tmp_path / "runs" / "small")
    model = IntegerModel(kept.config)
    model.load(kept.state)
    dataset = data.load("stripes.npz")
    expected = model.train(dataset.x_test, dataset.y_test, learn=False).prediction
    rows = rows_of(tmp_path / "out" / "predictions.csv")
    assert rows[:, 2].tolist() == expected.tolist()
    assert rows[:, 1].tolist() == dataset.y_test.tolist()
    with np.load("stripes.npz") as file:
        np.testing.assert_array_equal(file["x"][rows[:, 0]], dataset.x_test)
    right = 100 * (expected == dataset.y_test).mean()
    assert capsys.readouterr().out == f"{right:.2f} % of 12 samples right\n"


def rows_of(path, names="sample,label,prediction") -> np.ndarray:
    """The numbers of a predictions file, after a look at its head."""
    head, *lines = path.read_text().splitlines()
    assert head == names
    return np.array([[int(number) for number in line.split(",")] for line in lines])


@pytest.mark.parametrize("own_test", [True, False])
def test_other_data_is_predicted_whole_and_in_its_own_order(small, tmp_path, own_test):
    cli.main(small)
    random = np.random.default_rng(2)
    x, y = random.integers(0, 16, (20, 9)), random.integers(0, 2, 20)
    np.savez("other.npz", x=x[:15], y=y[:15], x_test=x[15:], y_test=y[15:]) if own_test else np.savez("other.npz", x=x, y=y)
    assert cli.main(["predict", "--from", "runs/small", "--data", "other.npz", "--output", "all.csv"]) == 0
    rows = rows_of(tmp_path / "all.csv")
    assert rows[:, 0].tolist() == list(range(20))
    assert rows[:, 1].tolist() == y.tolist()


def test_samples_without_labels_are_named_and_counted(small, tmp_path, capsys):
    cli.main(small)
    with np.load("stripes.npz") as file:
        np.savez("bare.npz", x=file["x"])
        count = len(file["x"])
    cli.main(["predict", "--from", "runs/small", "--part", "all", "--output", "with.csv"])
    capsys.readouterr()
    assert cli.main(["predict", "--from", "runs/small", "--data", "bare.npz", "--output", "bare.csv"]) == 0
    bare, labelled = rows_of(tmp_path / "bare.csv", "sample,prediction"), rows_of(tmp_path / "with.csv")
    assert bare.tolist() == labelled[:, [0, 2]].tolist()
    ones = int(bare[:, 1].sum())
    assert capsys.readouterr().out == f"{count} samples without labels: {count - ones} of class 0, {ones} of class 1\n"
    np.savez("bare.npz", x=np.zeros((3, 8), np.uint8))
    assert cli.main(["predict", "--from", "runs/small", "--data", "bare.npz"]) == 2
    assert "found 8 pixels a sample; allowed is 9" in capsys.readouterr().err


def test_recall_shows_and_draws_what_the_network_remembers(small, tmp_path, capsys):
    cli.main([*small, "--epochs", "10"])
    capsys.readouterr()
    assert cli.main(["recall", "--from", "runs/small", "--output", "memory.png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["0", "1"]
    first, second = lines[1][:9], lines[3][9:]
    assert "█" in first  # the upper stripe is class 0
    assert "█" in second  # the lower one class 1
    assert (tmp_path / "memory.png").read_bytes().startswith(b"\x89PNG")


def test_a_disk_that_is_full_in_the_second_epoch_leaves_the_first(small, tmp_path, monkeypatch, capsys):
    save = Checkpoint.save

    def full(self, path):
        if len(self.epochs) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        save(self, path)

    monkeypatch.setattr(Checkpoint, "save", full)
    assert cli.main(small) == 2 and "No space left on device" in capsys.readouterr().err
    assert len(Checkpoint.load(tmp_path / "runs" / "small").epochs) == 1
