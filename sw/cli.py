"""The command `bispike`. Bad input is one line on stderr and exit code 2; a mismatch or a failed check is 1; else 0."""

import importlib.metadata
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from golden import NAMED, Config, ConfigError, SampleError, StateError
from golden.data import DataError
from sw.errors import CheckError, UserError
from sw.terminal import say

app = typer.Typer(
    help="A neuromorphic core that learns on chip (BSD), simulated and compared bit by bit with its PyTorch golden model.",
    epilog="Start with: bispike train. Then: bispike recall --from runs/digits, bispike predict --from runs/digits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(asked: bool) -> None:
    if asked:
        print(f"bispike {importlib.metadata.version('bispike')}")
        raise typer.Exit


class Backend(StrEnum):
    """What computes: the PyTorch golden model, or the generated Verilog under a simulator, compared with it."""

    golden = "golden"
    sim = "sim"


class Part(StrEnum):
    """A part of a data set."""

    test = "test"
    train = "train"
    all = "all"


CONFIG_HELP = f"{', '.join(NAMED)}, or a TOML file with at least sizes and lanes."
DATA_HELP = "A file holds x (samples x pixels: 0..15, 0..255 or floats 0..1) and y (labels from 0)."
ConfigOption = Annotated[str, typer.Option("--config", "-c", metavar="NAME|FILE.toml", help=CONFIG_HELP)]
FromOption = Annotated[Path, typer.Option("--from", "-f", metavar="RUN|FILE", help="A run folder, or a weights.npz of one.")]
SimulatorOption = Annotated[
    str | None, typer.Option(metavar="verilator|icarus", help="Which simulator; the fastest there is if left out.")
]


@app.callback()
def bispike(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")] = False,
) -> None:
    pass


@app.command()
def train(
    config: Annotated[
        str | None, typer.Option("--config", "-c", metavar="NAME|FILE.toml", help=CONFIG_HELP + " Default: digits.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", "-d", metavar="digits|fashion|FILE.npz", help=DATA_HELP + " Default: digits.")
    ] = None,
    backend: Annotated[
        Backend | None,
        typer.Option(help="golden: the PyTorch model alone. sim: the chip, every value compared. Default: golden."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="N", help="Passes over the training samples; the configuration's if left out.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of weights, order and rounding noise; the configuration's if left out.")
    ] = None,
    split: Annotated[
        int | None, typer.Option(metavar="N", help="Which random 80/20 split of data without a test part. Default: 0.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run folder, numbered if it exists. Default: runs/NAME.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the interrupted run in --run; its own settings hold.")
    ] = False,
    simulator: SimulatorOption = None,
    waves: Annotated[
        bool, typer.Option("--waves", help="Keep the simulation's waves in the run folder (large, slow).")
    ] = False,
) -> None:
    """Train a network, sample by sample, and write a report.

    The run folder gets weights.npz after every epoch: Ctrl-C loses at most one, and --resume goes on from there with the
    same result. At the end it holds summary.json, config.toml, weights.npz, three pictures and report.html; with
    --backend sim also core.v, the chip.
    """
    from sw import chip_run, jobs

    given = {
        "config": config,
        "data": data,
        "split": split,
        "backend": backend and backend.value,
        "epochs": epochs,
        "seed": seed,
    }
    if resume:
        path = run or Path("runs") / Config.load(config or "digits").name
        kept, dataset = jobs.go_on(path, given)
    else:
        changes = {key: given[key] for key in ("epochs", "seed") if given[key] is not None}
        network = Config.load(config or "digits").replace(**changes)
        path = run or Path("runs") / network.name
        kept, dataset = jobs.begin(network, data or "digits", split or 0, given["backend"] or "golden")
    chosen = chip_run.find_simulator(simulator) if kept.history["backend"] == Backend.sim else None
    jobs.train(kept, dataset, path, resume, Console(), chosen, waves)


@app.command()
def verify(
    config: Annotated[
        str | None,
        typer.Option("--config", "-c", metavar="NAME|FILE.toml", help=CONFIG_HELP + " Default: that of --from, or tiny."),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", "-n", metavar="N", help="Samples to learn from.")] = 500,
    source: Annotated[
        Path | None, typer.Option("--from", "-f", metavar="RUN|FILE", help="Begin with this trained network, not a new one.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            "-d",
            metavar="random|digits|fashion|FILE.npz",
            help="Which samples. Default: what --from learned, or random.",
        ),
    ] = None,
    simulator: SimulatorOption = None,
    waves: Annotated[bool, typer.Option("--waves", help="Keep the simulation's waves in runs/verify-NAME.")] = False,
) -> None:
    """Let the simulated chip and the golden model learn the same samples, and compare every value and every memory.

    Exits with 0 if all are equal. The first mismatch ends it with 1: layer, sample, step, neuron, expected and got are
    named, and the golden model's values around it are kept in runs/verify-NAME.
    """
    from sw import verify as verification

    verification.verify(config, samples, source, data, simulator, waves, Console())


@app.command()
def predict(
    source: FromOption,
    data: Annotated[
        str | None,
        typer.Option("--data", "-d", metavar="digits|fashion|FILE.npz", help=DATA_HELP + " Default: what it learned."),
    ] = None,
    split: Annotated[
        int | None, typer.Option(metavar="N", help="Which random 80/20 split; the run's own if left out.")
    ] = None,
    part: Annotated[Part, typer.Option(help="Which part of the data.")] = Part.test,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.csv", help="Write sample, label and prediction, a line each."),
    ] = None,
) -> None:
    """Let a trained network name samples, and count how many it gets right."""
    from sw import jobs

    jobs.predict(source, data, split, part.value, output, Console())


@app.command()
def recall(
    source: FromOption,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            "-d",
            metavar="digits|fashion|FILE.npz",
            help="Whose class means to draw beside. Default: what it learned.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.png", help="Draw the pictures beside the class means.")
    ] = None,
) -> None:
    """Show what the backward network remembers of each class: pictures from a concept alone."""
    from sw import jobs

    jobs.recall(source, data, output, Console())


