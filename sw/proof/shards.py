"""A training cut into shards, and what golden did in each, kept in the run folder until all are proven."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cosim.files import load_arrays, save_arrays
from cosim.shard import Reference, Shard
from golden.config import Config
from golden.order import order
from sw.common.files import make_folder
from sw.data.dataset import Dataset
from sw.training.golden_backend import GoldenNetwork


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

    def stretches(self, number: int) -> list[tuple[int, int, int]]:
        """(epoch, start, stop), samples start .. stop - 1 as presented, of each epoch that a shard reaches into."""
        n, low, high = len(self.dataset.x_train), self.cut(number), self.cut(number + 1)
        return [(epoch, max(low - epoch * n, 0), min(high - epoch * n, n)) for epoch in range(low // n, (high - 1) // n + 1)]

    def shard(self, number: int) -> Shard:
        """What the chip needs of the training in this shard."""
        config, stretches = self.config, self.stretches(number)
        n, chosen = len(self.dataset.x_train), []
        indices = np.full((len(stretches), max(stop - start for _, start, stop in stretches)), -1)
        settle = np.full(len(stretches), -1)
        for row, (epoch, start, stop) in enumerate(stretches):
            indices[row, : stop - start] = len(chosen) + np.arange(stop - start)
            if stop < n:
                settle[row] = len(chosen) + stop - start
            chosen.extend(order(n, config.seed, epoch)[start : stop + 1])
        x, y = self.dataset.x_train[chosen], self.dataset.y_train[chosen]
        data = {"x": x, "y": y, "order": indices, "settle": settle, "test_x": x[:0], "test_y": y[:0]}
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

    def train(self, progress: Callable[[int], None]) -> None:
        """Trains golden to the end, from the last checkpoint there is; `progress` gets the samples learned so far.

        At a cut the next sample is first taken without learning, as the chip takes it in the shard that ends there, and then
        learned in the shard that begins there: the weights are the same as without the cut.
        """
        from cosim.golden_worker import expected

        training = self.training
        done = next((i for i in range(training.shards) if not self.checkpoint(i + 1).exists()), training.shards)
        if done == training.shards:
            return
        make_folder(self.folder)
        state = load_arrays(self.checkpoint(done)) if done else None
        model = GoldenNetwork(training.config, state, training.samples - training.cut(done)).model
        if not done:
            save_arrays(self.checkpoint(0), model.state())
        for number in range(done, training.shards):
            shard, records, between = training.shard(number), [], {}
            job = shard.job()
            for stretch in range(len(shard.stretches)):
                for part in expected(job, shard.data, stretch, model):
                    records.append(part)
                    progress(model.samples)
                if stretch < len(shard.stretches) - 1:
                    between |= {f"{stretch}.{name}": array for name, array in model.state().items()}
            whole = np.frombuffer(b"".join(records), np.uint8)
            save_arrays(self._records(number), {"records": whole} | between)
            save_arrays(self.checkpoint(number + 1), model.state())

    def reference(self, number: int) -> Reference:
        """What the chip must do in a shard."""
        arrays = load_arrays(self._records(number))
        records = arrays.pop("records").tobytes()
        between: list[dict] = [{} for _ in self.training.stretches(number)[1:]]
        for key, array in arrays.items():
            stretch, name = key.split(".")
            between[int(stretch)][name] = array
        first, last = (load_arrays(self.checkpoint(cut)) for cut in (number, number + 1))
        return Reference([first, *between, last], records)
