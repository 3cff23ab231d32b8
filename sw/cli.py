"""The command `bispike`. Bad input is one line on stderr and exit code 2; a mismatch or a failed check is 1; else 0."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from golden import Config, ConfigError, SampleError, StateError
from sw import options
from sw.common.errors import CheckError, UserError
from sw.common.terminal import say

app = typer.Typer(
    help="A neuromorphic core that learns on chip (BSD), simulated and compared bit by bit with its PyTorch golden model.",
    epilog="Start with: bispike train. Then: bispike recall --from runs/digits, bispike predict --from runs/digits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(asked: bool) -> None:
    if asked:
        import importlib.metadata

        print(f"bispike {importlib.metadata.version('bispike')}")
        raise typer.Exit


@app.callback()
def bispike(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")] = False,
) -> None:
    pass


@app.command()
def train(
    config: options.TrainConfig = None,
    data: options.TrainData = None,
    label: options.Label = None,
    size: options.Size = None,
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
    baud: options.Baud = 1_000_000,
) -> None:
    """Train a network, sample by sample, and write a report.

    The run folder gets weights.npz after every epoch: Ctrl-C loses at most one, and --resume goes on from there with the
    same result. At the end it holds summary.json, config.toml, weights.npz, three pictures and report.html; with
    --backend sim also core.v, the chip.
    """
    from sw.training.place import Place

    where = Place(backend.value if backend else "golden", port, baud, simulator, waves)
    if backend or not resume:  # else it is the run that says where
        where.check()
    if resume:
        for option, value in (("--label", label), ("--size", size)):
            if value:
                raise UserError(f"{option}: found with --resume; allowed without: the run keeps its own")
    from sw.data.encoding import Encoding, parse_size
    from sw.training.run import train_new, train_on

    settings = {"epochs": epochs, "seed": seed, "split": split, "backend": backend and backend.value}
    given = {"config": config, "data": data} | settings
    if resume:
        train_on(given, run, where, Console(), baseline, log)
    else:
        train_new(given, run, where, Console(), baseline, log, Encoding(label=label, size=parse_size(size)))


@app.command()
def verify(
    config: options.VerifyConfig = None,
    samples: options.Samples = None,
    source: options.MaybeTrained = None,
    data: options.VerifyData = None,
    simulator: options.Simulator = None,
    waves: options.Waves = False,
    netlist: options.NetlistFamily = None,
    one_shape: options.OneShape = False,
    shards: options.FormerShards = None,
) -> None:
    """Let the simulated chip and the golden model learn the same samples, and compare every value and every memory.

    Behind the core asked for, a small one of the same settings learns, with other sizes and lanes (3-8-24-3, lanes
    3-4-1-3), in which other layers wait for each other: its faults need not show in the first. --one-shape leaves it out.

    Exits with 0 if all are equal. The first mismatch ends it with 1: layer, sample, step, neuron, expected and got are
    named, and the golden model's values around it are kept in runs/verify-NAME. A whole training: bispike prove.
    """
    from sw.proof.verify import SAMPLES
    from sw.proof.verify import verify as compare

    if shards is not None:
        raise UserError(f"--shards: found with verify; a training in pieces is proven by bispike prove --shards {shards}")
    compare(config, SAMPLES if samples is None else samples, source, data, simulator, waves, Console(), netlist, one_shape)


@app.command()
def prove(
    config: options.ProveConfig = None,
    data: options.ProveData = None,
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
    from sw.proof.prove import prove as prove_training

    given = {"config": config, "data": data, "samples": samples, "epochs": epochs, "shards": shards}
    prove_training(given, run, resume, scheduler, workers, simulator, Console())


@app.command()
def predict(
    source: options.Trained,
    data: options.Named = None,
    label: options.Label = None,
    split: options.Split = None,
    part: options.PartChoice = None,
    output: options.CsvFile = None,
    backend: options.AskBackend = None,
    simulator: options.Simulator = None,
    port: options.Port = None,
    baud: options.Baud = 1_000_000,
) -> None:
    """Let a trained network name samples, and count how many it gets right.

    With --backend sim or serial a chip answers, too, and every value it gives is compared with golden's.
    """
    from sw.training.place import Place

    where = Place(backend.value if backend else "golden", port, baud, simulator)
    where.check()
    from sw.training.predict import predict as name_samples

    name_samples(source, data, split, part and part.value, output, Console(), where, label)


@app.command()
def recall(
    source: options.Trained,
    data: options.LearnedData = None,
    output: options.PngFile = None,
    backend: options.AskBackend = None,
    simulator: options.Simulator = None,
    port: options.Port = None,
    baud: options.Baud = 1_000_000,
) -> None:
    """Show what the backward network remembers of each class: pictures from a concept alone."""
    from sw.training.place import Place

    where = Place(backend.value if backend else "golden", port, baud, simulator)
    where.check()
    from sw.training.recall import recall as show_concepts

    show_concepts(source, data, output, Console(), where)


@app.command()
def data(
    source: options.DataSource,
    label: options.Label = None,
    size: options.Size = None,
    split: options.Split = None,
    output: options.SheetFile = None,
) -> None:
    """Tell what data holds: samples, classes and how many of each, scale, split; and show a sample of each class."""
    from sw.data import Encoding, load
    from sw.data.encoding import parse_size
    from sw.design.choose import config_for
    from sw.report.samples import describe

    dataset = load(source, split or 0, Encoding(label=label, size=parse_size(size)))
    describe(Console(), dataset, split or 0, config_for(dataset), output)


@app.command()
def verilog(
    config: options.Config = "digits",
    output: options.VerilogFile = None,
) -> None:
    """Write the core as one Verilog file, with its parameters in front."""
    from sw.common.files import make_folder, write
    from sw.design.verilog import core_verilog

    chosen = Config.load(config)
    path = output or Path(f"{chosen.name}.v")
    if str(path) == "-":
        sys.stdout.write(core_verilog(chosen))
        return
    make_folder(path.parent)
    console = Console()
    with console.status("elaborating the core"):
        text = core_verilog(chosen)
    write(path, text)
    say(console, f"{path}: module core, {len(text.splitlines()):,} lines")


@app.command()
def info(
    config: options.InfoConfig = None,
    source: options.InfoSource = None,
    density: options.Density = None,
) -> None:
    """Tell what a configuration costs: memories, multipliers, clocks a sample; with --from what a network learned, too."""
    from sw.design import inventory

    if config and source:
        raise UserError(f"--config: found {config} with --from; allowed is one of them: a network brings its configuration")
    if source:
        from cosim.checkpoint import Checkpoint
        from sw.training.history import describe

        kept = Checkpoint.load(source)
        say(Console(), f"{source}: {describe(kept)}")
    chosen = kept.config if source else Config.load(config or "digits")
    if density is not None and not 0 <= density <= 1:
        raise UserError(f"--density: found {density:g}; allowed is 0 to 1")
    inventory.show(Console(), chosen, density)


@app.command()
def build(
    board: options.BoardName,
    config: options.BoardConfig = None,
    megahertz: options.Megahertz = None,
    baud: options.Baud = 1_000_000,
    output: options.BuildFolder = None,
    seed: options.PlacerSeed = 1,
) -> None:
    """Make a bitstream for a board with open tools, or what its vendor's tool needs; tell what it takes and how fast it is.

    A step whose inputs are the same as the last time is not done again. Exits with 1 where the network does not fit or the
    clock is missed, and says what to change.
    """
    from sw.boards import catalogue
    from sw.boards.build import build as build_for_board

    where = catalogue.find(board)
    chosen = Config.load(config or where.config)
    path = output or Path("build") / f"{where.name}-{chosen.name}"
    build_for_board(where, chosen, where.clock(megahertz), baud, path, seed, Console())


@app.command()
def explore(
    board: options.BoardNames = None,
    config: options.Config = "digits",
    sizes: options.SizesList = None,
    lanes: options.LanesList = None,
    folded: options.FoldedToo = False,
    check: options.CheckCount = 0,
    output: options.ExploreFolder = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = None,
) -> None:
    """Estimate what configurations take on boards and how many clocks a sample, as a table, explore.csv and a picture.

    Every one of --sizes with every one of --lanes on every --board; options may be repeated. The estimate is made of the
    design before synthesis; --check N really synthesises and simulates N of the points and says how far off it is.
    """
    from sw.boards.explore import run as explore_boards

    chosen, lists = Config.load(config), (sizes or [], lanes or [])
    explore_boards(board, chosen, *lists, folded, check, output, scheduler, workers, Console())


@app.command()
def bench(
    full: options.Full = False,
    boards: options.BoardsToo = False,
    output: options.JsonFile = None,
    page: options.PageFile = None,
    scheduler: options.Scheduler = None,
    workers: options.Workers = None,
) -> None:
    """Measure every figure the project promises, and write them to docs/figures.md; exits with 1 if one misses its target.

    It takes 10 minutes or so. With --boards it is the figures of the boards, synthesis, place and route, netlists against
    golden, which take an hour or two.
    """
    if boards:
        from sw.figures import board_figures

        if full:
            raise UserError("--full: found with --boards; allowed without it")
        files = output or Path("bench-boards.json"), page or Path("docs/figures-boards.md")
        board_figures.bench(*files, scheduler, workers, Console())
        return
    for option, value in (("--scheduler", scheduler), ("--workers", workers)):
        if value is not None:
            raise UserError(f"{option}: found without --boards; allowed is with it")
    from sw.figures import measure

    measure.bench(full, output or Path("bench.json"), page or Path("docs/figures.md"), Console())


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code; the entry point of `bispike`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: children end, the checkpoint stays
    try:
        code = app(args=arguments, prog_name="bispike", standalone_mode=False)
    except typer.TyperException as error:
        return _complain(error.format_message(), 2) if error.format_message() else 2
    except (UserError, ConfigError, StateError, SampleError) as error:
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
