"""Figures of the golden model: accuracies, each training in a process of its own."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future

from golden.config import NAMED, Config
from sw.figures.figure import Figure

SPLITS = (0, 1, 2, 3)
BLOCKS = (64, 256)


def accuracy(name: str, source: str, split: int, changes: dict) -> float:
    """Test accuracy, 0..1, of a whole training of the golden model, with the split as its seed."""
    from sw import data
    from sw.training.golden_backend import trained

    dataset = data.load(source, split)
    tested = trained(NAMED[name].replace(seed=split, **changes), dataset).test(dataset.testing)
    return tested["correct"] / tested["samples"]


def baseline(name: str, source: str, split: int) -> float:
    """The same of backprop on the same network."""
    import torch

    from sw import data
    from sw.training.baseline import backprop_curve

    torch.set_num_threads(1)
    return backprop_curve(NAMED[name].replace(seed=split), data.load(source, split))[-1]


class GoldenTrainings:
    """All trainings, submitted at once; `figures` waits for them."""

    def __init__(self, pool: Executor, full: bool):
        def splits(name: str, **changes: object) -> list[Future]:
            return [pool.submit(accuracy, name, "digits", split, changes) for split in SPLITS]

        # The long ones first, so that no core waits for one at the end.
        self._fashion = [pool.submit(accuracy, "fashion", "fashion", 0, {})] if full else []
        self._deep = {block: splits("deep", block=block) for block in BLOCKS}
        self._backprop = [pool.submit(baseline, "digits", "digits", split) for split in SPLITS]
        self._digits = splits("digits")
        self._learned, self._fixed = splits("tiny"), splits("tiny", learn_theta=False)

    @property
    def trainings(self) -> list[Future]:
        """All of them, to watch."""
        deep = [future for futures in self._deep.values() for future in futures]
        return [*self._fashion, *deep, *self._backprop, *self._digits, *self._learned, *self._fixed]

    def figures(self) -> Iterator[Figure]:
        """All figures, as they come."""
        digits, backprop = _mean(self._digits), _mean(self._backprop)
        text = f"{100 * digits:.2f} % (backprop {100 * backprop:.2f} %)"
        how = "64-128-64-10, integer golden, 20 epochs, mean of splits 0..3"
        value = {"golden": digits, "backprop": backprop}
        yield Figure("digits", value, text, ">= 97.5 %", digits >= 0.975, how, "bispike train --split S --seed S")
        learned, fixed = _mean(self._learned), _mean(self._fixed)
        text = f"{100 * (learned - fixed):+.2f} points ({100 * learned:.2f} %, {100 * fixed:.2f} %)"
        how = "64-32-10, 20 epochs, mean of splits 0..3: learned Theta less fixed random Theta"
        value = {"learned": learned, "fixed": fixed}
        yield Figure("tiny, learned above fixed Theta", value, text, ">= 1 point", learned - fixed >= 0.01, how)
        deep = {block: _mean(futures) for block, futures in self._deep.items()}
        text = ", ".join(f"{100 * value:.2f} %" for value in deep.values())
        how = "64-128-128-128-64-64-10, 20 epochs, mean of splits 0..3"
        yield Figure("deep, at block 64, 256", deep, text, ">= 96.5 % each", min(deep.values()) >= 0.965, how)
        for future in self._fashion:
            how, fashion = "784-256-128-10, 60,000 images, 12 epochs", future.result()
            command = "bispike train --config fashion --data fashion"
            yield Figure("fashion", fashion, f"{100 * fashion:.2f} %", ">= 86.5 %", fashion >= 0.865, how, command)


def speed_figure(config: Config) -> Figure:
    """How fast the compiled golden model learns the digits on one thread; a pass before it pays for compiling."""
    from sw import data
    from sw.training.golden_backend import GoldenNetwork

    digits = data.load("digits", 0)
    samples = len(digits.x_train)
    network = GoldenNetwork(config, samples=config.epochs * samples)
    for _ in range(2):
        totals = network.learn(digits.training, 0)
    rate = totals["samples"] / totals["seconds"]
    how = f"{config.name}, one pass over the training samples, compiled before it, one thread"
    return Figure("samples/s, integer golden alone", rate, f"{rate:,.0f}", ">= 500", rate >= 500, how)


def _mean(futures: list[Future]) -> float:
    return sum(future.result() for future in futures) / len(futures)
