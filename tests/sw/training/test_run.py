"""Training by the command on the golden model: what a run leaves, and what a network says then."""

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import cli
from sw.data import load
from sw.training import run
from sw.training.golden_backend import trained
from tests.sw.training.runs import arrays, assert_same

ACCURACIES = {"test_accuracy", "golden_accuracy", "backprop_accuracy"}
CLOCKS = {"clocks_per_sample_training", "clocks_per_sample_inference"}
KEYS = {"config", "samples", "values_compared", "mismatches", "seconds", "simulator"} | ACCURACIES | CLOCKS
FILES = {"config.toml", "weights.npz", "summary.json", "learning_curve.png", "recall.png", "raster.png", "report.html"}


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


@pytest.mark.usefixtures("unpainted")
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


@pytest.mark.usefixtures("unpainted")
def test_the_same_command_gives_the_same_network_in_a_folder_of_its_own(small, tmp_path):
    cli.main(small)
    cli.main(small)
    assert_same(arrays(tmp_path / "runs" / "small"), arrays(tmp_path / "runs" / "small-2"))


@pytest.mark.usefixtures("unpainted")
def test_a_training_in_memory_gives_the_network_of_a_run(small, tmp_path):
    random = np.random.default_rng(0)  # samples that teach to the last: an update is pending at each epoch's end
    np.savez("noise.npz", x=random.integers(0, 16, (60, 9)), y=random.integers(0, 2, 60))
    cli.main([*small[:-1], "noise.npz"])
    config = Config.load("small.toml")
    assert_same(trained(config, load("noise.npz", 0)).model.state(), arrays(tmp_path / "runs" / "small"))


@pytest.mark.usefixtures("unpainted")
def test_another_seed_gives_another_network(small, tmp_path):
    cli.main([*small, "--run", "a"])
    cli.main([*small, "--run", "b", "--seed", "1"])
    assert (arrays(tmp_path / "a")["W1"] != arrays(tmp_path / "b")["W1"]).any()


@pytest.mark.usefixtures("unpainted")
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


@pytest.mark.usefixtures("unpainted")
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
    said = f"{right:.2f} % of 12 test samples right\nout/predictions.csv: 12 predictions\n"
    assert capsys.readouterr().out == said


def rows_of(path, names="sample,label,prediction") -> np.ndarray:
    """The numbers of a predictions file, after a look at its head."""
    head, *lines = path.read_text().splitlines()
    assert head == names
    return np.array([[int(number) for number in line.split(",")] for line in lines])


@pytest.mark.usefixtures("unpainted")
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


@pytest.mark.usefixtures("unpainted")
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
    said = f"{count} samples without labels: {count - ones} of class 0, {ones} of class 1\nbare.csv: {count} predictions\n"
    assert capsys.readouterr().out == said
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


def test_data_alone_is_enough(small, tmp_path, capsys):
    assert cli.main(["train", "--data", "stripes.npz", "--epochs", "1"]) == 0
    run = tmp_path / "runs" / "stripes"
    assert "network chosen for stripes: 9-128-64-2, 16 lanes; --config takes another" in capsys.readouterr().out
    assert Config.from_toml((run / "config.toml").read_text()).sizes == (9, 128, 64, 2)
    summary = json.loads((run / "summary.json").read_text())
    assert (summary["pixels"], summary["classes"]) == ("0..15", ["0", "1"])
    assert "<dt>pixels</dt><dd>0..15</dd>" in (run / "report.html").read_text()
