"""`bispike verify --shards`: a whole training, golden's first, then the chip's in shards side by side, each proven equal."""

import hashlib
import json
import shutil
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from cosim.build import build
from cosim.shard import Proof
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from sw.common.cluster import Cluster, cores
from sw.common.errors import CheckError, UserError
from sw.common.files import RunFolder, fresh
from sw.common.progress import ShardProgress
from sw.common.terminal import say
from sw.data.dataset import Dataset
from sw.proof.pieces import Golden, Plan
from sw.proof.verify import SAMPLES, samples_for
from sw.training import history, sim_backend

FILE = "shards.json"
"""The settings of a run, and the proof of each shard so far."""


def verify(
    given: dict,
    run: Path | None,
    resume: bool,
    address: str | None,
    workers: int | None,
    simulator: str | None,
    console: Console,
) -> int:
    """Proves a training, returns the number of values compared.

    Args:
        given: what the user said of it (config, data, samples, epochs, shards), None where nothing.
        address: of a dask scheduler; None: `workers` processes here, by default one a core.

    Raises:
        CheckError: at the first mismatch, or where a shard cannot be run. UserError, ConfigError, DataError: bad input.
    """
    if workers is not None and address:
        raise UserError(f"--workers: found with --scheduler; allowed without: {address} has workers of its own")
    if workers is not None and workers < 1:
        raise UserError(f"--workers: found {workers}; allowed is 1 or more")
    settings, proven, path = _kept(given, run) if resume else _new(given, run)
    plan = Plan(Config.from_dict(settings["config"]), _dataset(settings), settings["shards"])
    _check(plan, settings)
    chosen = sim_backend.find_simulator(simulator) if simulator or not address else None
    with Cluster(address, min(workers or cores(), plan.shards)) as cluster:
        folder = RunFolder(path if resume else fresh(path))
        _keep(folder, settings, proven)
        say(console, f"run {folder.path}" + (f", {len(proven)} of {plan.shards} shards are proven" if resume else ""))
        try:
            _prove(plan, settings, proven, folder, cluster, chosen, console)
        except KeyboardInterrupt:
            say(
                console,
                f"interrupted: {folder.path} keeps what is proven, {len(proven)} of {plan.shards} shards; go on with",
            )
            say(console, f"  bispike verify --resume --run {folder.path}")
            raise
    shutil.rmtree(folder / "golden", ignore_errors=True)
    return sum(proof.values for proof in proven.values())


def _prove(
    plan: Plan,
    settings: dict,
    proven: dict[int, Proof],
    folder: RunFolder,
    cluster: Cluster,
    simulator: str | None,
    console: Console,
) -> None:
    """Trains golden, then runs the shards that are not proven yet; keeps `proven` up to date, in memory and in its file."""
    before, began = len(proven), time.monotonic()
    golden = Golden(folder / "golden", plan)
    with ShardProgress(console, plan.samples, plan.shards) as progress, sim_backend.plain_errors():
        progress.say("elaborating the core")
        verilog = sim_backend.core_verilog(plan.config)
        core = hashlib.sha256(verilog.encode()).hexdigest()[:16]
        if settings.setdefault("core", core) != core:
            raise UserError(f"{folder.path}: found proofs of another core; allowed is to go on with the rtl they began with")
        _keep(folder, settings, proven)
        folder.write("core.v", verilog)
        left = [number for number in range(plan.shards) if number not in proven]
        if left:
            golden.train(lambda samples: progress.learned(samples))
            if cluster.address is None:
                progress.say("building the simulation, once for each configuration: a minute or two")
                build(wrapped(verilog, plan.config), TOP, simulator)
        for number, proof in proven.items():
            progress.finish(number, proof.samples, proof.values)

        def shard(number: int):
            return plan.shard(number), golden.reference(number)

        proofs = cluster.prove(left, shard, verilog, simulator, progress.advance, progress.tick)
        most, started = cluster.workers, time.monotonic()
        for number, proof in proofs:
            if proof.mismatch:
                proofs.close()
                raise CheckError(f"{plan.name(number)}: {proof.mismatch}")
            proven[number] = proof
            _keep(folder, settings, proven)
            progress.finish(number, proof.samples, proof.values)
            most = max(most, cluster.workers)
    for number in range(1, plan.shards):
        if proven[number - 1].ends != proven[number].begins:
            raise CheckError(f"{plan.name(number)}: it began with other memories than those the shard before it ended with")
    values = sum(proof.values for proof in proven.values())
    words = f"{values:,} values compared, 0 mismatches: {plan.samples:,} samples in {plan.shards} shards"
    words += f", {before} of them proven before" if before else ""
    if left:
        now, took = time.monotonic(), sum(proven[number].seconds for number in left)
        words += f"; {most} workers, {now - started:.1f} s for shards of {took:.1f} s (ratio {took / (now - started):.2f})"
        words += f", {now - began:.1f} s in all"
    say(console, words)


