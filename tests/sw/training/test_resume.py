"""A run that was cut short goes on exactly, as itself and in one process only; what cannot go on is refused."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden import ConfigError, SampleError, StateError
from sw import cli
from sw.common.errors import UserError
from sw.common.files import RunFolder
from sw.training import golden_backend, run
from tests.marks import long
from tests.sw.training.runs import arrays, assert_same

pytestmark = pytest.mark.usefixtures("unpainted")

ROOT = Path(cli.__file__).parents[1]
HERE = os.environ | {"PYTHONPATH": str(ROOT)}
HOLD = """
import pathlib, sys
from sw.common.files import RunFolder
with RunFolder(pathlib.Path("runs/small")).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("epoch", [long(0), 1, long(2)])
def test_an_interrupted_run_goes_on_to_the_same_network(small, tmp_path, monkeypatch, capsys, epoch):
    cli.main([*small, "--run", "whole"])
    train = golden_backend.GoldenNetwork.learn
    epochs = []

    def interrupted(self, samples, decay, advance):
        epochs.append(decay)
        if len(epochs) == epoch + 1:
            train(self, samples[:20], decay, advance)  # in the middle of an epoch
            raise KeyboardInterrupt
        return train(self, samples, decay, advance)

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


def test_a_baseline_asked_for_at_resume_is_not_forgotten_by_an_interrupt(small, tmp_path, monkeypatch, capsys):
    """Nor is it said nothing: backprop takes as long as the training."""
    cli.main([*small, "--epochs", "1"])

    def interrupted(config, dataset):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "backprop_curve", interrupted)
    capsys.readouterr()
    go_on = ["train", "--resume", "--run", "runs/small"]
    assert cli.main([*go_on, "--baseline"]) == 130
    said = " ".join(capsys.readouterr().out.split())
    assert "runs/small keeps the network after epoch 1; go on with bispike train --resume --run runs/small" in said
    monkeypatch.setattr(run, "backprop_curve", lambda config, dataset: [0.625])
    assert cli.main(go_on) == 0
    assert json.loads((tmp_path / "runs" / "small" / "summary.json").read_text())["backprop_accuracy"] == 0.625


def test_going_on_with_a_finished_run_only_writes_its_report_anew(small, tmp_path, capsys):
    cli.main(small)
    before = arrays(tmp_path / "runs" / "small")
    (tmp_path / "runs" / "small" / "report.html").unlink()
    assert cli.main([*small, "--resume"]) == 0
    assert_same(before, arrays(tmp_path / "runs" / "small"))
    assert (tmp_path / "runs" / "small" / "report.html").exists()


def test_going_on_with_other_settings_is_refused(small, capsys):
    cli.main(small)
    for option, value, text in (
        ("--epochs", "4", "--epochs: found 4 with --resume; allowed is what runs/small began with, 3"),
        ("--seed", "5", "--seed: found 5 with --resume; allowed is what runs/small began with, 0"),
        ("--split", "1", "--split: found 1 with --resume; allowed is what runs/small began with, 0"),
        ("--data", "digits", "--data: found digits with --resume; allowed is what runs/small began with, stripes.npz"),
        ("--config", "tiny", "--config: found tiny with --resume; allowed is what runs/small began with, small"),
    ):
        capsys.readouterr()
        assert cli.main(["train", "--resume", "--run", "runs/small", option, value]) == 2, option
        assert text in capsys.readouterr().err


def test_a_run_goes_on_from_another_folder_with_the_same_samples(small, tmp_path, monkeypatch, capsys):
    """Wherever they lie: what they are is known."""
    cli.main([*small, "--epochs", "1"])
    (tmp_path / "elsewhere").mkdir()
    Path("stripes.npz").rename("moved.npz")
    monkeypatch.chdir("elsewhere")
    np.savez("others.npz", x=np.zeros((60, 9), np.uint8), y=np.arange(60) % 2)
    go_on = ["train", "--resume", "--run", "../runs/small", "--data"]
    capsys.readouterr()
    assert cli.main([*go_on, "others.npz"]) == 2
    said = "--data: found others.npz with --resume; allowed is what ../runs/small began with, stripes.npz"
    assert capsys.readouterr().err == f"bispike: {said}\n"
    assert cli.main([*go_on, "../moved.npz"]) == 0
    assert "run ../runs/small, complete" in capsys.readouterr().out
    assert cli.main([*go_on[:-1]]) == 0, "where it lies now is kept"
    np.savez("../moved.npz", x=np.zeros((60, 9), np.uint8), y=np.arange(60) % 2)
    capsys.readouterr()
    assert cli.main([*go_on, ".././moved.npz"]) == 2
    assert "found a run on other samples of .././moved.npz" in capsys.readouterr().err


