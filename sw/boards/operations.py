"""A design before synthesis: how many bits of each word-level operation, memories and multipliers each block has."""

import json
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from golden.config import Config
from sw.boards.synthesis import block_of
from sw.boards.tools import Folder
from sw.design.inventory import multipliers

KINDS = {
    "flop": ("$dff", "$sdff", "$dffe", "$sdffe", "$adff"),
    "mux": ("$mux", "$pmux"),
    "sum": ("$add", "$sub", "$neg", "$alu"),
    "compare": ("$eq", "$ne", "$lt", "$le", "$gt", "$ge"),
    "logic": ("$and", "$or", "$xor", "$not", "$reduce_or", "$reduce_and", "$reduce_bool", "$logic_not"),
    "shift": ("$shl", "$shr", "$sshl", "$sshr", "$shift", "$shiftx"),
}
"""Operations that cost alike; `small` counts the bits of memories too small for block RAM."""


@dataclass
class Block:
    """What one block is made of before synthesis.

    Members:
        bits: of each of `KINDS`. memories: (width, words) of each. multipliers: number.
    """

    bits: Counter = field(default_factory=Counter)
    memories: list[tuple[int, int]] = field(default_factory=list)
    multipliers: int = 0


def count(config: Config) -> dict[str, Block]:
    """The blocks of a configuration's core by their paths, as "layer1.soma". Takes seconds, not the minutes of a synthesis.

    Raises:
        UserError: yosys is not installed.
    """
    from rtl.convert import rtlil
    from rtl.core import core_of

    with tempfile.TemporaryDirectory(prefix="bispike-") as name:
        folder = Folder(Path(name))
        text = rtlil(core_of(config))
        (folder / "core.il").write_text(text, encoding="utf-8")
        script = "read_rtlil core.il; proc; opt_expr; opt_clean; wreduce; tee -q -o operations.json stat -width -json"
        folder.run("yosys", ["-q", "-p", script], ["core.il"], ["operations.json"])
        counted = json.loads((folder / "operations.json").read_text(encoding="utf-8"))["modules"]
    blocks: dict[str, Block] = {}
    for module, found in counted.items():
        block = blocks.setdefault(_block(module.lstrip("\\")), Block())
        for cell, number in found["num_cells_by_type"].items():
            kind, _, width = cell.partition("_")
            if not width.isdigit():
                continue
            bits = number * int(width)
            for name, members in KINDS.items():
                if kind in members:
                    block.bits[name] += bits
    for module in re.split(r"^module \\", text, flags=re.MULTILINE)[1:]:
        block = blocks[_block(module.split("\n", 1)[0])]
        memories = re.findall(r"^\s*memory width (\d+) size (\d+)", module, flags=re.MULTILINE)
        block.memories += [(int(width), int(words)) for width, words in memories]
        block.multipliers += len(multipliers(module))
    return blocks


def _block(module: str) -> str:
    return block_of(module, {module})
