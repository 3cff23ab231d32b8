"""The chip against the golden model on a stretch of samples: any configuration, from new or from trained weights.

One shape leaves much of a core's schedule untouched: which layer waits for which is decided by sizes and lanes. So a small
core of the same settings, whose layers wait in the other way, is compared behind the one asked for.
"""

from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import data
from sw.boards.netlist import FAMILIES
from sw.common.errors import UserError
from sw.common.files import RunFolder, fresh
from sw.common.simulation import find_simulator, plain_errors
from sw.common.terminal import say, working
from sw.data.foretold import Reading
from sw.data.synthetic import random_codes, random_dataset
from sw.design.verilog import core_verilog
from sw.training import history, sim_backend
from sw.training.golden_model import model_of
from sw.training.start import load

SAMPLES, TESTS = 500, 50
"""Samples learned where the user names no number, and samples inferred after them."""
MOST = 100_000
"""Samples that are made up, or learned here: more take hours, and memory that there is not."""
BOTTLENECK = (3, 8, 24, 3), 4
"""Sizes and lanes of the second core: layer 2 has the most groups, and layer 1 waits for it. In the cores that are asked
for, the layer with the pixels is mostly the slowest one."""
BOTTLENECK_ENGINES = (1,), (0, 2, 3)
"""Its layers of two engines, where the core asked for has some of other layers."""
BOTTLENECK_SAMPLES = 40
"""Eight blocks of five."""


def verify(
    name: Config | str | None,
    samples: int,
    source: Path | None,
    given_data: str | None,
    simulator: str | None,
    waves: bool,
    console: Console,
    netlist: str | None = None,
    one_shape: bool = False,
    label: str | None = None,
    size: tuple[int, int] | None = None,
    column: str | None = None,
) -> int:
    """Runs both, returns the number of values compared.

    Args:
        name: a configuration, its name or its TOML file; None: that of `source`, or tiny.
        netlist: a family: not the rtl is simulated, but what synthesis makes of it there, for the one core alone.
        one_shape: leave out the second core.
        label, size, column: of the data, where they are not those that the network of `source` learned from.

    Raises:
        CheckError: at the first mismatch. UserError, ConfigError, DataError, StateError: bad input.
    """
    if not 2 <= samples <= MOST:
        raise UserError(f"--samples: found {samples}; allowed is 2 to {MOST:,}")
    if netlist not in (None, *FAMILIES):
        raise UserError(f"--netlist: found {netlist!r}; allowed is one of {', '.join(FAMILIES)}")
    if netlist and one_shape:
        raise UserError("--one-shape: found with --netlist; allowed without: of a netlist there is one core alone")
    named = Config.load(name) if isinstance(name, str) else name
    kept = Checkpoint.load(source) if source else Checkpoint(named or Config.load("tiny"))
    config = named or kept.config
    if source and config.sizes != kept.config.sizes:
        found, allowed = list(kept.config.sizes), list(config.sizes)
        raise UserError(f"{source}: found a network of sizes {found}; allowed is that of {config.name}, {allowed}")
    if source and config.lowest != kept.config.lowest:
        found, allowed = (str(one.stimulus_recall).lower() for one in (kept.config, config))
        found = f"{source}: found a network with stimulus_recall = {found}"
        raise UserError(f"{found}; allowed is that of {config.name}, {allowed}")
    shown, split = given_data or kept.about.get("data"), kept.about.get("split", 0)
    data.check_options(shown or "random", label, size)
    if column and shown in (None, "random"):
        raise UserError("--column: found with random; allowed with a .csv file of a series")
    known = history.encoding(kept, label, size), history.reading(kept, column)
    dataset = samples_for(config, shown, split, samples, *known)
    chosen = find_simulator(simulator)
    if source:
        model_of(config, kept.state, 0)  # refuses weights of another shape

    begin, done = Checkpoint(config, kept.state), len(kept.epochs)
    compared = _compare(begin, dataset, samples, config.decay_at(done, config.epochs), chosen, waves, console, netlist)
    if not (one_shape or netlist):
        small = bottleneck(config)
        say(console, f"now {small.name}, a small core whose layers wait for each other the other way round")
        random = random_dataset("random", small.sizes, BOTTLENECK_SAMPLES, TESTS, 0.5, small.seed, small.recurrent)
        compared += _compare(Checkpoint(small), random, BOTTLENECK_SAMPLES, 0, chosen, False, console)
    say(console, f"{compared:,} values compared, 0 mismatches")
    return compared