def _new(given: dict, run: Path | None) -> tuple[dict, dict[int, Proof], Path]:
    """The settings of a proof that has not begun, nothing proven, and its folder."""
    if given["shards"] < 1:
        raise UserError(f"--shards: found {given['shards']}; allowed is 1 or more")
    config = Config.load(given["config"] or "tiny")
    config = config.replace(epochs=given["epochs"]) if given["epochs"] is not None else config
    settings = {"config": config.to_dict(), "data": given["data"] or "random", "samples": given["samples"]}
    return settings | {"shards": given["shards"]}, {}, run or Path("runs") / f"verify-{config.name}"


def _kept(given: dict, run: Path | None) -> tuple[dict, dict[int, Proof], Path]:
    """The settings of the proof in a run folder, what is proven, and its folder. Raises UserError."""
    path = run or Path("runs") / f"verify-{Config.load(given['config'] or 'tiny').name}"
    file = path / FILE
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        proven = {int(number): Proof(**proof) for number, proof in kept.pop("proven").items()}
        own = kept | {"epochs": kept["config"]["epochs"], "config": Config.from_dict(kept["config"])}
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}; allowed is the folder of a bispike verify --shards") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{file}: found a damaged file; allowed is that of a bispike verify --shards") from None
    for key in ("data", "samples", "epochs", "shards"):
        if given[key] is not None and given[key] != own[key]:
            raise UserError(f"--{key}: found {given[key]} with --resume; allowed is what {path} began with, {own[key]}")
    if given["config"] is not None and Config.load(given["config"]).replace(epochs=own["epochs"]) != own["config"]:
        raise UserError(
            f"--config: found {given['config']} with --resume; allowed is what {path} began with, {own['config'].name}"
        )
    return kept, proven, path


def _dataset(settings: dict) -> Dataset:
    """The samples of a run: the first of the training part where only some are asked for."""
    count, name = settings["samples"], settings["data"]
    dataset = samples_for(Config.from_dict(settings["config"]), name, 0, SAMPLES if count is None else max(count, 2))
    if count is not None and not 2 <= count <= len(dataset.x_train):
        allowed = f"2 to {len(dataset.x_train):,}, the samples of {name}" if name != "random" else "2 or more"
        raise UserError(f"--samples: found {count}; allowed is {allowed}")
    return Dataset(name, dataset.x_train[:count], dataset.y_train[:count], dataset.x_test, dataset.y_test)


def _check(plan: Plan, settings: dict) -> None:
    """Raises UserError where there is nothing to learn in a shard, or where the samples are not those the run began with."""
    if plan.shards > plan.samples:
        raise UserError(f"--shards: found {plan.shards}; allowed is 1 to {plan.samples:,}, the samples of all epochs")
    if not plan.config.learn:
        raise UserError("--shards: found a configuration that does not learn; allowed is one that does")
    found = history.digest(plan.dataset)
    if settings.setdefault("digest", found) != found:
        raise UserError(f"--data: found other samples of {settings['data']}; allowed is the data the run began with")


def _keep(folder: RunFolder, settings: dict, proven: dict[int, Proof]) -> None:
    proofs = {str(number): asdict(proven[number]) for number in sorted(proven)}
    folder.write(FILE, json.dumps(settings | {"proven": proofs}, indent=1))
