"""What is made once and kept: the folder for it, and one process at a time that makes a thing."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cosim.files import whole_file


def kept_folder() -> Path:
    """$BISPIKE_CACHE, else $XDG_CACHE_HOME/bispike, else ~/.cache/bispike. Every process of this user shares it."""
    own, usual = os.environ.get("BISPIKE_CACHE"), os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(own) if own else Path(usual) / "bispike").absolute()  # a simulation runs in a folder of its own


def digest(*facts: object) -> str:
    """A name for what depends on these facts alone."""
    return hashlib.sha256("\0".join(map(str, facts)).encode()).hexdigest()[:24]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the file `path` against every other process."""
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the system drops it when its owner dies
        yield


def kept_text(name: str, make: Callable[[], str]) -> str:
    """The text of the file `name` of the folder; made, and kept, where it is missing. Two processes do not make it twice.

    Where nothing can be written it is made each time.
    """
    path = kept_folder() / name
    if path.exists():
        return path.read_text(encoding="utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (lock := path.with_name(path.name + ".lock")).touch()
    except OSError:
        return make()
    with locked(lock):
        if path.exists():
            return path.read_text(encoding="utf-8")
        text = make()
        with suppress(OSError), whole_file(path) as temporary:  # a full disk
            temporary.write_text(text, encoding="utf-8")
        return text
