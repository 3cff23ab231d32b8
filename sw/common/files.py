"""A run folder: where one training keeps its checkpoint, pictures and report. Every file appears whole or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cosim import files
from sw.common.errors import UserError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """`cosim.files.whole_file`, for what a user asked for: raises UserError where the folder takes no file."""
    try:
        with files.whole_file(path) as temporary:
            yield temporary
    except OSError as error:
        raise unwritable(path, error) from None


def write(path: Path, content: str | bytes) -> Path:
    """Writes a whole file, folders included. Raises UserError where that cannot be."""
    make_place(path)
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
        raise unwritable(path, error) from None
    if not os.access(path, os.W_OK):
        raise UserError(f"{path}: cannot write here: no permission; choose another folder")
    return path


def make_place(path: Path) -> None:
    """The folder of a file to be written, as `make_folder`; a device, as /dev/null, is there and may be in anybody's."""
    if not files.is_device(path):
        make_folder(path.parent)


def check_place(path: Path) -> None:
    """Raises UserError where no file can be made at `path`; makes none. For what takes a while to be written."""
    try:
        place = files.target(path)
    except OSError as error:
        raise unwritable(path, error) from None
    if place.is_dir():
        raise UserError(f"{path}: cannot write: found a folder; allowed is a file's name")
    if not files.is_device(path):
        _check_parents(path)


def _check_parents(path: Path) -> None:
    make_folder(next(folder for folder in path.parents if folder.exists()))


def check_fresh(path: Path) -> None:
    """Raises UserError where `fresh` cannot make the folder; makes none."""
    if path.name in ("", ".."):
        raise UserError(f"{path}: found no name; allowed is a folder with one, as runs/digits")
    if path.exists() and not path.is_dir():
        raise UserError(f"{path}: found a file; allowed is a folder, new or old")
    _check_parents(path)


def fresh(path: Path) -> Path:
    """Makes the folder `path`, or the first of path-2, path-3, ... that does not exist: no run overwrites another.

    Two that ask at once get two folders.

    Raises:
        UserError: where it is a file, has no name of its own to be numbered, or cannot be made.
    """
    check_fresh(path)
    make_folder(path.parent)
    number, candidate = 1, path
    while True:
        try:
            candidate.mkdir()
            return candidate
        except FileExistsError:
            number += 1
            candidate = path.with_name(f"{path.name}-{number}")
        except OSError as error:
            raise unwritable(candidate, error) from None


class RunFolder:
    """The files of one run, by name."""

    def __init__(self, path: Path):
        self.path = make_folder(path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @contextmanager
    def locked(self) -> Iterator["RunFolder"]:
        """Holds the folder for this process alone. The lock is on the folder itself and ends when the process does.

        Raises:
            UserError: another process holds it.
        """
        import fcntl

        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise UserError(f"{self.path}: found another run at work in it; allowed is one at a time") from None
        try:
            yield self
        finally:
            os.close(handle)

    def write(self, name: str, content: str | bytes) -> Path:
        """Writes one file of the run."""
        return write(self.path / name, content)

    def draw(self, name: str, draw: Callable[[Path], None]) -> Path:
        """Lets `draw` write a picture to a path and keeps it under `name`."""
        with whole_file(self.path / name) as temporary:
            draw(temporary)
        return self.path / name


@contextmanager
def new_run(path: Path) -> Iterator[RunFolder]:
    """A folder that is `fresh`, held for this process alone."""
    with RunFolder(fresh(path)).locked() as folder:
        yield folder


@contextmanager
def old_run(path: Path) -> Iterator[RunFolder]:
    """The folder of an interrupted run, held for this process alone: what it keeps is to be read inside.

    Raises:
        UserError: there is none, or another process holds it.
    """
    if not path.is_dir():
        found = "a file" if path.exists() else "no such folder"
        raise UserError(f"{path}: found {found}; allowed is the folder of an interrupted run")
    with RunFolder(path).locked() as folder:
        yield folder


def unwritable(path: Path, error: OSError) -> UserError:
    """What the user is told of it."""
    return UserError(f"{path}: cannot write: {error.strerror}; choose another place")
