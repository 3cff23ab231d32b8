"""The front door to all data: a name, a file or a folder in, samples as the core takes them out."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data import csv_file, idx, images, npz
from sw.data.dataset import Dataset, check_labels, image_shape, permutation
from sw.data.encoding import Encoding, parse_size, pixels, scale_of
from sw.data.named import NAMED
from sw.data.source import Source, ending_of

ALLOWED = (
    "digits, fashion, a .npz or .csv file, a folder of IDX files, or a folder of pictures with one folder a class; "
    "bispike train, data and forecast take electricity, kjv, and a .txt file, too"
)


def load(
    name: str | Path,
    split: int = 0,
    encoding: Encoding = Encoding(),  # noqa: B008
    classes: int | None = None,
    *,
    label: str | None = None,
    size: str | None = None,
    least: int = 2,
) -> Dataset:
    """The data set `digits` or `fashion`, or one from a file or a folder; README says what they may hold.

    Args:
        split: which random 80/20 split, `permutation(n, split)`; unused where the data brings its own test part.
        encoding: that of the network that will see it; without a scale the data says it, as in a new training.
        classes: where given, labels must be below it.
        label, size: in place of the encoding's the column of a .csv that holds the label; WIDTHxHEIGHT, to which a folder's
            pictures are resized.
        least: so many samples are needed, where no test part comes with them; of 1 it is the test part.

    Raises:
        DataError: on anything that is not such data, or that is not of this encoding.
    """
    if isinstance(split, bool) or not isinstance(split, (int, np.integer)) or split < 0:
        raise DataError(f"split: found {split!r}; allowed is a whole number from 0")
    if label is not None or size is not None:
        pictures = parse_size(size)
        check_options(name, label, pictures)
        encoding = replace(encoding, label=label or encoding.label, size=pictures or encoding.size)
    elif encoding.scale is None:  # what a network knows is not asked of this data
        check_options(name, encoding.label, encoding.size)
    source = _read(name, encoding).check()
    if source.y is None:
        raise DataError(f"{source.where}: found samples without labels; allowed are samples with labels")
    if source.x_test is None and len(source.x) < least:
        raise DataError(f"{source.where}: found {len(source.x)} sample in x; allowed is 2 or more")
    dataset = _dataset(source, int(split), encoding)
    if classes is not None:
        check_labels(dataset, classes, "the number of classes")
    return dataset


def unlabelled(name: str | Path, encoding: Encoding, count: int) -> np.ndarray | None:
    """Samples (N, n_0) without labels, for a trained network to name, in their own order; None where there are labels.

    Args:
        count: of the network's pixels: a .csv with so many columns has none for the label.

    Raises:
        DataError: as `load`.
    """
    if str(name) in NAMED:
        return None
    source = _read(name, encoding, count)
    if source.y is not None:
        return None
    source.check()
    return pixels(source.x, scale_of(source.where, source.pixels(), encoding, source.scale))


def check_options(name: str | Path, label: str | None = None, size: tuple[int, int] | None = None) -> None:
    """Raises DataError on a column or a size that would do nothing: a .csv has columns, a folder of pictures a size."""
    path = Path(name)
    csv = str(name) not in NAMED and ending_of(path) == ".csv"
    other = str(name) in NAMED or ending_of(path) in (".npz", ".csv") or _safe(lambda: idx.is_one(path))
    if label and not csv:
        raise DataError(f"--label: found with {name}; allowed with a .csv file")
    if size and (other or not _safe(path.is_dir)):
        raise DataError(f"--size: found with {name}; allowed with a folder of pictures")


def _read(name: str | Path, encoding: Encoding, unlabelled_pixels: int | None = None) -> Source:
    path = Path(name)
    if str(name) in NAMED:
        return NAMED[str(name)]()
    if ending_of(path) == ".npz":
        return npz.read(path)
    if ending_of(path) == ".csv":
        return csv_file.read(path, encoding, unlabelled_pixels)
    if _safe(lambda: idx.is_one(path)):
        return idx.read(path)
    if _safe(path.is_dir):
        return images.read(path, encoding)
    raise DataError(f"data: found {str(name)!r}; allowed are {ALLOWED}")


def _safe(look) -> bool:
    """Whether a path is what was asked; no, where it cannot be looked at."""
    try:
        return look()
    except OSError:
        return False


def _dataset(source: Source, split: int, encoding: Encoding) -> Dataset:
    """Scaled, and split where it brings no test part: the first 80 % of a permutation, rounded down, train."""
    scale = scale_of(source.where, source.pixels(), encoding, source.scale)
    x, shape, filled = pixels(source.x, scale), image_shape(source.x.shape), encoding.filled(scale, source.names)
    y = source.y.astype(np.int64)
    if source.x_test is not None:
        places = np.arange(len(x) + len(source.x_test))
        test = pixels(source.x_test, scale), source.y_test.astype(np.int64)
        return Dataset(source.name, x, y, *test, shape, filled, places)
    places = permutation(len(x), split)
    train, test = places[: len(x) * 4 // 5], places[len(x) * 4 // 5 :]
    return Dataset(source.name, x[train], y[train], x[test], y[test], shape, filled, places, drawn=True)
