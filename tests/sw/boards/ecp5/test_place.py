"""Placing and routing an ECP5: what nextpnr is asked for, which seed is routed, when the router is given up."""

import json
import re
from fractions import Fraction

import pytest

from sw.boards.build import PLACERS
from sw.boards.catalogue import BOARDS
from sw.boards.ecp5.floorplan import MULTIPLIER, sites
from sw.boards.ecp5.place import SETTINGS, Unrouted, place, set_up, stuck
from sw.boards.tools import Folder, ToolError
from sw.common.errors import CheckError
from sw.common.steps import Step
from tests.sw.boards.reports import report


def test_an_ecp5_is_placed_and_routed_by_what_finds_a_way(tmp_path, monkeypatch):
    program, arguments = tmp_path / "mine", tmp_path / "arguments"
    program.write_text(f"#!/bin/sh\ncase $1 in --version) echo mine;; *) echo $* > {arguments}; exit 1;; esac\n")
    program.chmod(0o755)
    monkeypatch.setenv("NEXTPNR_ECP5", str(program))
    netlist(tmp_path)
    with pytest.raises(ToolError):
        place(Folder(tmp_path), BOARDS["ulx3s-85f"], set_up(Folder(tmp_path), BOARDS["ulx3s-85f"]), Fraction(50), 3)
    assert "--placer static --router router2" in arguments.read_text() and "--seed 3" in arguments.read_text()
    made = json.loads((tmp_path / re.search(r"--json (\S+)", arguments.read_text())[1]).read_text())
    top = made["modules"]["top"]
    assert top["settings"] == SETTINGS
    assert top["cells"] == {"m": {"type": MULTIPLIER, "attributes": {"src": "x", "BEL": sites()[0]}}}
    constraints = (tmp_path / re.search(r"--lpf (\S+)", arguments.read_text())[1]).read_text()
    assert constraints == 'LOCATE COMP "rx" SITE "M1";' and "--freq 50 " in arguments.read_text()


