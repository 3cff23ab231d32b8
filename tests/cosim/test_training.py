import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cosim import account
from cosim.checkpoint import Checkpoint, CheckpointError
from cosim.files import load_arrays
from cosim.job import Parts
from cosim.runner import BenchError
from cosim.training import run_training
from cosim.watch import GoldenError
from golden.config import Config
from golden.samples import Samples
from tests.cosim import standin
from tests.cosim.running import running, until
from tests.marks import long

CONFIG = Config(sizes=(10, 6, 3), lanes=4, block=5, epochs=4, decay=(0, -2))
PARTS = Parts(
    golden="tests.cosim.standin:Model",
    memory_map="tests.cosim.standin:MemoryMap",
    settings="tests.cosim.standin:settings_of",
)
EPOCHS, SAMPLES, TESTS = 4, 70, 20
SLOW = 20_000
"""Clocks a sample, with which no simulation ends by itself while a test waits for its end."""
RECORD, MEMORY = 1 + 3 + 8, sum(r.addresses.size for n, r in standin.MemoryMap(CONFIG).regions.items() if n != "decay")


def train(folder, fault=None, work=8, parts=PARTS, kept=None, **options):
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 16, (SAMPLES, 10), dtype=np.uint8), rng.integers(0, 3, SAMPLES)
    order = np.array([rng.permutation(SAMPLES) for _ in range(EPOCHS)])
    samples = Samples(x, y)
    options = {"test": samples[:TESTS], "simulator": "icarus"} | options
    text = standin.standin_verilog(CONFIG, work, fault)
    path = Path(folder) / "weights.npz"
    return run_training(
        kept or Checkpoint(CONFIG), samples, order, Path(folder), parts=parts, path=path, verilog=text, **options
    )


def same(a, b):
    return a.keys() == b.keys() and all((a[k] == b[k]).all() for k in a)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return folder, train(folder)


def test_every_record_and_every_memory_of_every_epoch_is_compared(whole):
    _, result = whole
    assert (result.values_differ, result.mismatch) == (0, None)
    assert result.values_compared == (1 + EPOCHS * (SAMPLES + 2 + TESTS)) * RECORD + (1 + EPOCHS) * MEMORY


def test_the_result_is_what_golden_alone_gives(whole):
    _, result = whole
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 16, (SAMPLES, 10), dtype=np.uint8), rng.integers(0, 3, SAMPLES)
    order = np.array([rng.permutation(SAMPLES) for _ in range(EPOCHS)])
    model = standin.Model(CONFIG)
    counters, learned, tested = 0, [], []
    model.train(np.zeros((1, 10)), [0], False)
    for epoch in range(EPOCHS):
        model.decay = CONFIG.decay_at(epoch, EPOCHS)
        records = model.train(x[order[epoch]], y[order[epoch]])
        counters = counters + records.counters.sum(0)
        learned.append((records.prediction == y[order[epoch]]).mean())
        model.train(np.zeros((1, 10)), [0], False)
        tests = model.train(x[:TESTS], y[:TESTS], False)
        tested.append((tests.prediction == y[:TESTS]).mean())
    for kind, share in (("training", learned), ("test", tested)):
        parts = [epoch[kind] for epoch in result.kept.epochs]
        assert account.accuracies(parts) == account.accuracies(parts, "golden_correct") == share
    assert same(result.kept.state, model.state())
    assert (result.counters == counters).all()
    assert result.samples == EPOCHS * SAMPLES
    # Three beats, eight clocks of work and one to begin it, one to write, one to send.
    assert result.clocks_per_sample_training == result.clocks_per_sample_inference == 14


def test_progress_tells_each_phase_in_order(tmp_path):
    seen = []
    train(tmp_path, progress=lambda p: seen.append((p.epoch, p.phase, p.values_compared)))
    assert seen[0][1] == "building"
    assert [s for s in seen if s[1] == "memories"][-1][0] == EPOCHS - 1
    assert [s[2] for s in seen] == sorted(s[2] for s in seen)


@pytest.mark.parametrize("epochs_done", [long(1), 3])
def test_a_resumed_run_ends_as_the_uninterrupted_one(whole, tmp_path, epochs_done):
    _, expected = whole
    stopped = _stop_after(epochs_done, tmp_path)
    assert len(stopped.epochs) == epochs_done
    assert timeless(stopped.epochs) == timeless(expected.kept.epochs[:epochs_done])
    result = train(tmp_path, kept=stopped)
    assert same(result.kept.state, expected.kept.state)
    assert (result.counters == expected.counters).all()
    for kind in ("training", "test"):
        assert timeless(result.kept.epochs, kind) == timeless(expected.kept.epochs, kind)
    assert result.values_compared == expected.values_compared + MEMORY  # the loaded state was read back
    written = Checkpoint.load(tmp_path)
    assert len(written.epochs) == EPOCHS
    again = train(tmp_path, kept=written)
    assert (again.values_compared, again.samples) == (result.values_compared, result.samples)


def timeless(epochs, kind=None):
    """The accounts without what a clock on the wall says."""
    kinds = [kind] if kind else ["training", "test"]
    return [{k: {name: v for name, v in epoch[k].items() if name != "seconds"} for k in kinds} for epoch in epochs]


def _stop_after(epochs, folder):
    def interrupt(p):
        if p.epoch == epochs - 1 and p.phase == "memories" and p.finished == epochs:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(folder, progress=interrupt)
    return Checkpoint.load(folder)


