"""What the user has is not written over: a file to write is new, or an earlier one of its kind, known by a mark in it."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cosim.checkpoint import Checkpoint, CheckpointError
from sw.common.errors import UserError
from sw.common.files import check_place


@dataclass(frozen=True)
class Kind:
    """Files that are written here. Members: name: what one is. marked: whether a file is one; it may raise OSError."""

    name: str
    marked: Callable[[Path], bool]

    @staticmethod
    def text(name: str, *starts: str) -> "Kind":
        """Files that begin with one of these."""
        marks = tuple(start.encode() for start in starts)
        return Kind(name, lambda path: _first(path, max(map(len, marks))).startswith(marks))

    @staticmethod
    def arrays(name: str, member: str) -> "Kind":
        """Files .npz that have this array."""
        return Kind(name, lambda path: f"{member}.npy" in _members(path))


def _first(path: Path, size: int) -> bytes:
    with open(path, "rb") as file:
        return file.read(size)


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as file:
            return file.namelist()
    except zipfile.BadZipFile:
        return []


def _is_network(path: Path) -> bool:
    try:
        Checkpoint.load(path)
    except CheckpointError:
        return False
    return True


NETWORK = Kind("network", _is_network)
DRAWN = {"Software": "BiSpike"}
"""The metadata of a picture that is drawn here: its mark."""
PICTURE = Kind("picture", lambda path: b"Software\0BiSpike" in _first(path, 200))


def check_own(option: str, path: Path | None, kind: Kind) -> None:
    """Raises UserError where a file that is to be written, if one is, can have no place, or is there and not an earlier one.

    Args:
        option: that names it.
    """
    if path is None:
        return
    check_place(path)
    if os.path.isfile(path) and os.path.getsize(path) and not _is(kind, path):
        raise UserError(f"{option}: found {path}, which is no earlier {kind.name}; allowed is a new name")


def _is(kind: Kind, path: Path) -> bool:
    try:
        return kind.marked(path)
    except OSError:  # it cannot be read
        return False


def check_png(output: Path | None) -> None:
    """The same of a picture, whose name ends in .png."""
    if output and output.suffix != ".png":
        raise UserError(f"--output: found {output}; allowed is a name that ends in .png")
    check_own("--output", output, PICTURE)
