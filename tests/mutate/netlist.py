"""The core under test as a netlist in which each of many faults can be switched on: yosys' `mutate`, behind one input."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amaranth.back import rtlil

from cosim.assertions import stopping
from cosim.build import WRITTEN
from cosim.elaborate import kept_verilog
from cosim.wrapper import wrapped
from golden.config import Config
from rtl.checks import asserting
from rtl.core import core_of
from sw.boards.tools import Folder
from sw.common.files import write
from tests.mutate.describe import Cells

ROOT = Path(__file__).parents[2]
SELECT, SELECT_BITS = "mutsel", 8
"""The netlist's further input: the number of the one mutant that is on, 0: none."""

# Synthesis up to words: cells are adders, multiplexers, registers, memories. -nomap (in synth) keeps memories whole, or most
# mutants would be in initial contents, which the benches write over; pmuxtree, as Verilog says nothing of a $pmux with two
# selects. Faults are put where an output of the core can see them: not into what only an assertion reads.
SCRIPT = """
read_rtlil core.il
synth -top core -flatten -nofsm -noalumacc -noshare -run begin:fine
pmuxtree; setundef -zero; opt_clean -purge
write_json netlist.json
select -set hardware o:* %ci* t:* %i t:$scopeinfo %d t:$check %d
mutate -list {count} -seed {seed} -ctrl {select} {bits} 1 -o mutants.txt @hardware
script mutants.txt
write_verilog -noattr -norename mutants.v
"""
_OPTION = re.compile(r"-(mode|cell|port|portbit|ctrlbit|src) (\S+)")


@dataclass(frozen=True)
class Mutant:
    """A fault.

    Members:
        number: its value of the input `mutsel`.
        change: "const1 WR_DATA[12]": what is done to which bit of a cell's port. "cnot1 A[2] by [0]": turned over where its
            bit 0 is 1, cnot0: where that is 0.
        cell: what it is done to, as `Cells.expression` has it. feeds: the signals behind it.
        harmless: '' or why the cell by itself shows that nothing changes.
        source: places in the source that the cell came from, as "rtl/pipeline.py:52".
    """

    number: int
    change: str
    cell: str
    feeds: tuple[str, ...]
    harmless: str
    source: tuple[str, ...]

    @property
    def block(self) -> str:
        """The path of the block in the core, as "neurons.walk"."""
        return (*self.feeds, "")[0].rpartition(".")[0]

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """The same as long as what it changes is, wherever that stands in the source."""
        return self.change, self.cell, self.feeds

    @property
    def lines(self) -> list[str]:
        """The places that are rtl's, and what stands there."""
        return [f"{place} {_line(place)}" for place in self.source if place.startswith("rtl/")]


def netlist(folder: Folder, config: Config, count: int, seed: int) -> tuple[list[Mutant], str]:
    """The mutants, and the Verilog of the core within the bench's wrapper, to be built as one. Files lie in the folder then.

    Raises:
        ToolError: yosys refused it. UserError: it is not installed.
    """
    write(folder / "core.il", kept_verilog(("with sources", config.to_dict()), lambda: _rtlil(config)))
    script = SCRIPT.format(count=count, seed=seed, select=SELECT, bits=SELECT_BITS)
    made = ["mutants.v", "mutants.txt", "netlist.json"]
    folder.run("yosys", ["-q", "-p", script.replace("\n", "; ").strip("; ")], ["core.il"], made)
    cells, listed = Cells(folder / "netlist.json"), (folder / "mutants.txt").read_text(encoding="utf-8").splitlines()
    text = wrapped(stopping((folder / "mutants.v").read_text(encoding="utf-8")), config)
    text = _once(text, "reg clk = 0;", f"reg clk = 0;\n  reg [{SELECT_BITS - 1}:0] {SELECT}{WRITTEN} = 0;")
    text = _once(text, "dut (\n", f"dut (\n    .{SELECT}({SELECT}),\n")
    # Verilator warns of registers whose bits have always blocks of their own.
    text = "/* verilator lint_off MULTIDRIVEN */\n" + text
    return [mutant(number, line, cells) for number, line in enumerate(listed, 1)], text


def mutant(number: int, line: str, cells: Cells) -> Mutant:
    """That of a line of `mutate -list`."""
    found: dict[str, list[str]] = {}
    for name, value in _OPTION.findall(line):
        found.setdefault(name, []).append(value)
    one = {name: values[0] for name, values in found.items()}
    mode, port, bit = one["mode"], one["port"], int(one["portbit"])
    cell = cells.named(one["cell"])
    change = f"{mode} {port}[{bit}]" + (f" by [{one['ctrlbit']}]" if "ctrlbit" in one else "")
    harmless = cells.harmless(cell, mode, port, bit, int(one["ctrlbit"]) if "ctrlbit" in one else None)
    return Mutant(number, change, cells.expression(cell), tuple(cells.feeds(cell)), harmless, tuple(found.get("src", ())))


def _rtlil(config: Config) -> str:
    with asserting():
        text = rtlil.convert(core_of(config), name="core", emit_src=True)
    return re.sub(r"(?m)^( *attribute \\src \")\S*/site-packages/", r"\1", text.replace(f'"{ROOT}/', '"'))


def _once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"wrapper: found {old!r} {text.count(old)} times; allowed is once"
    return text.replace(old, new)


@cache
def _line(place: str) -> str:
    path, _, number = place.partition(":")
    return (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1].strip()
