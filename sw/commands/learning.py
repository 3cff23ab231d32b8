"""Commands with which a network learns: train, and verify and prove, which let chip and golden learn side by side."""

from sw.commands import options
from sw.common.errors import UserError
from sw.common.terminal import Console


def train(
    config: options.TrainConfig = None,
    data: options.TrainData = None,
    label: options.Label = None,
    size: options.Size = None,
    column: options.Column = None,
    day: options.Day = None,
    lags: options.LagCount = None,
    daily: options.Daily = None,
    weekly: options.Weekly = None,
    backend: options.BackendChoice = None,
    epochs: options.Epochs = None,
    seed: options.Seed = None,
    split: options.Split = None,
    run: options.Run = None,
    resume: options.Resume = False,
    baseline: options.Baseline = False,
    simulator: options.Simulator = None,
    waves: options.Waves = False,
    log: options.LogFile = None,
    port: options.Port = None,
    baud: options.Baud = None,
) -> None:
    """Train a network, sample by sample, and write a report.

    The run folder gets weights.npz after every epoch: Ctrl-C loses at most one, and --resume goes on from there with the
    same result. At the end it holds summary.json, config.toml, weights.npz, pictures and report.html; with --backend sim
    also core.v, the chip as it is simulated, with assertions: for synthesis there is bispike verilog.

    Of a series or a text the network learns what comes next: bispike train --data power.csv --column load --day 48, then
    bispike forecast --from runs/power.
    """
    from sw.training.place import Place

    where = Place(backend.value if backend else "golden", port, baud, simulator, waves)
    if backend or not resume:  # else it is the run that says where
        where.check()
    if resume:
        series = {"--column": column, "--day": day, "--lags": lags, "--daily": daily, "--weekly": weekly}
        _check_kept({"--label": label, "--size": size} | series)
    from sw.data.encoding import Encoding, parse_size
    from sw.data.foretold import Reading
    from sw.training.run import train_new, train_on

    settings = {"epochs": epochs, "seed": seed, "split": split, "backend": backend and backend.value}
    given = {"config": config, "data": data} | settings
    if resume:
        train_on(given, run, where, Console(), baseline, log)
    else:
        encoding, reading = Encoding(label=label, size=parse_size(size)), Reading(column, day, lags, daily, weekly)
        train_new(given, run, where, Console(), baseline, log, encoding, reading)


def _check_kept(given: dict) -> None:
    """Raises UserError on an option of the data of a run that goes on, by its name."""
    for option, value in given.items():
        if value is not None:
            raise UserError(f"{option}: found with --resume; allowed without: the run keeps its own")


def verify(
    config: options.VerifyConfig = None,
    samples: options.Samples = None,
    source: options.MaybeTrained = None,
    data: options.VerifyData = None,
    label: options.Label = None,
    size: options.Size = None,
    column: options.VerifyColumn = None,
    simulator: options.Simulator = None,
    waves: options.Waves = False,
    netlist: options.NetlistFamily = None,
    one_shape: options.OneShape = False,
) -> None:
    """Let the simulated chip and the golden model learn the same samples, and compare every value and every memory.

    Behind the core asked for, a small one of the same settings learns, with other sizes and lanes (3-8-24-3, 4 lanes),
    in which other layers wait for each other: its faults need not show in the first. --one-shape leaves it out.

    Exits with 0 if all are equal. The first mismatch ends it with 1: sample, layer, neuron, expected and got are
    named, and the golden model's values around it are kept in runs/verify-NAME. A whole training: bispike prove.
    """
    from sw.data.encoding import parse_size
    from sw.proof.verify import SAMPLES
    from sw.proof.verify import verify as compare

    samples = SAMPLES if samples is None else samples
    meaning = label, parse_size(size), column
    compare(config, samples, source, data, simulator, waves, Console(), netlist, one_shape, *meaning)


def prove(
    config: options.ProveConfig = None,
    data: options.ProveData = None,
    label: options.Label = None,
    size: options.Size = None,
    samples: options.ProveSamples = None,
    epochs: options.Epochs = None,
    shards: options.Shards = None,
    run: options.ProveRun = None,
    resume: options.ProveResume = False,
    workers: options.Workers = None,
    scheduler: options.Scheduler = None,
    simulator: options.Simulator = None,
) -> None:
    """Prove a whole training in pieces: that the simulated chip learns what the golden model learns, to the bit.

    The golden model goes first and keeps its state where each piece begins; then the pieces run side by side on chips of
    their own, and each must end with the memories that the next one begins with. Exits with 1 at the first mismatch.
    """
    if resume:
        _check_kept({"--label": label, "--size": size})
    from sw.data.encoding import Encoding, parse_size
    from sw.proof.prove import prove as prove_training

    encoding = Encoding(label=label, size=parse_size(size))
    given = {"config": config, "data": data, "samples": samples, "epochs": epochs, "shards": shards}
    prove_training(given, run, resume, scheduler, workers, simulator, Console(), encoding)