def test_the_router_is_asked_for_what_a_placement_may_keep_then_for_less(tmp_path, monkeypatch):
    """Of a promise of 40 MHz, where 50 are asked: 38, then 34; of 51.5, 51, 48.925, and 43.775 with a way."""
    program, asked, (placed, path) = tmp_path / "mine", tmp_path / "asked", ("place1.config", "place1.json")
    (tmp_path / "report").write_text(json.dumps(report(megahertz=49)))
    lines = "".join(
        f"echo iter={i} wires=9 overused={count} overuse=1 tmgfail={i} archfail=NA\n" for i, count in enumerate(BAD)
    )
    loop = f"for a; do last=$b; b=$a; case $last in --lpf) f=$(grep FREQ $a); echo $f >> {asked};; esac; done"
    works = f"case $f in *21887500*) echo x > {placed}; cp report {path}; exit;; esac"
    program.write_text(f"#!/bin/sh\ncase $1 in --version) echo mine; exit;; esac; {loop}; {works}\n{lines}sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("NEXTPNR_ECP5", str(program))
    netlist(tmp_path)
    (tmp_path / "top.lpf").write_text('BLOCK RESETPATHS;\nFREQUENCY PORT "clk25_0__io" 25000000.0 HZ;\n# end')
    told = []
    with pytest.raises(Unrouted):
        place(Folder(tmp_path), BOARDS["ulx3s-85f"], "top.json", Fraction(50), 1, 40, told.append)
    assert told[-1] == "4,100 wires with two nets on them, 39 ways too slow"
    for _ in range(2):  # the same again calls nobody
        assert place(Folder(tmp_path), BOARDS["ulx3s-85f"], "top.json", Fraction(50), 1, 51.5).megahertz == 49
    found = re.findall(r'FREQUENCY PORT "clk25_0__io" (\S+) HZ;', asked.read_text())
    assert found == ["19000000", "17000000", "25500000", "24462500", "21887500"]
    assert (tmp_path / "top.760.lpf").read_text().startswith("BLOCK RESETPATHS;\nFREQUENCY")


def netlist(folder):
    """One of a multiplier, and its pins."""
    cells = {"m": {"type": MULTIPLIER, "attributes": {"src": "x"}}}
    (folder / "top.json").write_text(json.dumps({"modules": {"top": {"cells": cells}}}))
    for pins in ("top.lpf", "top.pcf"):
        (folder / pins).write_text('LOCATE COMP "rx" SITE "M1";')


GOOD, BAD = (9000, 5000, 3000, 1500, 700, *[30] * 40), (9000, 5000, *[4000] * 8, *[4100] * 30)


def test_a_router_that_finds_no_way_is_told_from_one_that_is_slow_at_the_end():
    ends = {name: next((i for i in range(len(c)) if stuck(list(c[:i]))), None) for name, c in (("good", GOOD), ("bad", BAD))}
    assert ends["good"] is None and 24 <= ends["bad"] <= 30
    assert not stuck([*GOOD, *[30] * 150]) and stuck([*GOOD, *[30] * 250])


def test_a_router_with_no_wire_left_lays_slow_ones_again_as_long_as_it_likes():
    assert not stuck([*GOOD, *[0] * 900])
    assert not stuck([*GOOD, 0, *[2000] * 23]) and stuck([*GOOD, 0, *[2000] * 24])
    assert not stuck([*GOOD, 0, 2, *[7] * 199]) and stuck([*GOOD, 0, 2, *[7] * 200])


def test_a_seed_without_a_way_is_left_and_the_next_one_tried(tmp_path, monkeypatch):
    program = tmp_path / "mine"
    lines = "".join(f"echo iter={i} wires=9 overused={count} overuse=1\n" for i, count in enumerate(BAD))
    program.write_text(f"#!/bin/sh\ncase $1 in --version) echo mine; exit;; esac\n{lines}sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("NEXTPNR_ECP5", str(program))
    netlist(tmp_path)
    told = []
    with pytest.raises(Unrouted, match="seed 3: 4,100 wires with two nets on them, and no fewer for 37 rounds"):
        place(
            Folder(tmp_path),
            BOARDS["ulx3s-85f"],
            set_up(Folder(tmp_path), BOARDS["ulx3s-85f"]),
            Fraction(50),
            3,
            tell=told.append,
        )
    assert told[-1] == "4,100 wires with two nets on them"
    tried = []

    def never(folder, board, netlist, megahertz, seed, promise, tell):
        tried.append((seed, promise))
        raise Unrouted(f"seed {seed}: no")

    monkeypatch.setattr("sw.boards.ecp5.place.place", never)
    monkeypatch.setattr(
        "sw.boards.ecp5.place.foretell", lambda folder, board, name, megahertz, seed: {5: 40, 6: 45, 7: 30}[seed]
    )
    with pytest.raises(CheckError, match="no way \\(seeds 5 to 7\\), the last: seed 7: no; fewer lanes"):
        PLACERS["ecp5"](Folder(tmp_path), BOARDS["ulx3s-85f"], Fraction(50), range(5, 8), Step())
    assert tried == [(6, 45), (5, 40), (7, 30)]


@pytest.mark.parametrize(
    "board, promises, runs",
    [
        ("icebreaker", {}, ["1", "2"]),  # the first misses its clock, the second does not
        ("ulx3s-85f", {1: 48, 2: 49, 3: 30}, ["1 placed", "2 placed", "3 placed", "2"]),  # the best of all is routed
        ("ulx3s-85f", {1: 50.5, 2: 51}, ["1 placed", "2 placed", "2"]),  # enough for what is asked for: it is at once
    ],
)
def test_no_seed_is_placed_again_whichever_was_the_best(board, promises, runs, tmp_path, monkeypatch):
    program, done = tmp_path / "mine", tmp_path / "done"
    for seed, megahertz in ((1, 10), (2, 60), (3, 10)):
        (tmp_path / f"report{seed}").write_text(json.dumps(report(megahertz=megahertz)))
        clocks = {"clk": promises.get(seed, 0), "boot": 300.5}
        lines = [f"Max frequency for clock    '{clock}': {reached} MHz\n" for clock, reached in clocks.items()]
        (tmp_path / f"log{seed}").write_text("".join(lines))
    options = "--seed) s=$a;; --report) r=$a;; --textcfg|--asc) o=$a;; --log) l=$a;;"
    loop = f"for a; do last=$b; b=$a; case $last in {options} esac; done"
    place = f'if [ -n "$l" ]; then echo $s placed >> {done}; cp log$s $l; exit; fi'
    route = f"echo $s >> {done}; echo $s > $o; cp report$s $r"
    program.write_text(f"#!/bin/sh\ncase $1 in --version) echo mine; exit;; esac; {loop}; {place}; {route}\n")
    program.chmod(0o755)
    monkeypatch.setenv("NEXTPNR_ECP5", str(program))
    monkeypatch.setenv("NEXTPNR_ICE40", str(program))
    netlist(tmp_path)
    for _ in range(2):  # the same build again calls nobody
        placed = PLACERS[BOARDS[board].family](Folder(tmp_path), BOARDS[board], Fraction(50), range(1, 4), Step())
        assert (placed.seed, placed.megahertz) == (2, 60)
        assert done.read_text().splitlines() == runs
