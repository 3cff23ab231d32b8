"""`bispike generate`: the backward network of a trained auto-encoder draws images from codes mixed of two samples'.

Golden draws them, or a chip, simulated or at a serial port, every value of which is compared with golden's.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from cosim.files import save_arrays
from golden.records import Recalled
from sw import data
from sw.common.blocks import show_pictures
from sw.common.checks import checked_seed
from sw.common.errors import CheckError, UserError
from sw.common.files import make_folder, unwritable, whole_file
from sw.common.own import Kind, check_own, check_png
from sw.common.simulation import find_simulator, plain_errors
from sw.common.terminal import say, working
from sw.generation import sampling
from sw.generation.judge import Judgement, judge
from sw.report import generated as pictures
from sw.training import history
from sw.training.asked import Asked, asked
from sw.training.place import Place

COUNT, WAY = 100, 10
"""Images of a class, and on the way between two samples, where nothing else is said."""
MOST = 10_000
"""Images of a class."""
_MARK = "written_by"
"""An array of every .npz that is written here: no other one is overwritten."""


@dataclass(frozen=True)
class Drawn:
    """Images that were drawn.

    Members:
        recalled: (N, n_0) counts 0..T. codes: (N, n_L) counts 0..T that they were drawn from. labels: (N,) their classes.
    """

    recalled: np.ndarray
    codes: np.ndarray
    labels: np.ndarray


class _Network:
    """A trained auto-encoder, and the samples it learned.

    Members:
        asked: golden and, where one at a port draws, the chip; while it is `opened`.
    """

    asked: Asked

    def __init__(self, kept: Checkpoint, name: str, where: Place):
        self.simulator = find_simulator(where.simulator) if where.backend == "sim" else None
        self.where = Place() if self.simulator else where  # a simulated one is for `_simulated`
        self.kept, self.config, self.encoding = kept, kept.config, history.encoding(kept)
        self.dataset = data.load(name, kept.about.get("split", 0), self.encoding)
        data.check(self.dataset, self.config)

    @contextmanager
    def opened(self, console: Console) -> Iterator[None]:
        """Loads the network, into the chip at a port, too. Raises UserError, StateError, CheckError: see `asked`."""
        with ExitStack() as stack:
            with self.where.loading(console):
                self.asked = stack.enter_context(asked(self.kept, self.where))
            yield

    def codes(self, x: np.ndarray) -> np.ndarray:
        """Counts (N, n_L) that samples x (N, n_0) evoke in the last layer."""
        return self.asked.golden.model.train(x.astype(np.int64), learn=False).code

    def draw(self, codes: np.ndarray, labels: np.ndarray, console: Console) -> Drawn:
        """What the backward network draws from codes (N, n_L): the chip's, if there is one. Raises CheckError."""
        first = "drawing" + (": building the chip takes a minute the first time" if self.simulator else "")
        with working(console, first, plain=self.simulator is not None) as status:
            said = self.asked.draw(codes, lambda done: status.update(f"{done:,} of {len(codes):,} images"))
            if self.simulator:
                said = self._simulated(codes, said)
        return Drawn(said.recalled, codes, labels)

    def _simulated(self, codes: np.ndarray, expected: Recalled) -> Recalled:
        from cosim.compare import Mismatch
        from cosim.drawing import draw
        from sw.design.verilog import core_verilog

        try:
            with plain_errors():
                text = core_verilog(self.config, asserted=True)
                state = self.asked.golden.model.state()
                said, compared = draw(self.config, state, codes, expected, text, self.simulator)
        except Mismatch as mismatch:
            raise CheckError(str(mismatch)) from None
        self.asked.compared += compared
        return said

    @property
    def told(self) -> str:
        """What the last line says of the comparison."""
        return f"; {self.asked.compared:,} values compared, 0 mismatches" if self.asked.compared else ""


def generate(
    source: Path,
    given_data: str | None,
    label: str | None,
    count: int | None,
    seed: int | None,
    between: tuple[int, int] | None,
    output: Path | None,
    console: Console,
    where: Place = Place(),  # noqa: B008
) -> Drawn:
    """Draws images, shows and judges them, and writes a sheet FILE.png and all of them in FILE.npz.

    Args:
        label: the class, its name or number; None: all. count: images of each class, or on the way between two samples.
        seed: of the codes that are drawn; None: 0. between: two samples, by their places in the data's own file, from 0.
        output: FILE.png; None: generated.png or between.png in the run's folder. Where FILE.npz is no earlier drawing, it is
            refused.

    Raises:
        UserError, StateError, DataError: bad input. CheckError: the chip drew something else than golden, or no longer
            answers.
    """
    _check(label, count, seed, between)
    kept = Checkpoint.load(source)
    if kept.config.task != "autoencoder":
        found = f"{source}: found a network of task {kept.config.task}"
        raise UserError(f"{found}; allowed is an auto-encoder: what this one remembers shows bispike recall")
    history.check_trained(kept, source)
    name = given_data or history.own_data(kept, source)
    folder = source if source.is_dir() else source.parent
    output = output or folder / ("between.png" if between else "generated.png")
    _check_free(output, Path(name))
    network = _Network(kept, name, where)
    if between:
        return _draw_between(network, between, count or WAY, output, console)
    return _draw_classes(network, label, count or COUNT, seed or 0, output, console)


def _check(label: str | None, count: int | None, seed: int | None, between: tuple[int, int] | None) -> None:
    for option, value in (("--class", label), ("--seed", seed)):
        if between and value is not None:
            raise UserError(f"{option}: found with --between; allowed is one of them")
    least = 2 if between else 1
    if count is not None and not least <= count <= MOST:
        raise UserError(f"--count: found {count}; allowed is {least} to {MOST:,}")
    checked_seed(seed or 0)


