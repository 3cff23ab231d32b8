"""Mutants: one line of rtl/ changed, in the memory of a process of its own, and what that process makes of rtl/ then."""

import importlib
import importlib.machinery
import multiprocessing
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from golden.config import Config

RTL = Path(__file__).parents[2] / "rtl"
SAYS = r"assertion failed in|expected -?\d+, got -?\d+|no handshake for"
"""How the core's bench names what it finds, a pattern."""


@dataclass(frozen=True)
class Mutant:
    """In rtl/`file`, `old` (there once) becomes `new`.

    long: not in `make test`, which has to be quick.
    """

    name: str
    file: str
    old: str
    new: str
    long: bool = False

    @property
    def path(self) -> Path:
        return (RTL / self.file).resolve()

    def source(self) -> str:
        """The file's text with the change in it."""
        text = self.path.read_text(encoding="utf-8")
        count = text.count(self.old)
        assert count == 1, f"mutant {self.name!r}: found {self.old!r} {count} times in {self.file}; allowed is once"
        return text.replace(self.old, self.new)


class Changed(importlib.machinery.SourceFileLoader):
    """Loads the one module whose source is another than its file's; finds it, too."""

    def __init__(self, path: str, text: str):
        self.text, self.used = text, False
        super().__init__("", path)

    def find_spec(self, name, path, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec and spec.origin == self.path:
            self.name, spec.loader = name, self
            return spec
        return None

    def get_code(self, fullname):
        self.used = True
        return compile(self.text, self.path, "exec", dont_inherit=True)


def parameters(mutants: Iterable[Mutant], long: Callable[[Mutant], Any] = lambda mutant: False) -> list:
    """For pytest's parametrize: each by its name, those of which `long` holds with that mark."""
    return [pytest.param(m, id=m.name.replace(" ", "_"), marks=[pytest.mark.long] if long(m) else []) for m in mutants]


def with_mutant(mutant: Mutant, function: str, *arguments: Any) -> Any:
    """What `function` ("module:name") returns in a process where rtl/ has the mutant in it.

    Raises:
        RuntimeError: it raised; the type and the text of that are in the message.
    """
    context = _forks()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, str(mutant.path), mutant.source(), function, arguments))
    process.start()
    theirs.close()
    try:
        kind, value = ours.recv()
    except EOFError:
        kind, value = "error", "the process ended without a word"
    process.join()
    if kind == "error":
        raise RuntimeError(f"mutant {mutant.name!r}: {value}")
    return value


def core(config: Config, component: str = "rtl.core:core_of", name: str = "core") -> str:
    """Verilog of a core as it is in this process. To be called `with_mutant`."""
    from cosim.elaborate import verilog
    from cosim.job import Parts

    return verilog(Parts.get(component)(config), name)


@cache
def _forks():
    """Where processes come from that have imported what is large and not ours."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["numpy", "amaranth.back.verilog", "amaranth.lib.memory", "amaranth.lib.wiring", "pytest"]
    )
    return context


def _work(results, path: str, text: str, function: str, arguments: tuple) -> None:
    module, name = function.split(":")
    try:
        early = [name for name in sys.modules if name.split(".")[0] == "rtl"]
        assert not early, f"{early}: imported before the mutant was in"
        sys.meta_path.insert(0, changed := Changed(path, text))
        value = getattr(importlib.import_module(module), name)(*arguments)
        assert changed.used, f"{path}: not imported"
        results.send(("value", value))
    except BaseException as error:  # the parent raises it
        results.send(("error", f"{type(error).__name__}: {error}"))
