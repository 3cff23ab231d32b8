"""A folder of pictures with one folder a class, or with `train` and `test`, each with one folder a class."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data.encoding import MOST_PIXELS, Encoding, numbered
from sw.data.source import Source, name_of

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".pgm", ".tif", ".tiff", ".webp")
ALLOWED = "a folder of pictures with one folder a class, or with train and test, each with one folder a class"


def read(path: Path, encoding: Encoding) -> Source:
    """The pictures, grey, in the order of their names; without labels where they lie in the folder itself.

    All have one size, or are resized to `encoding.size`. Names that begin with a dot are passed over.

    Raises:
        DataError: names the picture or the folder, what was found and what is allowed.
    """
    try:
        folders, files = _inside(path)
        if folders and files:
            raise DataError(f"{path}: found {files[0].name} beside folders; allowed is {ALLOWED}")
        open_picture = _opener(encoding.size)
        if not folders:
            return Source(path, name_of(path), _pictures(path, files, open_picture), None, scale="0..255")
        if {folder.name for folder in folders} == {"train", "test"}:
            parts = [_classes(folder, _inside(folder)[0]) for folder in (path / "train", path / "test")]
        else:
            parts = [_classes(path, folders)]
        words = [word for _, part in parts for word in part]
        y, names = numbered(path, words, encoding)
        x = [_pictures(path, files, open_picture) for files, _ in parts]
        labels = np.split(y, [len(x[0])])
    except OSError as error:
        raise DataError(f"{error.filename or path}: cannot read it: {error.strerror or error}") from None
    own_test = (x[1], labels[1]) if len(x) > 1 else (None, None)
    return Source(path, name_of(path), x[0], labels[0], *own_test, names, "0..255")


def _inside(folder: Path) -> tuple[list[Path], list[Path]]:
    """Folders and files, sorted."""
    seen = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    return [entry for entry in seen if entry.is_dir()], [entry for entry in seen if not entry.is_dir()]


def _classes(where: Path, folders: list[Path]) -> tuple[list[Path], list[str]]:
    """All pictures, and of each its folder's name."""
    found: list[tuple[Path, str]] = []
    for folder in folders:
        below, files = _inside(folder)
        if below or not files:
            what = f"a folder {below[0].name}" if below else "no picture"
            raise DataError(f"{folder}: found {what} in it; allowed is {ALLOWED}")
        found += [(file, folder.name) for file in files]
    if not found:
        raise DataError(f"{where}: found no folder of a class in it; allowed is {ALLOWED}")
    return [file for file, _ in found], [name for _, name in found]


def _pictures(where: Path, files: list[Path], open_picture: Callable[[Path], np.ndarray]) -> np.ndarray:
    """(N, height, width) uint8."""
    if not files:
        raise DataError(f"{where}: found an empty folder; allowed is {ALLOWED}")
    first = open_picture(files[0])
    if first.size > MOST_PIXELS:
        found = f"{files[0]}: found {' x '.join(map(str, first.shape[::-1]))} pixels"
        raise DataError(f"{found}; allowed are {MOST_PIXELS:,} a sample: make them smaller, with --size WIDTHxHEIGHT")
    pictures = np.empty((len(files), *first.shape), np.uint8)
    for i, file in enumerate(files):
        picture = open_picture(file)
        if picture.shape != first.shape:
            found, other = (" x ".join(map(str, size[::-1])) for size in (picture.shape, first.shape))
            raise DataError(
                f"{file}: found {found} pixels where {files[0].name} has {other}; "
                "allowed is one size, or --size WIDTHxHEIGHT, to which all are resized"
            )
        pictures[i] = picture
    return pictures


def _opener(size: tuple[int, int] | None) -> Callable[[Path], np.ndarray]:
    """What opens one picture: grey, 8 bits, resized where a size (height, width) is given."""
    from PIL import Image, UnidentifiedImageError  # only needed here

    def open_picture(path: Path) -> np.ndarray:
        if path.suffix.lower() not in ENDINGS:
            raise DataError(f"{path}: found no picture; allowed are {', '.join(ENDINGS)}")
        try:
            with Image.open(path) as picture:
                if picture.mode.startswith(("I", "F")):
                    raise DataError(f"{path}: found pixels of more than 8 bits; allowed are pictures of 8 bits a channel")
                grey = picture.convert("L")
                grey = grey.resize(size[::-1]) if size else grey
                return np.asarray(grey, np.uint8)
        except (UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{path}: found a damaged picture; allowed are {', '.join(ENDINGS)}") from None
        except OSError as error:
            raise DataError(f"{path}: cannot read it: {error.strerror or 'a damaged picture'}") from None

    return open_picture
