"""The figures of the boards follow from what builds give: real results with round numbers, no build."""

import inspect
from fractions import Fraction
from pathlib import Path

from cosim.checkpoint import Checkpoint
from cosim.compare import Mismatch
from cosim.watch import TrainingResult
from golden.config import NAMED
from sw.boards.build import build
from sw.boards.catalogue import BOARDS
from sw.boards.nextpnr import PathStep, Placed
from sw.boards.result import Result
from sw.boards.synthesis import Netlist
from sw.common.errors import CheckError
from sw.design.clocks import MeasuredClocks
from sw.figures import board_figures
from sw.figures.board_figures import Proof


def result(board: str, config: str, megahertz: float) -> Result:
    path = [PathStep("layer1.soma.a", 4.0, 5.0), PathStep("layer1.soma.b", 0.0, 0.5)]
    netlist = Netlist("ecp5", {"LUT": 10_000.0}, {"layer1.soma": {"LUT": 10_000.0}})
    clocks = MeasuredClocks(1000.0, 900.0, 192, 50, "digits", 1000, 20.0)
    placed = Placed(megahertz, {"LUT": 30_000}, path, 1)
    return Result(BOARDS[board], NAMED[config], Fraction(100), 1_000_000, {}, netlist, clocks, placed)


def builds() -> dict:
    return {
        "image": result("ulx3s-85f", "image", 80.0),
        "digits": result("ulx3s-85f", "digits", 111.0),
        "netlist of digits": Proof(1000, ""),
        "netlist of tiny": Proof(500, ""),
        "iCE40 netlist": Proof(300, ""),
        "Gowin netlist": Proof(200, ""),
        "icebreaker": result("icebreaker", "micro", 21.0),
        "learning": Netlist("ecp5", {"LUT": 20_000.0}, {"layer1.update12": {"LUT": 15_000.0}}),
        "inference": Netlist("ecp5", {"LUT": 10_000.0}, {"layer1.update12": {"LUT": 5_000.0}}),
        "two engines": Netlist("ecp5", {"LUT": 22_000.0}, {}),
        "an engine a layer": Netlist("ecp5", {"LUT": 60_000.0}, {}),
        "visited": 20.0,
    }


def test_the_boards_figures_follow_from_their_builds():
    found = {figure.name: figure for figure in board_figures.figures(builds())}
    assert len(found) == 9
    assert all(figure.reached for figure in found.values())
    assert found["ULX3S-85F, digits with learning, 16 lanes: Fmax"].text == "111.0 MHz"
    assert found["the same: LUT equivalents"].text == "10,000"
    assert "30,000 TRELLIS_COMB" in found["the same: LUT equivalents"].how
    assert found["ULX3S-85F, 784-128-64-10 with learning: us a training sample"].value == 1000 / 80
    assert found["digits, an engine a layer: LUT equivalents"].text == "60,000"
    assert found["synapses visited with learning on, a clock and 1,000 LUT-eq"].text == "2.00"
    assert found["learning on top of inference only, digits, LUT-eq"].text == "+10,000 on 10,000 (+100%)"
    assert found["learning on top of inference only, digits, LUT-eq"].how == "update +10,000"
    assert "2,000 values compared" in found["netlist against golden, mismatches"].how


def test_what_does_not_fit_or_differs_is_a_figure_that_is_missed():
    wrong = {"digits": "ulx3s-85f: it does not fit", "netlist of tiny": Proof(0, "sample 3: voltages differ")}
    missed = {figure.name: figure.text for figure in board_figures.figures(builds() | wrong) if not figure.reached}
    assert missed == {
        "ULX3S-85F, digits with learning, 16 lanes: Fmax": "ulx3s-85f: it does not fit",
        "netlist against golden, mismatches": "sample 3: voltages differ",
    }


def test_a_training_with_a_mismatch_is_a_figure_that_is_missed(monkeypatch):
    first = Mismatch("voltages", 3, 4, 1, 0)
    broken = TrainingResult("verilator", Checkpoint(NAMED["digits"]), 9, 1, 0.1, first)
    monkeypatch.setattr(board_figures.chip_figures, "whole_training", lambda *_: broken)
    found = builds() | {"visited": board_figures.visited(NAMED["digits"])}
    (missed,) = (figure for figure in board_figures.figures(found) if not figure.reached)
    assert (missed.name, missed.text) == ("synapses visited with learning on, a clock and 1,000 LUT-eq", str(first))


def test_a_build_is_asked_for_as_it_takes_it(tmp_path, monkeypatch):
    """Its result, or in words what went wrong."""
    asked = []

    def instead(*arguments, **named):
        asked.append(inspect.signature(build).bind(*arguments, **named).arguments)
        raise CheckError("it does not fit")

    monkeypatch.setattr(board_figures, "build", instead)
    tasks = board_figures.tasks(Path(tmp_path))
    assert tasks.keys() == builds().keys()
    for name in ("image", "digits", "icebreaker"):
        function, arguments = tasks[name]
        assert function(*arguments) == "it does not fit"
    assert [(one["config"].name, one["megahertz"], one["check"], one["seeds"]) for one in asked] == [
        ("image", 60, False, 1), ("digits", 110, False, 1), ("micro", 21, False, 1),
    ]  # fmt: skip
