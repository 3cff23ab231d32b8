"""`bispike bench`: every figure the project promises, measured here and, but for trainings that are kept, now."""

import time
from pathlib import Path

from rich.console import Console

from golden.config import NAMED
from sw import data
from sw.common.cluster import cores
from sw.common.files import make_place
from sw.common.local_workers import background, no_interrupt
from sw.common.simulation import find_simulator
from sw.data import foretold as foretold_data
from sw.data import named
from sw.figures import chip_figures, golden_figures
from sw.figures.figure import COMMAND, Figure
from sw.figures.golden_figures import GoldenTrainings
from sw.figures.publish import Measurement, publish
from sw.trials.kept import FOLDER, Kept

TWO = ((1,), (0, 2, 3))
"""The layers of two engines."""
FASTEST = {"lanes": 43, "engines": ((0,), (1,), (2,), (3,))}
"""An engine a layer; the largest one, of 128 neurons, in three groups."""
KEPT = "A training of the golden model that the same code did before, here or for `bispike paper`, is not done again."
SEQUENCES = ("electricity", "electricity-recurrent")


def bench(full: bool, output: Path, page: Path, console: Console) -> list[Figure]:
    """Measures, prints and writes the figures, as JSON and as a page.

    What is a speed is measured first and alone; then the golden trainings share the cores with the chip's other trainings.

    Args:
        full: eight splits of the digits, not four, Fashion-MNIST, and whole trainings of all tasks: an hour or more.

    Raises:
        DataError: of data that `full` needs and that is not there, before anything is measured.
        CheckError: where a figure does not reach its target, after all is printed and written.
    """
    for path in (output, page, FOLDER / "any"):
        make_place(path)
    simulator = find_simulator("verilator")
    sequences = {}
    if full:  # asked for before anything runs: hours are not lost to a missing file
        named.fashion()
        sequences = {name: foretold_data.load(None, NAMED[name]) for name in SEQUENCES}
    began = time.monotonic()
    digits, samples = NAMED["digits"], data.load("digits", 0)
    with console.status("elaborating the core") as status:
        one = chip_figures.whole_training(digits, samples, simulator, status.update)
        alone = [chip_figures.speed_figure(digits, simulator)]
        status.update("golden alone, on one thread")
        alone.append(golden_figures.speed_figure(digits))
        with background(cores()) as pool:
            with no_interrupt():
                golden = GoldenTrainings(pool, full, Kept(FOLDER))
            two = chip_figures.whole_training(digits.replace(engines=TWO), samples, simulator, status.update)
            recirculation = chip_figures.whole_training(NAMED["autoencoder"], samples, simulator, status.update)
            chip = [*chip_figures.training_figures(one, two), *alone]
            chip += chip_figures.autoencoder_figures(recirculation, one)
            if full:
                fastest = chip_figures.whole_training(digits.replace(**FASTEST), samples, simulator, status.update)
                chip.append(chip_figures.clocks_figure("an engine a layer", fastest, 180))
                foretold = [
                    chip_figures.whole_training(NAMED[name], sequence, simulator, status.update)
                    for name, sequence in sequences.items()
                ]
                chip += map(chip_figures.foretold_figure, foretold)
                chip.append(chip_figures.exact_figure([one, two, fastest, recirculation, *foretold]))
                status.update("building the core of image")
                chip.append(chip_figures.density_figure(simulator))
            status.update(f"{sum(not job.done() for job in golden.trainings)} golden trainings")
            figures = [*golden.figures(), *chip]
    command = f"{COMMAND} --full" if full else COMMAND
    less = "Four splits, without Fashion-MNIST, sequences, an engine a layer and 784 pixels"
    notes = [KEPT, *golden.unkept]
    if not full:
        notes.append(f"{less}: `{COMMAND} --full` has all.")
    return publish(Measurement("Figures", command, time.monotonic() - began, figures, tuple(notes)), output, page, console)
