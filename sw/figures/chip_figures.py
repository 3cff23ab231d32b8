"""Figures of the simulated chip: mismatches, clocks, lanes, speed."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

DENSITIES = (0.0, 0.05, 0.15, 1.0)
DENSITY_SAMPLES = 256
"""Samples at each density: a block of `image`, so that recall has its share."""


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


def plain(result: "TrainingResult") -> dict[str, Any]:
    """What a training gave, but for the network's state and traces of a mismatch, as plain JSON values."""
    return {
        "simulator": result.simulator,
        "config": result.kept.config.to_dict(),
        "epochs": result.kept.epochs,
        "seconds": result.seconds,
        "mismatch": asdict(result.mismatch) if result.mismatch else None,
    }


def whole_result(found: dict[str, Any]) -> "TrainingResult":
    """The inverse, of what `sw.paper.chip.training` gives: `plain`, and how many values were compared and differ."""
    from cosim.checkpoint import Checkpoint
    from cosim.compare import Mismatch
    from cosim.watch import TrainingResult

    whole = found["whole"]
    kept = Checkpoint(Config.from_dict(whole["config"]), epochs=whole["epochs"])
    mismatch = Mismatch(**whole["mismatch"]) if whole["mismatch"] else None
    return TrainingResult(whole["simulator"], kept, found["values"], found["differ"], whole["seconds"], mismatch)


def training_figures(one: "TrainingResult", two: "TrainingResult") -> list[Figure]:
    """What two whole trainings of `digits` tell, on one engine and on two."""
    differ, values = one.values_differ + two.values_differ, one.values_compared + two.values_compared
    how = f"digits, {one.samples + two.samples:,} samples learned and all tests, one engine and two: {values:,} compared"
    figures = [Figure("chip against golden, mismatches", differ, f"{differ}", "0", differ == 0, how)]
    if differ:
        return figures
    figures += [clocks_figure("one engine", one, 480, 1.1), clocks_figure("two engines", two, 310)]
    how = "digits, one engine of 16 lanes: synapses that samples visit, a clock of the whole training"
    seen = visited(one)
    figures.append(Figure("synapses visited a clock", seen, f"{seen:.1f}", ">= 12", seen >= 12, how))
    rate = one.samples / one.training_seconds
    how = f"digits, {one.simulator}, golden in a process beside it"
    figures.append(Figure("samples/s, every one compared", rate, f"{rate:,.0f}", ">= 1,000", rate >= 1000, how))
    return figures


def visited(result: "TrainingResult") -> float:
    """Synapses that samples visit, a clock of the whole training."""
    return visits(result.kept.config, result.counters) / (result.clocks_per_sample_training * result.samples)


def clocks_figure(name: str, result: "TrainingResult", most: int, ratio: float | None = None) -> Figure:
    """Clocks of a whole training of `digits`. most: in training, ratio: training to inference."""
    title, lanes = f"clocks a sample, training / inference, {name}", result.kept.config.lanes
    how = f"digits, {lanes} lanes, block 256: mean of the whole training, and of its tests"
    target = f"<= {most}" + (f"; <= {ratio:.2f}" if ratio else "")
    if result.mismatch:
        return Figure(title, None, str(result.mismatch), target, False, how)
    learning, inference = result.clocks_per_sample_training, result.clocks_per_sample_inference
    text = f"{learning:,.0f} / {inference:,.0f} = {learning / inference:.2f}"
    value = {"training": learning, "inference": inference, "ratio": learning / inference}
    reached = learning <= most and (ratio is None or learning / inference <= ratio)
    return Figure(title, value, text, target, reached, how)


def exact_figure(results: list["TrainingResult"]) -> Figure:
    """How much was compared in whole trainings of all tasks and mappings, and how much of it differed."""
    values, differ = (sum(getattr(one, f"values_{what}") for one in results) for what in ("compared", "differ"))
    how = "; ".join(f"{_mapped(one.kept.config)} {one.values_compared:,}" for one in results)
    text, reached = f"{values:,} compared, {differ:,} differ", values >= 20_000_000 and not differ
    target = ">= 20,000,000, 0 differ"
    return Figure("rtl against golden, whole trainings", values, text, target, reached, how, f"{COMMAND} --full")


def foretold_figure(result: "TrainingResult") -> Figure:
    """Clocks and test error of a whole training on a series."""
    config = result.kept.config
    title = f"{config.name}, clocks a sample, training / inference"
    shape = "-".join(map(str, config.sizes))
    how = f"{shape}, {config.lanes} lanes, {config.epochs} epochs: means over the training and its tests"
    command = f"bispike train --config {config.name} --backend sim"
    if result.mismatch:
        return Figure(title, None, str(result.mismatch), "printed", False, how, command)
    ((name, (value,)),) = account.shares([result.kept.epochs[-1]["test"]]).items()
    learning, inference = result.clocks_per_sample_training, result.clocks_per_sample_inference
    text = f"{learning:,.0f} / {inference:,.0f}; {name} {value:.5f}"
    found = {"training": learning, "inference": inference, name: value}
    return Figure(title, found, text, "printed", True, f"{how}; test {name}", command)


def _mapped(config: Config) -> str:
    return f"{config.name} on {len(config.engines) or 1} x {config.lanes} lanes:"


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
    title, target = "auto-encoder, clocks a sample, training / inference", "<= 3 times"
    how = f"{what}: means of the whole training"
    if recognition.mismatch:
        return [*figures, Figure(title, None, f"recognition: {recognition.mismatch}", target, False, how)]
    learning, inference = result.clocks_per_sample_training, result.clocks_per_sample_inference
    ratio = learning / recognition.clocks_per_sample_training
    text = f"{learning:,.0f} / {inference:,.0f}; {ratio:.1f} times recognition"
    value = {"training": learning, "inference": inference, "ratio": ratio}
    return [*figures, Figure(title, value, text, target, ratio <= 3, how)]


def speed_figure(config: Config, simulator: str) -> Figure:
    """How fast the simulator alone learns the digits, once."""
    digits = data.load("digits", 0)
    result = probe(config, simulator, digits.x_train[None], digits.y_train[None])[0]
    rate = len(digits.x_train) / result["seconds"]
    how = f"{config.name}, {simulator}, one pass over the training samples, nothing compared"
    return Figure("samples/s, the simulator alone", rate, f"{rate:,.0f}", ">= 400", rate >= 400, how)


def density_figure(simulator: str) -> Figure:
    """Clocks a training sample at several input densities, on the configuration `image`."""
    config = NAMED["image"]
    random = np.random.default_rng(0)
    shape = (len(DENSITIES), DENSITY_SAMPLES, config.sizes[0])
    x = random_pixels(random, shape, np.array(DENSITIES)[:, None, None])
    y = random.integers(0, config.classes, shape[:2])
    clocks = [result["clocks"] for result in probe(config, simulator, x, y)]
    text = ", ".join(f"{clock:,.0f}" for clock in clocks)
    names = ", ".join(f"{density:.0%}" for density in DENSITIES)
    shape = "-".join(map(str, config.sizes))
    how = f"{shape}, {config.lanes} lanes, {DENSITY_SAMPLES} random samples each from initial weights, recall included"
    usual = clocks[DENSITIES.index(0.15)]
    value = dict(zip(map(str, DENSITIES), clocks, strict=True))
    return Figure(
        f"image, clocks a training sample at {names} input",
        value,
        text,
        "<= 1,250 at 15%",
        usual <= 1250,
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
