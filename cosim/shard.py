"""A shard of a training on the simulated chip: from golden's state at its start over golden's records to its next states.

What comes in is all it takes, and no file stays: shards can be proven anywhere, in any order. No torch.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cosim.build import build
from cosim.files import save_arrays
from cosim.job import Job
from cosim.processes import stop
from cosim.runner import BenchError, start
from cosim.simulators import find
from cosim.watch import Progress, Watch
from cosim.wrapper import TOP, wrapped
from golden.config import Config

State = dict[str, np.ndarray]


@dataclass(frozen=True)
class Shard:
    """Consecutive samples of a training, cut where an epoch ends: S stretches.

    Members:
        config: plain values.  decays: (S) shifts.
        stretches: (S) pairs: an epoch, and the number of the first sample in that.
        fresh: the training begins here, with a recall of all concepts.
        data: as `Job.data` gives it: x (rows, n0), y (rows,) hold what the shard needs; order (S, longest), -1: no sample;
            lead: the samples before its first one that are learned once more, see `Lead`.
    """

    config: dict
    decays: list[int]
    stretches: list[list[int]]
    fresh: bool
    data: dict[str, np.ndarray]

    def job(self, folder: Path | str = "") -> Job:
        """The shard as a run whose "epochs" are its stretches."""
        return Job(str(folder), self.config, self.decays, 0, len(self.decays), self.fresh, stretches=self.stretches)

    @property
    def samples(self) -> int:
        """Learned in it."""
        return self.samples_before(len(self.stretches))

    def samples_before(self, stretch: int) -> int:
        """Learned in the stretches before one."""
        return int((self.data["order"][:stretch] >= 0).sum())


@dataclass(frozen=True)
class Lead:
    """How a chip gets to where a shard begins within an epoch, with the updates of the two samples before it pending, which
    are in no memory: from `state` it learns those two once more, with `W` in place of its own in between.

    Then each of them has the weights that it had in the training, without updates of earlier ones, and leaves its own.

    Members:
        state: the memories before the first of them, with what was due then written. W: by name, with the next one, too.
    """

    state: State
    W: State


@dataclass(frozen=True)
class Reference:
    """What golden did in a shard: its state before the first stretch and after each (S + 1), with nothing pending, every
    record, packed, and how the chip begins within an epoch."""

    states: list[State]
    records: bytes
    lead: Lead | None = None


@dataclass(frozen=True)
class Proof:
    """What came of a shard.

    Members:
        samples: learned.  values: compared.  seconds: from its arrays to here.
        begins, ends: `digest` of golden's memories at its start, which the chip was given or led to, and of those that it
            had in the end.
        mismatch: the first one, '' where there is none.
    """

    samples: int
    values: int
    seconds: float
    begins: str
    ends: str
    mismatch: str = ""


def digest(state: State) -> str:
    """A name for exactly these memories."""
    hashed = hashlib.sha256()
    for name in sorted(state):
        array = np.ascontiguousarray(state[name])
        hashed.update(f"{name} {array.shape} ".encode() + array.astype("<i8").tobytes())
    return hashed.hexdigest()[:16]


def prove(
    shard: Shard,
    golden: Reference,
    verilog: str,
    simulator: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Proof:
    """Lets the simulated chip go through a shard: every record and, where a stretch ends, every memory must be golden's.

    Args:
        verilog: the core's text (module "core").  progress: called a few times a second; what it raises ends the simulation.

    Raises:
        SimulatorError: no simulator.  BuildError, BenchError: something that is no mismatch went wrong.
    """
    began, config = time.monotonic(), Config.from_dict(shard.config)
    built = build(wrapped(verilog, config), TOP, find(simulator))
    with tempfile.TemporaryDirectory(prefix="bispike-shard-") as folder:
        job = shard.job(folder)
        path = job.save()
        save_arrays(job.file("data.npz"), shard.data)
        job.file("expected.bin").write_bytes(golden.records)
        for epoch, state in enumerate(golden.states, -1):
            save_arrays(job.state_file(epoch), state)
        if golden.lead:
            save_arrays(job.state_file(-1), golden.lead.state)
            save_arrays(job.file("lead.npz"), golden.lead.W)
        watch = Watch(job, progress or (lambda _: None))
        run = start(built, "cosim.training_bench", {"job": str(path)}, folder=Path(folder))
        try:
            watch.follow(run)
        except BenchError as error:
            raise BenchError(str(error).split(" (log: ")[0]) from None  # the log goes with the folder
        finally:
            stop(run.process)
    return Proof(
        shard.samples,
        watch.compared,
        time.monotonic() - began,
        digest(golden.states[0]),
        digest(golden.states[-1]),
        str(watch.mismatch or ""),
    )
