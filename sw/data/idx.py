"""IDX files, as MNIST has them: images and labels in a file each, gzipped or not, named as there."""

import gzip
import zlib
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data.source import Source, name_of

_IMAGES = ("images-idx3-ubyte", "images.idx3-ubyte")
_NAMES = tuple(f"{name}{ending}" for name in _IMAGES for ending in ("", ".gz"))
ALLOWED = "train-images-idx3-ubyte and train-labels-idx1-ubyte, .gz or not, and t10k-... as a test part"


def is_one(path: Path) -> bool:
    """Is this a file of images, or a folder with one?"""
    return path.name.endswith(_NAMES) if not path.is_dir() else _images(path, "train") is not None


def read(path: Path) -> Source:
    """What is in a folder (train-..., and t10k-... as its own test part), or in a file of images with its labels beside it.

    Without labels where a file of images has none beside it.

    Raises:
        DataError: what is missing or damaged, and what is allowed.
    """
    if path.is_dir():
        images, tests = _images(path, "train"), _images(path, "t10k")
        if images is None:
            raise DataError(f"{path}: found no IDX files; allowed are {ALLOWED}")
        return _source(path, name_of(path), images, tests)
    return _source(path, name_of(path), path, None)


def _source(where: Path, name: str, images: Path, tests: Path | None) -> Source:
    x, y = array(images, 3), _labels(images, optional=not where.is_dir())
    x_test, y_test = (None, None) if tests is None else (array(tests, 3), _labels(tests))
    return Source(where, name, x, y, x_test, y_test, scale="0..255")


def _images(folder: Path, part: str) -> Path | None:
    return next((folder / f"{part}-{name}" for name in _NAMES if (folder / f"{part}-{name}").exists()), None)


def _labels(images: Path, optional: bool = False) -> np.ndarray | None:
    """(N,) of the file of labels beside a file of images, packed or not."""
    plain = images.name.removesuffix(".gz").replace("images-idx3", "labels-idx1").replace("images.idx3", "labels.idx1")
    for name in (plain, f"{plain}.gz"):
        if images.with_name(name).exists():
            return array(images.with_name(name), 1).astype(np.int64)
    if optional:
        return None
    raise DataError(f"{images}: found no {plain} beside it; allowed are {ALLOWED}")


def array(path: Path, dimensions: int) -> np.ndarray:
    """The uint8 array of a file: 0, 0, 8 (uint8), dimensions, the sizes as big-endian 32 bits, the bytes."""
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except FileNotFoundError:
        raise DataError(f"{path}: found no such file; allowed are {ALLOWED}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot read it: {getattr(error, 'strerror', None) or 'damaged'}") from None
    start = 4 + 4 * dimensions
    shape = tuple(int(n) for n in np.frombuffer(content[4:start], ">u4")) if len(content) >= start else ()
    if content[:4] != bytes((0, 0, 8, dimensions)) or len(content) - start != np.prod(shape, dtype=np.float64):
        kind = "images, N x height x width" if dimensions == 3 else "labels"
        raise DataError(f"{path}: found no whole IDX file of uint8 {kind}; allowed are {ALLOWED}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
