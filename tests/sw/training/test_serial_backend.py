"""Training by the command on a chip at a serial port: as on the golden model, and nothing lost when the line goes."""

import json
import shlex
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from serial.tools import list_ports

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import cli
from sw.driver.serial_port import SerialTransport
from sw.driver.transport import TransportError
from sw.training import serial_backend
from tests.marks import long
from tests.sw.driver.model_board import ModelBoard
from tests.sw.driver.transports import CONFIG, board

pytestmark = pytest.mark.usefixtures("unpainted")

TOML = CONFIG.replace(epochs=2).to_toml()
"""The core of the driver's tests, so that the simulated board is built once."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with data and a configuration."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    y = np.arange(20) % 3
    shapes = np.array([[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1, 1]])
    np.savez("stripes.npz", x=np.clip(shapes[y] * 12 + random.integers(0, 4, (20, 9)), 0, 15), y=y)
    (tmp_path / "small.toml").write_text(TOML)
    return tmp_path


def train(*more):
    return cli.main(["train", "--config", "small.toml", "--data", "stripes.npz", *more])


def config():
    return Config.load("small.toml")


def state(name):
    return Checkpoint.load(Path("runs") / name).state


@pytest.mark.parametrize("epochs", [1, long(2)])
def test_a_board_learns_what_the_golden_model_learns(folder, capsys, epochs):
    length = "--epochs", str(epochs)
    assert train(*length, "--backend", "golden", "--run", "runs/golden") == 0
    with board(config(), folder) as port:
        assert train(*length, "--backend", "serial", "--port", port, "--run", "runs/board") == 0
    golden, chip = state("golden"), state("board")
    for name in golden:
        np.testing.assert_array_equal(chip[name], golden[name], name)
    summary = json.loads((folder / "runs" / "board" / "summary.json").read_text())
    # Each epoch of 16 samples to learn and 4 to test: a prediction, 3 voltages, 2 x 4 counters; and all memories
    memories = sum(np.asarray(array).size for array in golden.values())
    assert summary["values_compared"] == epochs * (20 * 12 + memories)
    assert (summary["backend"], summary["mismatches"], summary["clocks_per_sample_training"]) == ("serial", 0, None)
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"{summary['values_compared']:,} values compared, 0 mismatches")
    assert "on the chip of a board" in (folder / "runs" / "board" / "report.html").read_text()


def test_a_board_is_tested_with_all_that_it_learned_as_golden_is(folder):
    """No update that is pending is left for the test's samples: every count of an epoch is golden's, of its test, too."""
    assert train("--epochs", "1", "--backend", "golden", "--run", "runs/golden") == 0
    assert train("--epochs", "1", "--backend", "serial", "--port", ModelBoard(config()).port, "--run", "runs/board") == 0
    golden, chip = (Checkpoint.load(Path("runs") / name).epochs for name in ("golden", "board"))
    for part in ("training", "test"):
        found, expected = ([epoch[part] | {"seconds": 0} for epoch in epochs] for epochs in (chip, golden))
        assert found == expected, part


def test_a_line_that_goes_dead_loses_no_epoch_and_the_run_goes_on(folder, capsys, monkeypatch):
    assert train("--backend", "golden", "--run", "runs/golden") == 0
    first = ModelBoard(config())
    read, left = SerialTransport.read, [120]

    def dying(self, *arguments, **options):
        left[0] -= 1
        if left[0] < 0:
            raise TransportError("the line: no answer")
        return read(self, *arguments, **options)

    monkeypatch.setattr(SerialTransport, "read", dying)
    left[0] = 10_000
    while True:  # the first try tells how many reads an epoch takes; the second dies within the second epoch
        code = train("--backend", "serial", "--port", first.port, "--run", "runs/board")
        if code:
            break
        used, left[0] = 10_000 - left[0], 0
        left[0] = used * 3 // 4
        Path("runs/board").rename("runs/whole")
    assert code == 1
    message = capsys.readouterr().err
    assert "the line: no answer; runs/board keeps the network after epoch 1, go on with --resume" in message
    left[0] = 10_000
    assert cli.main(["train", "--resume", "--run", "runs/board", "--port", ModelBoard(config()).port]) == 0
    for name, array in state("golden").items():
        np.testing.assert_array_equal(state("board")[name], array, name)


def test_the_command_that_goes_on_with_an_interrupted_board_names_the_board(folder, capsys, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(serial_backend, "train", interrupted)
    board = ["--port", ModelBoard(config()).port]
    for number, given in (("", board), ("-2", [*board, "--baud", "115200", "--log", "my log.jsonl"])):
        assert train("--backend", "serial", "--run", "my run", *given) == 130
        words = shlex.split(capsys.readouterr().out.splitlines()[-1])
        assert words[1:] == ["train", "--resume", "--run", f"my run{number}", *given]


def test_golden_is_told_how_many_samples_it_will_learn_of_a_text(folder, monkeypatch):
    """Each epoch of a text takes others: all of them together are no epoch."""
    Path("words.txt").write_text("To be, or not to be: that is the question. " * 8)
    words = Config.from_dict({"task": "sequence", "sizes": [64, 4, 32], "lanes": 4, "neighbours": 0, "epochs": 2})
    Path("words.toml").write_text(words.to_toml())
    told, model_of = [], serial_backend.model_of
    monkeypatch.setattr(serial_backend, "model_of", lambda *given: told.append(given[2]) or model_of(*given))
    where = ["--backend", "serial", "--port", ModelBoard(words).port]
    assert cli.main(["train", "--config", "words.toml", "--data", "words.txt", "--run", "run", *where]) == 0
    assert told == [sum(epoch["training"]["samples"] for epoch in Checkpoint.load(Path("run")).epochs)]


def test_a_wrong_value_of_the_board_ends_the_run_and_its_summary_and_report_show_it(folder, capsys):
    """A board that says the next concept, and is right in all else, from the second epoch on."""
    wrong = ModelBoard(config())
    take, learned = wrong.chip.model.train, []

    def turned(x, y, learn):
        records = take(x, y, learn)
        learned.append(len(x) * learn)
        return records if sum(learned) <= 16 else replace(records, prediction=(records.prediction + 1) % 3)

    wrong.chip.model.train = turned
    assert train("--backend", "serial", "--port", wrong.port, "--run", "runs/board", "--log", "log.jsonl") == 1
    said, error = capsys.readouterr()
    assert error.startswith("bispike: epoch 2, mismatch at sample 0, layer 2: prediction expected ")
    assert train("--backend", "golden", "--run", "runs/golden") == 0
    board_said, golden = (json.loads(Path("runs", name, "summary.json").read_text()) for name in ("board", "golden"))
    assert board_said["mismatches"] == 20
    assert board_said["curve"]["golden"] == golden["curve"]["golden"]
    assert board_said["golden_accuracy"] == golden["test_accuracy"]
    assert board_said["curve"]["chip"][0] == golden["curve"]["golden"][0]
    assert board_said["test_accuracy"] == board_said["curve"]["chip"][1] < golden["test_accuracy"]
    page = Path("runs/board/report.html").read_text()
    assert '<div class="tile bad"><b>20</b><span>mismatches' in page
    assert board_said["first_mismatch"] in page
    kept = Checkpoint.load(Path("runs/board"))
    assert [epoch["differ"] for epoch in kept.epochs] == [0]
    lines = [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]
    assert [(line["epoch"], line["mismatches"]) for line in lines] == [(1, 0), (2, 20)]
    assert sum(line["values_compared"] for line in lines) == board_said["values_compared"]
    equal = board_said["values_compared"] - 20
    assert [line.split("  ")[0] for line in said.splitlines() if line.startswith("epoch")] == ["epoch 1/2", "epoch 2/2"]
    assert f"{equal:,} equal, 20 differ" in next(line for line in said.splitlines() if line.startswith("epoch 2/2"))


@pytest.mark.parametrize(
    "more, message",
    [
        ((), "--port: found none; with --backend serial it must be the board's, as /dev/ttyUSB0; there is /dev/a, /dev/b"),
        (("--port", "nowhere"), "nowhere: cannot open it: No such file or directory"),
    ],
)
def test_a_missing_port_is_named(folder, capsys, monkeypatch, more, message):
    there = [SimpleNamespace(device="/dev/b"), SimpleNamespace(device="/dev/a")]
    monkeypatch.setattr(list_ports, "comports", lambda: there)
    assert train("--backend", "serial", *more) == 2
    assert capsys.readouterr().err == f"bispike: {message}\n"
    assert not list((folder / "runs").glob("*")), "a run that did not begin"


def test_a_bitstream_of_another_network_is_named(folder, capsys):
    other = ModelBoard(config().replace(sizes=(9, 7, 3)))
    assert train("--backend", "serial", "--port", other.port) == 2
    assert "found a core with fingerprint" in capsys.readouterr().err