def _check_free(output: Path, named: Path) -> None:
    """Raises UserError where FILE.png or FILE.npz is of the data, or no earlier drawing."""
    arrays = output.with_suffix(".npz")
    for path in (output, arrays):
        if named.exists() and path.resolve().is_relative_to(named.resolve()):
            raise UserError(f"--output: found {output}, and {path} is of the data {named}; allowed is another name")
    check_png(output)
    check_own("--output", arrays, Kind.arrays("drawing", _MARK))


def _draw_classes(network: _Network, label: str | None, count: int, seed: int, output: Path, console: Console) -> Drawn:
    dataset, encoding = network.dataset, network.encoding
    there = [k for k in range(dataset.classes) if (dataset.y_train == k).any()]
    chosen = there if label is None else [_class(label, there, encoding)]
    with network.opened(console):
        with console.status("codes of the training samples"):
            codes = network.codes(dataset.x_train)
            mixed = np.concatenate([sampling.mixed(codes[dataset.y_train == k], count, seed, k) for k in chosen])
        drawn = network.draw(mixed, np.repeat(chosen, count), console)
    steps = network.config.steps
    with console.status("judging them"):
        found = judge(drawn.recalled / steps, drawn.labels, dataset)
    titles = [encoding.name(k) for k in chosen]
    first = [int(np.argmax(drawn.labels == k)) for k in chosen]
    show_pictures(console, drawn.recalled[first], steps, dataset.image_shape, titles)
    _tell(console, found)
    near = dataset.x_train[found.nearest]
    with_nearest = {"nearest": _places(dataset)[found.nearest], "nearest_distance": found.distance}
    _write(output, drawn, steps, with_nearest)
    shape = dataset.image_shape or (1, dataset.x_train.shape[1])
    with whole_file(output) as path:
        pictures.sheet(path, drawn.recalled, near, drawn.labels, titles, steps, shape)
    shown, each = pictures.most(len(chosen)), " of each" if len(chosen) > 1 else ""
    part = f" (the first {shown}{each})" if count > shown else ""
    said = f"{len(drawn.labels):,} images of {len(chosen)} {'class' if len(chosen) == 1 else 'classes'}"
    taken = "" if found.taken is None else f", {found.taken:.1%} taken for their class"
    say(console, f"{said}{taken}: {output}{part}, {output.with_suffix('.npz')}{network.told}")
    return drawn


def _tell(console: Console, found: Judgement) -> None:
    if found.taken is not None:
        real = "" if found.taken_real is None else f"; {found.taken_real:.1%} of the real test samples are"
        say(console, f"taken for their class by a classifier of real samples: {found.taken:.1%}{real}")
    say(console, f"spread of a pixel within a class: {found.spread:.4f}; real {found.spread_real:.4f}")
    copies = int((found.distance < 1 / 256).sum())
    words = f"{found.distance.mean():.4f}; of real test samples {found.distance_real:.4f}"
    say(console, f"mean squared difference from the nearest training image: {words}; {copies} nearer than a 16th a pixel")


def _draw_between(network: _Network, between: tuple[int, int], count: int, output: Path, console: Console) -> Drawn:
    dataset, steps = network.dataset, network.config.steps
    x, y = np.concatenate([dataset.x_train, dataset.x_test]), np.concatenate([dataset.y_train, dataset.y_test])
    where = {int(place): row for row, place in enumerate(_places(dataset))}
    for sample in between:
        if sample not in where:
            raise UserError(f"--between: found sample {sample}; allowed is 0 to {len(x) - 1}, of {dataset.name}")
    rows = [where[sample] for sample in between]
    labels = np.where(np.arange(count) * 2 < count, *y[rows])
    with network.opened(console):
        drawn = network.draw(sampling.between(*network.codes(x[rows]), count), labels, console)
    titles = [str(n + 1) for n in range(count)]
    show_pictures(console, drawn.recalled, steps, dataset.image_shape, titles)
    _write(output, drawn, steps, {"samples": np.array(between)})
    shape = dataset.image_shape or (1, x.shape[1])
    with whole_file(output) as path:
        pictures.way(path, x[rows], [f"sample {sample}" for sample in between], drawn.recalled, steps, shape)
    said = f"{count} images from sample {between[0]} to {between[1]}"
    say(console, f"{said}: {output}, {output.with_suffix('.npz')}{network.told}")
    return drawn


def _class(label: str, there: list[int], encoding: data.Encoding) -> int:
    """The number of one of the classes that are `there`, by its name or number. Raises UserError."""
    known = {str(k): k for k in there} | {encoding.name(k): k for k in there}
    if label not in known:
        raise UserError(f"--class: found {label!r}; allowed is one of {', '.join(map(encoding.name, there))}")
    return known[label]


def _places(dataset: data.Dataset) -> np.ndarray:
    """Where training, then test samples stand in the data's own file."""
    count = len(dataset.x_train) + len(dataset.x_test)
    return np.arange(count) if dataset.places is None else np.asarray(dataset.places)


def _write(output: Path, drawn: Drawn, steps: int, more: dict[str, np.ndarray]) -> None:
    """All images as arrays, beside the sheet."""
    make_folder(output.parent)
    arrays = {"recalled": drawn.recalled, "codes": drawn.codes, "labels": drawn.labels, "steps": np.array(steps)} | more
    arrays |= {_MARK: np.array("bispike generate")}
    try:
        save_arrays(output.with_suffix(".npz"), arrays, compress=True)
    except OSError as error:
        raise unwritable(output.with_suffix(".npz"), error) from None
