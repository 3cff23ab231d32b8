"""Training an auto-encoder by the command on the golden model: what a run leaves, says and goes on with."""

import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from golden.order import order
from sw import cli, data
from tests.sw.training.runs import arrays, assert_same

FILES = {"config.toml", "weights.npz", "summary.json", "recalled.png", "error.png", "agreement.png", "report.html"}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Pictures of 3 x 3 with labels beyond any code, and an auto-encoder for them; gives the command's arguments."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    shapes = random.integers(0, 2, (6, 9)) * 12
    y = np.arange(60) % 6
    np.savez("shapes.npz", x=np.clip(shapes[y] + random.integers(0, 4, (60, 9)), 0, 15), y=y)
    (tmp_path / "auto.toml").write_text('task = "autoencoder"\nsizes = [9, 12, 5]\nlanes = 4\nepochs = 3\nname = "small"\n')
    return ["train", "--config", "auto.toml", "--data", "shapes.npz"]


def json_of(folder) -> dict:
    return json.loads((folder / "summary.json").read_text())


def test_a_run_leaves_every_file_and_every_figure(small, tmp_path, capsys):
    assert cli.main([*small, "--epochs", "8", "--log", "log.jsonl"]) == 0
    folder = tmp_path / "runs" / "small"
    assert {path.name for path in folder.iterdir()} == FILES
    found = json_of(folder)
    assert found["samples"] == 8 * (48 + 12) and found["mismatches"] == found["values_compared"] == 0
    assert found["test_error"] == found["curve"]["golden"][-1] < 0.7 * found["mean_image_error"]
    assert 0 < found["pca_error"] < found["mean_image_error"]
    assert found["agreement"] == found["agreement_curve"][-1] and len(found["agreement"]) == 2
    assert 0.8 < min(found["agreement"]) <= 1
    assert found["backprop_error"] is None and "backprop" not in (folder / "report.html").read_text().lower()
    assert Config.from_toml((folder / "config.toml").read_text()) == Checkpoint.load(folder).config
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("epoch")] == [f"{n}/8" for n in range(1, 9)]
    assert re.fullmatch(r"mean squared error 0\.\d{4} of 12 test samples recalled \(golden model alone: .*\)", lines[-1])
    logged = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["test_error"] for line in logged] == found["curve"]["golden"]
    assert [line["agreement"] for line in logged] == found["agreement_curve"]
    assert [line["training_error"] for line in logged] == found["curve"]["training"]


@pytest.mark.usefixtures("unpainted")
def test_the_summary_counts_what_the_golden_model_counted(small, tmp_path):
    from golden.autoencoder import Autoencoder

    cli.main(small)
    found, config, dataset = json_of(tmp_path / "runs" / "small"), Config.load("auto.toml"), data.load("shapes.npz")
    model, epochs = Autoencoder(config), []
    for epoch, decay in enumerate((0, -1, -2)):
        model.decay = decay
        epochs.append(model.train(dataset.x_train[order(48, config.seed, epoch)]).counters)
        model.finish()
        recalled = model.train(dataset.x_test, learn=False).recalled
    counters = np.concatenate(epochs).mean(0)
    names = ("up_rows", "up_errors", None, "up_spikes", "down_rows", "down_errors", None, "down_spikes")
    for place, name in enumerate((*names, "again_rows", "again_spikes")):
        if name:
            assert found["counters_per_sample"][name] == [round(float(count), 1) for count in counters[:, place]], name
    assert found["test_error"] == pytest.approx(((recalled / 8 - dataset.x_test / 16) ** 2).mean())
    assert found["agreement"] == pytest.approx(model.agreement(dataset.x_test).mean(0).tolist())
    assert_same(model.state(), arrays(tmp_path / "runs" / "small"))


