"""A mutant in words that stay the same wherever its lines stand and however yosys counts: what it changes, and in what."""

import json
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path

DEPTH = 2
"""Cells that an expression goes back through, until it comes to signals with names."""
FEEDS = 3
"""Signals that a cell is told by, of those that hang on it at first."""

CHOICES = 8
"""Multiplexers behind each other that are looked through for constants."""
MODES = {
    "inv": lambda bit: 1 - bit,
    "const0": lambda bit: 0,
    "const1": lambda bit: 1,
    "cnot0": lambda bit, control: bit ^ 1 ^ control,
    "cnot1": lambda bit, control: bit ^ control,
}
"""What becomes of a bit."""

Bit = int | str


class Cells:
    """A flat netlist, as yosys' JSON, by its cells.

    Args:
        path: the file. top: the module's name.
    """

    def __init__(self, path: Path, top: str = "core"):
        module = json.loads(path.read_text(encoding="utf-8"))["modules"][top]
        self.cells, self._nets = module["cells"], module["netnames"]

    def named(self, name: str) -> str:
        """A cell's name, as `mutate` writes it, as it is here: one with or without a backslash before each part."""
        return self._escaped[name.replace("\\", "")]

    @cached_property
    def _escaped(self) -> dict[str, str]:
        return {name.replace("\\", ""): name for name in self.cells}

    @cached_property
    def names(self) -> dict[Bit, str]:
        """Of bits whose signals have a name in the source: that, the shortest."""
        found: dict[Bit, str] = {}
        for name, net in sorted(self._nets.items(), key=lambda item: len(item[0]), reverse=True):
            if not net["hide_name"] and not name.startswith("$"):
                short = _plain(name)
                bits = [(i, bit) for i, bit in enumerate(net["bits"]) if isinstance(bit, int)]
                found |= {bit: f"{short}[{i}]" if len(net["bits"]) > 1 else short for i, bit in bits}
        return found

    @cached_property
    def drivers(self) -> dict[Bit, str]:
        """The cell that a bit comes from."""
        return {bit: name for name in self.cells for bit in self._bits(name, "output")}

    @cached_property
    def readers(self) -> dict[Bit, list[str]]:
        """The cells that a bit goes to."""
        found = defaultdict(list)
        for name in self.cells:
            for bit in self._bits(name, "input"):
                found[bit].append(name)
        return found

    def bit(self, cell: str, port: str, number: int) -> Bit:
        """A net's number, or "0" or "1"."""
        return self.cells[cell]["connections"][port][number]

    def expression(self, cell: str, depth: int = DEPTH) -> str:
        """A cell by its kind and inputs: "$and(A=engine.finish, B=$eq(A=address[0..3], B=5))"."""
        made = self.cells[cell]
        ports = (p for p in made["connections"] if made["port_directions"][p] == "input" and p not in ("CLK", "SRST"))
        inputs = ", ".join(f"{port}={self._vector(made['connections'][port], depth)}" for port in ports)
        return f"{made['type']}({inputs})"

    def feeds(self, cell: str) -> list[str]:
        """Signals with names that hang on a cell: its own outputs, or the first behind it."""
        found, seen, level = set(), {cell}, [cell]
        while level and not found:
            bits = [bit for name in level for bit in self._bits(name, "output")]
            found = {re.sub(r"\[\d+\]$", "", self.names[bit]) for bit in bits if bit in self.names}
            level = [name for bit in bits for name in self.readers[bit] if not (name in seen or seen.add(name))]
        return sorted(found)[:FEEDS]

    def harmless(self, cell: str, mode: str, port: str, number: int, control: int | None = None) -> str:
        """Why a mutant changes nothing, where constants or its own cell show it; else ''. control: the other bit."""
        kind, numbers = self.cells[cell]["type"], [number] if control is None else [number, control]
        values = self._values([self.bit(cell, port, n) for n in numbers])
        if values and all(MODES[mode](*map(int, value)) == int(value[0]) for value in values):
            return f"of the constants there ({', '.join(sorted(values))}) none is changed"
        overruled = {"cnot1": ("$reduce_or", "$reduce_bool", "$logic_not"), "cnot0": ("$reduce_and",)}
        if kind in overruled.get(mode, ()) and port == "A":
            return f"turned over only where another bit of {kind} decides alone"
        return ""

    def _values(self, bits: list[Bit], depth: int = CHOICES) -> set[str]:
        """What bits can be together, first bit first, where multiplexers choose constants; else nothing."""
        sources = {self.drivers.get(bit) for bit in bits if isinstance(bit, int)}
        if not sources:
            return {"".join(str(bit) for bit in bits).replace("x", "0")}
        source = sources.pop()
        if sources or not depth or source is None or self.cells[source]["type"] != "$mux":
            return set()
        found = set()
        for side in ("A", "B"):
            ports = self.cells[source]["connections"]
            inner = dict(zip(ports["Y"], ports[side], strict=True))
            values = self._values([inner.get(bit, bit) for bit in bits], depth - 1)
            if not values:
                return set()
            found |= values
        return found

    def _bits(self, cell: str, direction: str) -> list[Bit]:
        made = self.cells[cell]
        ports = (bits for port, bits in made["connections"].items() if made["port_directions"][port] == direction)
        return [bit for bits in ports for bit in bits if isinstance(bit, int)]

    def _vector(self, bits: list[Bit], depth: int) -> str:
        """Bits, lowest first, in runs of one signal."""
        if all(isinstance(bit, str) for bit in bits):
            return str(int("".join(reversed(bits)).replace("x", "0") or "0", 2))
        runs: list[list[str]] = []
        for text in (self._bit(bit, depth) for bit in bits):
            if runs and _stem(runs[-1][0]) == _stem(text):
                runs[-1].append(text)
            else:
                runs.append([text])
        return " ".join(run[0] if len(run) == 1 else f"{_stem(run[0])}[{len(run)} bits]" for run in runs)

    def _bit(self, bit: Bit, depth: int) -> str:
        if isinstance(bit, str) or bit in self.names:
            return self.names.get(bit, str(bit))  # "0", "1"
        return self.expression(self.drivers[bit], depth - 1) if depth and bit in self.drivers else "."


def _plain(name: str) -> str:
    return re.sub(r"\$\d+", "", name).replace("\\", "").replace("engine.engine0.", "")


def _stem(text: str) -> str:
    return re.sub(r"\[\d+\]$", "", text)
