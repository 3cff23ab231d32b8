"""Whole trainings proven in shards: their sum is the training, a wrong value is found where it is, no worker is missed."""

import functools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from cosim.files import load_arrays, save_arrays
from cosim.host.state import with_copies
from cosim.job import ExpectedReader
from golden.config import Config
from sw import cli, data
from sw.common.errors import UserError
from sw.common.files import RunFolder
from sw.common.terminal import again
from sw.proof import prove
from sw.proof.shards import CutTraining, GoldenRun
from sw.training.golden_backend import GoldenNetwork
from tests.marks import long

ROOT = Path(cli.__file__).parents[1]
CONFIG = "sizes = [64, 8, 10]\nlanes = 4\nepochs = 2\n"
COMMAND = ["prove", "--config", "small.toml", "--data", "digits", "--samples", "150"]
VERILOG = functools.cache(prove.core_verilog)
RECORD = 1 + 10 + 2 * 4
"""Prediction, voltages and counters of a sample."""
LAST = re.compile(r"([\d,]+) values compared, 0 mismatches: (\d+) samples in (\d+) shards")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, with a small network for the digits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prove, "core_verilog", VERILOG)
    (tmp_path / "small.toml").write_text(CONFIG)
    return tmp_path


def values(said: str, samples: int = 300) -> int:
    """As the last line of a proof of so many samples says."""
    count, learned, _ = LAST.match(said.splitlines()[-1]).groups()
    assert int(learned) == samples
    return int(count.replace(",", ""))


def memories(name: str = "small.toml") -> int:
    """Values in all memories of the chip."""
    config = Config.load(name)
    return sum(array.size for array in with_copies(GoldenNetwork(config).model.state(), config).values())


def small_training(count: int) -> CutTraining:
    whole = data.load("digits")
    part = data.Dataset("digits", whole.x_train[:150], whole.y_train[:150], whole.x_test, whole.y_test)
    return CutTraining(Config.load("small.toml"), part, count)


# -- cuts and golden -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 7, 300])
def test_the_shards_are_the_training(folder, count):
    """Every sample of every epoch, in the order of `bispike train`, once; each at its epoch's decay."""
    whole = small_training(count)
    learned = []
    for number in range(count):
        shard = whole.shard(number)
        for row, decay, (epoch, start) in zip(shard.data["order"], shard.decays, shard.stretches, strict=True):
            presented = shard.data["x"][row[row >= 0]]
            order = data.order(150, whole.config.seed, epoch)[start : start + len(presented)]
            np.testing.assert_array_equal(presented, whole.dataset.x_train[order])
            assert decay == whole.config.decay_at(epoch, 2)
            learned.extend(epoch * 150 + start + np.arange(len(presented)))
    assert learned == list(range(300))


def test_golden_cut_is_golden_whole_also_when_it_goes_on(folder, monkeypatch):
    """Its last checkpoint is the network that `bispike train` gives."""
    whole = small_training(7)
    x, y = whole.dataset.x_train, whole.dataset.y_train
    np.savez("first.npz", x=x, y=y, x_test=x[:2], y_test=y[:2])
    assert cli.main(["train", "--config", "small.toml", "--data", "first.npz", "--run", "train"]) == 0
    golden = GoldenRun(folder / "golden", whole)

    def interrupt(samples: int) -> None:
        if samples > 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        golden.train(interrupt)
    assert not golden.checkpoint(7).exists()
    before = golden.checkpoint(3).stat().st_mtime_ns
    golden.train(lambda samples: None)
    assert golden.checkpoint(3).stat().st_mtime_ns == before
    trained, cut = Checkpoint.load(folder / "train").state, load_arrays(golden.checkpoint(7))
    assert trained.keys() == cut.keys()
    for name in trained:
        np.testing.assert_array_equal(trained[name], cut[name], err_msg=name)