@pytest.mark.usefixtures("unpainted")
def test_an_interrupted_run_goes_on_to_the_same_network(small, tmp_path, monkeypatch):
    from sw.training.golden_backend import GoldenNetwork

    cli.main([*small, "--run", "whole"])
    learn = GoldenNetwork.learn

    def interrupted(self, samples, decay, advance):
        if decay == -1:
            raise KeyboardInterrupt
        return learn(self, samples, decay, advance)

    with monkeypatch.context() as patch:
        patch.setattr(GoldenNetwork, "learn", interrupted)
        assert cli.main([*small, "--run", "cut"]) == 130
    assert len(Checkpoint.load(tmp_path / "cut").epochs) == 1
    assert cli.main(["train", "--resume", "--run", "cut"]) == 0
    assert_same(arrays(tmp_path / "cut"), arrays(tmp_path / "whole"))
    assert json_of(tmp_path / "cut")["curve"] == json_of(tmp_path / "whole")["curve"]


def test_backprop_is_trained_where_it_is_asked_for(small, tmp_path):
    cli.main([*small, "--baseline"])
    found, page = json_of(tmp_path / "runs" / "small"), (tmp_path / "runs" / "small" / "report.html").read_text()
    assert found["backprop_error"] == found["curve"]["backprop"][-1]
    assert len(found["curve"]["backprop"]) == 3
    assert f"<b>{found['backprop_error']:.4f}</b><span>error, backprop, test</span>" in page


def test_the_report_is_one_whole_file_and_says_what_is_measured(small, tmp_path):
    cli.main([*small, "--epochs", "1"])
    folder = tmp_path / "runs" / "small"
    page, found = (folder / "report.html").read_text(), json_of(folder)
    body = page[page.index("<main>") : page.index("</main>") + 7]
    tree = ElementTree.fromstring(re.sub(r"(<img [^>]*)>", r"\1/>", body))  # every tag is closed
    assert [image.get("src")[:22] for image in tree.iter("img")] == ["data:image/png;base64,"] * 3
    for key in ("test_error", "pca_error", "mean_image_error"):
        assert f"<b>{found[key]:.4f}</b>" in page, key
    rows = [[cell.text for cell in row] for row in tree.find(".//table")]
    assert [row[:2] for row in rows[1:]] == [
        ["up", "W[1], 9 x 12"],
        ["up", "W[2], 12 x 5"],
        ["down", "Theta[0], 12 x 9"],
        ["down", "Theta[1], 5 x 12"],
        ["again", "W[1], 9 x 12"],
        ["again", "W[2], 12 x 5"],
    ]
    counts = found["counters_per_sample"]
    assert rows[3][2:] == [f"{counts[f'down_{kind}'][0]:,.1f}" for kind in ("rows", "errors", "spikes")]
    assert rows[6][2:] == [f"{counts['again_rows'][1]:,.1f}", None, f"{counts['again_spikes'][1]:,.1f}"]


def test_samples_that_are_no_pictures_are_drawn_too(small, tmp_path):
    np.savez("shapes.npz", x=np.random.default_rng(0).integers(0, 16, (60, 7)), y=np.arange(60) % 6)
    (tmp_path / "auto.toml").write_text('task = "autoencoder"\nsizes = [7, 5]\nlanes = 4\nepochs = 1\nname = "small"\n')
    assert cli.main(small) == 0
    assert (tmp_path / "runs" / "small" / "recalled.png").stat().st_size > 5000


def test_data_of_another_width_is_refused(small, capsys):
    np.savez("shapes.npz", x=np.zeros((60, 8), int), y=np.zeros(60, int))
    assert cli.main(small) == 2
    assert "data shapes: found 8 pixels a sample; allowed is 9" in capsys.readouterr().err


def test_python_names_what_it_does_not_give(small):
    from sw.common.errors import UserError
    from sw.python.whole import train

    with pytest.raises(UserError, match="found a network of task autoencoder; allowed is one that names samples"):
        train("auto.toml", "shapes.npz")
