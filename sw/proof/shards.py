"""A training cut into shards, and what golden did in each, kept in the run folder until all are proven."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cosim.files import load_arrays, save_arrays
from cosim.golden_worker import CHUNK
from cosim.job import Segment, pack, take
from cosim.shard import Lead, Reference, Shard
from golden.config import UPDATE_DELAY, Config
from golden.order import order
from sw.common.files import make_folder
from sw.data.dataset import Dataset
from sw.training.golden_backend import GoldenNetwork

if TYPE_CHECKING:
    from golden.integer import IntegerModel


@dataclass(frozen=True)
class CutTraining:
    """A training of `config.epochs` epochs over the training part of a data set, as `bispike train` does it, in N shards.

    The cuts are where shard i's share, samples i T / N to (i + 1) T / N of all T, begins and ends.
    """

    config: Config
    dataset: Dataset
    shards: int

    @property
    def samples(self) -> int:
        """Learned in all epochs together."""
        return self.config.epochs * len(self.dataset.x_train)

    def cut(self, number: int) -> int:
        """The first sample of shard `number`, counted over all epochs; of shard N: one past the last."""
        return self.samples * number // self.shards

    def lead(self, number: int) -> int:
        """Samples before a shard whose updates are pending where it begins: two, of its first epoch."""
        return min(UPDATE_DELAY, self.cut(number) % len(self.dataset.x_train))

    def stretches(self, number: int) -> list[tuple[int, int, int]]:
        """(epoch, start, stop), samples start .. stop - 1 as presented, of each epoch that a shard reaches into."""
        n, low, high = len(self.dataset.x_train), self.cut(number), self.cut(number + 1)
        return [(epoch, max(low - epoch * n, 0), min(high - epoch * n, n)) for epoch in range(low // n, (high - 1) // n + 1)]

    def shard(self, number: int) -> Shard:
        """What the chip needs of the training in this shard."""
        config, stretches = self.config, self.stretches(number)
        n, (first, begin), lead = len(self.dataset.x_train), stretches[0][:2], self.lead(number)
        chosen = list(order(n, config.seed, first)[begin - lead : begin])
        indices = np.full((len(stretches), max(stop - start for _, start, stop in stretches)), -1)
        for row, (epoch, start, stop) in enumerate(stretches):
            indices[row, : stop - start] = len(chosen) + np.arange(stop - start)
            chosen.extend(order(n, config.seed, epoch)[start:stop])
        x, y = self.dataset.x_train[chosen], self.dataset.y_train[chosen]
        data = {
            "x": x,
            "y": y,
            "order": indices,
            "lead": np.arange(lead),
            "test_x": x[:0],
            "test_y": y[:0],
        }
        decays = [config.decay_at(epoch, config.epochs) for epoch, _, _ in stretches]
        return Shard(config.to_dict(), decays, [[epoch, start] for epoch, start, _ in stretches], number == 0, data)

    def name(self, number: int) -> str:
        """For messages."""
        (first, start, end), (last, _, stop) = self.stretches(number)[0], self.stretches(number)[-1]
        where = f"{start} of epoch {first + 1} to {stop - 1}" if last > first else f"{start} to {end - 1}"
        return f"shard {number + 1} of {self.shards}, samples {where} of epoch {last + 1}"


class GoldenRun:
    """Golden's training, in files: its whole state at each cut, and of each shard the records and the states in between."""

    def __init__(self, folder: Path, training: CutTraining):
        self.folder, self.training = folder, training

    def checkpoint(self, cut: int) -> Path:
        """Golden's state at a cut, 0..N: where shard `cut` begins, and the one before it ends."""
        return self.folder / f"checkpoint-{cut:05d}.npz"

    def _records(self, number: int) -> Path:
        return self.folder / f"shard-{number:05d}.npz"

    def _lead(self, cut: int) -> Path:
        return self.folder / f"lead-{cut:05d}.npz"

    def train(self, progress: Callable[[int], None]) -> None:
        """Trains golden to the end, from the last checkpoint there is; `progress` gets the samples learned so far.

        At a cut a copy takes blank samples, which write all that is pending, as the chip does it in the shard that ends
        there; the training takes none and goes on.
        """
        training = self.training
        done = next((i for i in range(training.shards) if not self.checkpoint(i + 1).exists()), training.shards)
        if done == training.shards:
            return
        make_folder(self.folder)
        state = load_arrays(self.checkpoint(done)) if done and not training.lead(done) else None
        model = GoldenNetwork(training.config, state, training.samples - training.cut(done)).model
        if training.lead(done):
            self._lead_in(model, done)
        if not done:
            save_arrays(self.checkpoint(0), model.state())
        for number in range(done, training.shards):
            self._shard(number, model, progress)

    def _shard(self, number: int, model: "IntegerModel", progress: Callable[[int], None]) -> None:
        """Takes a shard's samples; writes its records, the states in between and that at its end."""
        training, records, between = self.training, [], {}
        shard = training.shard(number)
        job, last = shard.job(), len(shard.stretches) - 1
        for stretch in range(last + 1):
            model.decay, taking = shard.decays[stretch], model
            for segment in job.segments(shard.data, stretch):
                if segment.kind == "lead":  # it has been learned
                    continue
                inside = stretch == last and training.lead(number + 1)
                if segment.kind == "settling" and inside:
                    taking = copy.deepcopy(model)
                for part in self._parts(segment, model.samples):
                    if segment.learn:
                        self._keep_leads(model)
                    said = take(taking, segment.samples[part], segment.learn)
                    records.append(pack(job.core_config, said))
                    progress(model.samples)
                if segment.kind == "recall":
                    model.recall()
            if stretch < last:
                between |= {f"{stretch}.{name}": array for name, array in taking.state().items()}
        whole = np.frombuffer(b"".join(records), np.uint8)
        save_arrays(self._records(number), {"records": whole} | between)
        save_arrays(self.checkpoint(number + 1), taking.state())

    def _parts(self, segment: Segment, learned: int) -> Iterator[slice]:
        """Some samples at a time; those that lead to a cut begin a part. learned: samples before it, in all epochs."""
        begins = {start - learned for start in self._leads} if segment.learn else set()
        count = len(segment.samples)
        ends = sorted({*range(0, count, CHUNK), *(b for b in begins if 0 < b < count), count})
        yield from (slice(low, high) for low, high in pairwise(ends))

    @cached_property
    def _leads(self) -> dict[int, list[int]]:
        """Sample, counted over all epochs -> the cuts that it leads to, the first of two or the only one."""
        leads: dict[int, list[int]] = {}
        for cut in range(1, self.training.shards):
            if self.training.lead(cut):
                leads.setdefault(self.training.cut(cut) - self.training.lead(cut), []).append(cut)
        return leads

    def _keep_leads(self, model: "IntegerModel") -> None:
        """Where the model's next sample is the first that leads to a cut: writes what `Lead` says."""
        for cut in self._leads.get(model.samples, []):
            twin = copy.deepcopy(model)
            memories = twin.memories
            twin.rule.write(memories)
            later = copy.deepcopy(memories)
            later.due.become(later.next)
            twin.rule.write(later)
            memories.forget_update()
            weights = {f"lead.{name}": array.numpy() for name, array in later.tensors().items() if name[0] == "W"}
            save_arrays(self._lead(cut), twin.state() | weights)

    def _load_lead(self, cut: int) -> Lead:
        arrays = load_arrays(self._lead(cut))
        weights = {name: arrays.pop(name) for name in list(arrays) if name.startswith("lead.")}
        return Lead(arrays, {name.removeprefix("lead."): array for name, array in weights.items()})

    def _lead_in(self, model: "IntegerModel", cut: int) -> None:
        """Brings golden to a cut as a chip is brought there."""
        import torch

        lead, shard = self._load_lead(cut), self.training.shard(cut)
        model.load(lead.state)
        model.decay = shard.decays[0]
        for number, sample in enumerate(shard.data["lead"]):
            for name, array in lead.W.items() if number else ():
                model.memories.tensors()[name].copy_(torch.from_numpy(array))
            model.train(shard.data["x"][[sample]], shard.data["y"][[sample]])

    def reference(self, number: int) -> Reference:
        """What the chip must do in a shard."""
        arrays = load_arrays(self._records(number))
        records = arrays.pop("records").tobytes()
        between: list[dict] = [{} for _ in self.training.stretches(number)[1:]]
        for key, array in arrays.items():
            stretch, name = key.split(".")
            between[int(stretch)][name] = array
        first, last = (load_arrays(self.checkpoint(cut)) for cut in (number, number + 1))
        lead = self._load_lead(number) if self.training.lead(number) else None
        return Reference([first, *between, last], records, lead)