@pytest.mark.parametrize("count", [24, 5])
def test_the_records_and_cuts_are_those_of_the_training_without_cuts(folder, count):
    """All of every shard but the blank samples at its end; what a lead leaves, finished, is golden's state at the cut. Two
    epochs of 12 samples; shards of one sample, cut also one and two samples behind an epoch's begin and a block's end."""
    digits, config = data.load("digits"), Config.load("small.toml").replace(block=4, rate=3)
    part = data.Dataset("digits", digits.x_train[:12], digits.y_train[:12], digits.x_test, digits.y_test)
    whole, cut = CutTraining(config, part, 1), CutTraining(config, part, count)
    golden, one = GoldenRun(folder / "golden", cut), GoldenRun(folder / "one", whole)
    golden.train(lambda samples: None)
    one.train(lambda samples: None)
    (folder / "expected.bin").write_bytes(one.reference(0).records)
    expected = ExpectedReader(folder / "expected.bin", whole.config)
    assert expected.take(1) is not None  # the recall
    model = GoldenNetwork(cut.config).model
    for number in range(cut.shards):
        reference, stretches = golden.reference(number), cut.stretches(number)
        (folder / "shard.bin").write_bytes(reference.records)
        got = ExpectedReader(folder / "shard.bin", whole.config)
        got.take(int(number == 0))
        for _, start, stop in stretches:
            left, right = got.take(stop - start), expected.take(stop - start)
            for name in ("prediction", "voltages", "counters"):
                np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)
            got.take(2)
            if stop == 12:
                expected.take(2)
        assert (reference.lead is None) == (cut.cut(number) % 12 == 0)
        if reference.lead:
            golden._lead_in(model, number)
            for name, array in model.state().items():
                np.testing.assert_array_equal(array, reference.states[0][name], err_msg=f"{number} {name}")


# -- the chip ------------------------------------------------------------------------------------------------------------


TINY = "sizes = [4, 3, 2]\nlanes = 2\nblock = 4\nrate = 3\nepochs = 2\n"
"""For Icarus, which spends most of its clocks on memories that are loaded and read."""
TINY_SAMPLES, TINY_RECORD = 8, 1 + 2 + 2 * 4


def tiny(folder, *more: str) -> list[str]:
    """The command that proves it."""
    (folder / "tiny.toml").write_text(TINY)
    x, y = np.random.default_rng(1).integers(0, 16, (TINY_SAMPLES, 4)), np.arange(TINY_SAMPLES) % 2
    np.savez("few.npz", x=x, y=y, x_test=x[:2], y_test=y[:2])
    return ["prove", "--config", "tiny.toml", "--data", "few.npz", "--simulator", "icarus", *more]


def test_shards_prove_a_training_and_only_what_is_missing_is_run_again(folder, capsys):
    """The second begins within an epoch and ends within the next one."""
    command = tiny(folder, "--shards", "3")
    assert cli.main([*command, "--workers", "2"]) == 0
    said = capsys.readouterr().out
    count = values(said, 2 * TINY_SAMPLES)
    assert "; 2 workers, " in said.splitlines()[-1]
    # A record a sample, two more where a shard or an epoch ends, one of the recall.
    # Every memory where a shard begins (after the recall, or read back) and ends, and where an epoch ends.
    assert count == (2 * TINY_SAMPLES + 2 * 4 + 1) * TINY_RECORD + (3 + 3 + 1) * memories("tiny.toml")
    file = folder / "runs" / "prove-tiny" / "shards.json"
    kept = json.loads(file.read_text())
    assert [proof["samples"] for proof in kept["proven"].values()] == [5, 5, 6]
    assert not (file.parent / "golden").exists()

    del kept["proven"]["1"]
    file.write_text(json.dumps(kept))
    assert cli.main(["prove", "--config", "tiny.toml", "--resume", "--workers", "1", "--simulator", "icarus"]) == 0
    said = capsys.readouterr().out
    assert values(said, 2 * TINY_SAMPLES) == count
    assert ", 2 of them proven before; 1 workers, " in said.splitlines()[-1]
    assert cli.main([*command, "--resume"]) == 0
    said = capsys.readouterr().out
    assert values(said, 2 * TINY_SAMPLES) == count
    assert said.rstrip().endswith(", 3 of them proven before")

    kept["proven"]["1"] = kept["proven"]["0"]
    file.write_text(json.dumps(kept))
    assert cli.main(["prove", "--config", "tiny.toml", "--resume"]) == 1
    assert "shard 2 of 3, samples 5 of epoch 1 to 1 of epoch 2: it began with other mem" in capsys.readouterr().err


LEADING = "sizes = [9, 5, 2]\nlanes = 3\nblock = 4\nrate = 3\n"
"""A network small enough for Icarus, in which most samples teach."""


