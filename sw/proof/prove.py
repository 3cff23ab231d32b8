"""`bispike prove`: a whole training, golden's first, then the chip's in shards side by side, each proven equal."""

import hashlib
import json
import shutil
import time
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from cosim.build import build
from cosim.shard import Proof, Reference, Shard
from cosim.shard import prove as prove_shard
from cosim.watch import Progress
from cosim.wrapper import TOP, wrapped
from golden.config import Config, ConfigError
from sw import data
from sw.common.cluster import Workers, cores, workers_at
from sw.common.errors import CheckError, UserError
from sw.common.files import RunFolder, new_run, old_run
from sw.common.progress import ShardProgress
from sw.common.simulation import find_simulator, plain_errors
from sw.common.task import check_wanted, tell
from sw.common.tasks import check_task, for_learning
from sw.common.terminal import again, say
from sw.data.dataset import Dataset
from sw.design.choose import chosen_line, config_for, run_name
from sw.design.verilog import core_verilog
from sw.proof.shards import CutTraining, GoldenRun
from sw.proof.verify import MOST, SAMPLES, samples_for
from sw.training import history

FILE = "shards.json"
"""The settings of a run, and the proof of each shard so far."""
GOLDEN = "golden"
"""The folder of golden's training, until all is proven."""


@dataclass
class Kept:
    """What FILE holds.

    Members:
        settings: config (plain), data, encoding (plain), samples (None: all), shards; and once
            known digest (of the samples), core (of its Verilog).  proven: the proof of each shard that has one.
    """

    settings: dict
    proven: dict[int, Proof] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        return Config.from_dict(self.settings["config"])

    def save(self, folder: RunFolder) -> None:
        proofs = {str(number): asdict(self.proven[number]) for number in sorted(self.proven)}
        folder.write(FILE, json.dumps(self.settings | {"proven": proofs}, indent=1))


def prove(
    given: dict,
    run: Path | None,
    resume: bool,
    address: str | None,
    workers: int | None,
    simulator: str | None,
    console: Console,
    encoding: data.Encoding = data.Encoding(),  # noqa: B008
) -> int:
    """Proves a training, returns the number of values compared.

    Args:
        given: what the user said of it (config, data, samples, epochs, shards), None where nothing.
        address, workers: see `sw.common.cluster.workers_at`. encoding: what the user says of the data, of a new proof.

    Raises:
        CheckError: at the first mismatch, or where a shard cannot be run. UserError, ConfigError, DataError: bad input.
    """
    workers_at(address, workers, 1)  # refuses before the data is read
    with ExitStack() as stack:
        if resume:
            path = run or Path("runs") / f"prove-{run_name(given['config'], given['data'])}"
            folder = stack.enter_context(old_run(path))  # read inside: nobody else adds proofs meanwhile
        kept = _load(given, folder.path) if resume else _new(given, encoding)
        with history.lying_elsewhere(given["data"]) if resume else nullcontext():
            samples = _dataset(kept)
        training = CutTraining(kept.config, samples, kept.settings["shards"])
        _check(training, kept.settings)
        chosen = find_simulator(simulator) if simulator or not address else None
        those = stack.enter_context(workers_at(address, workers, training.shards))
        if not resume:
            folder = stack.enter_context(new_run(run or Path("runs") / f"prove-{kept.config.name}"))
        kept.save(folder)
        say(
            console,
            f"run {folder.path}" + (f", {len(kept.proven)} of {training.shards} shards are proven" if resume else ""),
        )
        if not resume and given["config"] is None and given["data"] not in (None, "random"):
            say(console, chosen_line(kept.config))
        try:
            _prove(training, kept, folder, those, chosen, console)
        except (OSError, UserError, ConfigError):
            if not resume and not (folder / GOLDEN).exists():
                shutil.rmtree(folder.path)
            raise
        except KeyboardInterrupt:
            proven = f"{len(kept.proven)} of {training.shards} shards"
            say(console, f"interrupted: {folder.path} keeps what is proven, {proven}; go on with")
            own = {"scheduler": address, "workers": workers, "simulator": simulator}
            say(console, f"  {again('prove', '--resume', '--run', folder.path, **own)}")
            raise
        shutil.rmtree(folder / GOLDEN, ignore_errors=True)
    return sum(proof.values for proof in kept.proven.values())


