"""Bad input to the command: one line on stderr, what was found and what is allowed, exit code 2, nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import NAMED, Config
from sw import cli
from sw.common.files import write


@pytest.fixture
def complaint(capsys, monkeypatch, tmp_path):
    """Runs the command in an empty folder of its own, checks that it refuses properly, and returns what it said."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        before = sorted(tmp_path.rglob("*"))
        code = cli.main(list(arguments))
        captured = capsys.readouterr()
        assert code == 2
        assert captured.out == ""
        assert captured.err.startswith("bispike: ")
        assert captured.err.count("\n") == 1
        assert "Traceback" not in captured.err
        assert sorted(tmp_path.rglob("*")) == before, "something was written"
        return captured.err

    return run


def samples(path: Path, **arrays) -> str:
    """A .npz of 10 good samples of 8 pixels and 3 classes, with some arrays replaced."""
    good = {"x": np.arange(80).reshape(10, 8) % 16, "y": np.arange(10) % 3}
    np.savez(path, **(good | arrays))
    return str(path)


def toml(path: Path, **changes) -> str:
    """A configuration file that fits `samples`, with some keys replaced."""
    path.write_text("\n".join(f"{key} = {value}" for key, value in ({"sizes": [8, 6, 3], "lanes": 2} | changes).items()))
    return str(path)


def test_an_unknown_configuration_is_named_with_the_known_ones(complaint):
    assert "unknown configuration 'huge'; allowed are tiny, digits, deep, fashion" in complaint("train", "--config", "huge")


def test_a_missing_configuration_file_is_named(complaint):
    assert "cannot read configuration missing.toml: No such file" in complaint("train", "--config", "missing.toml")


def test_an_unknown_key_is_named_with_the_known_ones(complaint, tmp_path):
    assert "unknown key 'lane'; allowed are block, coding" in complaint(
        "train", "--config", toml(tmp_path / "a.toml", lane=3)
    )


def test_a_value_out_of_range_is_named_with_its_range(complaint, tmp_path):
    message = complaint("train", "--config", toml(tmp_path / "a.toml", leak=9))
    assert "leak: found 9; allowed is a whole number from 1 to 7" in message


@pytest.mark.parametrize("command", [("train", "--data"), ("data",)])
def test_a_column_or_a_size_that_does_nothing_is_refused(complaint, tmp_path, command):
    samples(tmp_path / "own.npz")
    write(tmp_path / "own.csv", "1,2,0\n3,4,1\n")
    (tmp_path / "pictures").mkdir()
    for name in ("digits", "own.npz", "pictures"):
        assert complaint(*command, name, "--label", "kind") == (
            f"bispike: --label: found with {name}; allowed with a .csv file\n"
        )
    for name in ("digits", "own.npz", "own.csv"):
        assert complaint(*command, name, "--size", "2x2") == (
            f"bispike: --size: found with {name}; allowed with a folder of pictures\n"
        )


@pytest.mark.parametrize("option", ["--epochs", "--seed"])
def test_a_number_out_of_range_on_the_command_line_is_named(complaint, option):
    assert f"{option[2:]}: found -1; allowed is a whole number from" in complaint("train", option, "-1")


def test_a_number_that_is_none_is_named(complaint):
    assert complaint("train", "--epochs", "many") == "bispike: --epochs: found 'many'; allowed is a whole number\n"


def test_an_unknown_option_is_named(complaint):
    assert "No such option: --epoch" in complaint("train", "--epoch", "3")


def test_an_unknown_command_is_named(complaint):
    assert "command: found 'learn'; allowed is one of train, " in complaint("learn")


def test_an_unknown_backend_is_named_with_the_known_ones(complaint):
    said = "--backend: found 'fpga'; allowed is one of golden, sim, serial"
    assert complaint("train", "--backend", "fpga") == f"bispike: {said}\n"


def test_unknown_data_is_named_with_the_known_ones(complaint):
    assert "data: found 'mnist'; allowed are digits, fashion, a .npz or .csv file, a folder" in complaint(
        "train", "--data", "mnist"
    )


