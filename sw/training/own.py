"""What the user has is not overwritten: a file to write is new, or an earlier one of the same kind."""

import os
from pathlib import Path

from sw.common.errors import UserError


def check_own(option: str, path: Path | None, what: str, *starts: str, beside: tuple[Path, ...] = ()) -> None:
    """Raises UserError where a file that is to be written, if one is, is there and not an earlier one.

    Args:
        what: it is. starts: an earlier one begins with one of these. beside: files that are written with it.
    """
    if path is None or _begins(path, starts):
        return
    for one in (path, *beside):
        if os.path.isdir(one) or (os.path.isfile(one) and os.path.getsize(one)):
            raise UserError(f"{option}: found {one}, which is no earlier {what}; allowed is a new name")


def _begins(path: Path, starts: tuple[str, ...]) -> bool:
    """Whether it is a file that begins so, and no device or pipe."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return file.read(max(map(len, starts))).startswith(tuple(start.encode() for start in starts))
    except OSError:
        return False
