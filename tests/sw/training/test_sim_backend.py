"""The command with the simulated chip: it learns what golden learns, can be interrupted, and finds what differs."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import cli
from sw.proof import verify
from sw.training import sim_backend
from tests.marks import long

ROOT = Path(cli.__file__).parents[1]
CONFIG = "sizes = [9, 8, 2]\nlanes = 4\nblock = 5\nepochs = 3\n"
"""Of the block of verify's second core: where that one has these sizes, it is this core, and built once."""
EPOCHS = 60
"""Enough to be interrupted in: on an idle machine the chip takes 16 of them before Ctrl-C is heard."""
TRAIN = ["train", "--config", "small.toml", "--data", "stripes.npz"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with two easy classes of 3 x 3 pictures and a network for them."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    y = np.arange(60) % 2
    shapes = np.array([[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1, 1]])
    np.savez("stripes.npz", x=np.clip(shapes[y] * 12 + random.integers(0, 4, (60, 9)), 0, 15), y=y)
    (tmp_path / "small.toml").write_text(CONFIG)
    return tmp_path


def assert_same(one: Path, two: Path) -> None:
    first, second = Checkpoint.load(one).state, Checkpoint.load(two).state
    assert first.keys() == second.keys()
    for key in first:
        np.testing.assert_array_equal(first[key], second[key], err_msg=key)


def leave_broken_leak(monkeypatch) -> None:
    """Makes the simulated chip leak half as much as its configuration says."""
    right = sim_backend.core_verilog
    for module in (sim_backend, verify):
        monkeypatch.setattr(module, "core_verilog", lambda config, **how: right(config.replace(leak=config.leak + 1), **how))


@pytest.fixture
def few(folder, monkeypatch):
    """So that Icarus is done soon: comparisons of few samples, and cores of few weights."""
    (folder / "small.toml").write_text("sizes = [9, 3, 2]\nlanes = 3\nblock = 4\n")
    monkeypatch.setattr(verify, "BOTTLENECK", ((5, 2), 3))
    monkeypatch.setattr(verify, "BOTTLENECK_SAMPLES", 10)
    monkeypatch.setattr(verify, "TESTS", 5)


def test_the_chip_learns_exactly_what_the_golden_model_learns(folder, capsys):
    assert cli.main([*TRAIN, "--run", "golden"]) == 0
    capsys.readouterr()
    assert cli.main([*TRAIN, "--backend", "sim", "--run", "chip"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert_same(folder / "golden", folder / "chip")
    golden, chip = (json.loads((folder / name / "summary.json").read_text()) for name in ("golden", "chip"))
    for key in ("test_accuracy", "rows_per_sample", "errors_per_sample", "spikes_per_sample", "samples"):
        assert golden[key] == chip[key], key
    assert chip["curve"]["chip"] == golden["curve"]["golden"]
    # Every sample: prediction, 2 voltages, 2 x 4 counters; every memory at each epoch's end is more.
    assert chip["values_compared"] > chip["samples"] * (1 + 2 + 2 * 4)
    assert chip["mismatches"] == 0
    assert 0 < chip["clocks_per_sample_inference"] < chip["clocks_per_sample_training"]
    assert said[-1].endswith(f"{chip['values_compared']:,} values compared, 0 mismatches")
    files = {path.name for path in (folder / "chip").iterdir()}
    assert files == {path.name for path in (folder / "golden").iterdir()} | {"core.v"}


@pytest.mark.long
def test_an_interrupted_chip_goes_on_to_the_same_network(folder):
    """Ctrl-C in a real process, wherever it is after the first epoch; nothing is left running."""
    (folder / "small.toml").write_text(CONFIG.replace("epochs = 3", f"epochs = {EPOCHS}"))
    assert cli.main([*TRAIN, "--run", "golden"]) == 0
    command = [sys.executable, "-m", "sw.cli", *TRAIN, "--backend", "sim", "--run", "chip"]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("epoch"):
            break
    process.send_signal(signal.SIGINT)
    said = process.stdout.read()
    assert process.wait() == 130
    epoch = int(re.search(r"interrupted: chip keeps the network after epoch (\d+); go on with", said)[1])
    assert 1 <= epoch < EPOCHS
    assert {path.name for path in (folder / "chip").iterdir()} == {"config.toml", "core.v", "weights.npz"}
    assert len(Checkpoint.load(folder / "chip").epochs) == epoch
    assert cli.main(["train", "--resume", "--run", "chip"]) == 0
    assert_same(folder / "golden", folder / "chip")
    golden, chip = (json.loads((folder / name / "summary.json").read_text()) for name in ("golden", "chip"))
    assert chip["curve"]["chip"] == golden["curve"]["golden"]


def test_a_mismatch_ends_a_training_with_1_and_its_summary_and_report_show_it(folder, capsys, monkeypatch):
    leave_broken_leak(monkeypatch)
    (folder / "small.toml").write_text("sizes = [9, 4, 2]\nlanes = 4\nblock = 7\n")
    random = np.random.default_rng(5)
    np.savez("stripes.npz", x=random.integers(0, 16, (60, 9)), y=np.arange(60) % 2)  # too hard for both to be right
    command = [*TRAIN, "--epochs", "1", "--backend", "sim", "--simulator", "icarus", "--baseline", "--waves"]
    assert cli.main([*command, "--run", "chip", "--log", "chip/log.jsonl"]) == 1
    said, error = capsys.readouterr()
    assert error.count("\n") == 1
    assert re.match(r"bispike: mismatch at .*layer \d.*: \w+ expected -?\d+, got -?\d+", error)
    trace = Path(error.strip().rsplit(": ", 1)[1])
    assert trace.parent.parent == folder / "chip"
    assert json.loads(trace.read_text())["message"] in error
    assert (folder / "chip" / "waves.vcd").exists() and "\nwaves: chip/waves.vcd" in said
    summary, page = (folder / "chip" / "summary.json").read_text(), (folder / "chip" / "report.html").read_text()
    found = json.loads(summary)
    assert found["first_mismatch"] in error
    assert 100 < found["mismatches"] < found["values_compared"]
    assert found["backprop_accuracy"] is None, "a network for a run that failed is not worth its time"
    # What golden computed is not what the chip computed: it is what golden computes alone.
    assert cli.main([*TRAIN, "--epochs", "1", "--run", "golden"]) == 0
    golden = json.loads((folder / "golden" / "summary.json").read_text())
    assert found["golden_accuracy"] == golden["test_accuracy"]
    assert found["curve"]["golden"] == golden["curve"]["golden"]
    assert found["curve"]["chip"] == [found["test_accuracy"]] != found["curve"]["golden"]
    count = f"{found['mismatches']:,}"
    assert f'<div class="tile bad"><b>{count}</b><span>mismatches' in page
    assert found["first_mismatch"].split(";")[0] in page
    assert said.splitlines()[-1].endswith(f"{found['values_compared']:,} values compared, {count} mismatches")
    assert not Checkpoint.load(folder / "chip").epochs, "an epoch with a mismatch is not kept"
    (logged,) = (json.loads(line) for line in (folder / "chip" / "log.jsonl").read_text().splitlines())
    assert (logged["mismatches"], logged["values_compared"]) == (found["mismatches"], found["values_compared"])
    (line,) = (line for line in said.splitlines() if line.startswith("epoch 1/1  "))
    assert f"{found['values_compared'] - found['mismatches']:,} equal, {count} differ" in line


@pytest.mark.parametrize("core", [((9, 8, 2), 4), long(verify.BOTTLENECK)])
def test_verify_counts_what_it_compared_and_leaves_nothing(folder, capsys, monkeypatch, core):
    """Its own second core takes a minute to build; one of the first one's sizes is built already."""
    monkeypatch.setattr(verify, "BOTTLENECK", core)
    sizes, lanes = core
    assert cli.main(["verify", "--config", "small.toml", "--samples", "20"]) == 0
    begun, first, between, begun_too, second, last = capsys.readouterr().out.splitlines()
    assert begun == begun_too == "building the simulation: a minute or two the first time"  # where there is no terminal
    assert between == "now small-bottleneck, a small core whose layers wait for each other the other way round"
    assert first.startswith("small on verilator: 20 samples learned, 50 inferred, ")
    assert first.endswith("(sizes 9-8-2, 4 lanes)")
    assert second.startswith("small-bottleneck on verilator: 40 samples learned, 50 inferred, ")
    assert second.endswith(f"(sizes {'-'.join(map(str, sizes))}, {lanes} lanes)")
    values = int(re.fullmatch(r"([\d,]+) values compared, 0 mismatches", last)[1].replace(",", ""))
    assert values > 70 * (1 + 2 + 2 * 4) + 90 * (1 + sizes[-1] + 4 * len(sizes[1:]))
    assert not list((folder / "runs").iterdir())


@pytest.mark.usefixtures("unpainted")
def test_verify_begins_with_a_trained_network(folder, capsys):
    cli.main([*TRAIN, "--run", "golden"])
    capsys.readouterr()
    assert cli.main(["verify", "--from", "golden", "--samples", "20", "--one-shape"]) == 0
    assert "small on verilator: 20 samples learned, 12 inferred" in capsys.readouterr().out


def test_verify_ends_with_1_at_a_mismatch(folder, few, capsys, monkeypatch):
    leave_broken_leak(monkeypatch)
    command = ["verify", "--config", "small.toml", "--samples", "5", "--simulator", "icarus", "--one-shape", "--waves"]
    assert cli.main(command) == 1
    said = capsys.readouterr()
    assert "bispike: mismatch at " in said.err
    kept = folder / "runs" / "verify-small"
    assert (kept / "sim" / "mismatch.json").exists()
    assert (kept / "waves.vcd").exists() and said.out.splitlines()[1].startswith("waves: runs/verify-small/waves.vcd")


@pytest.mark.long
def test_verify_finds_what_shows_in_the_second_core_alone(folder, few, capsys, monkeypatch):
    right = verify.core_verilog
    monkeypatch.setattr(verify, "core_verilog", lambda c, **how: right(c.replace(leak=c.leak + (c.sizes == (5, 2))), **how))
    command = ["verify", "--config", "small.toml", "--samples", "5", "--simulator", "icarus"]
    assert cli.main([*command, "--one-shape"]) == 0
    assert cli.main(command) == 1
    assert "bispike: mismatch at " in capsys.readouterr().err
    assert (folder / "runs" / "verify-small-bottleneck" / "sim" / "mismatch.json").exists()


@pytest.mark.long
def test_verify_kills_a_mutant_that_the_core_asked_for_does_not_show(folder, monkeypatch):
    """One whose layers are a group each, and the liveness of a second group."""
    from tests.cosim.engine import test_neurons_mutants as mutants

    (mutant,) = (mutant for mutant in mutants.MUTANTS if mutant.name == "a second group has the liveness of the first")
    (folder / "small.toml").write_text("sizes = [9, 8, 2]\nlanes = 9\nblock = 7\n")
    kills(mutant, monkeypatch)


def kills(mutant, monkeypatch) -> None:
    """Verify finds it in its second core alone."""
    from tests.cosim import mutants

    def changed(config: Config) -> str:
        return mutants.with_mutant(mutant, "tests.cosim.mutants:core", config)

    monkeypatch.setattr(verify, "core_verilog", changed)
    command = ["verify", "--config", "small.toml", "--samples", "100"]
    assert cli.main([*command, "--one-shape"]) == 0
    assert cli.main(command) == 1


@pytest.mark.usefixtures("unpainted")
def test_verify_refuses_weights_of_another_network(folder, capsys):
    cli.main([*TRAIN, "--run", "golden", "--epochs", "1"])
    (folder / "other.toml").write_text(CONFIG.replace("9, 8, 2", "9, 7, 2"))
    capsys.readouterr()
    assert cli.main(["verify", "--config", "other.toml", "--from", "golden"]) == 2
    assert capsys.readouterr().err == (
        "bispike: golden: found a network of sizes [9, 8, 2]; allowed is that of other, [9, 7, 2]\n"
    )
    assert not (folder / "runs").exists()


@pytest.mark.long
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_waves_are_kept_on_request_and_show_samples_alone(folder, few, capsys, simulator):
    """Neither loading nor reading of memories, which take most of the clocks: the host's port stands still in all of it."""
    command = ["verify", "--config", "small.toml", "--samples", "5", "--simulator", simulator, "--waves", "--one-shape"]
    assert cli.main(command) == 0
    waves = folder / "runs" / "verify-small" / "waves.vcd"
    assert f"waves: {waves.relative_to(folder)}" in capsys.readouterr().out
    text = waves.read_text()
    own = text.split(" bench_top $end")[1].split("$scope")[0]

    def seen(name: str) -> set[int]:
        key = re.escape(re.search(rf"(\S+) {name}\b", own)[1])
        return {int(value.strip("b "), 2) for value in re.findall(rf"^(b[01]+ |[01]){key}$", text, re.MULTILINE)}

    assert seen("host_taken") == {0}
    fed = max(seen("fed"))
    assert fed > 10 and seen("results") == set(range(fed + 1)) and len(seen("clocks")) < max(seen("clocks")) / 2


def test_waves_that_there_are_none_of_are_not_spoken_of(folder, capsys):
    """A complete run is resumed, of which nothing is simulated."""
    sim_backend.keep_waves(folder, Console())
    assert not capsys.readouterr().out


@pytest.mark.parametrize(("name", "text"), [("modelsim", "found 'modelsim'; allowed is"), ("icarus", "found no iverilog")])
@pytest.mark.parametrize("command", [["verify", "--config", "small.toml"], [*TRAIN, "--backend", "sim"]])
def test_no_simulator_is_bad_input(folder, capsys, monkeypatch, name, text, command):
    monkeypatch.setenv("PATH", str(folder))
    assert cli.main([*command, "--simulator", name]) == 2
    error = capsys.readouterr().err
    assert f"bispike: simulator: {text}" in error
    assert error.count("\n") == 1
    assert not (folder / "runs").exists()


@pytest.mark.parametrize("samples", ["1", "0", "-3", "100001", "9" * 15])
def test_too_few_or_too_many_samples_to_verify_are_refused(folder, capsys, samples):
    assert cli.main(["verify", "--samples", samples]) == 2
    assert capsys.readouterr().err == f"bispike: --samples: found {samples}; allowed is 2 to 100,000\n"


def test_random_samples_reach_every_class_and_pixel_value():
    config = Config(sizes=(7, 5, 3), lanes=2)
    dataset = verify.samples_for(config, None, 0, 400)
    assert len(dataset.x_train) == 400
    assert set(np.unique(dataset.x_train)) == set(range(16))
    assert set(np.unique(dataset.y_train)) == {0, 1, 2}
