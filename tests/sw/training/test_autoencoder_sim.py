"""An auto-encoder on the simulated chip by the command: what is said of a run that is equal, and of one that differs."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from golden.order import order
from rtl.interface.results import result_parts
from sw import cli, data
from tests.sw.training.runs import arrays, assert_same
from tests.sw.training.test_sim_backend import leave_broken_leak

TRAIN, TEST = 6, 2
FILES = {"config.toml", "weights.npz", "summary.json", "recalled.png", "error.png", "agreement.png", "report.html"}


@pytest.fixture
def command(tmp_path, monkeypatch) -> list[str]:
    """A training that Icarus has soon done, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(7).integers(0, 16, (TRAIN + TEST, 7))
    y = np.arange(TRAIN + TEST) % 2
    np.savez("noise.npz", x=x[:TRAIN], y=y[:TRAIN], x_test=x[TRAIN:], y_test=y[TRAIN:])
    Path("auto.toml").write_text('task = "autoencoder"\nsizes = [7, 5, 3]\nlanes = 3\nepochs = 2\nname = "small"\n')
    return ["train", "--config", "auto.toml", "--data", "noise.npz"]


ON_CHIP = ["--backend", "sim", "--simulator", "icarus", "--log", "log.jsonl", "--run", "chip"]


def json_of(name: str) -> dict:
    return json.loads((Path(name) / "summary.json").read_text())


def test_the_chip_learns_what_golden_learns_and_says_how_much_was_compared(command, capsys):
    assert cli.main([*command, "--run", "golden"]) == 0
    assert cli.main([*command, *ON_CHIP]) == 0
    said = capsys.readouterr().out.splitlines()
    assert {path.name for path in Path("chip").iterdir()} == FILES | {"core.v"}
    assert_same(arrays(Path("golden")), arrays(Path("chip")))
    golden, chip = json_of("golden"), json_of("chip")
    for key in ("test_error", "golden_error", "agreement", "agreement_curve", "counters_per_sample", "samples"):
        assert golden[key] == chip[key], key
    assert chip["curve"]["chip"] == chip["curve"]["golden"] == golden["curve"]["golden"]
    # Of every sample, the two blank ones of an epoch among them, its whole result; every memory at each epoch's end.
    config = Config.load("auto.toml")
    record, memories = sum(part.count for part in result_parts(config)), 2 * (7 * 5 + 5 * 3)
    assert chip["values_compared"] >= 2 * ((TRAIN + 2 + TEST) * record + memories)
    assert chip["mismatches"] == 0 and chip["first_mismatch"] is None
    assert 0 < chip["clocks_per_sample_inference"] <= chip["clocks_per_sample_training"]
    assert said[-1].endswith(f"{chip['values_compared']:,} values compared, 0 mismatches")
    assert "small, 7-5-3 and back, on icarus" in "\n".join(said)
    page = Path("chip/report.html").read_text()
    assert f"<b>{chip['values_compared']:,}</b><span>values compared with golden" in page
    logged = [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]
    assert [line["test_error"] for line in logged] == [line["golden_error"] for line in logged] == chip["curve"]["chip"]
    assert sum(line["values_compared"] for line in logged) == chip["values_compared"]


def golden_error() -> float:
    """Of the test samples, after one epoch of golden alone."""
    from golden.autoencoder import Autoencoder

    dataset, model = data.load("noise.npz"), Autoencoder(Config.load("auto.toml"))
    model.train(dataset.x_train[order(TRAIN, 0, 0)])
    model.finish()
    recalled = model.train(dataset.x_test, learn=False).recalled
    return float(((recalled / 8 - dataset.x_test / 16) ** 2).mean())


@pytest.mark.long
def test_a_mismatch_ends_a_training_with_1_and_its_summary_and_report_show_it(command, capsys, monkeypatch):
    leave_broken_leak(monkeypatch)
    assert cli.main([*command, *ON_CHIP]) == 1
    said, error = capsys.readouterr()
    assert error.count("\n") == 1
    assert re.match(r"bispike: mismatch at sample \d+, layer \d.*: \w+ expected -?\d+, got -?\d+", error)
    found, page = json_of("chip"), Path("chip/report.html").read_text()
    assert found["first_mismatch"] in error
    assert 10 < found["mismatches"] < found["values_compared"]
    assert found["curve"]["chip"] == [found["test_error"]] != found["curve"]["golden"] == [found["golden_error"]]
    assert found["golden_error"] == golden_error(), "what golden computes alone"
    count = f"{found['mismatches']:,}"
    assert f'<div class="tile bad"><b>{count}</b><span>mismatches' in page
    assert found["first_mismatch"].split(";")[0] in page
    assert said.splitlines()[-1].endswith(f"{found['values_compared']:,} values compared, {count} mismatches")
    assert not Checkpoint.load("chip").epochs, "an epoch with a mismatch is not kept"
    (logged,) = (json.loads(line) for line in Path("log.jsonl").read_text().splitlines())
    assert (logged["mismatches"], logged["values_compared"]) == (found["mismatches"], found["values_compared"])
    assert logged["test_error"] == found["test_error"] != logged["golden_error"]