def leading(folder, *more: str) -> list[str]:
    """The command that proves it on 16 samples: the chip begins within an epoch, behind a block's end."""
    (folder / "leading.toml").write_text(LEADING)
    random = np.random.default_rng(1)
    np.savez("some.npz", x=random.integers(0, 16, (16, 9)), y=np.arange(16) % 2, x_test=np.zeros((2, 9), int), y_test=[0, 1])
    return ["prove", "--config", "leading.toml", "--data", "some.npz", "--workers", "1", *more]


@pytest.mark.parametrize(
    ("simulator", "epochs", "shards", "ends"), [long("icarus", 1, 2, 2), long("verilator", 2, 3, 4), long("icarus", 1, 8, 8)]
)
def test_shards_begin_with_what_is_pending(folder, capsys, simulator, epochs, shards, ends):
    command = leading(folder, "--epochs", str(epochs), "--shards", str(shards), "--simulator", simulator)
    assert cli.main(command) == 0
    config = Config.load("leading.toml")
    memories = sum(array.size for array in with_copies(GoldenNetwork(config).model.state(), config).values())
    said = re.search(r"([\d,]+) values compared, 0 mismatches: (\d+) samples", capsys.readouterr().out)
    assert int(said[2]) == 16 * epochs
    # A record a sample, two more where a shard or an epoch ends, one of the recall; memories as above.
    count = (16 * epochs + 2 * ends + 1) * (1 + 2 + 2 * 4) + (shards + ends) * memories
    assert int(said[1].replace(",", "")) == count


@pytest.mark.long
@pytest.mark.parametrize("what", ["lead.W2", "W1"])
def test_a_wrong_lead_is_found(folder, capsys, monkeypatch, what):
    """Weights that the second of the samples before a shard is learned with again; or the first."""
    load = GoldenRun._load_lead

    def wrong(self, cut: int):
        lead = load(self, cut)
        (lead.W if what.startswith("lead") else lead.state)[what[-2:]][:] = 0
        return lead

    monkeypatch.setattr(GoldenRun, "_load_lead", wrong)
    assert cli.main(leading(folder, "--epochs", "1", "--shards", "2", "--simulator", "icarus")) == 1
    assert re.match(r"bispike: shard 2 of 2, samples 8 to 15 of epoch 1: mismatch at ", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("what", "found", "proven"),
    [
        ("W2", r"2 of 4, samples 4 to 7 of epoch 1: mismatch at layer 2, pre 2, post 1: W2 exp", ["0"]),
        long(
            "records",
            r"3 of 4, samples 0 to 3 of epoch 2: mismatch at sample 2, layer 2, neuron 1: voltages exp",
            ["0", "1"],
        ),
    ],
    ids=["memory", "record"],
)
def test_a_wrong_bit_is_found_in_its_shard(folder, capsys, monkeypatch, what, found, proven):
    """In a checkpoint (the shard that ends there names the synapse), or in what golden says of a sample."""
    train = GoldenRun.train

    def wrong(self, progress):
        train(self, progress)
        file = self.checkpoint(2) if what == "W2" else self._records(2)
        arrays = load_arrays(file)
        arrays[what] = changed = arrays[what].copy()
        if what == "W2":
            changed[2, 1] ^= 1
        else:  # a voltage of the third sample of the second epoch
            changed.view("<i4").reshape(-1, TINY_RECORD)[2, 2] ^= 1
        save_arrays(file, arrays)

    monkeypatch.setattr(GoldenRun, "train", wrong)
    assert cli.main(tiny(folder, "--shards", "4", "--workers", "1")) == 1
    error = capsys.readouterr().err
    assert re.match(f"bispike: shard {found}", error)
    assert error.count("\n") == 1
    kept = json.loads((folder / "runs" / "prove-tiny" / "shards.json").read_text())
    assert list(kept["proven"]) == proven
    if what == "records":
        assert re.search(r"expected -?\d+, got -?\d+ \(epoch 2, training, 1 of 2 differ\)$", error)


@pytest.mark.long
def test_a_wrong_core_is_found(folder, capsys, monkeypatch):
    """The core and the samples of test_chip.py: it is built once for both."""
    monkeypatch.setattr(prove, "core_verilog", lambda config, **more: VERILOG(config.replace(leak=config.leak + 1), **more))
    (folder / "small.toml").write_text("sizes = [9, 8, 2]\nlanes = 4\nblock = 7\nepochs = 3\n")
    random = np.random.default_rng(1)
    np.savez("some.npz", x=random.integers(0, 16, (60, 9)), y=np.arange(60) % 2)
    assert cli.main(["prove", "--config", "small.toml", "--data", "some.npz", "--shards", "2"]) == 1
    assert re.match(r"bispike: shard [12] of 2, .*: mismatch at .*layer \d.* expected -?\d+, got", capsys.readouterr().err)


