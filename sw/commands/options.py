"""The options of the command, with what `--help` says of them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from golden import NAMED


class Backend(StrEnum):
    """What computes: the PyTorch golden model, or a chip, simulated or at a serial port, compared with it."""

    golden = "golden"
    sim = "sim"
    serial = "serial"


class Part(StrEnum):
    """A part of a data set."""

    test = "test"
    train = "train"
    all = "all"


def _config(default: str) -> Option:
    text = f"{', '.join(NAMED)}, or a TOML file with at least sizes and lanes. {default}"
    return Option("--config", "-c", metavar="NAME|FILE.toml", help=text)


_SERIES = (
    "To foretell the next value or character: electricity, a column of FILE.csv (a moment a line, without gaps, names in "
    "the first line; see --column), FILE.txt, or kjv (a text). The last fifth is the test."
)
_DATA = (
    "FILE.npz holds x (samples x pixels: 0..15, 0..255 or floats 0..1) and y (labels from 0); FILE.csv a sample a line, the "
    "label in column label or last; FOLDER pictures, one folder a class, or IDX files as MNIST's."
)


def _data(default: str, more: str = "") -> Option:
    return Option("--data", "-d", metavar=f"{more}digits|fashion|FILE.npz|FILE.csv|FOLDER", help=f"{_DATA} {default}")


def _output(kind: str, text: str) -> Option:
    return Option("--output", "-o", metavar=f"FILE.{kind}", help=text)


def _backend(who: str) -> Option:
    text = (
        f"{who} golden: the PyTorch model. sim, serial: a simulated chip, or one on a board, into which the weights are "
        "loaded; every value is compared with golden's. Default: golden."
    )
    return Option("--backend", help=text)


_FROM = ("--from", "-f")
_LEARNED = "Default: what it learned."
_SCHEDULER = (
    "A dask scheduler, on whose workers bispike is installed; needs dask, which make has installed (elsewhere, from the "
    "clone: pip install -e '.[cluster]'). Default: processes on this machine."
)

TrainConfig = Annotated[str | None, _config("Default: chosen from the data, and said; digits for digits.")]
InfoConfig = Annotated[str | None, _config("Default: that of --from, or digits.")]
Label = Annotated[str | None, Option("--label", metavar="NAME", help="The column of FILE.csv that holds the label.")]
Size = Annotated[
    str | None, Option("--size", metavar="WIDTHxHEIGHT", help="Resize the pictures of FOLDER. Default: all have one size.")
]
SeriesData = Annotated[
    str | None,
    Option(
        "--data",
        "-d",
        metavar="electricity|kjv|FILE.csv|FILE.txt",
        help="What to foretell, as soon as there is all that the network sees. Default: the test part of what it learned.",
    ),
]
SeriesColumn = Annotated[
    str | None,
    Option("--column", metavar="NAME", help="The column of FILE.csv. Default: the name of that which it learned."),
]
ForecastCsv = Annotated[Path | None, _output("csv", "Default: forecast.csv in the run's folder.")]
Column = Annotated[
    str | None,
    Option(
        metavar="NAME",
        help="The column of FILE.csv whose next value is foretold. Not needed with --day or --lags where there is but one.",
    ),
]
VerifyColumn = Annotated[
    str | None, Option("--column", metavar="NAME", help="The column of FILE.csv that a network of a series foretells.")
]
Day = Annotated[
    int | None,
    Option(
        metavar="N",
        help="Lines of FILE.csv that make a day, as 48 of half hours: what came a day or a week ago is seen, too.",
    ),
]
LagCount = Annotated[
    int | None,
    Option(
        "--lags",
        metavar="N",
        help="How many of the last changes are seen beside the value, 1 to 8. Default: what --config has inputs for, or 2.",
    ),
]
Daily = Annotated[
    bool | None,
    Option("--daily/--no-daily", help="Whether what came a day ago is seen. Default: where --day says how long a day is."),
]
Weekly = Annotated[
    bool | None,
    Option("--weekly/--no-weekly", help="Whether what came a week ago is seen. Default: as --daily."),
]
DataSource = Annotated[
    str,
    Argument(
        metavar="digits|fashion|electricity|kjv|FILE.npz|FILE.csv|FILE.txt|FOLDER",
        help=f"{_DATA} {_SERIES}",
        show_default=False,
    ),
]
VerifyConfig = Annotated[str | None, _config("Default: that of --from, or tiny.")]
ProveConfig = Annotated[str | None, _config("Default: chosen from the data, and said; digits for digits and random.")]
Config = Annotated[str, _config("")]
TrainData = Annotated[str | None, _data(f"{_SERIES} Default: digits, electricity, or kjv.", "electricity|kjv|FILE.txt|")]
VerifyData = Annotated[str | None, _data("Default: what --from learned, or random.", "random|")]
ProveData = Annotated[str | None, _data("Default: digits.", "random|")]
LearnedData = Annotated[str | None, _data(_LEARNED)]
Named = Annotated[str | None, _data(f"To name samples, x is enough. {_LEARNED}")]
BackendChoice = Annotated[
    Backend | None,
    Option(
        help="golden: the PyTorch model alone. sim: the simulated chip, every value compared. serial: the chip on a board, "
        "every value compared. Default: golden."
    ),
]
Port = Annotated[str | None, Option(metavar="DEVICE", help="The board's serial port, as /dev/ttyUSB0, for serial.")]
Baud = Annotated[
    int | None,
    Option(metavar="N", help="Bits a second of the serial line, as the bitstream was built for. Default: 1,000,000."),
]
Epochs = Annotated[
    int | None, Option(metavar="N", help="Passes over the training samples; the configuration's if left out.")
]
Seed = Annotated[
    int | None, Option(metavar="N", help="Of weights, order and rounding noise; the configuration's if left out.")
]
Split = Annotated[
    int | None,
    Option(metavar="N", help="Which random 80/20 split of data without a test part. Default: 0, or the run's own."),
]
Run = Annotated[Path | None, Option(metavar="DIR", help="The run folder, numbered if it exists. Default: runs/NAME.")]
Resume = Annotated[bool, Option("--resume", help="Go on with the interrupted run in --run; its own settings hold.")]
Baseline = Annotated[
    bool, Option("--baseline", help="Train the same network by backprop, too, and show its accuracy beside this one's.")
]
Simulator = Annotated[
    str | None, Option(metavar="verilator|icarus", help="Which simulator; the fastest there is if left out.")
]
Waves = Annotated[bool, Option("--waves", help="Keep the simulation's waves, waves.vcd, in the run folder (large, slow).")]
LogFile = Annotated[
    Path | None,
    Option("--log", metavar="FILE.jsonl", help="A line of JSON for each epoch: accuracies, speed, clocks, values compared."),
]
Samples = Annotated[
    int | None, Option("--samples", "-n", metavar="N", help="Samples to learn from, the first N. Default: 500.")
]
ProveSamples = Annotated[
    int | None, Option("--samples", "-n", metavar="N", help="Samples of an epoch, the first N. Default: all.")
]
Shards = Annotated[int | None, Option(metavar="N", help="Pieces that the training is cut into. Default: one a core.")]
Scheduler = Annotated[str | None, Option("--scheduler", metavar="tcp://HOST:PORT", help=_SCHEDULER)]
Workers = Annotated[int | None, Option("--workers", metavar="N", help="Processes on this machine. Default: one a core.")]
ProveRun = Annotated[
    Path | None,
    Option("--run", metavar="DIR", help="The run folder, numbered if it exists. Default: runs/prove-NAME."),
]
ProveResume = Annotated[
    bool, Option("--resume", help="Go on with the proof in --run: what is proven is not run again; its own settings hold.")
]
Trained = Annotated[Path, Option(*_FROM, metavar="RUN|FILE", help="A run folder, or a weights.npz of one.")]
MaybeTrained = Annotated[
    Path | None, Option(*_FROM, metavar="RUN|FILE", help="Begin with this trained network, not a new one.")
]
AskBackend = Annotated[Backend | None, _backend("Who answers.")]
InfoSource = Annotated[Path | None, Option(*_FROM, metavar="RUN|FILE", help="A trained network: what it learned, too.")]
SheetFile = Annotated[Path | None, _output("png", "Draw a sheet of samples, a row a class.")]
PartChoice = Annotated[Part | None, Option(help="Which part. Default: test of what it learned, all of other data.")]
Density = Annotated[
    float | None,
    Option(
        metavar="0..1",
        help="Predict clocks for random pixels of which this share is not 0. Default: digits, or 0.15 where those do not "
        "match.",
    ),
]
Full = Annotated[
    bool, Option("--full", help="Eight splits, not four, Fashion-MNIST, and whole trainings of all tasks: an hour or more.")
]
CsvFile = Annotated[Path | None, _output("csv", "Write sample, label and prediction, a line each.")]
PngFile = Annotated[Path | None, _output("png", "Draw what is recalled, beside the means of the classes of --data.")]
SheetPng = Annotated[Path | None, _output("png", "The sheet. Default: generated.png, or between.png, in the run's folder.")]
DrawnClass = Annotated[str | None, Option("--class", metavar="K", help="The class, its name or number. Default: all.")]
DrawnCount = Annotated[
    int | None,
    Option("--count", "-n", metavar="N", help="Images of each class, default 100; with --between steps, default 10."),
]
DrawnSeed = Annotated[int | None, Option("--seed", metavar="S", help="Of the codes that are drawn. Default: 0.")]
Between = Annotated[
    tuple[int, int] | None,
    Option(metavar="A B", help="Draw the way from one sample's code to another's, by their places in the data, from 0."),
]
DrawBackend = Annotated[Backend | None, _backend("Who draws.")]
VerilogFile = Annotated[Path | None, _output("v", "The file to write; - is the terminal. Default: NAME.v.")]
Quick = Annotated[bool, Option("--quick", help="Small data and few epochs: minutes, a taste of each figure.")]
_PARTS = (
    "perception, perception-fashion, convolution, losses, rules, agreement, recall, drawing, drawing-fashion, foretelling, "
    "characters, related, chip"
)
Only = Annotated[
    list[str] | None, Option("--only", metavar="KEY", help=f"This part alone, of {_PARTS}; may be given more than once.")
]
Seeds = Annotated[int | None, Option("--seeds", metavar="N", help="Seeds of each figure. Default: 3, with --quick 1.")]
Again = Annotated[bool, Option("--again", help="Measure what is kept once more.")]
PaperJson = Annotated[
    Path | None, _output("json", "Where to write the figures. Default: paper.json, with --quick or --only in build.")
]
PaperPage = Annotated[
    Path | None,
    Option(
        "--page",
        metavar="FILE.md",
        help="Where to write the page. Default: docs/results.md, with --quick or --only in build.",
    ),
]
JsonFile = Annotated[
    Path | None, _output("json", "Where to write the figures. Default: bench.json, bench-boards.json for --boards.")
]
PageFile = Annotated[
    Path | None,
    Option("--page", metavar="FILE.md", help="Where to write the page. Default: docs/figures.md, docs/figures-boards.md."),
]
BoardName = Annotated[
    str,
    Option(
        "--board",
        "-b",
        metavar="NAME",
        help="ulx3s-12f, -25f, -45f or -85f, colorlight-i5 or -i9, orangecrab, tang-nano-20k, icebreaker, arty-a7-100t, "
        "pynq-z2, or generic: any other FPGA.",
    ),
]
BoardConfig = Annotated[str | None, _config("Default: the board's own.")]
LineBaud = Annotated[
    int | None, Option("--baud", metavar="N", help="Bits a second of the board's serial line. Default: 1,000,000.")
]
Megahertz = Annotated[float | None, Option(metavar="MHZ", help="The core's clock. Default: the board's own.")]
BuildFolder = Annotated[
    Path | None, Option("--output", "-o", metavar="DIR", help="The build's folder. Default: build/BOARD-NAME.")
]
PlacerSeed = Annotated[
    int | None,
    Option(
        "--seed", metavar="N", help="Of the placer; where the clock is missed, the next three are tried too. Default: 1."
    ),
]
BoardNames = Annotated[
    list[str] | None,
    Option("--board", "-b", metavar="NAME", help="A board with a known FPGA; may be repeated. Default: ulx3s-85f."),
]
SizesList = Annotated[
    list[str] | None,
    Option(
        "--sizes", metavar="N-N-...", help="Neurons of each layer, as 64-128-64-10; may be repeated. Default: --config's."
    ),
]
LanesList = Annotated[
    list[int] | None,
    Option("--lanes", metavar="N", help="Of each engine; may be repeated. Default: --config's."),
]
CheckCount = Annotated[
    int, Option("--check", metavar="N", help="Synthesise and simulate N points, spread over all: minutes each.")
]
ExploreFolder = Annotated[
    Path | None, Option("--output", "-o", metavar="DIR", help="Where explore.csv and explore.png go. Default: runs/explore.")
]
PlanBoard = Annotated[str, Option("--board", "-b", metavar="NAME", help="A board with a known FPGA.")]
Sizes = Annotated[str | None, Option("--sizes", metavar="N-N-...", help="Neurons of each layer. Default: --config's.")]
Microseconds = Annotated[
    float | None,
    Option(
        metavar="N",
        help="Most microseconds a learned sample may take at the board's own clock: the smallest mapping that keeps it. "
        "Default: the fastest that fits.",
    ),
]
PlanFolder = Annotated[
    Path | None,
    Option("--output", "-o", metavar="DIR", help="Where plan.csv, plan.png and the TOML file go. Default: runs/plan."),
]
BoardsToo = Annotated[bool, Option("--boards", help="The figures of the boards instead.")]
OneShape = Annotated[bool, Option("--one-shape", help="Compare the core asked for alone, without the small one.")]
NetlistFamily = Annotated[
    str | None,
    Option(
        "--netlist", metavar="ecp5|ice40|gowin", help="Simulate what yosys makes of the core for this family, not the rtl."
    ),
]
MethodName = Annotated[
    str | None, Argument(metavar="NAME", help="Which method; left out, all are listed.", show_default=False)
]
MethodSeed = Annotated[
    int | None, Option("--seed", metavar="N", help="Of the split of the data, weights, noise and draws. Default: 0.")
]
MethodQuick = Annotated[bool, Option("--quick", help="Smaller, in less than half a minute: it shows how, not how well.")]
MethodFolder = Annotated[
    Path | None, Option("--output", "-o", metavar="DIR", help="Where NAME.json and NAME.png go. Default: runs/related.")
]