def test_missing_data_is_named(complaint):
    assert "missing.npz: found no such file" in complaint("train", "--data", "missing.npz")


def test_data_of_another_shape_than_the_network_is_named_with_both(complaint, tmp_path):
    message = complaint("train", "--config", "digits", "--data", samples(tmp_path / "d.npz"))
    assert "found 8 pixels a sample; allowed is 64" in message


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        (
            {"x": np.full((10, 8), 256)},
            "found integers 256 to 256 in x; allowed are integers 0 to 15 or 0 to 255, or floats 0 to 1",
        ),
        ({"x": np.full((10, 8), -0.1)}, "found floats -0.1 to -0.1 in x"),
        ({"x": np.full((10, 8), np.nan)}, "found NaN or infinity in x"),
        ({"x": np.zeros((0, 8), int)}, "found no values in x, shape (0, 8)"),
        ({"x": np.full((10, 8), "seven")}, "in x, not numbers"),
        ({"x": np.zeros(10, int)}, "found shape (10,) in x"),
        ({"y": np.arange(9) % 3}, "found 10 samples in x and 9 labels in y"),
        ({"y": np.arange(10) - 1}, "found label -1 in y"),
        ({"y": np.arange(10) % 3 + 0.5}, "found label 0.5 in y"),
        ({"y": np.arange(10)}, "allowed are 3 classes, labels 0 to 2"),
    ],
)
def test_data_that_no_core_can_learn_is_refused(complaint, tmp_path, arrays, text):
    config = toml(tmp_path / "c.toml")
    assert text in complaint("train", "--config", config, "--data", samples(tmp_path / "d.npz", **arrays))


def test_a_file_that_is_no_data_is_refused(complaint, tmp_path):
    (tmp_path / "d.npz").write_text("x,y\n1,2\n")
    assert "found no .npz file" in complaint("train", "--data", str(tmp_path / "d.npz"))


def test_a_size_that_is_none_and_what_a_run_has_chosen_already_are_named(complaint):
    assert "--size: found '28'; allowed is WIDTHxHEIGHT, as 28x28" in complaint("train", "--size", "28")
    assert "--label: found with --resume; allowed without" in complaint("train", "--resume", "--label", "kind")
    assert "--config: found tiny with --from; allowed is one of them" in complaint("info", "--config", "tiny", "--from", "x")
    assert "--output: found s.xyz; allowed is a name that ends in .png" in complaint("data", "digits", "-o", "s.xyz")


def test_a_run_folder_that_cannot_be_made_is_named(complaint, tmp_path):
    (tmp_path / "file").write_text("in the way")
    message = complaint("train", "--run", str(tmp_path / "file" / "run"))
    assert "file: cannot write: found a file; allowed is a folder" in message


@pytest.mark.parametrize(
    ("path", "said"),
    [(".", "found no name; allowed is a folder with one"), ("n" * 300, ": File name too long\n")],
)
def test_a_run_folder_whose_name_cannot_be_is_named(complaint, path, said):
    assert said in complaint("train", "--config", "tiny", "--run", path)


def test_going_on_without_a_run_says_what_is_missing(complaint):
    said = complaint("train", "--resume", "--run", "none")
    assert said == "bispike: none: found no such folder; allowed is the folder of an interrupted run\n"


@pytest.mark.parametrize("name, task", [("autoencoder", "autoencoder"), ("electricity", "sequence")])
def test_what_is_not_proven_in_shards_is_said(complaint, name, task):
    said = complaint("prove", "--config", name)
    assert said == (
        f"bispike: --config: found {name}, of task {task}; allowed is task recognition: no other is proven in shards\n"
    )


SERIES = ("train", "--config", "electricity-recurrent", "--data", "own.csv")


def series(text: str = "".join(f"{n},{n % 7}\n" for n in range(60))) -> None:
    """A table in own.csv."""
    write(Path("own.csv"), f"time,load\n{text}")