def test_a_core_that_does_not_learn_is_not_trained(small, tmp_path, capsys):
    (tmp_path / "still.toml").write_text("learn = false\n" + (tmp_path / "small.toml").read_text())
    assert cli.main([*small, "--config", "still.toml"]) == 2
    said = "found one that does not learn; allowed is one that does\n"
    assert capsys.readouterr().err == f"bispike: --config: {said}"
    assert not (tmp_path / "runs").exists()
    cli.main([*small, "--epochs", "1"])
    kept = Checkpoint.load("runs/small")
    replace(kept, config=kept.config.replace(learn=False)).save("runs/small/weights.npz")
    capsys.readouterr()
    assert cli.main([*small[:1], "--resume", "--run", "runs/small"]) == 2
    assert capsys.readouterr().err == f"bispike: runs/small: {said}"


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


@pytest.mark.parametrize(("key", "own", "found"), [("leak", "3", "2"), ("epochs", "1", "2"), ("name", '"small"', '"other"')])
def test_an_edited_configuration_is_refused_and_stays(small, tmp_path, capsys, key, own, found):
    cli.main([*small, "--epochs", "1"])
    path = tmp_path / "runs" / "small" / "config.toml"
    edited = path.read_text().replace(f"{key} = {own}", f"{key} = {found}")
    path.write_text(edited)
    capsys.readouterr()
    assert cli.main([*small, "--resume"]) == 2
    found, own = (text.strip('"') for text in (found, own))
    said = f"runs/small/config.toml: {key}: found {found} with --resume; allowed is what the run began with, {own}; for anot"
    assert said in capsys.readouterr().err
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


@pytest.mark.parametrize("error", [ConfigError, SampleError, StateError, UserError])
def test_what_is_refused_in_the_first_epoch_leaves_no_run(small, tmp_path, monkeypatch, capsys, error):
    def refused(*_):
        raise error("no")

    monkeypatch.setattr("sw.training.golden_backend.train", refused)
    assert cli.main(small) == 2
    assert capsys.readouterr().err == "bispike: no\n"
    assert not list((tmp_path / "runs").iterdir())


def test_a_disk_that_is_full_before_anything_is_kept_leaves_no_run(small, tmp_path, monkeypatch, capsys):
    def full(self, path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Checkpoint, "save", full)
    assert cli.main(small) == 2
    assert capsys.readouterr().err == "bispike: runs/small/weights.npz: No space left on device; nothing was begun\n"
    assert not list((tmp_path / "runs").iterdir())


def test_what_a_run_goes_on_from_is_read_while_no_other_can_write_it(small, tmp_path, monkeypatch):
    cli.main([*small, "--epochs", "1"])
    load, held = Checkpoint.load, []

    def look(path):
        with pytest.raises(UserError, match="another run at work"), RunFolder(tmp_path / "runs" / "small").locked():
            pass
        held.append(path)
        return load(path)

    monkeypatch.setattr(Checkpoint, "load", look)
    assert cli.main([*small, "--resume"]) == 0
    assert held


def test_a_run_whose_network_was_chosen_is_found_by_its_data(small, capsys):
    assert cli.main(["train", "--data", "stripes.npz", "--epochs", "1"]) == 0
    capsys.readouterr()
    assert cli.main(["train", "--resume", "--data", "stripes.npz"]) == 0
    assert "run runs/stripes, complete" in capsys.readouterr().out


def test_a_run_killed_before_it_kept_anything_is_begun_anew(small, tmp_path, capsys):
    (tmp_path / "runs" / "small").mkdir(parents=True)
    (tmp_path / "runs" / "small" / ".weights-1.npz").write_text("half")
    assert cli.main(["train", "--resume", "--run", "runs/small"]) == 2
    said = "bispike: runs/small: found an empty folder, of a run that ended before it began; allowed is to begin it anew: "
    assert capsys.readouterr().err == said + "--resume with --config or --data\n"
    assert cli.main([*small, "--resume", "--seed", "4", "--epochs", "1"]) == 0
    assert Checkpoint.load(tmp_path / "runs" / "small").config.seed == 4
    assert len(Checkpoint.load(tmp_path / "runs" / "small").epochs) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "runs/small/sim/data.npz"), "runs/small/sim/data.npz: No space"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "vvp"), "vvp: No such file or directory; runs/small"),
        (OSError(errno.ENOSPC, "No space left on device"), "runs/small: No space left on device; runs/small keeps the net"),
    ],
)
def test_what_fails_beside_the_checkpoint_is_named(small, monkeypatch, capsys, error, said):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(golden_backend, "train", fail)
    assert cli.main(small) == 2
    assert capsys.readouterr().err.startswith(f"bispike: {said}")
