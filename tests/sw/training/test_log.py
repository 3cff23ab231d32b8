"""A line of JSON for each epoch of a training, whole also when the run goes on."""

import json

import numpy as np
import pytest

from cosim import account
from cosim.checkpoint import Checkpoint
from golden.config import NAMED
from sw import cli
from sw.common.files import RunFolder
from sw.training import golden_backend, log

pytestmark = pytest.mark.usefixtures("unpainted")


@pytest.fixture
def command(tmp_path, monkeypatch) -> list[str]:
    """A training of two short epochs, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text("sizes = [9, 8, 2]\nlanes = 2\nblock = 7\nepochs = 2\n")
    x, y = np.random.default_rng(1).integers(0, 16, (40, 9)), np.arange(40) % 2
    np.savez("mine.npz", x=x, y=y, x_test=x[:10], y_test=y[:10])
    return ["train", "--config", "small.toml", "--data", "mine.npz", "--run", "run", "--log", "logs/log.jsonl"]


def test_each_epoch_is_a_line_that_says_what_the_checkpoint_says(command, tmp_path):
    assert cli.main(command) == 0
    lines = [json.loads(line) for line in (tmp_path / "logs" / "log.jsonl").read_text().splitlines()]
    kept = Checkpoint.load(tmp_path / "run")
    assert [line["epoch"] for line in lines] == [1, 2]
    for line, epoch in zip(lines, kept.epochs, strict=True):
        assert line["training_accuracy"] == epoch["training"]["correct"] / 40
        assert line["test_accuracy"] == line["golden_accuracy"] == epoch["test"]["correct"] / 10
        assert (line["samples"], line["epochs"], line["clocks_per_sample"]) == (40, 2, None)


def test_the_log_of_a_run_that_goes_on_has_its_earlier_epochs(command, tmp_path, monkeypatch):
    """The first epoch's line is there before the second ends, and once only after the rest."""
    learn = golden_backend.GoldenNetwork.learn

    def interrupted(self, *arguments):
        if (tmp_path / "logs" / "log.jsonl").read_text():
            raise KeyboardInterrupt
        return learn(self, *arguments)

    monkeypatch.setattr(golden_backend.GoldenNetwork, "learn", interrupted)
    assert cli.main(command) == 130
    first = (tmp_path / "logs" / "log.jsonl").read_text()
    assert json.loads(first)["epoch"] == 1
    monkeypatch.setattr(golden_backend.GoldenNetwork, "learn", learn)
    assert cli.main(["train", "--resume", "--run", "run", "--log", "logs/log.jsonl"]) == 0
    lines = (tmp_path / "logs" / "log.jsonl").read_text().splitlines(keepends=True)
    assert lines[0] == first
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]


def test_a_log_that_cannot_be_written_is_refused_before_the_run(command, tmp_path, capsys):
    (tmp_path / "logs").write_text("in the way")
    assert cli.main(command) == 2
    assert capsys.readouterr().err == "bispike: logs: cannot write: found a file; allowed is a folder\n"
    assert not (tmp_path / "run").exists()


def test_a_log_in_the_runs_own_folder_leaves_the_folder_its_name(command, tmp_path, capsys):
    assert cli.main([*command[:-1], "run/log.jsonl"]) == 0
    assert {"log.jsonl", "weights.npz"} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert not (tmp_path / "run-2").exists()
    before = (tmp_path / "run" / "log.jsonl").read_text()
    assert before.count("\n") == 2
    capsys.readouterr()
    assert cli.main([*command[:-1], "run/log.jsonl"]) == 2  # the second run, in run-2
    said = "bispike: --log: found run/log.jsonl, in the folder of another run; allowed is any other place\n"
    assert capsys.readouterr().err == said
    assert (tmp_path / "run" / "log.jsonl").read_text() == before
    assert not (tmp_path / "run-2").exists()
    assert cli.main(["train", "--resume", "--run", "run", "--log", "run/log.jsonl"]) == 0
    assert (tmp_path / "run" / "log.jsonl").read_text() == before


@pytest.mark.parametrize("name", ["weights.npz", "config.toml", "summary.json", "sub/report.html"])
def test_no_file_of_the_run_itself_is_a_log(command, tmp_path, capsys, name):
    said = f"bispike: --log: found run/{name}, in the run's own folder; allowed there is a name that ends in .jsonl\n"
    assert cli.main([*command[:-1], f"run/{name}"]) == 2
    assert capsys.readouterr().err == said and not (tmp_path / "run").exists()


def test_a_run_that_is_refused_leaves_the_log_of_the_one_at_work(command, tmp_path, capsys):
    assert cli.main(command) == 0
    before = (tmp_path / "logs" / "log.jsonl").read_text()
    capsys.readouterr()
    with RunFolder(tmp_path / "run").locked():
        (tmp_path / "logs" / "log.jsonl").write_text(before + "mine")
        assert cli.main(["train", "--resume", "--run", "run", "--log", "logs/log.jsonl"]) == 2
    assert "run: found another run at work in it" in capsys.readouterr().err
    assert (tmp_path / "logs" / "log.jsonl").read_text() == before + "mine"


@pytest.mark.parametrize("more", [(), ("--resume",)])
def test_no_file_but_an_earlier_log_is_overwritten(command, tmp_path, capsys, more):
    assert not more or cli.main(command) == 0
    capsys.readouterr()
    before = (tmp_path / "mine.npz").read_bytes()
    assert cli.main([*command[:-1], "mine.npz", *more]) == 2
    assert capsys.readouterr().err == "bispike: --log: found mine.npz, which is no earlier log; allowed is a new name\n"
    assert (tmp_path / "mine.npz").read_bytes() == before
    assert (tmp_path / "run").exists() == bool(more), "nothing was begun"


def test_an_earlier_log_begins_as_is_known(command, tmp_path):
    for _ in range(2):
        assert cli.main([*command, "--epochs", "1"]) == 0
    assert (tmp_path / "logs" / "log.jsonl").read_text().startswith(log.FIRST)


def test_an_epoch_that_did_not_come_to_its_end_has_the_keys_of_its_run():
    config = NAMED["electricity"]
    broken = account.epoch(account.nothing(config), account.nothing(config))
    found = log.line(config, 0, broken, valued=True)
    assert found["test_error"] is None and "test_accuracy" not in found
    assert "test_accuracy" in log.line(config, 0, broken)
