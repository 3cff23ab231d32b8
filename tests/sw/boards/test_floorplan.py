"""The places of an ECP5's multipliers."""

import re
from itertools import pairwise

from sw.boards.floorplan import BLOCK, COLUMNS, MULTIPLIER, ROWS, floorplan, sites
from sw.boards.table import BOARDS


def test_every_multiplier_of_the_device_has_one_place_near_the_one_before():
    found = sites()
    assert len(found) == len(set(found)) == BOARDS["ulx3s-85f"].capacity["DSP"] == len(ROWS) * len(COLUMNS) * len(BLOCK)
    places = [tuple(map(int, re.match(r"X(\d+)/Y(\d+)/", name).groups())) for name in found]
    for (x, y), (next_x, next_y) in pairwise(places):
        strip = sum(x >= COLUMNS[i] for i in (5, 10))
        next_strip = sum(next_x >= COLUMNS[i] for i in (5, 10))
        assert (y == next_y) + (strip == next_strip) >= 1, "another row, or another strip"
        assert next_strip - strip in (0, 1) and abs(next_y - y) <= 24


def test_those_of_a_layer_come_one_after_another_by_block_and_number():
    names = [f"core.layer{layer}.{block}{n}_B9" for layer in (1, 0, 10) for block in ("b.x", "a.y") for n in (10, 2)]
    cells = {name: {"type": MULTIPLIER} for name in ("edge.z", *names)} | {"core.layer0.a.lut": {"type": "LUT4"}}
    placed = floorplan(cells)
    wanted = [f"core.layer{layer}.{block}{n}_B9" for layer in (0, 1, 10) for block in ("a.y", "b.x") for n in (2, 10)]
    assert list(placed) == [*wanted, "edge.z"] and list(placed.values()) == sites()[:13]


def test_too_many_or_another_device_have_none():
    assert len(floorplan({str(i): {"type": MULTIPLIER} for i in range(156)})) == 156
    assert floorplan({str(i): {"type": MULTIPLIER} for i in range(157)}) == {}
    assert floorplan({"0": {"type": MULTIPLIER}}, ("--25k",)) == {}
