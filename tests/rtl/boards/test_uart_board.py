"""A board's top: what its clock goes through."""

import json
from collections import defaultdict
from fractions import Fraction

import pytest

from golden.config import Config
from sw.boards.catalogue import find, uart_top
from sw.boards.tools import Folder

pytestmark = pytest.mark.boards
CONFIG = Config(name="small", sizes=(6, 4, 2), lanes=1)


def top(folder, name):
    """Cells of the flat top before synthesis, and who reads a net: (cell's type, port)."""
    (folder / "top.il").write_text(uart_top(find(name), CONFIG, Fraction(25), 1_000_000)[1]["top.il"])
    script = "read_rtlil top.il; hierarchy -top top; proc; flatten; opt_clean; write_json top.json"
    Folder(folder).run("yosys", ["-q", "-p", script], ["top.il"], ["top.json"])
    cells = json.loads((folder / "top.json").read_text())["modules"]["top"]["cells"].values()
    readers = defaultdict(set)
    for cell in cells:
        for port, bits in cell["connections"].items():
            for bit in bits:
                readers[bit].add((cell["type"], port))
    return {cell["type"]: cell["connections"] for cell in cells}, readers


def test_an_ecp5s_core_has_a_clock_that_waits_and_no_reset(tmp_path):
    cells, readers = top(tmp_path, "ulx3s-85f")
    pll, gate = cells["EHXPLLL"], cells["DCCA"]
    # What the PLL makes goes to its own feedback and the gate, and nowhere else; the registers are behind the gate.
    assert gate["CLKI"] == pll["CLKOP"] == pll["CLKFB"]
    assert readers[pll["CLKOP"][0]] == {("EHXPLLL", "CLKOP"), ("EHXPLLL", "CLKFB"), ("DCCA", "CLKI")}
    assert ("$dff", "CLK") in readers[gate["CLKO"][0]]
    # The gate's enable is a register of the crystal's clock, which waits for the lock.
    assert ("$dff", "Q") in readers[gate["CE"][0]] and ("$dff", "CLK") in readers[pll["CLKI"][0]]
    assert ("$dff", "D") in readers[pll["LOCK"][0]]


def test_an_ice40s_core_is_reset_until_its_clock_is_stable(tmp_path):
    cells, readers = top(tmp_path, "icebreaker")
    pll = cells["SB_PLL40_PAD"]
    assert "DCCA" not in cells and ("$dff", "CLK") in readers[pll["PLLOUTGLOBAL"][0]]
    assert ("$dff", "D") in readers[pll["LOCK"][0]]
