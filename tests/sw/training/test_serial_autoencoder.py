"""Training an auto-encoder by the command on a chip at a serial port, every value compared with golden's."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import cli
from tests.sw.driver.model_board import ModelBoard

pytestmark = pytest.mark.usefixtures("unpainted")

CONFIG = Config.from_dict({"task": "autoencoder", "name": "small", "sizes": [9, 4, 5], "lanes": 4, "epochs": 2})


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder with data, labels beyond any code, and a configuration."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    np.savez("noise.npz", x=random.integers(0, 16, (20, 9)), y=np.arange(20) % 10)
    (tmp_path / "small.toml").write_text(CONFIG.to_toml())


def train(*more):
    return cli.main(["train", "--config", "small.toml", "--data", "noise.npz", *more])


def state(name):
    return Checkpoint.load(Path("runs") / name).state


def test_a_board_learns_an_auto_encoder_as_the_golden_model_does(capsys):
    """Labels are for nobody; it is tested with all that it has learned."""
    assert train("--backend", "golden", "--run", "runs/golden") == 0
    capsys.readouterr()
    assert train("--backend", "serial", "--port", ModelBoard(CONFIG).port, "--run", "runs/board", "--log", "log.jsonl") == 0
    golden, chip = state("golden"), state("board")
    assert golden.keys() == chip.keys() >= {"W1", "Theta1", "samples"}
    for name in golden:
        np.testing.assert_array_equal(chip[name], golden[name], name)
    kept = Checkpoint.load(Path("runs/board")).epochs
    values = 20 * (9 + 5 + 1 + 20) + sum(np.asarray(array).size for array in golden.values())
    assert [(epoch["values"], epoch["differ"]) for epoch in kept] == [(values, 0)] * 2
    for epoch in kept:
        for part in ("training", "test"):
            assert epoch[part]["squared_error"] == epoch[part]["golden_squared_error"] > 0
        assert min(epoch["test"]["agreement"]) > 0


def test_a_wrong_pixel_of_an_auto_encoders_board_ends_the_run(capsys):
    wrong = ModelBoard(CONFIG)
    take = wrong.chip.model.train

    def turned(x, *more, **how):
        said = take(x, *more, **how)
        return replace(said, recalled=(said.recalled + 1) % 9)

    wrong.chip.model.train = turned
    assert train("--backend", "serial", "--port", wrong.port, "--run", "runs/board") == 1
    line, first = capsys.readouterr().err, "bispike: epoch 1, mismatch at sample 0, layer 0, neuron 0: "
    assert re.match(first + r"recalled expected (\d), got (?!\1)\d ", line)
    assert not Checkpoint.load(Path("runs/board")).epochs
