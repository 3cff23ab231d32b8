"""Resource baselines: what each block took when last agreed on. `python -m sw.boards.baselines NAME...` agrees anew."""

import json
import sys
from importlib.resources import files
from pathlib import Path

from golden.config import Config
from sw.boards.catalogue import find, uart_top
from sw.boards.synthesis import Netlist, core_netlist, synthesise
from sw.boards.tools import Folder, version

FILE = "baselines.json"
TOLERANCE = 0.05
"""Part by which a block may grow."""
SLACK = {"LUT": 12, "FF": 8}
"""What a small block may grow by in any case: synthesis is not smooth."""

CORES = {
    "small-ecp5": (Config(name="small", sizes=(6, 4, 2), lanes=1, block=8), "ecp5"),
    "tiny-ecp5": (Config.load("tiny"), "ecp5"),
}
"""Cores alone: name -> configuration, family."""
WHOLE = {"digits-ulx3s": "ulx3s-85f"}
"""What `bispike build` makes of a board's own configuration: name -> board. `make test-boards` looks at the first of
the cores, `make test-all` at all."""


def load(name: str) -> dict[str, dict[str, float]]:
    """The baseline of a design: block -> resource -> number, "" for all together."""
    return json.loads(files("sw.boards").joinpath(FILE).read_text(encoding="utf-8"))["designs"][name]


def grown(netlist: Netlist, baseline: dict[str, dict[str, float]]) -> list[str]:
    """One line for each block that takes more than its baseline and the tolerance allow, the whole design first."""
    lines = []
    for block, now in {"": netlist.resources, **netlist.blocks}.items():
        before = baseline.get(block, {})
        for resource, found in now.items():
            agreed = before.get(resource, 0)
            allowed = max(agreed * (1 + TOLERANCE), agreed + SLACK.get(resource, 0))
            if found > allowed:
                where = block or "the whole core"
                lines.append(f"{where}: found {resource} {found:g}; allowed is {allowed:.0f}, agreed was {agreed:g}")
    return lines


def measured(folder: Folder, name: str) -> Netlist:
    """Synthesises a design of the list."""
    if name in WHOLE:
        board = find(WHOLE[name])
        made = uart_top(board, Config.load(board.config), board.megahertz, 1_000_000)[1]
        (folder / "top.il").write_text(made["top.il"], encoding="utf-8")
        return synthesise(folder, board.family)
    return core_netlist(folder, *CORES[name])


def main(names: list[str], root: Path) -> None:
    """Measures designs and writes their figures beside this file."""
    path = Path(__file__).with_name(FILE)
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"designs": {}}
    content["yosys"] = version("yosys")
    for name in names or (*CORES, *WHOLE):
        place = Folder(root / name)
        place.path.mkdir(parents=True, exist_ok=True)
        netlist = measured(place, name)
        content["designs"][name] = {"": netlist.resources, **netlist.blocks}
        print(name, netlist.resources, flush=True)
        path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:], Path("build/baselines"))
