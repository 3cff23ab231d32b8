"""Recurrent joint-embedding prediction: a sequence core foretells the code of a picture's next patch, not its pixels.

After JEPA (LeCun 2022; Assran et al. 2023). A digit is read patch by patch, in reading order. What is foretold is the
concept of the next patch: the nearest of the codes of a fixed encoder, k-means of the training part's patches. The core
sees a patch's pixels, and by recurrence its own counts of the one before; its twin without recurrence sees the patch alone.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cosim.job import take
from golden.config import NAMED, Config
from sw import data
from sw.data.course import Course
from sw.figures.figure import Figure
from sw.related.over_seeds import figure, percent, said
from sw.training.golden_backend import trained

PATCH = (2, 4)
"""Height and width of a patch, in pixels: eight a digit."""
CODES = 16
NEXT = ("recurrent", "memoryless", "last two patches", "last patch", "most frequent")
"""Who foretells: the core; its twin; tables of what came next most often, behind two patches' codes, and one's; no look."""


@dataclass(frozen=True)
class Patches:
    """Members:
    accuracy: of each of NEXT, 0..1, of the next patch's code on test digits.
    codes: (CODES, height, width) what the codes stand for, pixels 0..15.
    read, true, foretold: of some test digits (n, patches, height, width) the pixels, and of all patches but the first the
        codes (n, patches - 1) that came and that the core foretold.
    learned: patches, times epochs.
    """

    seed: int
    accuracy: dict[str, float]
    codes: np.ndarray
    read: np.ndarray
    true: np.ndarray
    foretold: np.ndarray
    learned: int
    epochs: int


def measure(seed: int, quick: bool) -> Patches:
    """Learns the patches of training digits, foretells those of test digits."""
    from sklearn.cluster import KMeans

    digits = data.load("digits", seed)
    read, read_test = cut(digits.x_train), cut(digits.x_test)
    encoder = KMeans(CODES, n_init=4, random_state=seed).fit(read.reshape(-1, read.shape[2]))
    if quick:
        read, read_test = read[:90], read_test[:60]
    codes, codes_test = (
        encoder.predict(part.reshape(-1, part.shape[2])).reshape(part.shape[:2]) for part in (read, read_test)
    )
    epochs, hidden = (1, 32) if quick else (6, 128)
    config = NAMED["electricity-recurrent"].replace(
        name="patches", sizes=(read.shape[2], hidden, CODES), neighbours=0, epochs=epochs, seed=seed
    )
    elements = dataset(read, codes, read_test)
    foretold = {
        "recurrent": _foretold(config, elements),
        "memoryless": _foretold(config.replace(recurrent=False), elements),
        "last two patches": counted(codes, codes_test, 2),
        "last patch": counted(codes, codes_test, 1),
        "most frequent": counted(codes, codes_test, 0),
    }
    true = codes_test[:, 1:]
    accuracy = {name: float((own == true).mean()) for name, own in foretold.items()}
    shown, shape = slice(8), (-1, read.shape[1], *PATCH)
    pictures = read_test[shown].reshape(shape)
    centres = encoder.cluster_centers_.reshape(CODES, *PATCH)
    drawn = true[shown], foretold["recurrent"][shown]
    return Patches(seed, accuracy, centres, pictures, *drawn, codes[:, 1:].size, epochs)


def cut(x: np.ndarray) -> np.ndarray:
    """(N, patches, pixels) of digits x (N, 64), in reading order."""
    height, width = PATCH
    rows = x.reshape(-1, 8 // height, height, 8 // width, width).swapaxes(2, 3)
    return rows.reshape(len(x), -1, height * width)


def dataset(read: np.ndarray, codes: np.ndarray, test: np.ndarray) -> data.Dataset:
    """Elements of digits read (N, patches, pixels), with codes (N, patches), to learn; and of others, `test`, to foretell.

    They are all patches that have a next one, digit after digit; a digit ends a sequence.
    """
    none = np.zeros(test.shape[:2], np.int64)
    (x, y, last), (x_test, y_test, last_test) = (_elements(*part) for part in ((read, codes), (test, none)))
    return data.Dataset("patches", x, y, x_test, y_test, course=Course(last, last_test))


def _elements(read: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels, labels and whether a sequence ends, of each element."""
    x, y = read[:, :-1], codes[:, 1:]
    last = np.zeros(y.shape, bool)
    last[:, -1] = True
    return x.reshape(-1, x.shape[2]), y.reshape(-1).astype(np.int64), last.reshape(-1)


