"""Data sets as the core takes them: pixels of 4 bits, labels from 0, a training and a test part.

No torch import. Two named sets (real digits, Fashion-MNIST) and any `.npz` of the user's own.
"""

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from golden.config import Config

FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts its four idx files."""

X_ALLOWED = "integers 0 to 15 or 0 to 255, or floats 0 to 1"
Y_ALLOWED = "whole numbers from 0"


class DataError(ValueError):
    """Data that no core can learn from: one line that names what was found and what is allowed."""


@dataclass(frozen=True)
class Dataset:
    """Samples ready for the core.

    Members:
        name: for messages and files.
        x_train, x_test: (N, n_0) uint8, pixels 0..15.
        y_train, y_test: (N,) int64, labels from 0.
        image_shape: (height, width) of a sample as a picture; None where it is no picture.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    image_shape: tuple[int, int] | None = None


def load(name_or_file: str | Path, split: int = 0, classes: int | None = None) -> Dataset:
    """The data set `digits` or `fashion`, or one from a `.npz` file.

    A file holds `x` (samples x pixels, or samples x height x width: integers 0..15 or 0..255, or floats 0..1) and `y`
    (labels from 0), and may hold `x_test` and `y_test`. Flat samples of a square number of pixels count as square pictures.

    Args:
        split: which random 80/20 split, numpy `default_rng(split)`; unused where the data brings its own test part.
        classes: where given, labels must be below it.

    Raises:
        DataError: on anything that is not such data.
    """
    if isinstance(split, bool) or not isinstance(split, (int, np.integer)) or split < 0:
        raise DataError(f"split: found {split!r}; allowed is a whole number from 0")
    if str(name_or_file) == "digits":
        dataset = _digits(int(split))
    elif str(name_or_file) == "fashion":
        dataset = _fashion()
    elif Path(name_or_file).suffix == ".npz":
        dataset = _file(Path(name_or_file), int(split))
    else:
        raise DataError(f"data: found {str(name_or_file)!r}; allowed are digits, fashion or a .npz file")
    if classes is not None:
        _check_labels(dataset, classes, "the number of classes")
    return dataset


def check(dataset: Dataset, config: Config) -> None:
    """Does the data set fit the core? Raises DataError that names the sizes found and allowed."""
    for part in (dataset.x_train, dataset.x_test):
        check_pixels(dataset.name, part, config)
    _check_labels(dataset, config.classes, f"the last of the configuration's sizes {list(config.sizes)}")


def check_pixels(name: str, x: np.ndarray, config: Config) -> None:
    """Do samples x (N, pixels) fit the core? Raises DataError."""
    if x.shape[1] != config.sizes[0]:
        raise DataError(
            f"data {name}: found {x.shape[1]} pixels a sample; "
            f"allowed is {config.sizes[0]}, the first of the configuration's sizes {list(config.sizes)}"
        )


def order(n: int, seed: int, epoch: int) -> np.ndarray:
    """(n,) the order of the samples in `epoch` (from 0): the epoch-th permutation drawn from `default_rng(seed + 99)`.

    A function of its arguments alone, so that a training resumed at any epoch goes on exactly.
    """
    rng = np.random.default_rng(seed + 99)
    for _ in range(epoch):
        rng.permutation(n)
    return rng.permutation(n)


def _check_labels(dataset: Dataset, classes: int, reason: str) -> None:
    top = max(int(dataset.y_train.max()), int(dataset.y_test.max()))
    if top >= classes:
        raise DataError(
            f"data {dataset.name}: found label {top}, {top + 1} classes; "
            f"allowed are {classes} classes, labels 0 to {classes - 1}: {reason}"
        )