@pytest.mark.parametrize(
    "more, said",
    [
        ((), "own.csv: found no --column; allowed is one of time, load"),
        (("--column", "power"), "own.csv: found no column 'power'; allowed is one of time, load"),
        (("--column", "load", "--split", "1"), "--split: found with own.csv; allowed with samples that have no order"),
        (
            ("--column", "load", "--baseline"),
            "--baseline: found with own.csv; allowed with samples that are named or recalled",
        ),
        (("--column", "load", "--label", "load"), "--label: found with own.csv; allowed with samples that have labels"),
        (("--column", "load", "--size", "2x2"), "--size: found with own.csv; allowed with samples that have labels"),
        (("--column", "load", "--lags", "9"), "--lags: found 9; allowed is 1 to 8 last changes"),
        (("--column", "load", "--day", "1"), "--day: found 1; allowed is 2 or more moments of a day"),
        (("--column", "load", "--weekly"), "--daily, --weekly: found no number of moments of a day; allowed with --day N"),
        (
            ("--column", "load", "--day", "9", "--weekly"),
            "own: found 60 values; allowed are 82 or more with these lags",
        ),
        (
            ("--column", "load", "--lags", "3"),
            "data own: found 96 pixels a sample; allowed is 48, the first of the configuration's sizes [48, 128, 32]",
        ),
    ],
)
def test_a_series_that_cannot_be_learned_is_named(complaint, more, said):
    series()
    assert complaint(*SERIES, *more) == f"bispike: {said}\n"


@pytest.mark.parametrize(
    "text, said",
    [
        (
            "0,1\n1,\n2,?\n3,4\n",
            "own.csv: found no number in 2 of 4 lines of column 'load', first '' in line 3; "
            "allowed is a number a line, without gaps",
        ),
        ("0,1\n1,2\n2,1\n", "own: found 3 values; allowed are 6 or more with these lags"),
        ("0,0.1\n" * 40, "own: found the same value 32 times; allowed is a series that changes"),
        ("", "own.csv: found 0 numbers in column 'load'; allowed are two or more"),
    ],
)
def test_a_column_that_is_no_series_is_named(complaint, text, said):
    series(text)
    assert complaint(*SERIES, "--column", "load") == f"bispike: {said}\n"


NO_SERIES = "allowed are electricity, a .csv file with --column, kjv, or a .txt file"


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--data", "digits", "--column", "load"), f"data: found 'digits'; {NO_SERIES}"),
        (("--config", "electricity", "--data", "digits"), f"data: found 'digits'; {NO_SERIES}"),
        (
            ("--config", "tiny", "--data", "own.csv", "--column", "load"),
            "--column: found with tiny; allowed with a configuration of task sequence",
        ),
        (("--config", "electricity", "--data", "none.csv", "--column", "x"), "none.csv: found no such file"),
        (("--data", "none.txt"), "none.txt: found no such file; allowed is a .txt file"),
        (("--resume", "--column", "load"), "--column: found with --resume; allowed without: the run keeps its own"),
    ],
)
def test_data_and_options_that_make_no_sequence_are_named(complaint, arguments, said):
    series()
    assert complaint("train", *arguments).startswith(f"bispike: {said}")


def test_a_network_that_foretells_names_and_recalls_nothing(complaint, tmp_path):
    Checkpoint(NAMED["electricity"], {}, {"data": "electricity", "split": 0}).save(tmp_path / "net.npz")
    for command in ("predict", "recall"):
        said = complaint(command, "--from", "net.npz")
        assert said == "bispike: net.npz: found a network of task sequence; allowed is one that names samples: recognition\n"
    assert "net.npz: found a network of task sequence" in complaint("generate", "--from", "net.npz")