def test_an_interrupt_ends_both_processes(tmp_path):
    def interrupt(p):
        if p.phase == "training":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, work=SLOW, progress=interrupt)
    until(lambda: not running(tmp_path), 10)


def test_the_children_of_a_killed_parent_end_by_themselves(tmp_path):
    code = f"from tests.cosim.test_training import train\ntrain({str(tmp_path)!r}, work={SLOW})"
    parent = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    progress = tmp_path / "sim" / "progress.jsonl"
    until(lambda: progress.exists() and "training" in progress.read_text())
    assert running(tmp_path)
    parent.kill()
    parent.wait()
    until(lambda: not running(tmp_path))


@pytest.mark.parametrize(
    "fault, where, named",
    [
        (
            ("voltage", 1 + 92 + 33),
            {"sample": 33, "layer": 2, "quantity": "voltages", "place": {"neuron": 1}},
            "epoch 2, training",
        ),
        long(
            ("voltage", 1 + 70 + 2 + 5),
            {"sample": 5, "layer": 2, "quantity": "voltages", "place": {"neuron": 1}},
            "epoch 1, test",
        ),
    ],
)
def test_a_wrong_record_stops_the_run_and_is_named_with_goldens_trace(tmp_path, fault, where, named):
    result = train(tmp_path, fault)
    assert len(result.kept.epochs) == (1 if "epoch 2" in named else 0)
    assert result.broken is None
    assert {k: getattr(result.mismatch, k) for k in where} == where
    assert named in str(result.mismatch)
    written = json.loads(result.mismatch_file.read_text())
    assert written["message"] == str(result.mismatch)
    n = where["sample"]
    assert list(written["golden"]) == [str(n - 1), str(n), str(n + 1)]
    data = load_arrays(tmp_path / "sim" / "data.npz")
    x = data["test_x"] if "test" in named else data["x"][data["order"][1]]
    assert [t["total"] for t in written["golden"].values()] == x[n - 1 : n + 2].sum(1).tolist()


def test_a_write_in_the_last_sample_of_an_epoch_is_found_in_the_memories(tmp_path):
    """A test, where nothing is to be written: no record shows it any more."""
    result = train(tmp_path, ("write", 1 + SAMPLES + 2 + TESTS - 1))
    assert (result.mismatch.layer, result.mismatch.quantity, result.values_differ) == (1, "W1", 1)
    assert "epoch 1" in str(result.mismatch)
    assert not (tmp_path / "weights.npz").exists()


@pytest.mark.long
def test_a_hanging_core_is_an_error_with_a_message(tmp_path, monkeypatch):
    with pytest.raises(BenchError, match="no handshake for 2000000 clocks"):
        train(tmp_path, ("hang", 40), simulator="verilator")


def test_a_failing_golden_process_is_an_error_with_its_last_line(tmp_path):
    broken = Parts(golden="tests.cosim.standin:NoModel", memory_map=PARTS.memory_map, settings=PARTS.settings)
    with pytest.raises(GoldenError, match=r"golden: AttributeError: .*NoModel"):
        train(tmp_path, work=SLOW, parts=broken)
    until(lambda: not running(tmp_path), 10)


def test_a_run_that_counts_goes_to_the_end_of_the_epoch_and_keeps_the_one_before(tmp_path):
    """One wrong voltage in the second epoch and nothing else: one value differs, and golden names what it names."""
    result = train(tmp_path, ("voltage", 1 + 92 + 33), count=True)
    assert (result.mismatch.sample, result.values_differ) == (33, 1)
    assert result.values_compared == (1 + 2 * (SAMPLES + 2 + TESTS)) * RECORD + 3 * MEMORY
    assert (len(result.kept.epochs), result.kept.epochs[0]["differ"], result.broken["differ"]) == (1, 0, 1)
    assert result.broken["training"]["samples"] == SAMPLES
    assert len(Checkpoint.load(tmp_path).epochs) == 1


def test_what_golden_names_is_goldens_own(tmp_path):
    """A lost write changes a prediction of the chip's only if it reads it: here a chip that names the next concept."""
    result = train(tmp_path, ("prediction", 1 + 5), count=True)
    found, epoch = result.mismatch, result.broken
    assert (found.quantity, found.sample, result.values_differ) == ("prediction", 5, SAMPLES - 5 + 2 + TESTS)
    assert epoch["training"]["correct"] != epoch["training"]["golden_correct"]
    assert epoch["test"]["correct"] != epoch["test"]["golden_correct"]
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 16, (SAMPLES, 10), dtype=np.uint8), rng.integers(0, 3, SAMPLES)
    sums = x[:TESTS].sum(1)
    assert epoch["test"]["golden_correct"] == (sums % 3 == y[:TESTS]).sum()
    assert epoch["test"]["correct"] == ((sums + 1) % 3 == y[:TESTS]).sum()


def test_a_file_that_is_no_checkpoint_is_refused_in_one_line(tmp_path):
    (tmp_path / "weights.npz").write_bytes(b"PK nonsense")
    with pytest.raises(CheckpointError, match=r"weights.npz: found a damaged file.*; allowed is the weights.npz of a run"):
        Checkpoint.load(tmp_path)


@pytest.mark.long
def test_both_simulators_give_the_same_run(whole, tmp_path):
    _, expected = whole
    result = train(tmp_path, simulator="verilator")
    assert same(result.kept.state, expected.kept.state)
    assert timeless(result.kept.epochs) == timeless(expected.kept.epochs)
    assert result.clocks_per_sample_training == expected.clocks_per_sample_training
    assert result.mismatch is None
