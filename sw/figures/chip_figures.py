"""Figures of the simulated chip: mismatches, clocks, lanes, speed."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cosim import account
from golden.config import NAMED, Config
from sw import data
from sw.common.simulation import plain_errors
from sw.data.course import epoch_order
from sw.data.synthetic import random_pixels
from sw.design.clocks import visits
from sw.design.verilog import core_verilog
from sw.figures.figure import COMMAND, Figure
from sw.training.golden_backend import GoldenNetwork
from sw.training.sim_backend import WAITING

if TYPE_CHECKING:
    from cosim.watch import Progress, TrainingResult

DENSITIES = (0.0, 0.05, 0.25, 1.0)
DENSITY_SAMPLES = 128
"""Samples at each density: two blocks of 64, so that recall has its share."""


def whole_training(config: Config, dataset: data.Dataset, simulator: str, tell: Callable[[str], None]) -> "TrainingResult":
    """The configuration's whole training, in a folder of its own."""
    from cosim import training
    from cosim.checkpoint import Checkpoint

    def follow(now: "Progress") -> None:
        words = WAITING.get(now.phase) or f"epoch {now.epoch + 1} of {now.epochs}"
        tell(f"{config.name} on the chip: {words}, {now.values_compared:,} values compared")

    order = np.stack([epoch_order(dataset, config, epoch) for epoch in range(config.epochs)])
    with tempfile.TemporaryDirectory(prefix="bispike-") as folder, plain_errors():
        return training.run_training(
            Checkpoint(config),
            dataset.training,
            order,
            Path(folder),
            test=dataset.testing,
            simulator=simulator,
            progress=follow,
            verilog=core_verilog(config, asserted=True),
        )


def training_figures(one: "TrainingResult", two: "TrainingResult") -> list[Figure]:
    """What two whole trainings on digits tell, on one engine and on two."""
    differ, values = one.values_differ + two.values_differ, one.values_compared + two.values_compared
    how = f"digits, {one.samples + two.samples:,} samples learned and all tests, one engine and two: {values:,} compared"
    figures = [Figure("chip against golden, mismatches", differ, f"{differ}", "0", differ == 0, how)]
    if differ:
        return figures
    for name, result, most in (("one engine", one, 480), ("two engines", two, 310)):
        learning, inference = result.clocks_per_sample_training, result.clocks_per_sample_inference
        text = f"{learning:,.0f} / {inference:,.0f} = {learning / inference:.2f}"
        value = {"training": learning, "inference": inference, "ratio": learning / inference}
        how = "digits, 16 lanes, block 256: mean of the whole training, and of its tests"
        title = f"clocks a sample, training / inference, {name}"
        figures.append(Figure(title, value, text, f"<= {most}", learning <= most, how))
    visited = visits(one.kept.config, one.counters) / (one.clocks_per_sample_training * one.samples)
    how = "digits, one engine of 16 lanes: synapses that samples visit, a clock of the whole training"
    figures.append(Figure("synapses visited a clock", visited, f"{visited:.1f}", ">= 12", visited >= 12, how))
    rate = one.samples / one.training_seconds
    how = f"digits, {one.simulator}, golden in a process beside it"
    figures.append(Figure("samples/s, every one compared", rate, f"{rate:,.0f}", ">= 1,000", rate >= 1000, how))
    return figures


def autoencoder_figures(result: "TrainingResult", recognition: "TrainingResult") -> list[Figure]:
    """What a whole training of the auto-encoder tells, beside one of `digits`."""
    differ, values = result.values_differ, result.values_compared
    what = "64-128-32, one engine of 16 lanes, 30 epochs of digits"
    how = f"{what}: {values:,} values compared"
    figures = [Figure("auto-encoder, chip against golden, mismatches", differ, f"{differ}", "0", differ == 0, how)]
    if differ:
        return figures
    (error,) = account.errors([result.kept.epochs[-1]["test"]])
    figures.append(Figure("auto-encoder, test error", error, f"{error:.4f}", "<= 0.012", error <= 0.012, f"{what}, split 0"))
    learning, inference = result.clocks_per_sample_training, result.clocks_per_sample_inference
    ratio = learning / recognition.clocks_per_sample_training
    text = f"{learning:,.0f} / {inference:,.0f}; {ratio:.1f} times recognition"
    value = {"training": learning, "inference": inference, "ratio": ratio}
    title = "auto-encoder, clocks a sample, training / inference"
    return [*figures, Figure(title, value, text, "<= 3 times", ratio <= 3, f"{what}: means of the whole training")]


def speed_figure(config: Config, simulator: str) -> Figure:
    """How fast the simulator alone learns the digits, once."""
    digits = data.load("digits", 0)
    result = probe(config, simulator, digits.x_train[None], digits.y_train[None])[0]
    rate = len(digits.x_train) / result["seconds"]
    how = f"{config.name}, {simulator}, one pass over the training samples, nothing compared"
    return Figure("samples/s, the simulator alone", rate, f"{rate:,.0f}", ">= 400", rate >= 400, how)


def density_figure(simulator: str) -> Figure:
    """Clocks a training sample at several input densities, on the configuration `fashion`."""
    config = NAMED["fashion"]
    random = np.random.default_rng(0)
    shape = (len(DENSITIES), DENSITY_SAMPLES, config.sizes[0])
    x = random_pixels(random, shape, np.array(DENSITIES)[:, None, None])
    y = random.integers(0, config.classes, shape[:2])
    clocks = [result["clocks"] for result in probe(config, simulator, x, y)]
    text = ", ".join(f"{clock:,.0f}" for clock in clocks)
    names = ", ".join(f"{density:.0%}" for density in DENSITIES)
    how = f"784-256-128-10, 32 lanes, {DENSITY_SAMPLES} random samples each from initial weights, recall included"
    quarter = clocks[DENSITIES.index(0.25)]
    value = dict(zip(map(str, DENSITIES), clocks, strict=True))
    return Figure(
        f"clocks a training sample at {names} input",
        value,
        text,
        "<= 3,000 at 25 %",
        quarter <= 3000,
        how,
        f"{COMMAND} --full",
    )


def probe(config: Config, simulator: str, x: np.ndarray, y: np.ndarray) -> list[dict]:
    """Learns stretches of samples x (S, N, n_0), y (S, N), one after another, from initial weights; compares nothing.

    Returns:
        for each stretch `clocks` a sample and `seconds` in all.
    """
    from cosim import runner
    from cosim.build import build
    from cosim.wrapper import TOP, wrapped

    with tempfile.TemporaryDirectory(prefix="bispike-") as name, plain_errors():
        folder = Path(name)
        np.savez(folder / "state.npz", **GoldenNetwork(config).model.state())
        np.savez(folder / "samples.npz", x=x, y=y)
        files = {"state": "state.npz", "samples": "samples.npz", "results": "results.json"}
        values = {"config": config.to_dict()} | {key: str(folder / file) for key, file in files.items()}
        built = build(wrapped(core_verilog(config, asserted=True), config), TOP, simulator)
        runner.run(built, "sw.figures.speed_bench", values, folder=folder / "run")
        return json.loads((folder / "results.json").read_text(encoding="utf-8"))