def test_a_forecast_that_cannot_be_made_is_named(complaint, tmp_path):
    untrained(tmp_path / "tiny.npz")
    said = "tiny.npz: found a network of task recognition; allowed is one that foretells: sequence"
    assert complaint("forecast", "--from", "tiny.npz") == f"bispike: {said}\n"
    said = "--output: found out.png; allowed is a name that ends in .csv"
    assert complaint("forecast", "--from", "tiny.npz", "--output", "out.png") == f"bispike: {said}\n"
    assert "none: found no such file" in complaint("forecast", "--from", "none")


@pytest.mark.parametrize("command", ["predict", "recall"])
def test_an_auto_encoder_names_nothing(complaint, tmp_path, command):
    Checkpoint(NAMED["autoencoder"], {}, {"data": "digits", "split": 0}).save(tmp_path / "auto.npz")
    said = complaint(command, "--from", "auto.npz")
    assert "auto.npz: found a network of task autoencoder; allowed is one that names samples: recognition" in said


def test_a_network_without_the_stimulus_recalls_none(complaint, tmp_path):
    untrained(tmp_path / "half.npz", NAMED["tiny"].replace(stimulus_recall=False))
    said = complaint("recall", "--from", "half.npz")
    found = "half.npz: found a network with stimulus_recall = false; allowed is one that recalls the stimulus"
    assert said == f"bispike: {found}\n"


def test_a_network_with_the_stimulus_is_none_of_a_core_without(complaint, tmp_path):
    untrained(tmp_path / "whole.npz")
    (tmp_path / "half.toml").write_text(NAMED["tiny"].replace(name="half", stimulus_recall=False).to_toml())
    said = complaint("verify", "--config", "half.toml", "--from", "whole.npz")
    found = "whole.npz: found a network with stimulus_recall = true; allowed is that of half, false"
    assert said == f"bispike: {found}\n"


def untrained(path: Path, config: Config = NAMED["tiny"]) -> str:
    """A checkpoint file of a network that never learned."""
    from golden.integer import IntegerModel

    Checkpoint(config, IntegerModel(config).state(), {"data": "digits", "split": 0}).save(path)
    return str(path)


@pytest.mark.parametrize("command", ["predict", "recall"])
def test_weights_that_are_not_there_are_named(complaint, command):
    assert "none: found no such file; allowed is a run folder or its weights.npz" in complaint(command, "--from", "none")


@pytest.mark.parametrize("command", ["predict", "recall"])
@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 half a zip"])
def test_weights_that_are_damaged_are_named(complaint, command, content, tmp_path):
    (tmp_path / "weights.npz").write_bytes(content)
    assert "found a damaged file" in complaint(command, "--from", str(tmp_path / "weights.npz"))


def test_weights_cut_short_are_named(complaint, tmp_path):
    path = Path(untrained(tmp_path / "weights.npz"))
    path.write_bytes(path.read_bytes()[:-200])
    assert "found a damaged file" in complaint("predict", "--from", str(path))


def test_arrays_that_are_no_weights_are_named(complaint, tmp_path):
    message = "found arrays without 'config': no checkpoint, or one of an earlier version"
    assert message in complaint("predict", "--from", samples(tmp_path / "d.npz"))


def test_weights_of_an_earlier_version_are_named(complaint, tmp_path):
    arrays = dict(np.load(untrained(tmp_path / "weights.npz")))
    np.savez(tmp_path / "weights.npz", **arrays | {"config": np.array(f'rule = "first"\n{arrays["config"]}')})
    message = complaint("predict", "--from", str(tmp_path / "weights.npz"))
    assert "found a configuration that is damaged, or of an earlier version: unknown key 'rule'" in message


@pytest.mark.parametrize("command", ["predict", "recall"])
def test_weights_of_another_shape_are_named_with_both_shapes(complaint, command, tmp_path):
    kept = Checkpoint.load(Path(untrained(tmp_path / "weights.npz")))
    kept.state["W1"] = kept.state["W1"][:, :-1]
    kept.save(tmp_path / "weights.npz")
    assert "W1: found shape (64, 31); allowed is (64, 32)" in complaint(command, "--from", str(tmp_path / "weights.npz"))