def bottleneck(config: Config) -> Config:
    """A small core of the same settings in which a layer above a hidden one is the slowest.

    Engines of another number of layers become two.
    """
    sizes, lanes = BOTTLENECK
    engines = BOTTLENECK_ENGINES if config.engines and len(config.sizes) != len(sizes) else config.engines
    own = "-bottleneck"  # behind a name of 64 letters at most, as any name
    block = {"block": 5} if config.task != "autoencoder" else {}
    return config.replace(name=config.name[: 64 - len(own)] + own, sizes=sizes, lanes=lanes, engines=engines, **block)


def _compare(
    begin: Checkpoint,
    dataset: data.Dataset,
    samples: int,
    decay: int,
    simulator: str,
    waves: bool,
    console: Console,
    netlist: str | None = None,
) -> int:
    """Lets chip and golden learn from `begin` on, and an auto-encoder draw codes, and says what was compared; returns the
    number of values.

    Raises:
        CheckError: at the first mismatch.
    """
    from cosim import training

    config = begin.config
    codes = random_codes(config, TESTS) if config.task == "autoencoder" else None
    folder = RunFolder(fresh(Path("runs") / f"verify-{config.name}"))
    opening = (
        f"synthesising for {netlist}: minutes" if netlist else "building the simulation: a minute or two the first time"
    )
    with working(console, opening) as status, plain_errors(), sim_backend.untangled(folder.path):

        def follow(now: training.Progress) -> None:
            words = sim_backend.WAITING.get(now.phase) or f"{now.sample:,} of {now.samples:,} samples"
            status.update(f"{words}, {now.values_compared:,} values compared")

        result = training.run_training(
            begin,
            dataset.training,
            np.arange(samples)[None] % len(dataset.x_train),
            folder.path,
            test=dataset.testing[:TESTS],
            codes=codes,
            simulator=simulator,
            progress=follow,
            decays=[decay],
            waves=waves,
            verilog=_text(config, netlist, folder),
        )
    sim_backend.tidy(folder.path, result, console)
    tests = min(TESTS, len(dataset.x_test))
    clocks = f"{result.clocks_per_sample_training:,.0f} clocks a sample"
    shape = f"sizes {'-'.join(map(str, config.sizes))}, {config.lanes} lanes"
    done = f"{samples:,} samples learned, {tests} inferred" + (f", {TESTS} codes drawn" if codes is not None else "")
    say(console, f"{config.name} on {simulator}: {done}, {clocks} ({shape})")
    return result.values_compared


def _text(config: Config, netlist: str | None, folder: RunFolder) -> str:
    """What is simulated: the core, or its netlist, which needs a synthesis of minutes."""
    if netlist is None:
        return core_verilog(config, asserted=True)
    from sw.boards.netlist import netlist_verilog
    from sw.boards.tools import Folder

    inner = RunFolder(folder.path / "sim").path  # goes with the other inner files, and stays where a tool's log is named
    text = netlist_verilog(Folder(inner), config, netlist)
    folder.write("core.net.v", (inner / "core.net.v").read_bytes())
    return text


def samples_for(
    config: Config,
    name: str | None,
    split: int,
    count: int,
    encoding: data.Encoding = data.Encoding(),  # noqa: B008
    reading: Reading = Reading(),  # noqa: B008
) -> data.Dataset:
    """The data asked for, or random samples: half of the pixels 0, labels of all classes."""
    if name not in (None, "random"):
        dataset = load(name, split, config, encoding, reading)
        data.check(dataset, config)
        return dataset
    return random_dataset("random", config.sizes, count, TESTS, 0.5, config.seed, config.recurrent)
