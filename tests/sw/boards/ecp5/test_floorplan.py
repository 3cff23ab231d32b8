"""The places of an ECP5's multipliers."""

import re
from itertools import chain, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sw.boards.catalogue import BOARDS
from sw.boards.ecp5.floorplan import BLOCK, COLUMNS, MULTIPLIER, ROWS, floorplan, sites, spread


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
    cells = {name: {"type": MULTIPLIER} for name in ("edge.z", *names)} | {"core.layer0.a.ff": {"type": "TRELLIS_FF"}}
    placed = floorplan(cells)
    wanted = [f"core.layer{layer}.{block}{n}_B9" for layer in (0, 1, 10) for block in ("a.y", "b.x") for n in (2, 10)]
    assert list(placed) == [*wanted, "edge.z"] and list(placed.values()) == sites()[:13]


def test_what_is_left_over_lies_where_there_is_logic():
    """Twice the logic, twice the places, evenly; a layer with little has as many as it needs."""
    assert spread([2, 2], [100, 200], 12) == [[1, 3], [6, 10]]
    assert spread([4, 1, 3], [1, 60, 60], 14) == [[0, 1, 2, 3], [6], [9, 11, 13]]
    assert spread([3, 2], [0, 0], 9) == [[0, 1, 2], [3, 4]]
    cells = {f"x.layer{layer}.m{n}": {"type": MULTIPLIER} for layer in (0, 1) for n in (0, 1)}
    for many, found in ((2, (0, 1, 2, 3)), (12, (1, 3, 6, 10)), (156, (13, 39, 78, 130)), (999, (13, 39, 78, 130))):
        logic = {f"x.layer1.c{n}": {"type": "CCU2C"} for n in range(60 * many)}
        logic |= {f"x.layer0.l{n}": {"type": "LUT4"} for n in range(60 * many)}
        assert list(floorplan(cells | logic).values()) == [sites()[place] for place in found]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9999)), min_size=1, max_size=6), st.integers(0, 99))
def test_no_place_is_shared_out_twice(layers, more):
    needs, weights = (list(part) for part in zip(*layers, strict=True))
    taken = list(chain(*spread(needs, weights, sum(needs) + more)))
    assert taken == sorted(set(taken)) and taken[0] >= 0 and taken[-1] < sum(needs) + more


def test_too_many_or_another_device_have_none():
    assert len(floorplan({str(i): {"type": MULTIPLIER} for i in range(156)})) == 156
    assert floorplan({str(i): {"type": MULTIPLIER} for i in range(157)}) == {}
    assert floorplan({"0": {"type": MULTIPLIER}}, ("--25k",)) == {}
