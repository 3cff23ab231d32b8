"""A run that was cut short goes on exactly, as itself and in one process only; what cannot go on is refused."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from sw import cli
from sw.training import golden_backend, run
from tests.sw.training.runs import arrays, assert_same

ROOT = Path(cli.__file__).parents[1]
HERE = os.environ | {"PYTHONPATH": str(ROOT)}
HOLD = """
import pathlib, sys
from sw.common.files import RunFolder
with RunFolder(pathlib.Path("runs/small")).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


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


def test_a_disk_that_is_full_in_the_second_epoch_leaves_the_first(small, tmp_path, monkeypatch, capsys):
    save = Checkpoint.save

    def full(self, path):
        if len(self.epochs) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        save(self, path)

    monkeypatch.setattr(Checkpoint, "save", full)
    assert cli.main(small) == 2 and "No space left on device" in capsys.readouterr().err
    assert len(Checkpoint.load(tmp_path / "runs" / "small").epochs) == 1
