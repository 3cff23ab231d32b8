"""A whole training on the simulated chip with golden beside it: two processes started, watched and ended from here."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from cosim.build import build
from cosim.checkpoint import Checkpoint
from cosim.elaborate import core_verilog
from cosim.files import save_arrays
from cosim.job import Job, Parts
from cosim.processes import child_of_mine, stop
from cosim.runner import start
from cosim.simulators import find
from cosim.watch import Progress, TrainingResult, Watch
from cosim.wrapper import TOP, wrapped
from golden.samples import Samples


def run_training(
    kept: Checkpoint,
    samples: Samples,
    order: np.ndarray,
    run_dir: Path,
    *,
    test: Samples | None = None,
    codes: np.ndarray | None = None,
    simulator: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    path: Path | None = None,
    decays: list[int] | None = None,
    count: bool = False,
    waves: bool = False,
    verilog: str | None = None,
    parts: Parts | None = None,
) -> TrainingResult:
    """Trains the simulated chip, comparing every record of every sample and, at each epoch's end, every memory with golden.

    Args:
        kept: where the training begins: after its epochs, from its state, or without a state from golden's initial one.
            After each verified epoch it holds that one's state and account.
        samples: N to learn from.  order: (epochs, n) indices into them, as presented.
        run_dir: gets a folder `sim` with logs, waves.vcd, mismatch.json.
        test: inferred (and compared) after each epoch.  codes: (C, n_L) drawn by an auto-encoder after them.
        path: the file of `kept`, written after each verified epoch.
        decays: shift for each epoch; default `config.decay_at`.
        count: after a mismatch go on to the epoch's end, to count what differs, instead of ending at once.
        waves: write waves.vcd, which grows fast: take few samples.
        verilog: the core's text (module "core") if the caller has it.

    Raises:
        SimulatorError: no simulator.  BuildError, BenchError, GoldenError: something that is no mismatch went wrong.
        KeyboardInterrupt: passed on; by then both processes have ended, and `kept` is the last whole epoch.
    """
    simulator, parts = find(simulator), parts or Parts.of(kept.config)
    config, epochs, first = kept.config, len(order), len(kept.epochs)
    folder = Path(run_dir).resolve() / "sim"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    decays = decays or [config.decay_at(epoch, epochs) for epoch in range(epochs)]
    job = Job(str(folder), config.to_dict(), decays, first, epochs, not kept.state, asdict(parts), count=count)
    tests = samples[:0] if test is None else test
    data = samples.arrays() | tests.arrays("test_") | {"order": order}
    save_arrays(job.file("data.npz"), data | ({} if codes is None else {"codes": codes}))
    if kept.state:
        save_arrays(job.file("resume.npz"), kept.state)
    watch = Watch(job, progress or (lambda _: None), kept, path)
    if first == epochs:
        return watch.result(simulator, 0.0)

    run = worker = None
    try:
        worker = _golden(job)  # it works ahead while the core is built
        watch.tell("building", first)
        text = verilog or core_verilog(config, parts.core)
        built = build(wrapped(text, config), TOP, simulator, waves=waves)
        began = time.monotonic()
        run = start(built, "cosim.training_bench", {"job": str(job.file("job.json"))}, folder=folder)
        watch.follow(run, worker)
        seconds = time.monotonic() - began
    finally:
        for process in filter(None, (worker, run and run.process)):
            stop(process)
    if watch.mismatch:
        watch.write_trace(parts)
    return watch.result(simulator, seconds)


def _golden(job: Job) -> subprocess.Popen:
    path = job.save()
    env = dict(os.environ) | {"PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path), "OMP_NUM_THREADS": "1"}
    env |= child_of_mine()
    with open(job.file("golden.log"), "w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "cosim.golden_worker", str(path)]
        return subprocess.Popen(command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