def test_data_of_another_shape_than_the_weights_is_named(complaint, tmp_path):
    message = complaint("predict", "--from", untrained(tmp_path / "w.npz"), "--data", samples(tmp_path / "d.npz"))
    assert "found 8 pixels a sample; allowed is 64" in message


def test_an_output_that_cannot_be_written_is_named(complaint, tmp_path):
    (tmp_path / "file").write_text("in the way")
    output = str(tmp_path / "file" / "out.png")
    assert "file: cannot write: found a file; allowed is a folder" in complaint(
        "recall", "--from", untrained(tmp_path / "w.npz"), "--output", output
    )


def test_a_picture_has_the_ending_of_one(complaint, tmp_path):
    said = complaint("recall", "--from", untrained(tmp_path / "w.npz"), "--output", "r.xyz")
    assert said == "bispike: --output: found r.xyz; allowed is a name that ends in .png\n"


def test_a_link_is_written_through_and_a_device_stays_one(tmp_path):
    (tmp_path / "old").write_text("old")
    (tmp_path / "link").symlink_to("old")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "old").read_text() == "new"
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True)
    write(tmp_path / "pipe", "through")
    assert reader.communicate(timeout=20)[0] == "through"
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(
    "more, message",
    [
        (("--simulator", "icarus"), "--simulator: found with --backend golden; allowed with --backend sim"),
        (("--waves",), "--waves: found with --backend golden; allowed with --backend sim"),
        (("--port", "x", "--backend", "sim"), "--port: found with --backend sim; allowed with --backend serial"),
        (("--run", "file"), "file: found a file; allowed is a folder, new or old"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(complaint, tmp_path, monkeypatch, more, message):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    assert complaint("train", "--config", "tiny", "--epochs", "1", *more) == f"bispike: {message}\n"
    assert Path("file").read_text() == "mine"


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "weights.npz"
    kept = Checkpoint.load(Path(untrained(path)))
    before = path.read_bytes()
    kept.state["W1"] = Unwritable()
    with pytest.raises(KeyboardInterrupt):
        kept.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class Unwritable:
    """An array that Ctrl-C interrupts while it is written."""

    def __array__(self, dtype=None, copy=None):
        raise KeyboardInterrupt


def test_the_installed_command_refuses_in_one_line(tmp_path):
    command = [sys.executable, "-m", "sw.cli", "train", "--config", "huge"]
    root = str(Path(cli.__file__).parents[1])
    run = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": root}, capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("bispike: unknown configuration 'huge'")
    assert run.stderr.count("\n") == 1


OLD = [("rule", '"second"'), ("loss", '"gap"'), ("margin", "64"), ("lambda8", "5"), ("reach", "32"), ("folded", "true")]


@pytest.mark.parametrize("key, value", OLD)
def test_a_key_of_an_earlier_version_is_unknown(complaint, tmp_path, key, value):
    message = complaint("verilog", "--config", toml(tmp_path / "a.toml", **{key: value}))
    assert message.startswith(f"bispike: {tmp_path / 'a.toml'}: unknown key '{key}'; allowed are block, ")


def test_one_number_of_lanes_is_for_every_engine(complaint, tmp_path):
    message = complaint("verilog", "--config", toml(tmp_path / "a.toml", lanes="[2, 3, 3]"))
    assert message.endswith(": lanes: found [2, 3, 3]; allowed is one whole number from 1 to 64, for every engine\n")


def test_a_file_that_is_no_core_is_not_written_over(complaint, capsys, tmp_path):
    (tmp_path / "own.csv").write_text("a,b\n1,2\n")
    said = complaint("verilog", "--config", "tiny", "-o", "own.csv")
    assert said == "bispike: --output: found own.csv, which is no earlier core; allowed is a new name\n"
    (tmp_path / "small.toml").write_text("sizes = [3, 2, 2]\nlanes = 1\n")
    for _ in range(2):
        assert cli.main(["verilog", "--config", "small.toml", "-o", "core.v"]) == 0
