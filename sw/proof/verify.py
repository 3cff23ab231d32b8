"""The chip against the golden model on a stretch of samples: any configuration, from new or from trained weights."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import data
from sw.common.errors import UserError
from sw.common.files import RunFolder, fresh
from sw.common.simulation import find_simulator, plain_errors
from sw.common.terminal import say
from sw.common.waves import closing_line
from sw.data.synthetic import random_dataset
from sw.training import sim_backend
from sw.training.golden_backend import GoldenNetwork

SAMPLES, TESTS = 500, 50
"""Samples learned where the user names no number, and samples inferred after them."""


def verify(
    name: str | None,
    samples: int,
    source: Path | None,
    given_data: str | None,
    simulator: str | None,
    waves: bool,
    console: Console,
    netlist: str | None = None,
) -> int:
    """Runs both, returns the number of values compared.

    Args:
        netlist: a family: not the rtl is simulated, but what synthesis makes of it there.

    Raises:
        CheckError: at the first mismatch. UserError, ConfigError, DataError, StateError: bad input.
    """
    if samples < 2:
        raise UserError(f"--samples: found {samples}; allowed is 2 or more")
    kept = Checkpoint.load(source) if source else Checkpoint(Config.load(name or "tiny"))
    config = Config.load(name) if name else kept.config
    if source and config.sizes != kept.config.sizes:
        found, allowed = list(kept.config.sizes), list(config.sizes)
        raise UserError(f"{source}: found a network of sizes {found}; allowed is that of {config.name}, {allowed}")
    dataset = samples_for(config, given_data or kept.about.get("data"), kept.about.get("split", 0), samples)
    chosen = find_simulator(simulator)
    if source:
        GoldenNetwork(config, kept.state)  # refuses weights of another shape

    from cosim import training

    done = len(kept.epochs)
    folder = RunFolder(fresh(Path("runs") / f"verify-{config.name}"))
    with console.status("building the simulation") as status, plain_errors(), sim_backend.untangled(folder.path):

        def follow(now: training.Progress) -> None:
            words = sim_backend.WAITING.get(now.phase) or f"{now.sample:,} of {now.samples:,} samples"
            status.update(f"{words}, {now.values_compared:,} values compared")

        result = training.run_training(
            Checkpoint(config, kept.state),
            dataset.x_train,
            dataset.y_train,
            np.arange(samples)[None] % len(dataset.x_train),
            folder.path,
            test_x=dataset.x_test[:TESTS],
            test_y=dataset.y_test[:TESTS],
            simulator=chosen,
            progress=follow,
            decays=[config.decay_at(done, config.epochs)],
            waves=waves,
            verilog=_text(config, netlist, folder, status.update),
        )
    sim_backend.tidy(folder.path, result)
    if waves:
        say(console, closing_line(folder / "waves.vcd"))
    tests = min(TESTS, len(dataset.x_test))
    clocks = f"{result.clocks_per_sample_training:,.0f} clocks a sample"
    say(console, f"{config.name} on {chosen}: {samples:,} samples learned, {tests} inferred, {clocks}")
    say(console, f"{result.values_compared:,} values compared, 0 mismatches")
    return result.values_compared


def _text(config: Config, netlist: str | None, folder: RunFolder, tell: Callable[[str], None]) -> str:
    """What is simulated: the core, or its netlist, which needs a synthesis of minutes."""
    if netlist is None:
        return sim_backend.core_verilog(config)
    from sw.boards.netlist import FAMILIES, netlist_verilog
    from sw.boards.tools import Folder

    if netlist not in FAMILIES:
        raise UserError(f"--netlist: found {netlist!r}; allowed is one of {', '.join(FAMILIES)}")
    tell(f"synthesising for {netlist}: minutes")
    with tempfile.TemporaryDirectory(prefix="bispike-") as name:
        text = netlist_verilog(Folder(Path(name)), config, netlist)
        folder.write("core.net.v", (Path(name) / "core.net.v").read_bytes())
    return text


def samples_for(config: Config, name: str | None, split: int, count: int) -> data.Dataset:
    """The data asked for, or random samples: half of the pixels 0, labels of all classes."""
    if name not in (None, "random"):
        dataset = data.load(name, split)
        data.check(dataset, config)
        return dataset
    return random_dataset("random", config.sizes, count, TESTS, 0.5, config.seed)
