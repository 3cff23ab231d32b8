"""What a configuration will take on a family's devices before it is synthesised, and what to build where it does not fit."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from golden.config import MIN_WEIGHT_BITS, Config
from sw.boards.catalogue import Board
from sw.boards.operations import KINDS, Block, count
from sw.common.errors import CheckError

SHAPES = {
    "ecp5": {36: 512, 18: 1024, 9: 2048, 4: 4096, 2: 8192, 1: 16384},
    "gowin": {36: 512, 18: 1024, 9: 2048, 4: 4096, 2: 8192, 1: 16384},
    "ice40": {16: 256, 8: 512, 4: 1024, 2: 2048},
    "xilinx": {72: 512, 36: 1024, 18: 2048, 9: 4096, 4: 8192, 2: 16384, 1: 32768},
}
"""A block RAM's width -> words, by family."""
SMALL = {"ecp5": 512, "gowin": 512, "ice40": 0, "xilinx": 1024}
"""Bits of a memory up to which it becomes distributed memory: LUTs."""
SPRAM_WORDS = 16384
"""Words of an iCE40's large memory of 16 bits."""
FEATURES = (*KINDS, "small", "block")
"""What the LUTs of a block are estimated from: bits by kind, bits of small memories, and one for the block itself."""
FILE = "estimate.json"


@dataclass(frozen=True)
class Estimate:
    """Resources by the names of `catalogue.RESOURCES`, and the same for each block."""

    resources: dict[str, float]
    blocks: dict[str, dict[str, float]]


def estimate(config: Config, family: str) -> Estimate:
    """What a configuration's core should take. Raises UserError where yosys is not installed."""
    blocks = {name: estimate_block(block, family) for name, block in operations_of(config).items()}
    names = {name for found in blocks.values() for name in found}
    return Estimate({name: sum(found.get(name, 0) for found in blocks.values()) for name in sorted(names)}, blocks)


@cache
def operations_of(config: Config) -> dict[str, Block]:
    """The blocks' operations before synthesis, counted once."""
    return count(config)


def estimate_block(block: Block, family: str) -> dict[str, float]:
    """What one block should take."""
    weights = _weights()[family]
    lut, flop = (float(np.dot(features(block, family), weights[name])) for name in ("LUT", "FF"))
    large = [memory for memory in block.memories if family == "ice40" and memory[1] >= SPRAM_WORDS]
    blocks = [memory for memory in block.memories if memory not in large and memory[0] * memory[1] > SMALL[family]]
    found = {"LUT": lut, "FF": flop, "BRAM": sum(block_rams(*memory, family) for memory in blocks), "DSP": block.multipliers}
    return found | {"SPRAM": sum(-(-width // 16) * (words // SPRAM_WORDS) for width, words in large)}


def features(block: Block, family: str) -> list[float]:
    """In the order of `FEATURES`."""
    small = sum(width * words for width, words in block.memories if width * words <= SMALL[family])
    return [*(float(block.bits[kind]) for kind in KINDS), float(small), 1.0]


def block_rams(width: int, words: int, family: str) -> int:
    """Block RAMs of the best shape for a memory."""
    return min(-(-width // wide) * -(-words // deep) for wide, deep in SHAPES[family].items())


def nearest(board: Board, config: Config, found: dict[str, float]) -> str:
    """The nearest configuration that should fit the board: where only memory is short, weights of fewer bits first; then
    fewer lanes; then a smaller hidden layer. "" if none.

    Args:
        found: what the whole design really took; the estimates are scaled by how far off that for it is.
    """
    base = estimate(config, board.family).resources
    scale = {name: found[name] / base[name] for name in found if base.get(name)}
    candidate, memory_only = config, set(board.short(found)) <= {"BRAM", "SPRAM"}
    for _ in range(24):
        narrower = memory_only and candidate.weight_bits - 2 >= MIN_WEIGHT_BITS
        candidate = candidate.replace(weight_bits=candidate.weight_bits - 2) if narrower else _smaller(candidate)
        if candidate is None:
            return ""
        guess = estimate(candidate, board.family).resources
        if not board.short({name: value * scale.get(name, 1) for name, value in guess.items()}):
            bits = f", weight_bits = {candidate.weight_bits}" if candidate.weight_bits != config.weight_bits else ""
            return f"sizes = {list(candidate.sizes)}, lanes = {candidate.lanes}{bits}"
    return ""


def check_fits(board: Board, config: Config, resources: dict[str, float]) -> None:
    """Raises CheckError where a resource is short: which, how much, and the nearest configuration that should fit."""
    if short := board.shortage(resources):
        smaller = nearest(board, config, resources)
        advice = f"nearest that should fit: {smaller}" if smaller else "no smaller network of this depth fits either"
        raise CheckError(f"{board.name}: {config.name} does not fit: {short}; {advice}")


def _smaller(config: Config) -> Config | None:
    """Half the lanes where there is more than one, else half of the largest hidden layer."""
    if config.lanes > 1:
        return config.replace(lanes=config.lanes // 2)
    hidden = config.sizes[1:-1]
    if not hidden or max(hidden) < 16:
        return None
    place = 1 + hidden.index(max(hidden))
    return config.replace(sizes=tuple(n // 2 if i == place else n for i, n in enumerate(config.sizes)))


@cache
def _weights() -> dict:
    return json.loads(files("sw.boards").joinpath(FILE).read_text(encoding="utf-8"))["families"]