@app.command()
def verilog(
    config: ConfigOption = "digits",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.v", help="The file to write; - is the terminal. Default: NAME.v."),
    ] = None,
) -> None:
    """Write the core as one Verilog file, with its parameters in front."""
    from sw import verilog as generator
    from sw.rundir import make_folder, write

    chosen = Config.load(config)
    path = output or Path(f"{chosen.name}.v")
    if str(path) == "-":
        sys.stdout.write(generator.core_verilog(chosen))
        return
    make_folder(path.parent)
    console = Console()
    with console.status("elaborating the core"):
        text = generator.core_verilog(chosen)
    write(path, text)
    say(console, f"{path}: module core, {len(text.splitlines()):,} lines")


@app.command()
def info(
    config: ConfigOption = "digits",
    density: Annotated[float, typer.Option(metavar="0..1", help="Part of the pixels that is not 0.")] = 0.5,
) -> None:
    """Tell what a configuration costs: memories, multipliers, clocks a sample."""
    from sw import inventory

    chosen = Config.load(config)
    if not 0 <= density <= 1:
        raise UserError(f"--density: found {density:g}; allowed is 0 to 1")
    inventory.show(Console(), chosen, density)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code; the entry point of `bispike`."""
    try:
        code = app(args=arguments, prog_name="bispike", standalone_mode=False)
    except typer.TyperException as error:
        return _complain(error.format_message(), 2)
    except (UserError, ConfigError, DataError, StateError, SampleError) as error:
        return _complain(str(error), 2)
    except CheckError as error:
        return _complain(str(error), 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe, as in `bispike ... | head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _complain(message: str, code: int) -> int:
    print(f"bispike: {' '.join(message.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
