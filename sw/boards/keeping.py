"""What a build leaves for a host, config.toml, build.json and a bitstream: always of one and the same build."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cosim.kept import digest
from golden.config import Config
from sw.boards.nextpnr import PACK
from sw.boards.result import Result
from sw.boards.tools import Folder, is_key
from sw.common.errors import CheckError, UserError
from sw.common.files import write

FILE = "build.json"
BITSTREAMS = tuple(bitstream for _tool, _arguments, bitstream in PACK.values())


def check_free(folder: Path, config: Config, given: str | None = None) -> None:
    """Raises UserError where a build in the folder would write over what the user has; makes no folder.

    Args:
        given: the name or file of the configuration, as the user said it.
    """
    held = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    if held and _made_of(folder) is None and not any(map(is_key, folder.glob("*.key"))):
        found = f"--output: found {folder}, a folder with files and no earlier build"
        raise UserError(f"{found}; allowed is an empty folder, a new one, or a build's")
    kept = folder / "config.toml"
    mine = bool(given) and Path(given).resolve() == kept.resolve()
    if mine and kept.read_text(encoding="utf-8") != config.to_toml():
        found = f"--config: found {given}, which the build would write anew, without what is yours in it"
        raise UserError(f"{found}; allowed is a file elsewhere")


@contextmanager
def keeping(result: Result, folder: Folder, elaborated: list[str]) -> Iterator[None]:
    """Around the steps behind elaboration: config.toml is written before them, build.json behind them.

    What an earlier build left, of other files or settings than these, goes first. A step that fails leaves build.json of
    what came before it, with its error, and no bitstream. An interrupted one leaves that of an earlier build of the same.

    Args:
        elaborated: names of the files that the steps are done with.
    """
    facts = result.board.name, result.config.to_dict(), result.megahertz, result.baud
    result.made_of = digest(*facts, *(hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in elaborated))
    if _made_of(folder) != result.made_of:
        (folder / FILE).unlink(missing_ok=True)
        _remove_bitstreams(folder, [])
    write(folder / "config.toml", result.config.to_toml())
    try:
        yield
    except CheckError as error:
        result.error = str(error)
        _keep(result, folder)
        raise
    _keep(result, folder)


def _keep(result: Result, folder: Folder) -> None:
    _remove_bitstreams(folder, result.files)
    write(folder / FILE, json.dumps(result.to_dict(), indent=2) + "\n")


def _remove_bitstreams(folder: Folder, but: list[str]) -> None:
    for name in BITSTREAMS:
        if name not in but:
            (folder / name).unlink(missing_ok=True)


def _made_of(folder: Folder | Path) -> str | None:
    """What the build.json that is there says of itself."""
    try:
        return json.loads((folder / FILE).read_text(encoding="utf-8"))["made_of"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
