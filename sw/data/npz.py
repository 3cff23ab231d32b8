"""A `.npz` of numpy: `x` and `y`, and where it brings a test part of its own `x_test` and `y_test`."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from sw.common.errors import DataError
from sw.data.source import Source, name_of


def read(path: Path) -> Source:
    """What is in the file; without labels where it holds `x` alone.

    Raises:
        DataError: no such file, or one with other arrays.
    """
    arrays = _arrays(path)
    if arrays.keys() == {"x"}:
        return Source(path, name_of(path), arrays["x"], None)
    own_test = "x_test" in arrays or "y_test" in arrays
    for key in ("x", "y"):
        if key not in arrays:
            raise DataError(f"{path}: found no array {key!r}; allowed is a file with both x and y")
        if own_test and f"{key}_test" not in arrays:
            raise DataError(f"{path}: found no array '{key}_test'; allowed are both x_test and y_test, or neither")
    return Source(path, name_of(path), arrays["x"], arrays["y"], arrays.get("x_test"), arrays.get("y_test"))


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays that we know by name. Pickled objects are refused: to load one is to run it."""
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