def _split(name: str, x: np.ndarray, y: np.ndarray, shape: tuple[int, int] | None, split: int) -> Dataset:
    """The first 80 % (rounded down) of a permutation train, the others test: 1,437 and 360 of the 1,797 digits."""
    p = np.random.default_rng(split).permutation(len(x))
    train, test = p[: len(x) * 4 // 5], p[len(x) * 4 // 5 :]
    return Dataset(name, x[train], y[train], x[test], y[test], shape)


def _digits(split: int) -> Dataset:
    from sklearn.datasets import load_digits  # slow to import, and only needed here

    x, y = load_digits(return_X_y=True)
    return _split("digits", np.minimum(x, 15).astype(np.uint8), y.astype(np.int64), (8, 8), split)


def _fashion() -> Dataset:
    parts = []
    for part in ("train", "t10k"):
        x = _idx(FASHION_FOLDER / f"{part}-images-idx3-ubyte.gz", 3)
        y = _idx(FASHION_FOLDER / f"{part}-labels-idx1-ubyte.gz", 1)
        if len(x) != len(y) or x.shape[1:] != (28, 28):
            raise DataError(f"{FASHION_FOLDER}: found images {x.shape} with labels {y.shape}; allowed is N x 28 x 28 with N")
        parts += [x.reshape(len(x), -1) >> 4, y.astype(np.int64)]
    return Dataset("fashion", *parts, (28, 28))


def _idx(path: Path, dimensions: int) -> np.ndarray:
    """The uint8 array of a gzipped idx file: 0, 0, 8 (uint8), dimensions, the sizes as big-endian 32 bits, the bytes."""
    try:
        with gzip.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        raise DataError(
            f"fashion: found no {path}; allowed is Debian's copy: apt-get install dataset-fashion-mnist"
        ) from None
    except (OSError, EOFError, zlib.error):
        raise DataError(f"fashion: cannot read {path}; install it anew: apt-get install dataset-fashion-mnist") from None
    start = 4 + 4 * dimensions
    shape = tuple(int(n) for n in np.frombuffer(content[4:start], ">u4")) if len(content) >= start else ()
    if content[:4] != bytes((0, 0, 8, dimensions)) or len(content) - start != np.prod(shape, dtype=np.int64):
        raise DataError(f"fashion: {path} is no idx file of uint8; install it anew: apt-get install dataset-fashion-mnist")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def unlabelled(path: Path) -> np.ndarray | None:
    """Samples (N, n_0) of a `.npz` that holds `x` alone, in its order, for a trained network to name; None of other data.

    Raises:
        DataError: as `load`.
    """
    if path.suffix != ".npz":
        return None
    arrays = _arrays(path)
    if arrays.keys() != {"x"}:
        return None
    _check_x(path, "x", arrays["x"])
    return _pixels(path, [arrays["x"]])[0]


def _file(path: Path, split: int) -> Dataset:
    arrays = _arrays(path)
    own_test = "x_test" in arrays or "y_test" in arrays
    for key in ("x", "y"):
        if key not in arrays:
            raise DataError(f"{path}: found no array {key!r}; allowed is a file with both x and y")
        if own_test and f"{key}_test" not in arrays:
            raise DataError(f"{path}: found no array '{key}_test'; allowed are both x_test and y_test, or neither")
    suffixes = ("", "_test") if own_test else ("",)
    for suffix in suffixes:
        _check_x(path, f"x{suffix}", arrays[f"x{suffix}"])
        _check_y(path, f"y{suffix}", arrays[f"y{suffix}"])
        found, labels = len(arrays[f"x{suffix}"]), len(arrays[f"y{suffix}"])
        if found != labels:
            raise DataError(
                f"{path}: found {found} samples in x{suffix} and {labels} labels in y{suffix}; allowed is one label a sample"
            )
    if len(arrays["x"]) < 2:
        raise DataError(f"{path}: found {len(arrays['x'])} sample in x; allowed is 2 or more")
    if own_test and arrays["x"].shape[1:] != arrays["x_test"].shape[1:]:
        sizes = [" x ".join(map(str, arrays[key].shape[1:])) for key in ("x", "x_test")]
        raise DataError(f"{path}: found samples of {sizes[0]} in x and {sizes[1]} in x_test; allowed is the same in both")
    pixels = _pixels(path, [arrays[f"x{suffix}"] for suffix in suffixes])
    labels = [arrays[f"y{suffix}"].astype(np.int64) for suffix in suffixes]
    shape = _image_shape(arrays["x"].shape)
    if own_test:
        return Dataset(path.stem, pixels[0], labels[0], pixels[1], labels[1], shape)
    return _split(path.stem, pixels[0], labels[0], shape, split)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a `.npz` that we know by name. Pickled objects are refused: to load one is to run it."""
    arrays = {}
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise DataError(f"{path}: found no .npz file (a zip of arrays); write one with numpy.savez")
            file.seek(0)
            npz = np.load(file, allow_pickle=False)
            for key in ("x", "y", "x_test", "y_test"):
                if key in npz.files:
                    arrays[key] = npz[key]
    except FileNotFoundError:
        raise DataError(f"{path}: found no such file; allowed is a .npz file with x and y") from None
    except OSError as error:
        raise DataError(f"{path}: cannot read it: {error.strerror or 'damaged'}") from None
    except DataError:
        raise
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, MemoryError) as error:
        what = "pickled objects" if "allow_pickle" in str(error) else "a damaged file"
        raise DataError(f"{path}: found {what}; allowed is a .npz file of plain numbers") from None
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray):  # a zip member that is no .npy comes as bytes
            raise DataError(f"{path}: found no array in {key}; allowed is a .npz file as numpy.savez writes it")
    return arrays


def _check_numbers(path: Path, key: str, array: np.ndarray, allowed: str) -> None:
    if array.size == 0:
        raise DataError(f"{path}: found no values in {key}, shape {array.shape}; allowed is one sample or more")
    if array.dtype.kind not in "iuf":
        raise DataError(f"{path}: found {array.dtype} in {key}, not numbers; allowed are {allowed}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError(f"{path}: found NaN or infinity in {key}; allowed are {allowed}")


def _check_x(path: Path, key: str, x: np.ndarray) -> None:
    _check_numbers(path, key, x, X_ALLOWED)
    if x.ndim not in (2, 3):
        raise DataError(f"{path}: found shape {x.shape} in {key}; allowed is samples x pixels, or samples x height x width")
    low, high = x.min(), x.max()
    if low < 0 or high > (1 if x.dtype.kind == "f" else 255):
        kind = "floats" if x.dtype.kind == "f" else "integers"
        raise DataError(f"{path}: found {kind} {low} to {high} in {key}; allowed are {X_ALLOWED}")


def _check_y(path: Path, key: str, y: np.ndarray) -> None:
    _check_numbers(path, key, y, Y_ALLOWED)
    if y.ndim != 1:
        raise DataError(f"{path}: found shape {y.shape} in {key}; allowed is one label a sample")
    if y.min() < 0 or y.max() > np.iinfo(np.int32).max:
        raise DataError(
            f"{path}: found label {y[(y < 0) | (y > np.iinfo(np.int32).max)][0]} in {key}; allowed are {Y_ALLOWED}"
        )
    if y.dtype.kind == "f" and (y != np.floor(y)).any():
        raise DataError(f"{path}: found label {y[y != np.floor(y)][0]} in {key}; allowed are {Y_ALLOWED}")


def _pixels(path: Path, parts: list[np.ndarray]) -> list[np.ndarray]:
    """Each part as (N, pixels) uint8, 0..15. Training and test part share one scale."""
    kinds = {"f" if x.dtype.kind == "f" else "i" for x in parts}
    if len(kinds) > 1:
        raise DataError(f"{path}: found {parts[0].dtype} in x and {parts[1].dtype} in x_test; allowed is one kind for both")
    parts = [x.reshape(len(x), -1) for x in parts]
    if kinds == {"f"}:
        return [np.minimum(np.floor(x.astype(np.float64) * 16), 15).astype(np.uint8) for x in parts]
    shift = 4 if max(x.max() for x in parts) > 15 else 0
    return [x.astype(np.uint8) >> shift for x in parts]


def _image_shape(shape: tuple[int, ...]) -> tuple[int, int] | None:
    if len(shape) == 3:
        return shape[1], shape[2]
    side = round(shape[1] ** 0.5)
    return (side, side) if side * side == shape[1] else None
