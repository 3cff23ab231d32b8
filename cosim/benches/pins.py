"""A block's pins in a bench: numbers in and out, arrays of ports, payloads of several fields, and a defined start."""

import random
import re
from typing import Any

from cosim.benches.drivers import start
from cosim.runner import parameters

RENAMED = {"new": "new_", "template": "template_", "release": "release_"}
"""Ports whose names are words of C++ or of Verilog; `plain_names` gives them these."""

PATTERNS = [("never", "never"), ("random", "bursts"), ("mostly", "random"), ("bursts", "mostly")]
"""How the two sides of a block stall in a bench (see `cosim.benches.drivers.STALLS`)."""


def plain_names(verilog: str) -> str:
    """The same Verilog text with the ports of `RENAMED` renamed, also where they are escaped."""
    for old, new in RENAMED.items():
        verilog = re.sub(rf"\\{old}(?= )|(?<![\w.$\\]){old}(?!\w)", new, verilog)
    return verilog


def inputs(verilog: str, top: str) -> list[str]:
    """Names of the top module's inputs, without the clock and the reset."""
    text = verilog[verilog.index(f"module {top}(") :]
    found = re.findall(r"^  input (?:\[\d+:0\] )?(\w+);", text[: text.index("endmodule")], re.MULTILINE)
    return [name for name in found if name not in ("clk", "rst")]


def pack(*fields: tuple[int, int]) -> int:
    """(value, bits) fields to one word, the first at the LSB end; negative values as two's complement."""
    word, place = 0, 0
    for value, bits in fields:
        word |= (value % (1 << bits)) << place
        place += bits
    return word


def unpack(word: int, *widths: int) -> list[int]:
    """A word's fields, unsigned, the first at the LSB end."""
    fields = []
    for bits in widths:
        fields.append(word % (1 << bits))
        word >>= bits
    return fields


def as_signed(value: int, bits: int) -> int:
    """The two's complement number of `bits` bits."""
    return value - (1 << bits) if value >> (bits - 1) else value


class Pins:
    """Sets and reads a block's ports by name; an array of ports `name__0`, `name__1` ... is a list.

    Reads after a clock's edge give the values of the clock that ended; what is set then holds in the clock that begins.
    """

    def __init__(self, dut: Any, seed: int = 0):
        self._dut, self._handles, self._random = dut, {}, random.Random(seed)

    def _handle(self, name: str) -> Any:
        if name not in self._handles:
            self._handles[name] = getattr(self._dut, RENAMED.get(name, name))
        return self._handles[name]

    def set(self, **values: int | list) -> None:
        """Numbers of either sign, or lists of them for arrays of ports."""
        for name, value in values.items():
            if isinstance(value, list):
                self.set(**{f"{name}__{i}": item for i, item in enumerate(value)})
            else:
                handle = self._handle(name)
                handle.value = value % (1 << len(handle))

    def noise(self, *names: str) -> None:
        """Random bits on ports that carry nothing now."""
        for name in names:
            handle = self._handle(name)
            handle.value = self._random.getrandbits(len(handle))

    def get(self, name: str) -> int:
        """An unsigned value. Raises ValueError at X or Z."""
        return int(str(self._handle(name).value), 2)


async def begin(dut: Any) -> Any:
    """Every input low, then clock and reset; returns the clock. An input nobody drives would be X in Icarus."""
    pins = Pins(dut)
    for name in parameters()["inputs"]:
        pins.set(**{name: 0})
    return await start(dut)
