"""What a training run tells while it goes on, and what it gave in the end."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cosim import account
from cosim.checkpoint import Checkpoint
from cosim.compare import Mismatch, traces_around, write_trace
from cosim.files import load_arrays
from cosim.job import Job, Parts
from cosim.runner import BenchError, Run
from golden.samples import Samples


class GoldenError(RuntimeError):
    """The golden process failed: its last line."""


@dataclass(frozen=True)
class Progress:
    """phase: building, loading, recall, training, settling, test, draw, memories. sample of samples: in this phase.

    accuracy: of recognition, error: of an auto-encoder, so far in this phase.
    values_compared, values_differ: since the training began.  finished: epochs done and kept.
    """

    phase: str
    epoch: int
    epochs: int
    sample: int = 0
    samples: int = 0
    accuracy: float | None = None
    error: float | None = None
    values_compared: int = 0
    values_differ: int = 0
    clocks_per_sample: float | None = None
    samples_per_second: float | None = None
    finished: int = 0


@dataclass
class TrainingResult:
    """What a training gave, over all its epochs, resumed ones included.

    Members:
        kept: the chip's (and golden's) memories and every epoch's account, up to the last epoch without a mismatch.
        values_compared, values_differ: in all of them, and in the epoch that had a mismatch.
        mismatch: the first one, or None; mismatch_file: golden's trace around it.
        broken: the account of the epoch with the mismatch, where the chip came to its end.
        seconds: of the simulation, start to end.
    """

    simulator: str
    kept: Checkpoint
    values_compared: int
    values_differ: int
    seconds: float
    mismatch: Mismatch | None = None
    mismatch_file: Path | None = None
    broken: dict | None = None

    def _parts(self, kind: str) -> list[dict]:
        return [epoch[kind] for epoch in self.kept.epochs]

    @property
    def clocks_per_sample_training(self) -> float | None:
        return account.clocks_a_sample(self._parts("training"))

    @property
    def clocks_per_sample_inference(self) -> float | None:
        return account.clocks_a_sample(self._parts("test"))

    @property
    def samples(self) -> int:
        """Learned."""
        return sum(part["samples"] for part in self._parts("training"))

    @property
    def training_seconds(self) -> float:
        """Spent on these."""
        return sum(part["seconds"] for part in self._parts("training"))

    @property
    def counters(self) -> np.ndarray:
        """(L, 4) rows, errors, saturations, spikes of all training samples; (L, 10) of an auto-encoder."""
        none = np.array(account.nothing(self.kept.config)["counters"])
        return sum((np.array(part["counters"]) for part in self._parts("training")), none)


class Watch:
    """Follows the progress file of a run.

    Args:
        kept: gets each epoch's state and account as it ends; None: nothing is kept (a shard).
        path: the file of `kept`, written anew after each epoch.
    """

    def __init__(
        self, job: Job, progress: Callable[[Progress], None], kept: Checkpoint | None = None, path: Path | None = None
    ):
        self.job, self.progress, self.kept, self.path = job, progress, kept, path
        self.mismatch: Mismatch | None = None
        self.mismatch_file: Path | None = None
        self.broken: dict | None = None
        self.where: dict = {}
        self.earlier = sum(epoch["values"] for epoch in kept.epochs) if kept else 0
        self.compared = self.differ = self.told = 0
        self.rate = (None, 0, 0.0)

    def tell(self, phase: str, epoch: int, **values: Any) -> None:
        compared, finished = self.earlier + self.compared, len(self.kept.epochs) if self.kept else 0
        counts = {"values_compared": compared, "values_differ": self.differ, "finished": finished}
        self.progress(Progress(phase, epoch, self.job.last, **counts, **values))

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
        self.compared, self.differ = line["compared"], line["differ"]
        event, epoch = line["event"], line["epoch"]
        if event == "progress":
            done, of, now = line.get("sample", 0), line.get("of", 0), time.monotonic()
            key = (epoch, line["phase"])
            if self.rate[0] != key:
                self.rate = (key, done, now)
            span = now - self.rate[2]
            values = {"sample": done, "samples": of, "clocks_per_sample": line.get("clocks")}
            values |= {name: line[name] for name in ("accuracy", "error") if name in line}
            self.tell(
                line["phase"], epoch, samples_per_second=(done - self.rate[1]) / span if span > 0.1 else None, **values
            )
        elif event == "mismatch":
            self.mismatch = Mismatch(**line["mismatch"])
            self.where = {"epoch": epoch, "phase": line["phase"]}
        elif event == "epoch":
            self._end(epoch, line["account"])
            self.tell("memories", epoch)

    def _end(self, epoch: int, gave: dict) -> None:
        """An epoch is over: it is kept, unless chip and golden differed in it."""
        gave["values"], gave["differ"], self.told = self.compared - self.told, self.differ, self.compared
        if self.kept:
            golden = self.job.load_totals(epoch)
            for kind in ("training", "test"):
                gave[kind] = account.with_golden(gave[kind], golden.get(kind, account.nothing(self.job.core_config)))
        if self.mismatch:
            self.broken = gave
        elif self.kept:
            self.kept.epochs.append(gave)
            self.kept.state = load_arrays(self.job.state_file(epoch))
            if self.path:
                self.kept.save(self.path)
        self.job.state_file(epoch - 2).unlink(missing_ok=True)

    def write_trace(self, parts: Parts) -> None:
        """mismatch.json: the mismatch, and golden's intermediates of the samples around it, from golden run again."""
        traces, epoch, phase = {}, self.where["epoch"], self.where["phase"]
        if self.mismatch.sample is not None and phase != "draw":  # golden traces samples
            model = Parts.get(parts.golden)(self.job.core_config)
            model.load(load_arrays(self.job.state_file(epoch - 1)))
            model.decay = self.job.decays[epoch]
            segments = [s for s in self.job.segments(self.job.data(), epoch) if s.kind != "draw"]
            offset = sum(len(s.samples) for s in segments[: [s.kind for s in segments].index(phase)])
            samples = Samples.join([s.samples for s in segments])
            learn = np.concatenate([np.full(len(s.samples), s.learn) for s in segments])
            traces = traces_around(model, samples, learn, offset + self.mismatch.sample)
            traces = {n - offset: trace for n, trace in traces.items()}
        self.mismatch_file = write_trace(self.job.file("mismatch.json"), self.mismatch, traces)

    def result(self, simulator: str, seconds: float) -> TrainingResult:
        counts = self.earlier + self.compared, self.differ
        return TrainingResult(simulator, self.kept, *counts, seconds, self.mismatch, self.mismatch_file, self.broken)
