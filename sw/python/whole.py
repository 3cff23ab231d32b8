"""Whole trainings and comparisons, as the command does them."""

from pathlib import Path

from rich.console import Console

from golden.config import Config
from sw.common.checks import whole_number
from sw.common.errors import UserError
from sw.common.tasks import for_recognition
from sw.python.model import Model


def train(
    config: Config | Path | str | None = None,
    data: str | Path = "digits",
    *,
    epochs: int | None = None,
    seed: int | None = None,
    split: int | None = None,
    label: str | None = None,
    size: str | None = None,
    backend: str = "golden",
    simulator: str | None = None,
    port: str | None = None,
    baud: int | None = None,
    run: Path | str | None = None,
    baseline: bool = False,
    log: Path | str | None = None,
    verbose: bool = False,
) -> Model:
    """Trains a network and writes its run folder: weights, summary, pictures, report.

    Args:
        config: a configuration, its name or its TOML file; None: chosen from the data. data: digits, fashion, or a file.
        epochs, seed: in place of the configuration's. split: which random 80/20 split of data without a test part, None: 0.
        label: the column of a CSV file that holds the label. size: WIDTHxHEIGHT to which a folder's pictures are resized.
        backend: golden: the model alone. sim, serial: a simulated chip, or a board at `port`, compared in every value.
        simulator: for sim; None: the fastest there is. run: the folder, numbered if it exists; None: runs/NAME.
        baseline: train the same network by backprop, too. log: a file that gets a line of JSON for each epoch.
        verbose: print what the command prints.

    Returns:
        the trained network; its folder is `run`, and `summary` what summary.json holds.

    Raises:
        UserError, ConfigError, DataError: bad input. CheckError: the first mismatch.
    """
    from sw.data.encoding import Encoding, parse_size
    from sw.data.foretold import Reading, is_sequence
    from sw.training.place import Place
    from sw.training.run import train_new

    config = None if config is None else Config.load(config)
    if config:
        for_recognition(config, config.name)  # what is returned names samples
    elif is_sequence(data, None, Reading()):
        raise UserError(f"data: found {data}, of which the next is foretold; allowed with bispike train")
    where = Place(backend, port, baud, simulator)
    where.check(mark="")
    given = {"config": config, "data": str(data), "epochs": epochs, "seed": seed, "split": split, "backend": backend}
    run, log = (Path(one) if one else None for one in (run, log))
    encoding = Encoding(label=label, size=parse_size(size))
    folder, summary = train_new(given, run, where, Console(quiet=not verbose), baseline, log, encoding)
    model = Model.load(folder)
    model.run, model.summary = folder, summary
    return model


def verify(
    config: Config | Path | str = "tiny",
    samples: int = 500,
    *,
    data: str | Path = "random",
    simulator: str | None = None,
    verbose: bool = False,
) -> int:
    """Lets the simulated chip and the model learn the same samples; returns the number of values compared, all equal.

    Args:
        config: a configuration, its name or its TOML file. samples: to learn from, the first of `data`, at least 2.
        simulator: None: the fastest there is. verbose: print what the command prints.

    Raises:
        CheckError: the first mismatch, where it is, expected and got. UserError, ConfigError, DataError: bad input.
    """
    from sw.proof.verify import verify as compare

    samples = whole_number("samples", samples, 2)
    return compare(Config.load(config), samples, None, str(data), simulator, False, Console(quiet=not verbose))
