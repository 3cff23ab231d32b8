"""Exploring: every size with every number of lanes; a table that is not cut off, a CSV and a picture."""

import csv

import pytest
from rich.console import Console

from golden.config import Config
from sw.boards import explore
from sw.boards.synthesis import Netlist
from sw.common.errors import CheckError, UserError
from sw.design.clocks import MeasuredClocks

pytestmark = pytest.mark.boards
BASE = Config(name="small", sizes=(6, 4, 2), lanes=2)


def test_every_size_goes_with_every_number_of_lanes():
    made = explore.configurations(BASE, ["6-4-2", "8-4-2"], [1, 4], Console(quiet=True))
    found = {(config.sizes, config.lanes) for config in made}
    assert ((6, 4, 2), 4) in found and ((8, 4, 2), 1) in found and len(made) == len(found) == 4


def test_engines_stay_where_the_layers_are_as_many_and_else_a_line_says_that_they_do_not():
    base, console = BASE.replace(engines=((1,), (0, 2))), Console(record=True, width=200)
    made = explore.configurations(base, [], [1, 4], console) + explore.configurations(base, ["8-4-2"], [], console)
    assert [config.engines for config in made] == [base.engines] * 3 and console.export_text() == ""
    (other,) = explore.configurations(base, ["8-4-4-2"], [], console)
    assert other.engines == ()
    assert console.export_text() == "8-4-4-2: on one engine: engines [[1], [0, 2]] of small are of 3 layers\n"


def test_lanes_are_named_only_where_they_were_given():
    for lanes, said in (([], "--sizes 4096-2048-2048-64: "), ([65], "--lanes 65: ")):
        with pytest.raises(UserError, match=f"^{said}"):
            explore.configurations(BASE.replace(lanes=16), ["4096-2048-2048-64"], lanes, Console(quiet=True))


def test_the_points_are_shown_and_kept(tmp_path):
    console = Console(record=True, width=80)
    points = explore.run(["icebreaker"], BASE, [], [2, 1], 0, tmp_path / "out", None, None, console)
    said = console.export_text()
    assert len(points) == 2 and "…" not in said and "icebreaker" in said
    rows = list(csv.DictReader((tmp_path / "out" / "explore.csv").open()))
    assert [row["lanes"] for row in rows] == ["2", "1"] and int(rows[0]["LUT"]) > int(rows[1]["LUT"]) > 500
    assert (tmp_path / "out" / "explore.png").stat().st_size > 10_000


def test_each_checked_point_gets_what_was_found_of_its_own_configuration(monkeypatch):
    """Also where only lanes differ; two boards of one family share what is found."""

    def done(tasks, _address, _workers, _doing, _console, came):
        for key, (_, arguments) in tasks.items():
            came(key, arguments)

    monkeypatch.setattr(explore, "run_all", done)
    configs = explore.configurations(BASE, ["6-4-2", "8-4-2"], [1, 2], Console(quiet=True))
    boards = [explore.find(name) for name in ("icebreaker", "ulx3s-85f")]
    points = [explore.Point(board, config, {}, None) for config in configs for board in boards]
    for count in (len(points), 10**14):  # no more than there are
        found = [*points]
        explore.check(found, count, None, None, Console(quiet=True))
        assert [point.found for point in found] == [(point.config, point.board.family) for point in points]


@pytest.mark.parametrize("ends", [CheckError("a mismatch"), KeyboardInterrupt()])
def test_what_was_checked_until_it_ended_is_shown_and_kept(monkeypatch, tmp_path, ends):
    def half(tasks, _address, _workers, _doing, _console, came):
        came(next(iter(tasks)), explore.Found({"LUT": 12345}, MeasuredClocks(9.0, 5.0, 192, 50, "random")))
        raise ends

    monkeypatch.setattr(explore, "run_all", half)
    console = Console(record=True, width=120)
    with pytest.raises(type(ends)):
        explore.run(["icebreaker"], BASE, [], [2, 1], 2, tmp_path / "out", None, None, console)
    rows = list(csv.DictReader((tmp_path / "out" / "explore.csv").open()))
    assert [row["real LUT"] for row in rows] == ["12345", ""] and "12,345" in console.export_text()


def test_what_a_core_takes_is_synthesised_once_for_each_family_and_tool(monkeypatch, tmp_path):
    done, tool = [], ["yosys 1"]

    def netlist(folder, config, family):
        done.append((config, family))
        return Netlist(family, {"LUT": len(done)})

    monkeypatch.setenv("BISPIKE_CACHE", str(tmp_path))
    monkeypatch.setattr(explore, "core_netlist", netlist)
    monkeypatch.setattr(explore, "core_verilog", lambda config: f"a core of {config.lanes} lanes")
    monkeypatch.setattr(explore, "version", lambda name: tool[0])
    monkeypatch.setattr(explore, "measure", lambda config: "clocks")
    for _ in range(2):
        found = [
            explore.find_out(config, family).resources["LUT"]
            for config in (BASE, BASE.replace(lanes=1))
            for family in ("ecp5", "ice40")
        ]
        assert found == [1, 2, 3, 4]
    tool[0] = "yosys 2"
    assert explore.find_out(BASE, "ecp5") == explore.Found({"LUT": 5}, "clocks")


def test_what_was_checked_says_how_far_off_the_estimate_was():
    point = explore.explore([explore.find("icebreaker")], [BASE], Console(quiet=True))[0]
    found = explore.Found(
        {name: value / 2 for name, value in point.resources.items()},
        MeasuredClocks(point.clocks.training * 2, 5.0, 192, 50, "random"),
    )
    console = Console(record=True, width=120)
    explore.show([explore.replace(point, found=found)], console)
    said = console.export_text()
    assert "clocks are means over the first 192 samples learned from initial weights" in " ".join(said.split())
    assert "clocks a sample, recall included; us" in said
    for change, words in (({"block": 256}, ", no recall among them; us"), ({"learn": False}, "clocks a sample; us")):
        explore.show([explore.replace(point, config=BASE.replace(**change))], console)
        assert words in console.export_text()
    assert "really" in said and "+100 %" in said and "-50 %" in said
