"""Files that are whole or not there, arrays among them. Plain Python and numpy: the processes of a run share it."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike


def is_device(path: Path) -> bool:
    """Or a pipe: what is written into, and not replaced. Where a link points to one, too."""
    return path.exists() and not path.is_file() and not path.is_dir()


def target(path: Path) -> Path:
    """The file itself, where `path` is a link to it. Raises OSError: of links in a circle."""
    with suppress(FileNotFoundError, NotADirectoryError):
        os.stat(path)  # `resolve` says it otherwise in every version
    return Path(path).resolve()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file of the same suffix beside `path`, moved onto it at the end, removed if the block fails.

    Where `path` is a link, what it points to is replaced; where it is a device or a pipe, the file is written into it.

    Raises:
        OSError: where the folder takes no file; its filename is `path`.
    """
    asked, path = path, target(path)
    if is_device(Path(asked)):
        with tempfile.TemporaryDirectory(prefix="bispike-") as folder:
            temporary = Path(folder) / path.name
            yield temporary
            with open(asked, "wb") as device:
                device.write(temporary.read_bytes())
        return
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())  # else a machine that loses power may keep the new name and not what is in it
        temporary.chmod(0o666 & ~_umask())  # mkstemp's files are private
        temporary.replace(path)
    except OSError as error:
        error.filename, error.filename2 = str(asked), None  # the temporary one says nothing, and a full disk names none
        raise
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def save_arrays(path: Path, arrays: Mapping[str, ArrayLike], compress: bool = False) -> None:
    """Writes an .npz, whole or not at all. `compress`: for what is kept, not for what one process tells another."""
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        (np.savez_compressed if compress else np.savez)(file, **arrays)


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an .npz, by name."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
