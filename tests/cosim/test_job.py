"""A training run's stream: which samples in which order, where their sequences end; golden's trace around a mismatch."""

import io
import json
from pathlib import Path

import numpy as np

from cosim.compare import Mismatch
from cosim.files import save_arrays
from cosim.golden_worker import expected
from cosim.job import ExpectedReader, Job, Parts, pack, record_width, take
from cosim.watch import Watch
from golden.config import UPDATE_DELAY, Config
from golden.population import Population
from golden.samples import Samples
from golden.sequence import Foreteller

CONFIG = Config.from_dict({"task": "sequence", "sizes": [6, 5, 4], "lanes": 2, "recurrent": True, "epochs": 1, "block": 3})
RNG = np.random.default_rng(4)
LAST, CONCEPTS = np.array([0, 0, 1, 0, 1, 0], bool), Population(-1, 1, 4)
TRAIN = Samples(RNG.integers(0, 16, (6, 6), np.uint8), RNG.integers(0, 4, 6), LAST, RNG.normal(size=6), CONCEPTS)
TEST = TRAIN[:3]
ORDER = np.array([3, 4, 5, 0, 1, 2])


def job_in(folder) -> Job:
    job = Job(str(folder), CONFIG.to_dict(), [0], 0, 1, True)
    save_arrays(job.file("data.npz"), TRAIN.arrays() | TEST.arrays("test_") | {"order": ORDER[None]})
    return job


def test_the_segments_of_an_epoch_carry_where_sequences_end_and_what_labels_stand_for(tmp_path):
    job = job_in(tmp_path)
    recall, training, settling, test = job.segments(job.data(), 0)
    assert [part.kind for part in (recall, training, settling, test)] == ["recall", "training", "settling", "test"]
    for part, own in ((training.samples, TRAIN[ORDER]), (test.samples, TEST)):
        np.testing.assert_array_equal(part.x, own.x)
        np.testing.assert_array_equal(part.last, own.last)
        np.testing.assert_array_equal(part.true, own.true)
        assert part.concepts == own.concepts
    for blank in (recall.samples, settling.samples):
        assert blank.ends.all() and not blank.x.any()
    assert len(settling.samples) == UPDATE_DELAY


def test_golden_takes_the_stream_with_its_ends_and_gives_its_totals(tmp_path):
    job, totals = job_in(tmp_path), {}
    model, alone = Foreteller(CONFIG), Foreteller(CONFIG)
    list(expected(job, job.data(), 0, model, totals))
    alone.train(np.zeros((1, 6), int), [0], False, [True])
    learned = alone.train(TRAIN.x[ORDER], TRAIN.y[ORDER], True, LAST[ORDER])
    alone.finish()
    tested = alone.train(TEST.x, TEST.y, False, TEST.last)
    for key, value in alone.state().items():
        np.testing.assert_array_equal(model.state()[key], value, key)
    wrong = CONCEPTS.values(tested.voltages) - TEST.true
    assert np.isclose(totals["test"]["squares"] / 2**40, (wrong**2).sum())
    assert totals["training"]["counters"] == learned.counters.sum(0).tolist()
    endless = Foreteller(CONFIG).train(TRAIN.x[ORDER], TRAIN.y[ORDER]).counters.sum(0).tolist()
    assert totals["training"]["counters"] != endless, "ends matter here"


def test_what_golden_said_is_read_as_it_is_asked_for_and_no_more(tmp_path, monkeypatch):
    """Golden is epochs ahead of a simulated chip: its file grows to a gigabyte, of which a take needs 16 samples."""
    said = Foreteller(CONFIG).train(TRAIN.x, TRAIN.y)
    whole, width, reads = pack(CONFIG, said), 4 * record_width(CONFIG), []

    class Counted(io.FileIO):
        def read(self, size=-1):
            reads.append(found := super().read(size))
            return found

    monkeypatch.setattr("cosim.job.open", lambda path, *_, **__: Counted(path), raising=False)
    file, reader = tmp_path / "expected.bin", ExpectedReader(tmp_path / "expected.bin", CONFIG)
    assert reader.take(1) is None, "golden has not begun"
    file.write_bytes(whole[: 3 * width + 5])
    found = [reader.take(2), reader.take(1)]
    assert reader.take(2) is None, "half a record"
    assert sum(map(len, reads[:-1])) == 3 * width
    file.write_bytes(whole)
    found += [reader.take(2), reader.take(1)]
    assert max(map(len, reads)) == 2 * width and reader.take(1) is None
    np.testing.assert_array_equal(np.concatenate([part.voltages for part in found]), said.voltages)
    assert not opened(file), "a file that stays open"


def opened(path) -> list[str]:
    """The names by which this process holds a file open."""
    held = Path("/proc/self/fd")
    return [fd.name for fd in held.iterdir() if fd.exists() and fd.resolve() == path.resolve()]


def test_the_trace_of_a_mismatch_sees_what_the_sequence_gave_and_no_more(tmp_path):
    job = job_in(tmp_path)
    save_arrays(job.state_file(-1), Foreteller(CONFIG).state())
    watch = Watch(job, lambda now: None)
    watch.mismatch, watch.where = Mismatch("voltages", 1, 2, sample=2), {"epoch": 0, "phase": "training"}
    watch.write_trace(Parts.of(CONFIG))
    traces = json.loads(watch.mismatch_file.read_text())["golden"]
    assert list(traces) == ["1", "2", "3"]
    alone, stream = Foreteller(CONFIG), TRAIN[ORDER]
    take(alone, Samples(np.zeros((1, 6), int), np.zeros(1, int)), False)
    for n in range(4):
        trace = alone.trace(stream.x[n], stream.y[n])
        if n >= 1:
            assert traces[str(n)]["rl"] == trace["rl"].tolist() and traces[str(n)]["V1"] == trace["V1"].tolist(), n
        take(alone, stream[n : n + 1], True)
    assert [any(trace["rl"]) for trace in traces.values()][:2] == [True, False], "a sequence begins with 2"
