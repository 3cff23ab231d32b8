"""Whole trainings and comparisons, as the command does them."""

from functools import partial
from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw.common.errors import UserError
from sw.python.model import Model

BACKENDS = ("golden", "sim", "serial")


def train(
    config: Config | str | None = None,
    data: str = "digits",
    *,
    epochs: int | None = None,
    seed: int | None = None,
    split: int = 0,
    backend: str = "golden",
    simulator: str | None = None,
    port: str | None = None,
    baud: int = 1_000_000,
    run: Path | str | None = None,
    baseline: bool = False,
    log: Path | str | None = None,
    verbose: bool = False,
) -> Model:
    """Trains a network and writes its run folder: weights, summary, pictures, report.

    Args:
        config: a configuration, its name or its TOML file; None: chosen from the data. data: digits, fashion, or a file.
        epochs, seed: in place of the configuration's. split: which random 80/20 split of data without a test part.
        backend: golden: the model alone. sim, serial: a simulated chip, or a board at `port`, compared in every value.
        simulator: for sim; None: the fastest there is. run: the folder, numbered if it exists; None: runs/NAME.
        baseline: train the same network by backprop, too. log: a file that gets a line of JSON for each epoch.
        verbose: print what the command prints.

    Returns:
        the trained network; its folder is `run`, and `summary` what summary.json holds.

    Raises:
        UserError, ConfigError, DataError: bad input. CheckError: the first mismatch.
    """
    from sw.common.simulation import find_simulator
    from sw.training import golden_backend, serial_backend, sim_backend
    from sw.training.log import Logged
    from sw.training.run import begin
    from sw.training.run import train as train_and_report

    if backend not in BACKENDS:
        raise UserError(f"backend: found {backend!r}; allowed is one of {', '.join(BACKENDS)}")
    for value, name, needs in ((simulator, "simulator", "sim"), (port, "port", "serial")):
        if value and backend != needs:
            raise UserError(f"{name}: found with backend {backend}; allowed with backend {needs}")
    if backend == "serial" and not port:
        raise UserError("port: found none; with backend serial it must be the board's, as /dev/ttyUSB0")
    config = Config.load(config) if isinstance(config, str) else config
    changes = {key: value for key, value in (("epochs", epochs), ("seed", seed)) if value is not None}
    kept, dataset = begin(config, changes, data, split, backend, baseline)
    chosen = find_simulator(simulator) if backend == "sim" else None
    runner = {
        "golden": golden_backend.train,
        "sim": partial(sim_backend.train, simulator=chosen, waves=False),
        "serial": partial(serial_backend.train, port=port, baud=baud),
    }[backend]
    kept = Logged.of(kept, Path(log)) if log else kept
    path = Path(run) if run else Path("runs") / kept.config.name
    folder, summary = train_and_report(kept, dataset, path, False, Console(quiet=not verbose), runner, chosen)
    model = Model.load(folder)
    model.run, model.summary = folder, summary
    return model


def verify(
    config: str = "tiny",
    samples: int = 500,
    *,
    data: str = "random",
    simulator: str | None = None,
    verbose: bool = False,
) -> int:
    """Lets the simulated chip and the model learn the same samples; returns the number of values compared, all equal.

    Args:
        config: a configuration's name or TOML file. samples: to learn from, the first of `data`, at least 2.
        simulator: None: the fastest there is. verbose: print what the command prints.

    Raises:
        CheckError: the first mismatch, where it is, expected and got. UserError, ConfigError, DataError: bad input.
    """
    from sw.proof.verify import verify as compare

    return compare(config, samples, None, data, simulator, False, Console(quiet=not verbose))
