"""What a training begins with: the configuration that its data gets, and options that would do nothing."""

import shlex

import numpy as np
import pytest

from golden.config import NAMED
from sw import cli
from sw.commands import learning
from sw.training import run, sim_backend
from sw.training.start import begin

GIVEN = {"config": None, "split": None, "backend": None, "epochs": None, "seed": None}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, pixels: int, **more) -> None:
    rng = np.random.default_rng(0)
    np.savez(name, x=rng.integers(0, 16, (10, pixels)), y=np.arange(10) % 3, **more)


@pytest.mark.parametrize("name", ["digits", "text", "autoencoder", "electricity"])
def test_a_file_that_is_called_as_a_configuration_gets_one_of_its_own(folder, name):
    write(f"{name}.npz", NAMED[name].sizes[0])
    kept, _dataset = begin(GIVEN | {"data": f"{name}.npz"}, False)
    assert (kept.config.name, kept.config.task, kept.config.classes) == (name, "recognition", 3)


def test_a_run_on_a_file_of_images_is_found_again_by_its_data(folder, capsys):
    rng = np.random.default_rng(0)
    for kind, array in (("images-idx3", rng.integers(0, 9, (10, 2, 2), np.uint8)), ("labels-idx1", np.arange(10) % 2)):
        head = bytes((0, 0, 8, array.ndim)) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        (folder / f"train-{kind}-ubyte").write_bytes(head + array.astype(np.uint8).tobytes())
    command = ["train", "--data", "train-images-idx3-ubyte", "--epochs", "1"]
    assert cli.main(command) == 0 and (folder / "runs" / "train").is_dir()
    assert cli.main([*command, "--resume"]) == 0, capsys.readouterr().err
    assert "run runs/train, complete" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("train", "--data"), ("data",)])
def test_a_split_of_data_with_a_test_part_of_its_own_is_refused(folder, capsys, command):
    write("whole.npz", 4, x_test=np.zeros((3, 4), int), y_test=np.arange(3))
    assert cli.main([*command, "whole.npz", "--split", "0"]) == 2
    said = "--split: found with whole.npz, which brings its own test part; allowed where a fifth is drawn as one"
    assert capsys.readouterr().err == f"bispike: {said}\n"
    assert [path.name for path in folder.iterdir()] == ["whole.npz"]


@pytest.mark.parametrize("backend", ["golden", "sim"])
def test_a_speed_of_no_line_is_refused(folder, capsys, monkeypatch, backend):
    monkeypatch.setattr(learning, "Console", lambda: pytest.fail("a training that begins"))
    assert cli.main(["train", "--backend", backend, "--baud", "1000000"]) == 2
    said = f"--baud: found with --backend {backend}; allowed with --backend serial"
    assert capsys.readouterr().err == f"bispike: {said}\n" and not list(folder.iterdir())


def test_the_command_that_goes_on_with_an_interrupted_simulation_names_the_simulator(folder, capsys, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim_backend, "train", interrupted)
    monkeypatch.setattr(run, "find_simulator", lambda name: name or "the fastest")
    write("mine.npz", 4)
    given = ["--simulator", "icarus", "--waves"]
    assert cli.main(["train", "--data", "mine.npz", "--backend", "sim", "--run", "here", *given]) == 130
    words = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert words[1:] == ["train", "--resume", "--run", "here", *given]
