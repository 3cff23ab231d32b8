"""A component as Verilog text, or as RTLIL: with what attributes of `rtl.memories` say, which is lost in Amaranth's own."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager

from amaranth.back import rtlil as to_rtlil
from amaranth.back import verilog as to_verilog
from amaranth.lib import wiring

from rtl.checks import asserting


def verilog(component: wiring.Component, name: str = "core", asserted: bool = False) -> str:
    """Its Verilog, as module `name`; asserted: with assertions, which are SystemVerilog's, for a simulation or a proof."""
    with _converting(asserted):
        text = to_verilog.convert(component, name=name, emit_src=False, strip_internal_attrs=True)
    return _INITIAL.sub(r"\1", text)


def rtlil(component: wiring.Component, name: str = "core", asserted: bool = False) -> str:
    """Its RTLIL, for yosys, as module `name`; asserted: with assertions, `$check` cells."""
    with _converting(asserted):
        text = to_rtlil.convert(component, name=name, emit_src=False)
    return plain_rtlil(text)


def plain_rtlil(text: str) -> str:
    """RTLIL that Amaranth has made, as synthesis should see it; for who gets it from elsewhere, as of a platform's build.

    Memories with the attribute `uninitialised` are without initial contents, and no source file is named. What the attribute
    `no_rw_check` of a memory says in Verilog is a parameter of its read ports here: without it, yosys keeps the old word of
    such a read, at a register and a multiplexer for every bit.
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


@contextmanager
def _converting(asserted: bool) -> Iterator[None]:
    collecting = gc.isenabled()
    gc.disable()  # Amaranth makes millions of small objects that live on: looking at them costs a third of the time
    try:
        with asserting(asserted):
            yield
    finally:
        if collecting:
            gc.enable()


_INITIAL = re.compile(
    r"^ *\(\* uninitialised = [^\n]*\n((?: *\(\*[^\n]*\n)* *reg [^\n]*\n) *initial begin\n.*?^ *end\n",
    re.MULTILINE | re.DOTALL,
)
_MODULE = re.compile(r"^module .*?^end\n", re.MULTILINE | re.DOTALL)
_SOURCE = re.compile(r"^ *attribute \\src [^\n]*\n", re.MULTILINE)


def _memories(attribute: str) -> re.Pattern:
    """Finds the names of a module's memories with this attribute."""
    return re.compile(rf"^ *attribute \\{attribute} [^\n]*\n(?: *attribute [^\n]*\n)* *memory [^\n]*\\(\S+)\n", re.MULTILINE)


_UNINITIALISED, _COLLISION_FREE = _memories("uninitialised"), _memories("no_rw_check")


def _port(kind: str, memory: str) -> str:
    """The head of a memory's cell, as a pattern."""
    return rf'^ *cell \${kind} [^\n]*\n *parameter \\MEMID "\\\\{re.escape(memory)}"\n'
