"""`python -m sw.boards.calibrate`: fits the estimate's weights to real syntheses and writes them. Half an hour.

Every block of every configuration below is one equation, and its whole core a heavier one: its LUTs, and its flip-flops, are
a sum of its bits with one weight, not negative, for each kind of operation. To be done again when the rtl or the tools
change much: `bispike explore --check` tells.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from golden.config import Config
from sw.boards.estimate import FEATURES, FILE, features, operations_of
from sw.boards.synthesis import core_netlist
from sw.boards.tools import Folder, version

CONFIGS = [
    Config(name="calibrate-a", sizes=(16, 8, 4), lanes=4),
    Config(name="calibrate-b", sizes=(64, 32, 10), lanes=4),
    Config(name="calibrate-c", sizes=(100, 24, 5), lanes=8, steps=8, coding="rate"),
    Config(name="tiny", sizes=(64, 32, 10), lanes=16),
    Config(name="calibrate-d", sizes=(64, 32, 10), lanes=1),
]
"""Small ones: what they say of a block holds for larger ones, which a test of the estimate shows."""
ENOUGH = {"ecp5": range(len(CONFIGS)), "gowin": (0, -1), "ice40": (0, -1), "xilinx": (0, 3, -1)}
"""Family -> those that it is fitted to. A small one and one of a lane do for most, with `tiny` where FPGAs are larger."""


WHOLE = 3
"""Weight of a whole core beside its blocks: cells near a border count for the one or the other."""


def fit(folder: Path, family: str) -> dict[str, list[float]]:
    """The weights of LUT and FF in the order of `FEATURES`."""
    rows, targets = [], {"LUT": [], "FF": []}
    for config in (CONFIGS[i] for i in ENOUGH[family]):
        place = Folder(folder / f"{config.name}-{family}")
        place.path.mkdir(parents=True, exist_ok=True)
        real = core_netlist(place, config, family).blocks
        print(
            config.name, family, {name: sum(block.get(name, 0) for block in real.values()) for name in targets}, flush=True
        )
        blocks = operations_of(config)
        for name, block in blocks.items():
            rows.append(features(block, family))
            for target, values in targets.items():
                values.append(real.get(name, {}).get(target, 0.0))
        rows.append(list(WHOLE * sum(np.array(features(block, family)) for block in blocks.values())))
        for target, values in targets.items():
            values.append(WHOLE * sum(block.get(target, 0.0) for block in real.values()))
    weights = {}
    for target, values in targets.items():
        solved, _residual = nnls(np.array(rows), np.array(values))
        weights[target] = [round(float(value), 4) for value in solved]
    return weights


def main(folder: Path) -> None:
    """Writes estimate.json beside this file."""
    families = {family: fit(folder, family) for family in ENOUGH}
    content = {"yosys": version("yosys"), "features": FEATURES, "families": families}
    Path(__file__).with_name(FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/calibrate"))
