"""`bispike bench`: every figure the project promises, measured here and, but for trainings that are kept, now."""

import time
from collections.abc import Callable
from concurrent.futures import Future, as_completed
from pathlib import Path

from rich.console import Console

from golden.config import NAMED
from sw.common.cluster import cores
from sw.common.files import make_place
from sw.common.local_workers import background, no_interrupt
from sw.common.simulation import find_simulator
from sw.common.terminal import say
from sw.data import foretold as foretold_data
from sw.data import named
from sw.figures import chip_figures, golden_figures
from sw.figures.chip_trainings import ChipTrainings, trial
from sw.figures.figure import COMMAND, Figure
from sw.figures.golden_figures import GoldenTrainings
from sw.figures.publish import Measurement, check_files, publish
from sw.trials.kept import FOLDER, Kept

TWO = ((1,), (0, 2, 3))
"""The layers of two engines."""
FASTEST = {"lanes": 43, "engines": ((0,), (1,), (2,), (3,))}
"""An engine a layer; the largest one, of 128 neurons, in three groups."""
TITLE = "Figures"
KEPT = "A training that the same code did before, here or for `bispike paper`, is not done again, but where it is timed."
SEQUENCES = ("electricity", "electricity-recurrent")


def bench(full: bool, output: Path, page: Path, console: Console) -> list[Figure]:
    """Measures, prints and writes the figures, as JSON and as a page.

    What is a speed is measured first and alone; then the golden trainings share the cores with the chip's other trainings.

    Args:
        full: eight splits of the digits, not four, Fashion-MNIST, and whole trainings of all tasks: an hour or more.

    Raises:
        UserError: a file to write that is the user's; DataError: of data that `full` needs and that is not there; both
            before anything is measured.
        CheckError: where a figure does not reach its target, after all is printed and written.
    """
    check_files(TITLE, output, page)
    for path in (output, page, FOLDER / "any"):
        make_place(path)
    simulator = find_simulator("verilator")
    if full:  # asked for before anything runs: hours are not lost to a missing file
        named.fashion()
        for name in SEQUENCES:
            foretold_data.load(None, NAMED[name])
    try:
        measured = _measured(full, simulator, console)
    except KeyboardInterrupt:
        say(console, f"interrupted: {FOLDER} keeps whole trainings; the same command goes on")
        raise
    return publish(measured, output, page, console)


def _measured(full: bool, simulator: str, console: Console) -> Measurement:
    """All figures."""
    began = time.monotonic()
    digits, kept = NAMED["digits"], Kept(FOLDER)
    with console.status("") as status:

        def begin(words: str) -> None:
            status.update(words)
            if not console.is_terminal:
                say(console, words)

        trainings = ChipTrainings(kept, begin, status.update)
        one = trainings.whole("digits on the chip, every value compared", trial("digits"), again=True)
        begin("the simulator alone")
        alone = [chip_figures.speed_figure(digits, simulator)]
        begin("golden alone, on one thread")
        alone.append(golden_figures.speed_figure(digits))
        with background(cores()) as pool:
            with no_interrupt():
                golden = GoldenTrainings(pool, full, kept)
            two = trainings.whole("digits on two engines", trial("digits", engines=TWO))
            recirculation = trainings.whole("the auto-encoder on the chip", trial("autoencoder"))
            chip = [*chip_figures.training_figures(one, two), *alone]
            chip += chip_figures.autoencoder_figures(recirculation, one)
            if full:
                fastest = trainings.whole("digits on an engine a layer", trial("digits", **FASTEST))
                chip.append(chip_figures.clocks_figure("an engine a layer", fastest, 180))
                foretold = [trainings.whole(f"{name} on the chip", trial(name)) for name in SEQUENCES]
                chip += map(chip_figures.foretold_figure, foretold)
                chip.append(chip_figures.exact_figure([one, two, fastest, recirculation, *foretold]))
                begin("the core of image at several densities")
                chip.append(chip_figures.density_figure(simulator))
            _wait(golden.trainings, begin)
            figures = [*golden.figures(), *chip]
    command = f"{COMMAND} --full" if full else COMMAND
    less = "Four splits, without Fashion-MNIST, sequences, an engine a layer and 784 pixels"
    notes = [KEPT, *trainings.unkept, *golden.unkept]
    if not full:
        notes.append(f"{less}: `{COMMAND} --full` has all.")
    return Measurement(TITLE, command, time.monotonic() - began, figures, tuple(notes))


def _wait(trainings: list[Future], begin: Callable[[str], None]) -> None:
    """Until all are done, or one has failed, which `Future.result` tells; says after each how many are left."""
    left = [training for training in trainings if not training.done()]
    if left:
        begin(f"{len(left)} golden trainings")
    for done, training in enumerate(as_completed(left), start=1):
        if training.cancelled() or training.exception():
            return
        if done < len(left):
            begin(f"{len(left) - done} golden trainings left")
