"""Figures of the golden model: accuracies, each training in a process of its own, and kept as `bispike paper` keeps them."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from statistics import fmean, stdev
from typing import Any

from golden.config import NAMED, Config
from sw.common.errors import UserError
from sw.figures.figure import Figure
from sw.trials.kept import Kept
from sw.trials.trial import Trial

BLOCKS = (64, 256)
DEFAULT_BLOCK = 256
"""That of `sw.trials.integer.recognition`, which a trial does not name."""


def training(name: str, source: str, split: int, **changes: object) -> Trial:
    """A whole training of the golden model in a named configuration with changes of `block` or `learn_theta`."""
    block = changes.pop("block", NAMED[name].block)
    changes |= {} if block == DEFAULT_BLOCK else {"block": block}
    return Trial("trials.integer", "recognition", _network(name, source) | changes, split)


def baseline(name: str, source: str, split: int) -> Trial:
    """The same network taught by backprop."""
    return Trial("trials.floating", "recognition", {"rule": "backprop-snn"} | _network(name, source), split)


def _network(name: str, source: str) -> dict[str, Any]:
    config = NAMED[name]
    return {"source": source, "sizes": list(config.sizes), "epochs": config.epochs, "samples": None}


class GoldenTrainings:
    """All trainings that are not kept, submitted at once; `figures` waits for them.

    Args:
        full: eight splits of the digits instead of four, and Fashion-MNIST. kept: where earlier results are.

    Members:
        unkept: what went wrong as results were written there, a line each; the figures are right in any case.
    """

    def __init__(self, pool: Executor, full: bool, kept: Kept):
        self._splits = range(8 if full else 4)
        self.unkept: list[str] = []

        def submit(trial: Trial) -> Future:
            if (found := kept.find(trial)) is None:
                future = pool.submit(trial.run)
                future.add_done_callback(lambda done: self._keep(kept, trial, done))
            else:
                future = Future()
                future.set_result(found)
            return future

        def splits(name: str, **changes: object) -> list[Future]:
            return [submit(training(name, "digits", split, **changes)) for split in self._splits]

        # The long ones first, so that no core waits for one at the end.
        fashion: tuple[dict, ...] = ({}, {"learn_theta": False}) if full else ()
        self._fashion = [submit(training("fashion", "fashion", 0, **changes)) for changes in fashion]
        self._deep = {block: splits("deep", block=block) for block in BLOCKS}
        self._backprop = [submit(baseline("digits", "digits", split)) for split in self._splits]
        self._named = {name: splits(name) for name in ("digits", "tiny")}
        self._fixed = {name: splits(name, learn_theta=False) for name in self._named}

    def _keep(self, kept: Kept, trial: Trial, done: Future) -> None:
        if done.cancelled() or done.exception():
            return
        try:
            kept.keep(trial, done.result())
        except UserError as error:
            self.unkept.append(str(error))

    @property
    def trainings(self) -> list[Future]:
        """All of them, to watch."""
        parts = [*self._deep.values(), self._backprop, *self._named.values(), *self._fixed.values()]
        return [*self._fashion, *(future for futures in parts for future in futures)]

    def figures(self) -> Iterator[Figure]:
        """All figures, as they come."""
        how = f"20 epochs of the integer golden model, mean (standard error) of splits 0..{len(self._splits) - 1}"
        digits, tiny = (_values(self._named[name]) for name in ("digits", "tiny"))
        backprop = _values(self._backprop)
        value = {"golden": fmean(digits), "backprop": fmean(backprop)}
        text = f"{_percent(digits)}; backprop {_percent(backprop)}"
        command = "bispike train --split S --seed S"
        taught = f"64-128-64-10, {how}; backprop: spiking, floating point, batches of 128"
        yield Figure("digits", value, text, ">= 97.9 %", fmean(digits) >= 0.979, taught, command)
        yield Figure("tiny", fmean(tiny), _percent(tiny), ">= 96.2 %", fmean(tiny) >= 0.962, f"64-32-10, {how}")
        deep = {block: _values(futures) for block, futures in self._deep.items()}
        means = {block: fmean(values) for block, values in deep.items()}
        text, how = "; ".join(map(_percent, deep.values())), f"64-128-128-128-64-64-10, {how}"
        yield Figure("deep, at block 64; 256", means, text, ">= 96.9 % each", min(means.values()) >= 0.969, how)
        for name, learned in self._named.items():
            yield _gain(name, _values(learned), _values(self._fixed[name]), "the same splits")
        if self._fashion:
            learned, fixed = _values(self._fashion)
            how, command = (
                "784-256-128-10, 60,000 images, 12 epochs, seed 0",
                "bispike train --config fashion --data fashion",
            )
            yield Figure("fashion", learned, f"{100 * learned:.2f} %", ">= 87.7 %", learned >= 0.877, how, command)
            yield _gain("fashion", [learned], [fixed], how)


def _gain(name: str, learned: list[float], fixed: list[float], how: str) -> Figure:
    """How much a learned backward network adds, of trainings in pairs."""
    gains = [one - other for one, other in zip(learned, fixed, strict=True)]
    error = f" (standard error {100 * _error(gains):.2f})" if len(gains) > 1 else ""
    text = f"{100 * fmean(gains):+.2f} points{error}; fixed: {100 * fmean(fixed):.2f} %"
    value, reached = {"learned": fmean(learned), "fixed": fmean(fixed)}, fmean(gains) >= 0.005
    return Figure(f"{name}, learned above fixed random Theta", value, text, ">= 0.5 points", reached, how)


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


def _values(futures: list[Future]) -> list[float]:
    return [future.result()["accuracy"] for future in futures]


def _error(values: list[float]) -> float:
    """The standard error of their mean."""
    return stdev(values) / len(values) ** 0.5


def _percent(values: list[float]) -> str:
    return f"{100 * fmean(values):.2f} % ({100 * _error(values):.2f})"
