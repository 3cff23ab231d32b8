"""A training run's files: what the parent, the golden process and the simulator's process tell each other. No torch."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cosim.files import load_arrays, whole_file
from cosim.host.packets import said
from golden.config import UPDATE_DELAY, Config
from golden.records import Recalled, Records
from golden.samples import Samples
from rtl.interface.results import result_parts

_GOLDEN = {
    "recognition": "golden.integer:IntegerModel",
    "autoencoder": "golden.autoencoder:Autoencoder",
    "sequence": "golden.sequence:Foreteller",
}


@dataclass(frozen=True)
class Parts:
    """Where the three descriptions of a core come from, as "module:name", so that each process imports only its own."""

    core: str = "rtl.core:core_of"
    memory_map: str = "cosim.host.memory_map:MemoryMap"
    settings: str = "rtl.interface.memory_map:settings_of"
    golden: str = ""

    @staticmethod
    def of(config: Config) -> "Parts":
        """Those of a configuration's task."""
        return Parts(golden=_GOLDEN[config.task])

    @staticmethod
    def get(name: str) -> Any:
        """Imports one of them."""
        module, attribute = name.split(":")
        return getattr(importlib.import_module(module), attribute)


def model_of(config: Config, state: dict[str, np.ndarray] | None = None, **options: bool | None) -> Any:
    """The golden model of a configuration's task, with a state if there is one; torch, seconds to import, is imported here.

    Args:
        options: of the model's class, as `fast`, or `learn_w` of an auto-encoder.

    Raises:
        StateError: a state that is not this configuration's.
    """
    model = Parts.get(_GOLDEN[config.task])(config, **options)
    if state:
        model.load(state)
    return model


@dataclass(frozen=True)
class Segment:
    """Consecutive samples of the stream that are treated alike. kind: "lead", "recall", "training", "settling",
    "test" or "draw", whose x are codes.

    first: what the first of them is called in messages; the others count on.
    """

    kind: str
    samples: Samples
    first: int = 0

    @property
    def learn(self) -> bool:
        return self.kind in ("training", "lead")

    @property
    def recall(self) -> bool:
        """As the core's stream has it."""
        return self.kind in ("recall", "draw")


@dataclass
class Job:
    """One run of epochs first .. last - 1. `fresh`: begin with golden's initial state and a recall of all concepts.

    Members:
        parts: a `Parts` as a dictionary; empty: that of the configuration's task.
        stretches: where an "epoch" of the run is but a part of one: [its epoch, its first sample], one for each.
        count: after a mismatch the run goes on to the end of that epoch, to count what differs and to know what both name;
            else it ends there.
    """

    folder: str
    config: dict
    decays: list[int]
    first: int
    last: int
    fresh: bool
    parts: dict = field(default_factory=dict)
    stretches: list[list[int]] = field(default_factory=list)
    count: bool = False

    def __post_init__(self):
        self.parts = self.parts or asdict(Parts.of(self.core_config))

    def save(self) -> Path:
        """Writes job.json into the folder."""
        path = Path(self.folder) / "job.json"
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @staticmethod
    def load(path: str | Path) -> "Job":
        return Job(**json.loads(Path(path).read_text(encoding="utf-8")))

    @property
    def core_config(self) -> Config:
        return Config.from_dict(self.config)

    def part(self, name: str) -> Any:
        """What `Parts` names."""
        return Parts.get(self.parts[name])

    def file(self, name: str) -> Path:
        return Path(self.folder) / name

    def state_file(self, epoch: int) -> Path:
        """Golden's state at the end of an epoch; of `first - 1`: where this run begins."""
        return self.file(f"golden-{epoch:04d}.npz")

    def save_totals(self, epoch: int, totals: dict[str, dict]) -> None:
        """Golden's totals (`cosim.account`) of an epoch, by the segment's kind."""
        with whole_file(self.file(f"golden-{epoch:04d}.json")) as path:
            path.write_text(json.dumps(totals), encoding="utf-8")

    def load_totals(self, epoch: int) -> dict[str, dict]:
        """What `save_totals` wrote; it is there when the epoch's state is."""
        return json.loads(self.file(f"golden-{epoch:04d}.json").read_text(encoding="utf-8"))

    def origin(self, epoch: int) -> tuple[int, int]:
        """What an epoch of the run is called in messages: an epoch of the training, and its first sample in that."""
        return tuple(self.stretches[epoch]) if self.stretches else (epoch, 0)

    def data(self) -> dict[str, np.ndarray]:
        """The `Samples` to learn from; order (-1: no sample); those of the test, with names that begin with test_; codes (to
        be drawn); and of parts of epochs lead: see `cosim.shard.Lead`."""
        return load_arrays(self.file("data.npz"))

    def segments(self, data: dict[str, np.ndarray], epoch: int) -> Iterator[Segment]:
        """The stream of an epoch, in order; the first one of a fresh run begins with a recall. Blank samples settle the last
        updates.
        """
        blank = Samples(np.zeros((UPDATE_DELAY, data["x"].shape[1]), np.uint8), np.zeros(UPDATE_DELAY, np.uint8))
        training, test = Samples.of_arrays(data), Samples.of_arrays(data, "test_")
        if self.fresh and epoch == self.first and self.core_config.learn and self.core_config.task != "autoencoder":
            yield Segment("recall", blank[:1])
        if len(data.get("lead", ())) and epoch == self.first:
            yield Segment("lead", training[data["lead"]])
        order, first = data["order"][epoch], self.origin(epoch)[1]
        order = order[order >= 0]
        yield Segment("training", training[order], first)
        yield Segment("settling", blank)
        if len(test):
            yield Segment("test", test)
        if len(codes := data.get("codes", ())):
            yield Segment("draw", Samples(codes, np.zeros(len(codes), np.uint8)))


def record_width(config: Config) -> int:
    """Numbers of 32 bits in what is said of a sample."""
    return sum(part.count for part in result_parts(config))


def pack(config: Config, said: Records | Recalled) -> bytes:
    """What golden says, for the file between the processes."""
    values = [np.asarray(getattr(said, part.name)).reshape(len(said), -1) for part in result_parts(config)]
    return np.concatenate(values, 1).astype("<i4").tobytes()


def take(model: Any, samples: Samples, learn: bool) -> Records | Recalled:
    """What golden says of samples, whose labels mean nothing to an auto-encoder."""
    if model.config.task == "autoencoder":
        return model.train(samples.x, learn=learn)
    ends = (samples.ends,) if model.config.task == "sequence" else ()
    return model.train(samples.x, samples.y, learn, *ends)


class ExpectedReader:
    """Reads what golden says as another process appends it."""

    def __init__(self, path: Path, config: Config):
        self.config, self.width, self.path = config, record_width(config), path
        self.taken = 0

    def take(self, count: int) -> Records | Recalled | None:
        """Of the next `count` samples, or None while they are not there yet."""
        size = 4 * self.width * count
        try:
            with open(self.path, "rb", buffering=0) as file:  # golden may be far ahead: no more than these are read
                file.seek(self.taken)
                found = file.read(size)
        except FileNotFoundError:
            return None
        if len(found) < size:
            return None
        self.taken += size
        rows = np.frombuffer(found, "<i4").reshape(count, self.width).astype(np.int64)
        ends = np.cumsum([part.count for part in result_parts(self.config)])[:-1]
        names = [part.name for part in result_parts(self.config)]
        return said(self.config, dict(zip(names, np.split(rows, ends, axis=1), strict=True)))
