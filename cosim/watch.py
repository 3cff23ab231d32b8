"""What a training run tells while it goes on, and what it gave in the end."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cosim.compare import Mismatch, traces_around, write_trace
from cosim.job import Checkpoint, Job, Parts, load_arrays
from cosim.runner import BenchError, Run


class GoldenError(RuntimeError):
    """The golden process failed: its last line."""


@dataclass(frozen=True)
class Progress:
    """phase: building, loading, recall, training, settling, test, memories. sample of samples: in this phase."""

    phase: str
    epoch: int
    epochs: int
    sample: int = 0
    samples: int = 0
    accuracy: float | None = None
    values_compared: int = 0
    clocks_per_sample: float | None = None
    samples_per_second: float | None = None
    history: list[dict] = field(default_factory=list)


@dataclass
class TrainingResult:
    """What a training gave, over all its epochs, resumed ones included.

    Members:
        mismatch: the first one, or None; mismatch_file: golden's trace around it.
        history: one dict an epoch; predictions: (epochs, tests); accuracies: 0..1, one an epoch (training: while learning).
        counters: (L, 4) rows, updates, saturations, spikes of all training samples.
        utilisation: layer -> part of the training clocks in which it walked its memory, where the chip counts it.
        seconds: of the simulation, start to end; samples_per_second: training samples, over all the epochs' time.
        state: the chip's memories at the end (None after a mismatch).
    """

    simulator: str
    values_compared: int
    mismatch: Mismatch | None
    mismatch_file: Path | None
    history: list[dict]
    predictions: np.ndarray
    training_accuracy: list[float]
    test_accuracy: list[float]
    clocks_per_sample_training: float | None
    clocks_per_sample_inference: float | None
    counters: np.ndarray
    utilisation: dict[int, float]
    samples: int
    seconds: float
    samples_per_second: float
    state: dict[str, np.ndarray] | None

    @property
    def mismatches(self) -> int:
        return int(self.mismatch is not None)


class Watch:
    """Follows the progress file of a run, and keeps what it says."""

    def __init__(self, job: Job, run_dir: Path, progress: Callable[[Progress], None], history: list[dict]):
        self.job, self.run_dir, self.progress, self.history = job, run_dir, progress, history
        self.mismatch: Mismatch | None = None
        self.mismatch_file: Path | None = None
        self.where: dict = {}
        self.earlier = sum(epoch["compared"] for epoch in history)
        self.compared = self.told = 0
        self.rate = (None, 0, 0.0)

    def tell(self, phase: str, epoch: int, **values: Any) -> None:
        compared = self.earlier + self.compared
        self.progress(Progress(phase, epoch, self.job.last, values_compared=compared, history=self.history, **values))

    def follow(self, run: Run, worker: subprocess.Popen | None = None) -> None:
        """Returns at the run's end. `worker`: the golden process, where there is one."""
        for line in self._lines(run, worker):
            self._take(line)
        if not self.mismatch and (message := run.failure()):
            raise BenchError(message)

    def _lines(self, run: Run, worker: subprocess.Popen | None) -> Iterator[dict]:
        path, low = self.job.file("progress.jsonl"), 0
        while True:
            ended = run.process.poll() is not None  # asked first: what it wrote before its end is read below
            if path.exists():
                with open(path, "rb") as file:
                    file.seek(low)
                    text = file.read()
                whole = text[: text.rfind(b"\n") + 1]
                low += len(whole)
                yield from (json.loads(line) for line in whole.splitlines())
            if ended:
                return
            if worker and worker.poll():
                lines = self.job.file("golden.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise GoldenError(f"golden: {lines[-1] if lines else f'ended with code {worker.returncode}'}")
            time.sleep(0.05)

    def _take(self, line: dict) -> None:
        self.compared = line["compared"]
        event, epoch = line["event"], line["epoch"]
        if event == "progress":
            done, of, now = line.get("sample", 0), line.get("of", 0), time.monotonic()
            key = (epoch, line["phase"])
            if self.rate[0] != key:
                self.rate = (key, done, now)
            span = now - self.rate[2]
            values = {"sample": done, "samples": of, "clocks_per_sample": line.get("clocks")}
            values |= {"accuracy": line["correct"] / done if done else None} if of else {}
            self.tell(
                line["phase"], epoch, samples_per_second=(done - self.rate[1]) / span if span > 0.1 else None, **values
            )
        elif event == "mismatch":
            self.mismatch = Mismatch(**line["mismatch"])
            self.where = {"epoch": epoch, "phase": line["phase"]}
        elif event == "epoch":
            summary = {k: v for k, v in line.items() if k not in ("event", "phase")}
            summary["compared"], self.told = line["compared"] - self.told, line["compared"]
            self.history.append(summary)
            Checkpoint(load_arrays(self.job.state_file(epoch)), epoch + 1, self.history).save(
                self.run_dir / "checkpoint.npz"
            )
            self.job.state_file(epoch - 2).unlink(missing_ok=True)
            self.tell("memories", epoch)

    def write_trace(self, parts: Parts) -> None:
        """mismatch.json: the mismatch, and golden's intermediates of the samples around it, from golden run again."""
        traces, epoch, phase = {}, self.where["epoch"], self.where["phase"]
        if self.mismatch.sample is not None:
            model = Parts.get(parts.golden)(self.job.core_config)
            model.load(load_arrays(self.job.state_file(epoch - 1)))
            model.decay = self.job.decays[epoch]
            segments = list(self.job.segments(self.job.data(), epoch))
            before = [len(s.x) for s in segments[: [s.kind for s in segments].index(phase)]]
            x, y = np.concatenate([s.x for s in segments]), np.concatenate([s.y for s in segments])
            learn = np.concatenate([np.full(len(s.x), s.learn) for s in segments])
            offset = sum(before)
            traces = traces_around(model, x, y, learn, offset + self.mismatch.sample)
            traces = {n - offset: trace for n, trace in traces.items()}
        self.mismatch_file = write_trace(self.job.file("mismatch.json"), self.mismatch, traces)

    def result(self, simulator: str, seconds: float, tests: tuple, state: dict | None) -> TrainingResult:
        history = self.history
        counters = (
            np.sum([e["counters"] for e in history], 0) if history else np.zeros((self.job.core_config.layers, 4), int)
        )
        busy = {name: sum(e["busy"][name] for e in history) for name in (history[0]["busy"] if history else {})}
        walked = {int(n[6:]): v / max(1, busy["clocks"]) for n, v in busy.items() if n.startswith("walked")}
        samples, spent = sum(e["samples"] for e in history), sum(e["seconds"] for e in history)
        return TrainingResult(
            simulator=simulator,
            values_compared=self.earlier + self.compared,
            mismatch=self.mismatch,
            mismatch_file=self.mismatch_file,
            history=history,
            predictions=np.array([e.get("predictions", []) for e in history], np.int64).reshape(len(history), len(tests[0])),
            training_accuracy=[e["training_correct"] / e["samples"] for e in history],
            test_accuracy=[e["test_correct"] / len(tests[0]) for e in history if "test_correct" in e],
            clocks_per_sample_training=_mean([e.get("clocks_training") for e in history]),
            clocks_per_sample_inference=_mean([e.get("clocks_inference") for e in history]),
            counters=counters,
            utilisation=walked,
            samples=samples,
            seconds=seconds,
            samples_per_second=samples / spent if spent else 0.0,
            state=state,
        )


def _mean(values: list) -> float | None:
    found = [v for v in values if v is not None]
    return sum(found) / len(found) if found else None
