"""A run folder: where one training keeps its checkpoint, pictures and report. Every file appears whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sw.common.errors import UserError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file of the same suffix beside `path`, moved onto it at the end, removed if the block fails.

    Where `path` is a link, what it points to is replaced; where it is a device or a pipe, the file is written into it.

    Raises:
        UserError: where the folder takes no file.
    """
    path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        with tempfile.TemporaryDirectory(prefix="bispike-") as folder:
            temporary = Path(folder) / path.name
            yield temporary
            try:
                with open(path, "wb") as device:
                    device.write(temporary.read_bytes())
            except OSError as error:
                raise _unwritable(path, error) from None
        return
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())  # mkstemp's files are private
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def write(path: Path, content: str | bytes) -> Path:
    """Writes a whole file, folders included. Raises UserError where that cannot be."""
    make_folder(path.parent)
    with whole_file(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def make_folder(path: Path) -> Path:
    """The folder, made where it is missing. Raises UserError where it cannot be made or written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"{path}: cannot write: found a file; allowed is a folder") from None
    except OSError as error:
        raise _unwritable(path, error) from None
    if not os.access(path, os.W_OK):
        raise UserError(f"{path}: cannot write here: no permission; choose another folder")
    return path


def fresh(path: Path) -> Path:
    """`path`, or the first of path-2, path-3, ... that does not exist: no run overwrites another.

    Raises:
        UserError: where it is a file.
    """
    if path.exists() and not path.is_dir():
        raise UserError(f"{path}: found a file; allowed is a folder, new or old")
    number, candidate = 1, path
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


class RunFolder:
    """The files of one run, by name."""

    def __init__(self, path: Path):
        self.path = make_folder(path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def write(self, name: str, content: str | bytes) -> Path:
        """Writes one file of the run."""
        return write(self.path / name, content)

    def draw(self, name: str, draw: Callable[[Path], None]) -> Path:
        """Lets `draw` write a picture to a path and keeps it under `name`."""
        with whole_file(self.path / name) as temporary:
            draw(temporary)
        return self.path / name


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(f"{path}: cannot write: {error.strerror}; choose another place")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