def _foretold(config: Config, elements: data.Dataset) -> np.ndarray:
    """(N, patches - 1) codes that a core foretells of the test digits, once it has learned the others."""
    model = trained(config, elements).model
    model.finish()
    return take(model, elements.testing, False).prediction.reshape(-1, 8 * 8 // np.prod(PATCH) - 1)


def counted(codes: np.ndarray, asked: np.ndarray, seen: int) -> np.ndarray:
    """(N, patches - 1) the code that most often followed the last `seen` ones in codes (M, patches), for codes (N, patches).

    Where fewer were read, or what was read never came before, one fewer is looked at.
    """
    found = np.zeros((len(asked), asked.shape[1] - 1), np.int64)
    tables = [_table(codes, length) for length in range(seen + 1)]
    for (row, column), _ in np.ndenumerate(found):
        for length in range(min(seen, column + 1), -1, -1):
            key = tuple(asked[row, column + 1 - length : column + 1])
            if key in tables[length]:
                found[row, column] = tables[length][key].argmax()
                break
    return found


def _table(codes: np.ndarray, length: int) -> dict[tuple, np.ndarray]:
    """By the codes of `length` patches in a row, how often each code came next."""
    table: dict[tuple, np.ndarray] = {}
    for own in codes:
        for end in range(max(length, 1), len(own)):
            table.setdefault(tuple(own[end - length : end]), np.zeros(CODES, np.int64))[own[end]] += 1
    return table


def figures(results: list[Patches]) -> list[Figure]:
    """Accuracy of all that foretell."""
    accuracy = {name: [result.accuracy[name] for result in results] for name in NEXT}
    text = "; ".join(f"{name} {said(values, percent, ' %')}" for name, values in accuracy.items())
    how = (
        f"code of the next patch, of {CODES}; digits in patches of {PATCH[0]} x {PATCH[1]}, "
        f"{results[0].learned:,} x {results[0].epochs}"
    )
    reached = np.mean(accuracy["recurrent"]) > np.mean(accuracy["memoryless"])
    name = "recurrent JEPA: the next patch's code"
    return [figure(name, accuracy, text, "above the memoryless twin", reached, how, "bispike related patches")]


def draw(path: Path, results: list[Patches]) -> None:
    """Test digits of the first seed; below each the codes that came, and those foretold, in their patches' places."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Picture

    from sw.report.pictures import BACKWARD, EMBER, FORWARD, GRID, PAPER, STYLE

    own = results[0]
    across = 8 // PATCH[1]

    def whole(patches: np.ndarray) -> np.ndarray:
        rows = patches.reshape(-1, across, *PATCH).swapaxes(1, 2)
        return rows.reshape(8, 8)

    with rc_context(STYLE):
        picture = Picture(figsize=(10.4, 4.4), layout="constrained", dpi=160)
        grid = picture.subplots(3, len(own.read))
        for column, read in enumerate(own.read):
            blank = np.full((1, *PATCH), np.nan)
            codes = [np.concatenate([blank, own.codes[these[column]]]) for these in (own.true, own.foretold)]
            for row, (patches, colours) in enumerate(zip((read, *codes), (PAPER, PAPER, EMBER), strict=True)):
                axes = grid[row, column]
                axes.imshow(whole(patches), vmin=0, vmax=15, cmap=colours, interpolation="nearest")
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set_color(GRID)
        for axes, label, colour in zip(
            grid[:, 0], ("digit", "codes that came", "foretold"), (FORWARD, FORWARD, BACKWARD), strict=True
        ):
            axes.set_ylabel(label, color=colour, fontweight="bold")
        picture.savefig(path, format="png")