def _prove(
    training: CutTraining, kept: Kept, folder: RunFolder, those: Workers, simulator: str | None, console: Console
) -> None:
    """Trains golden, then runs the shards that are not proven yet; keeps `kept` up to date, in memory and in its file."""
    proven, before, began = kept.proven, len(kept.proven), time.monotonic()
    golden = GoldenRun(folder / GOLDEN, training)
    with ShardProgress(console, training.samples, training.shards) as progress, plain_errors():
        progress.say("elaborating the core")
        verilog = core_verilog(training.config, asserted=True)
        core = hashlib.sha256(verilog.encode()).hexdigest()[:16]
        if kept.settings.setdefault("core", core) != core:
            raise UserError(f"{folder.path}: found proofs of another core; allowed is to go on with the rtl they began with")
        kept.save(folder)
        folder.write("core.v", verilog)
        left = {f"shard {number + 1}": number for number in range(training.shards) if number not in proven}
        if left:
            golden.train(progress.learned)
            if those.address is None:
                progress.say("building the simulation, once for each configuration: a minute or two")
                build(wrapped(verilog, training.config), TOP, simulator)
        for number, proof in proven.items():
            progress.finish(number, proof.samples, proof.values)

        def task(name: str) -> tuple:
            return _prove_shard, (training.shard(left[name]), golden.reference(left[name]), verilog, simulator)

        def listen(name: str, samples: int, values: int) -> None:
            progress.advance(left[name], samples, values)

        proofs = those.run(list(left), task, listen, progress.tick)
        most, started = those.workers, time.monotonic()
        for name, proof in proofs:
            number = left[name]
            if proof.mismatch:
                proofs.close()
                raise CheckError(f"{training.name(number)}: {proof.mismatch}")
            proven[number] = proof
            kept.save(folder)
            progress.finish(number, proof.samples, proof.values)
            most = max(most, those.workers)
    for number in range(1, training.shards):
        if proven[number - 1].ends != proven[number].begins:
            raise CheckError(
                f"{training.name(number)}: it began with other memories than those the shard before it ended with"
            )
    values = sum(proof.values for proof in proven.values())
    words = f"{values:,} values compared, 0 mismatches: {training.samples:,} samples in {training.shards} shards"
    words += f", {before} of them proven before" if before else ""
    if left:
        now, took = time.monotonic(), sum(proven[number].seconds for number in left.values())
        words += f"; {most} workers, {now - started:.1f} s for shards of {took:.1f} s (ratio {took / (now - started):.2f})"
        words += f", {now - began:.1f} s in all"
    say(console, words)


def _prove_shard(shard: Shard, golden: Reference, verilog: str, simulator: str | None) -> Proof:
    """In a worker: proves a shard, tells its samples and values so far, and ends where nobody waits for it."""

    def follow(now: Progress) -> None:
        check_wanted()
        tell(shard.samples_before(now.epoch) + (now.sample if now.phase == "training" else 0), now.values_compared)

    return prove_shard(shard, golden, verilog, simulator, follow)


def _new(given: dict, encoding: data.Encoding) -> Kept:
    """A proof that has not begun."""
    shards = cores() if given["shards"] is None else given["shards"]
    if shards < 1:
        raise UserError(f"--shards: found {shards}; allowed is 1 or more")
    source, config = given["data"] or "digits", given["config"]
    data.check_options(source, encoding.label, encoding.size)
    if config is None and source not in ("digits", "random"):
        config = config_for(data.load(source, encoding=encoding), source)
    else:
        config = check_task(Config.load("digits" if config is None else config), "no other is proven in shards")
    config = config.replace(epochs=given["epochs"]) if given["epochs"] is not None else config
    settings = {"config": config.to_dict(), "data": source, "encoding": encoding.to_dict()}
    return Kept(settings | {"samples": given["samples"], "shards": shards})


def _load(given: dict, path: Path) -> Kept:
    """The proof in a run folder. Raises UserError where there is none, or where it is another than the user says.

    Its samples may lie in another file than they did, or be called by another name: as from another folder.
    """
    file = path / FILE
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
        proven = {int(number): Proof(**proof) for number, proof in settings.pop("proven").items()}
        config = Config.from_dict(settings["config"])
        own = {key: settings[key] for key in ("samples", "shards")}
        settings["data"] = given["data"] or settings["data"]  # where it lies now
    except FileNotFoundError:
        raise UserError(f"{path}: found no {FILE}; allowed is the folder of a bispike prove") from None
    except OSError as error:
        raise UserError(f"{file}: cannot read it: {error.strerror}; allowed is the folder of a bispike prove") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{file}: found a damaged file; allowed is that of a bispike prove") from None
    history.check_given(given, own, config, path)
    return Kept(settings, proven)


def _dataset(kept: Kept) -> Dataset:
    """The samples of a run: the first of the training part where only some are asked for."""
    count, name = kept.settings["samples"], kept.settings["data"]
    encoding = data.Encoding.from_dict(kept.settings.get("encoding", {}))
    dataset = samples_for(kept.config, name, 0, SAMPLES if count is None else min(max(count, 2), MOST), encoding)
    kept.settings["encoding"] = dataset.encoding.to_dict()  # as in a training: what it began with is known
    if count is not None and not 2 <= count <= len(dataset.x_train):
        most = f"{MOST:,}" if name == "random" else f"{len(dataset.x_train):,}, the samples of {name}"
        raise UserError(f"--samples: found {count}; allowed is 2 to {most}")
    return Dataset(name, dataset.x_train[:count], dataset.y_train[:count], dataset.x_test, dataset.y_test)


def _check(training: CutTraining, settings: dict) -> None:
    """Raises UserError where there is nothing to learn in a shard, or where the samples are not those the run began with."""
    if training.shards > training.samples:
        raise UserError(
            f"--shards: found {training.shards}; allowed is 1 to {training.samples:,}, the samples of all epochs"
        )
    for_learning(training.config, "--config")
    found = history.digest(training.dataset)
    if settings.setdefault("digest", found) != found:
        raise UserError(f"--data: found other samples of {settings['data']}; allowed is the data the run began with")
