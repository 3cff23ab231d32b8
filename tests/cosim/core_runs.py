"""Scenarios for the whole core, and how they are run: shared by test_core.py, test_sequence.py and those of mutants."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cosim.benches.scenario import Scenario
from cosim.build import Build, build
from cosim.elaborate import core_verilog
from cosim.job import Parts
from cosim.runner import run
from cosim.wrapper import TOP, wrapped
from golden.config import Config

torch.set_num_threads(1)  # small tensors: more threads only wait for each other

BENCH = "cosim.benches.core"
BUILT = (
    "task",
    "recurrent",
    "engines",
    "sizes",
    "lanes",
    "steps",
    "coding",
    "leak",
    "learn",
    "weight_bits",
    "stimulus_recall",
)
"""What is built into a core. All the rest is in registers, so that one build serves many configurations."""


@cache
def core(config: Config, simulator: str = "icarus") -> Build:
    """A core inside the bench's wrapper, ready to simulate."""
    return build(_text(config), TOP, simulator)


@cache
def _text(config: Config) -> str:
    return wrapped(core_verilog(config), config)


def built(config: Config) -> Config:
    """The configuration with defaults where it makes no difference to the Verilog."""
    return Config(**{name: getattr(config, name) for name in BUILT})


def play(config: Config, scenario: Path, simulator: str = "icarus", **values) -> float:
    """Runs a scenario on a core; raises BenchError at the first mismatch. Returns the seconds taken."""
    values = {"config": config.to_dict(), "scenario": str(scenario), **values}
    return run(core(built(config), simulator), BENCH, values, timeout=280)


def bench(config: Config, folder: Path, scenario: Path, text: str) -> None:
    """Builds and runs the Verilog of a core, a mutant's for one, on Icarus, with stalls. Raises BenchError."""
    config = built(config)
    design = build(wrapped(text, config), TOP, "icarus", root=folder / "build")
    values = {"config": config.to_dict(), "scenario": str(scenario), "inputs": 0.2, "outputs": 0.5}
    run(design, BENCH, values, folder=folder / "run", timeout=400)


def stimulus(config: Config, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Samples from empty to full, and their labels. x (count, n0), y (count,)."""
    density = rng.choice([0.0, 0.2, 0.5, 0.8, 1.0], (count, 1), p=[0.05, 0.3, 0.4, 0.2, 0.05])
    x = rng.integers(0, 16, (count, config.sizes[0])) * (rng.random((count, config.sizes[0])) < density)
    return x, rng.integers(0, config.classes, count)


def mixture(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """learn and recall (count,): learning, inference, and now and then a recall on request after either."""
    learn = rng.random(count) < 0.8
    return learn, rng.random(count) < np.where(learn, 0.15, 0.3)


def fresh(config: Config) -> Any:
    """Golden's new model of the configuration's task, with every memory in plain sight."""
    return Parts.get(Parts.of(config).golden)(config, fast=False)


def wild(config: Config, rng: np.random.Generator, decay: int = 0) -> Any:
    """A model whose memories hold anything they can hold, many values at the ends of their ranges."""
    model = fresh(config)
    state = model.state()
    master = 1 << (config.weight_bits - 1)
    ends = {"W": master, "Theta": master, "E": 1 << 23, "S": 1 << 23}
    for name, value in state.items():
        kind = name.rstrip("0123456789")
        if kind in ends:
            end, near = ends[kind], rng.random(value.shape) < 0.4
            offset = rng.integers(0, 20, value.shape)
            edge = np.where(rng.random(value.shape) < 0.5, end - 1 - offset, offset - end)
            # Most of the rest is small: soma and window then meet voltages around their limits.
            state[name] = np.where(near, edge, rng.integers(-end >> 2, end >> 2, value.shape))
        elif kind == "m":
            state[name] = rng.integers(-31, 32, value.shape)
        elif kind == "h":
            state[name] = rng.integers(0, config.steps + 1, value.shape)
    state["samples"] = np.array((1 << 32) - 5)  # wraps soon
    state["position"] = np.array(0)
    model.load(state)
    model.decay = decay
    return model


def thorough(config: Config, path: Path, samples: int = 20, seed: int = 0, resets: tuple[int, ...] = ()) -> Path:
    """A file to `play`: fresh memories, a resume in mid-block, other settings with updates pending, recall through strange
    Theta, wild memories, resets.

    Args:
        config: its settings hold in the first half; in the second `stochastic` is the other way round.
        samples: of each half. resets: clocks after the 16th sample of a stream.
    """
    rng = np.random.default_rng(seed)
    scenario = Scenario(fresh(config))
    scenario.samples(*stimulus(config, samples // 2, rng), *mixture(samples // 2, rng))
    scenario.resume()
    scenario.samples(*stimulus(config, samples // 2, rng))
    scenario.change(rate=config.rate - 2, stochastic=not config.stochastic, seed=config.seed + 1)
    scenario.samples(*stimulus(config, samples // 2, rng), *mixture(samples // 2, rng))
    scenario.memories()
    scenario.take(wild(config.replace(stochastic=not config.stochastic), rng, decay=-1))
    for after in resets:
        scenario.reset(after, *stimulus(config, 18, rng), mixture(18, rng)[0])
    scenario.samples(*stimulus(config, min(samples, config.block - 1), rng))
    scenario.memories()  # before the block ends: sums that saturated are still there
    scenario.blank(recall=True)  # a Theta that was just loaded, under concepts of another one
    scenario.memories()
    scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng))
    scenario.memories()
    return scenario.save(path)


def strange(config: Config, path: Path, samples: int = 12, seed: int = 0, resets: tuple[int, ...] = ()) -> Path:
    """A file to `play`: the second half of `thorough`. Memories are loaded once, and at resets: at 11 clocks a word."""
    rng = np.random.default_rng(seed)
    scenario = Scenario(wild(config, rng, decay=-1))
    for after in resets:
        scenario.reset(after, *stimulus(config, 18, rng), mixture(18, rng)[0])
    scenario.samples(*stimulus(config, min(samples, config.block - 1), rng))
    scenario.blank(recall=True)
    scenario.memories()
    scenario.samples(*stimulus(config, samples, rng), *mixture(samples, rng))
    scenario.memories()
    return scenario.save(path)
