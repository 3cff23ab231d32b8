"""A board's top: what its clock goes through."""

import json
from collections import defaultdict

import pytest

from golden.config import Config
from sw.boards.catalogue import find, uart_top
from sw.boards.tools import Folder

pytestmark = pytest.mark.boards
CONFIG = Config(name="small", sizes=(6, 4, 2), lanes=1)


def top(folder, name):
    """Cells of the flat top before synthesis, and who reads a net: (cell's type, port)."""
    (folder / "top.il").write_text(uart_top(find(name), CONFIG, find(name).megahertz, 1_000_000)[1]["top.il"])
    script = "read_rtlil top.il; hierarchy -top top; proc; flatten; opt_clean; opt_dff; opt_clean; write_json top.json"
    Folder(folder).run("yosys", ["-q", "-p", script], ["top.il"], ["top.json"])
    cells = json.loads((folder / "top.json").read_text())["modules"]["top"]["cells"].values()
    readers = defaultdict(set)
    for cell in cells:
        for port, bits in cell["connections"].items():
            for bit in bits:
                readers[bit].add((cell["type"], port))
    return {cell["type"]: cell["connections"] for cell in cells}, readers


@pytest.mark.parametrize(
    ("name", "pll", "clock"),
    [
        ("ulx3s-85f", "EHXPLLL", "CLKOP"),
        ("icebreaker", "SB_PLL40_PAD", "PLLOUTGLOBAL"),
        ("tang-nano-20k", "rPLL", "CLKOUT"),
    ],
)
def test_a_core_is_reset_until_its_clock_is_stable(tmp_path, name, pll, clock):
    cells, readers = top(tmp_path, name)
    # The core's registers have the PLL's own clock, with no gate before it, and a reset.
    kinds = {kind for kind, port in readers[cells[pll][clock][0]] if port == "CLK"}
    assert "DCCA" not in cells and "$sdff" in kinds
    # Who hears of the lock is a register, the first of a synchroniser, and nobody else.
    assert readers[cells[pll]["LOCK"][0]] == {(pll, "LOCK"), ("$dff", "D")}
