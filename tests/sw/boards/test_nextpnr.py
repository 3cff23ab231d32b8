"""nextpnr's report in our words, what a build says of it, and which seed of several is taken."""

import json
from fractions import Fraction

import pytest
from rich.console import Console

from golden.config import Config
from sw.boards import nextpnr
from sw.boards.catalogue import BOARDS
from sw.boards.copies import MANY
from sw.boards.nextpnr import Placed, own_name, read_report, set_up
from sw.boards.result import Result
from sw.boards.tools import Folder
from sw.common.errors import CheckError
from sw.common.steps import Steps
from tests.sw.boards.reports import report
from tests.sw.boards.test_copies import netlist

PATH = report(
    ("clk-to-q", "chip.bus_core.core.layer1.soma.u_TRELLIS_FF_Q_3", "chip.bus_core.core.layer1.soma.u_TRELLIS_FF_Q_3", 0.5),
    ("routing", "", "chip.bus_core.core.layer1.synapses.sum_LUT4_Z", 1.5),
    ("logic", "", "chip.bus_core.core.layer1.synapses.sum_LUT4_Z", 0.25),
    ("routing", "", "chip.bus_core.core.layer2.coefficients.b$12_CCU2C_S0", 2.0),
    ("setup", "", "chip.bus_core.core.layer2.coefficients.b$12_CCU2C_S0", 0.25),
)


def test_the_longest_path_is_told_in_the_cores_own_names():
    placed = read_report(PATH, "ecp5", 3)
    assert placed.megahertz == 87.5 and placed.used["LUT"] == 7 and placed.seed == 3
    words = "layer1.soma.u -> layer2.coefficients.b, through layer1.synapses: 4.5 ns, 3.5 of it wire, 3 steps"
    assert placed.describe() == words


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("chip.bus_core.core.layer0.noise$273.z_TRELLIS_FF_Q_1_DI_LUT4_Z", "layer0.noise.z"),
        ("chip.bridge.bridge.reply.0.0_DOB6_LUT4_C_Z", "bridge.bridge.reply.0.0"),
        ("chip.bus_core.core.idle_SB_LUT4_O", "idle"),
        ("core.layer1.o$nextpnr_dff", "layer1.o"),
    ],
)
def test_a_cells_own_name(cell, name):
    assert own_name(cell) == name


def test_a_missed_clock_is_one_line_with_the_path():
    config = Config.load("tiny")
    result = Result(BOARDS["ulx3s-85f"], config, Fraction(100), 1_000_000, {}, placed=read_report(PATH, "ecp5", 1))
    with pytest.raises(CheckError, match=r"ulx3s-85f: found 87.5 MHz .* asked for is 100 MHz; .*layer1.soma.u -> layer2"):
        result.check()
    Result(BOARDS["ulx3s-85f"], config, Fraction(80), 1_000_000, {}, placed=read_report(PATH, "ecp5", 1)).check()


def test_an_ecp5s_netlist_gives_wires_room_and_multipliers_registers_and_another_familys_is_as_it_was(tmp_path):
    (tmp_path / "top.json").write_text(json.dumps({"modules": {"top": netlist(MANY)}}))
    assert set_up(Folder(tmp_path), "ice40") == "top.json"
    found = json.loads((tmp_path / set_up(Folder(tmp_path), "ecp5")).read_text())["modules"]["top"]
    assert found["settings"] == {"router2/bbMargin/x": "12", "router2/bbMargin/y": "12"}
    assert len(found["cells"]) == len(netlist(MANY)["cells"]) + MANY


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "ulx3s-45f",
            "--45k --package CABGA381 --speed 6 --placer static --router router2 --json a.json --lpf top.lpf",
        ),
        ("icebreaker", "--up5k --package sg48 --json a.json --pcf top.pcf"),
        ("tang-nano-20k", "--device GW2AR-LV18QN88C8/I7 --vopt family=GW2A-18C --json a.json --vopt cst=top.cst"),
    ],
)
def test_a_familys_tool_is_told_the_device_the_pins_the_clock_and_the_seed(name, words):
    found = nextpnr.arguments(BOARDS[name], "a.json", Fraction("22.5"), 7)
    assert " ".join(found) == f"{words} --freq 22.5 --seed 7 --timing-allow-fail"


@pytest.mark.parametrize(("asked", "tried", "taken"), [(60, [3, 4, 5], 4), (50, [3, 4], 4), (30, [3], 3)])
def test_seeds_are_tried_until_one_meets_the_clock_else_the_best_is_taken(monkeypatch, asked, tried, taken):
    class Tools:
        def run(self, tool, arguments, reads, written):
            seeds.append(int(arguments[arguments.index("--seed") + 1]))

    reached, seeds = {3: 40.0, 4: 55.0, 5: 45.0}, []
    monkeypatch.setattr(nextpnr, "read_placed", lambda folder, family, seed: Placed(reached[seed], {}, [], seed))
    step = Steps(Console(quiet=True), 1)
    with step.step("place") as told:
        placed = nextpnr.place_and_route(Tools(), BOARDS["icebreaker"], Fraction(asked), range(3, 6), told)
    assert (seeds, placed.seed) == (tried, taken)