@pytest.mark.long
def test_the_workers_of_a_scheduler_prove_the_same(folder, capsys):
    """Two threads of one worker, as a cluster of others may have them; it stays when the command has ended."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None, memory_limit=0) as cluster:
        address = ["--scheduler", cluster.scheduler_address]
        assert cli.main([*COMMAND, "--shards", "2", *address]) == 0
        said = capsys.readouterr().out
        with Client(cluster) as client:
            assert client.submit(int, "1").result() == 1
    assert values(said) == (300 + 2 * 2 + 1) * RECORD + (2 + 2) * memories()
    assert "; 2 workers, " in said.splitlines()[-1]


def mine(mark: str) -> dict[int, tuple[int, str]]:
    """Processes with this mark in their environment: their parents and commands."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "environ").read_bytes():
                parent = (path / "stat").read_text().rsplit(")", 1)[1].split()[1]
                found[int(path.name)] = (int(parent), (path / "cmdline").read_bytes().decode().replace("\0", " "))
        except OSError:
            continue
    return found


def simulators(mark: str) -> dict[int, int]:
    """Those under way, and the workers they belong to."""
    return {pid: parent for pid, (parent, command) in mine(mark).items() if command.split(" ")[0].endswith(("/sim", "vvp"))}


def until(what, seconds: float = 60):
    """Asks until there is an answer."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def begun(mark: str, *more: str) -> subprocess.Popen:
    """The command in a session of its own, with samples enough that it can be met in the middle."""
    command = [sys.executable, "-m", "sw.cli", *COMMAND, "--samples", "1400", "--shards", "2", "--workers", "2", *more]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MARK": mark}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes as Linux shows them")
def test_a_killed_worker_is_replaced_and_ctrl_c_leaves_nothing_running(folder):
    process = begun(mark := f"killed-{os.getpid()}")
    simulator, worker = next(iter(until(lambda: simulators(mark), 240).items()))  # golden goes first, and a build
    os.kill(worker, signal.SIGKILL)
    until(lambda: simulator not in simulators(mark))
    said, error = process.communicate()
    assert (process.returncode, error) == (0, "")
    proofs = json.loads((folder / "runs" / "prove-small" / "shards.json").read_text())["proven"]
    assert [proof["samples"] for proof in proofs.values()] == [1400, 1400]
    count = int(re.match(r"([\d,]+) values", said.splitlines()[-1])[1].replace(",", ""))
    assert count == (2800 + 2 + 1) * RECORD + (2 + 2) * memories()
    until(lambda: not mine(mark))

    process = begun(mark, "--run", "stopped")
    until(lambda: simulators(mark), 240)
    os.killpg(process.pid, signal.SIGINT)
    said, error = process.communicate()
    assert (process.returncode, error) == (130, "")
    assert re.search(r"go on with\n  .* prove --resume --run stopped\n$", said)
    until(lambda: not mine(mark))


# -- bad input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--shards", "0"], "--shards: found 0; allowed is 1 or more"),
        (["--shards", "301"], "--shards: found 301; allowed is 1 to 300, the samples of all epochs"),
        (["--shards", "2", "--samples", "1"], "--samples: found 1; allowed is 2 to 1,437, the samples of digits"),
        (["--data", "random", "--samples", "1"], "--samples: found 1; allowed is 2 to 100,000"),
        (["--data", "random", "--samples", "9" * 15], f"--samples: found {'9' * 15}; allowed is 2 to 100,000"),
        (["--shards", "2", "--samples", "1438"], "--samples: found 1438; allowed is 2 to 1,437, the samples of digits"),
        (["--label", "kind"], "--label: found with digits; allowed with a .csv file"),
        (["--data", "random", "--size", "8x8"], "--size: found with random; allowed with a folder of pictures"),
        (["--shards", "2", "--workers", "0"], "--workers: found 0; allowed is 1 or more"),
        (
            ["--resume"],
            "runs/prove-small: found no such folder; allowed is the folder of an interrupted run",
        ),
        (
            ["--shards", "2", "--scheduler", "here"],
            "--scheduler: found here; allowed is a dask scheduler's address, as tcp://",
        ),
        (["--shards", "2", "--scheduler", "tcp://a:1", "--workers", "2"], "--workers: found with --scheduler; allowed"),
    ],
)
def test_bad_input_is_one_line(folder, capsys, more, text):
    assert cli.main([*COMMAND, *more]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"bispike: {text}")
    assert error.count("\n") == 1
    assert not (folder / "runs").exists()


def test_no_scheduler_is_one_line_within_seconds(folder, capfd, monkeypatch):
    monkeypatch.setattr("sw.common.dask_workers.PATIENCE", 1)
    with socket.socket() as taken:  # bound and not listening: nobody else takes it meanwhile
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert cli.main([*COMMAND, "--shards", "2", "--scheduler", address]) == 2
    error = capfd.readouterr().err
    assert error == f"bispike: --scheduler: found no dask scheduler at {address} in 1 s; start one: dask scheduler\n"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--shards", "3"], "--shards: found 3 with --resume; allowed is what runs/prove-small began with, 2"),
        (["--epochs", "3"], "--epochs: found 3 with --resume; allowed is what runs/prove-small began with, 2"),
        (["--samples", "9"], "--samples: found 9 with --resume; allowed is what runs/prove-small began with, 150"),
        (["--label", "kind"], "--label: found with --resume; allowed without: the run keeps its own"),
        (["--size", "8x8"], "--size: found with --resume; allowed without: the run keeps its own"),
        (["--config", "tiny", "--run", "runs/prove-small"], "--config: found tiny with --resume; allowed is what"),
    ],
)
def test_going_on_with_other_settings_is_refused(folder, capsys, more, text):
    settings = {"config": Config.load("small.toml").to_dict(), "data": "digits", "samples": 150, "shards": 2, "proven": {}}
    RunFolder(folder / "runs" / "prove-small").write(prove.FILE, json.dumps(settings))
    assert cli.main(["prove", "--config", "small.toml", "--resume", *more]) == 2
    assert capsys.readouterr().err.startswith(f"bispike: {text}")


def test_a_folder_in_which_a_proof_is_at_work_is_refused(folder, capsys):
    settings = {"config": Config.load("small.toml").to_dict(), "data": "digits", "samples": 150, "shards": 2, "proven": {}}
    run = RunFolder(folder / "runs" / "prove-small")
    run.write(prove.FILE, json.dumps(settings))
    before = (run / prove.FILE).read_text()
    with run.locked():
        assert cli.main(["prove", "--config", "small.toml", "--resume"]) == 2
    said = "bispike: runs/prove-small: found another run at work in it; allowed is one at a time\n"
    assert capsys.readouterr().err == said
    assert (run / prove.FILE).read_text() == before


def test_a_proof_is_read_and_run_while_no_other_can_write_it(folder, monkeypatch):
    held = []

    def look(*arguments):
        with pytest.raises(UserError, match="another run at work"), RunFolder(Path("runs/prove-small")).locked():
            pass
        held.append(len(arguments))
        return load(*arguments) if len(arguments) == 2 else None

    load = prove._load
    monkeypatch.setattr(prove, "_load", look)
    monkeypatch.setattr(prove, "_prove", look)
    assert cli.main([*COMMAND, "--shards", "2"]) == 0
    assert cli.main([*COMMAND, "--resume"]) == 0
    assert held == [6, 2, 6]


def test_a_network_is_chosen_for_the_data_and_found_by_it(folder, monkeypatch, capsys):
    """As in a training."""
    np.savez("mine.npz", x=np.zeros((20, 9), int), y=np.arange(20) % 2)
    seen = []
    monkeypatch.setattr(prove, "_prove", lambda training, *rest: seen.append(training.config))
    assert cli.main(["prove", "--data", "mine.npz", "--shards", "2"]) == 0
    assert "network chosen for mine: 9-128-64-2, 16 lanes; --config takes another" in capsys.readouterr().out
    assert cli.main(["prove", "--data", "mine.npz", "--resume"]) == 0
    assert capsys.readouterr().out.startswith("run runs/prove-mine, 0 of 2 shards")
    assert [config.sizes for config in seen] == [(9, 128, 64, 2)] * 2


def test_a_proof_goes_on_from_another_folder_with_the_same_samples(folder, monkeypatch, capsys):
    x = np.arange(180).reshape(20, 9) % 16
    Path("mine.csv").write_text(
        "a,b,c,d,kind,e,f,g,h,i\n"
        + "".join(f"{','.join(map(str, row[:4]))},{n % 2},{','.join(map(str, row[4:]))}\n" for n, row in enumerate(x))
    )
    seen = []
    monkeypatch.setattr(prove, "_prove", lambda training, *rest: seen.append(training.dataset.x_train))
    assert cli.main(["prove", "--data", "mine.csv", "--label", "kind", "--shards", "2"]) == 0
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    go_on = ["prove", "--resume", "--run", "../runs/prove-mine"]
    capsys.readouterr()
    assert cli.main(go_on) == 2
    said = (
        "mine.csv: found no such file; allowed is a .csv file, a sample a line; if it lies elsewhere now, say where: --data"
    )
    assert capsys.readouterr().err == f"bispike: {said}\n"
    assert cli.main([*go_on, "--data", "digits"]) == 2
    assert "data digits: found 64 pixels a sample; allowed is 9" in capsys.readouterr().err
    (folder / "less.csv").write_text("\n".join((folder / "mine.csv").read_text().splitlines()[:-1]))
    assert cli.main([*go_on, "--data", "../less.csv"]) == 2
    said = "--data: found other samples of ../less.csv; allowed is the data the run began with"
    assert capsys.readouterr().err == f"bispike: {said}\n"
    for data_again in (["--data", "../mine.csv"], []):  # where it lies is known then
        assert cli.main([*go_on, *data_again]) == 0
    np.testing.assert_array_equal(seen[0], seen[-1])
    assert len(seen) == 3


def test_what_ends_before_it_began_leaves_no_folder_and_what_is_interrupted_says_how_to_go_on(folder, monkeypatch, capsys):
    def ends(error: BaseException):
        def work(*_):
            raise error

        monkeypatch.setattr(prove, "_prove", work)
        return cli.main([*COMMAND, "--shards", "2", "--workers", "2", "--simulator", "icarus", "--run", "my runs/one"])

    for error in (UserError("no"), OSError(28, "full")):
        assert ends(error) == 2
        assert not list((folder / "my runs").iterdir())
    assert ends(KeyboardInterrupt()) == 130
    words = again("prove", "--resume", "--run", "my runs/one", workers=2, simulator="icarus")
    assert capsys.readouterr().out.splitlines()[-1] == f"  {words}"
    (folder / "my runs" / "one-2" / "golden").mkdir(parents=True)
    monkeypatch.setattr(prove, "new_run", lambda path: RunFolder(folder / "my runs" / "one-2").locked())
    assert ends(OSError(28, "full")) == 2 and (folder / "my runs" / "one-2").exists(), "golden has begun"


def test_a_core_that_does_not_learn_is_refused(folder, capsys):
    (folder / "small.toml").write_text(CONFIG + "learn = false\n")
    assert cli.main(COMMAND) == 2
    assert capsys.readouterr().err == "bispike: --config: found one that does not learn; allowed is one that does\n"


def test_a_damaged_run_and_another_core_are_refused(folder, capsys):
    settings = {"config": Config.load("small.toml").to_dict(), "data": "digits", "samples": 150, "shards": 2, "proven": {}}
    run = RunFolder(folder / "runs" / "prove-small")
    assert cli.main(["prove", "--config", "small.toml", "--resume"]) == 2
    said = "runs/prove-small: found no shards.json; allowed is the folder of a bispike prove"
    assert capsys.readouterr().err == f"bispike: {said}\n"
    run.write(prove.FILE, json.dumps(settings)[:-9])
    assert cli.main(["prove", "--config", "small.toml", "--resume"]) == 2
    assert "shards.json: found a damaged file" in capsys.readouterr().err
    run.write(prove.FILE, json.dumps(settings | {"digest": "other"}))
    assert cli.main(["prove", "--config", "small.toml", "--resume"]) == 2
    assert "--data: found other samples of digits" in capsys.readouterr().err
    run.write(prove.FILE, json.dumps(settings | {"core": "other"}))
    assert cli.main(["prove", "--config", "small.toml", "--resume"]) == 2
    assert "found proofs of another core" in capsys.readouterr().err
