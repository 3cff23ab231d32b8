"""Yosys: a design's netlist in a family's cells, and what it is made of, block by block."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from golden.config import Config
from sw.boards.tools import Folder
from sw.common.files import write
from sw.design.verilog import core_verilog

SYNTH = {
    # Without abc9, which in WebAssembly ends without a word on some of our cores, and without wide multiplexers, which save
    # nothing here: yosys' own command up to its LUTs, LUTs by abc, and the rest of the command.
    "ecp5": "synth_lattice -family ecp5 -nowidelut -top {top} -run :map_luts; techmap -map +/lattice/latches_map.v; "
    "abc -dress -lut 4; clean; synth_lattice -family ecp5 -nowidelut -top {top} -run map_cells:",
    "ice40": "synth_ice40 -dsp -spram -top {top}",
    "gowin": "synth_gowin -family gw2a -nowidelut -noiopads -top {top}",
    # The others' commands end with autoname, which names cells by their signals.
    "xilinx": "synth_xilinx -family xc7 -flatten -top {top}; autoname",
}
"""Yosys' commands by family."""

CELLS = {
    "ecp5": {
        "LUT": {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4},
        "FF": {"TRELLIS_FF": 1},
        "BRAM": {"DP16KD": 1, "PDPW16KD": 1},
        "DSP": {"MULT18X18D": 1},
    },
    "ice40": {
        "LUT": {"SB_LUT4": 1},
        "FF": {"SB_DFF*": 1},
        "BRAM": {"SB_RAM40_4K*": 1},
        "DSP": {"SB_MAC16": 1},
        "SPRAM": {"SB_SPRAM256KA": 1},
    },
    "gowin": {
        "LUT": {"LUT[1-4]": 1, "ALU": 1, "RAM16SDP4": 8},
        "FF": {"DFF*": 1},
        "BRAM": {"SDPB": 1, "SDPX9B": 1, "DPB": 1, "DPX9B": 1, "SPX9": 1, "SP": 1, "pROM*": 1},
        "DSP": {"MULT18X18": 1, "MULT9X9": 0.5},
    },
    "xilinx": {
        "LUT": {"LUT[1-6]": 1, "RAM32M": 4, "RAM64M": 4, "RAM*X1D": 2, "RAM*X1S": 1, "SRL*": 1},
        "FF": {"FD?E": 1, "FD?E_1": 1},
        "BRAM": {"RAMB36E1": 1, "RAMB18E1": 0.5},
        "DSP": {"DSP48E1": 1},
    },
}
"""What a cell counts for: family -> resource -> cell (a pattern) -> number. LUT is LUT equivalents: ECP5's carry cell
takes two places of a LUT, its distributed memory of 16 x 4 bits four."""


@dataclass
class Netlist:
    """A synthesised design.

    Members:
        resources: by the names of `catalogue.RESOURCES`. blocks: the same for each block, by its path, as "layer1.soma".
        cells: number by type.
    """

    family: str
    resources: dict[str, float] = field(default_factory=dict)
    blocks: dict[str, dict[str, float]] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)


def synthesise(folder: Folder, family: str, source: str = "top.il", top: str = "top") -> Netlist:
    """Makes SOURCE's netlist: NAME.json, and NAME.net.v in Verilog, where SOURCE is NAME.il or NAME.v.

    Raises:
        ToolError: yosys refused it.
    """
    name = source.rsplit(".", 1)[0]
    read = "read_rtlil" if source.endswith(".il") else "read_verilog"
    script = f"{read} {source}; {SYNTH[family].format(top=top)}"
    script += f"; write_json {name}.json; write_verilog -noattr {name}.net.v"
    folder.run("yosys", ["-q", "-p", script], [source], [f"{name}.json", f"{name}.net.v"])
    return count(folder / f"{name}.json", family, top)


def core_netlist(folder: Folder, config: Config, family: str) -> Netlist:
    """The netlist of a configuration's core alone: core.v, core.json, core.net.v. Raises ToolError."""
    write(folder / "core.v", core_verilog(config))
    return synthesise(folder, family, "core.v", "core")


def count(path: Path, family: str, top: str = "top") -> Netlist:
    """What a netlist, as yosys' JSON, is made of."""
    cells = json.loads(path.read_text(encoding="utf-8"))["modules"][top]["cells"]
    scopes = {name for name, cell in cells.items() if cell["type"] == "$scopeinfo"}
    found = Netlist(family)
    weights = {}
    for name, cell in cells.items():
        kind = cell["type"]
        if kind == "$scopeinfo":
            continue
        if kind not in weights:
            weights[kind] = _weights(family, kind)
        found.cells[kind] = found.cells.get(kind, 0) + 1
        block = found.blocks.setdefault(block_of(name, scopes), {})
        for resource, weight in weights[kind].items():
            found.resources[resource] = found.resources.get(resource, 0) + weight
            block[resource] = block.get(resource, 0) + weight
    found.cells = dict(Counter(found.cells).most_common())
    found.blocks = dict(sorted(found.blocks.items()))
    return found


def block_of(cell: str, scopes: set[str]) -> str:
    """The block of the core that a cell of the flat netlist is in: two levels, counted from the core or the layer."""
    parts = cell.split(".")
    while parts and ".".join(parts) not in scopes:
        parts.pop()
    parts = [part for part in (re.sub(r"\$\d+$", "", part) for part in parts) if part not in ("chip", "bus_core", "engine")]
    if parts[:1] == ["core"]:
        parts = parts[1:] or ["core"]
    return ".".join(parts[:2]) or "top"


def _weights(family: str, kind: str) -> dict[str, float]:
    return {
        resource: weight
        for resource, kinds in CELLS[family].items()
        for pattern, weight in kinds.items()
        if fnmatch(kind, pattern)
    }
