"""Copies of registers in a netlist: who reads what before and after."""

from sw.boards.copies import MANY, give_copies


def register(d, q):
    ports = {"CLK": "input", "DI": "input", "Q": "output"}
    return {"type": "TRELLIS_FF", "port_directions": ports, "connections": {"CLK": [2], "DI": [d], "Q": [q]}}


def multiplier(a, b, p):
    ports = {"A0": "input", "A1": "input", "B0": "input", "P0": "output"}
    return {"type": "MULT18X18D", "port_directions": ports, "connections": {"A0": [a], "A1": ["0"], "B0": [b], "P0": [p]}}


def netlist(lanes):
    """A register of bit 4, by which every lane multiplies a bit of its own, and which a lookup table reads."""
    cells = {"shared": register(3, 4), "table": {"type": "LUT4", "port_directions": {}, "connections": {"A": [4]}}}
    for lane in range(lanes):
        cells[f"own{lane}"] = register(3, 10 + lane)
        cells[f"product{lane}"] = multiplier(4, 10 + lane, 40 + lane)
    return {"cells": cells, "netnames": {"all": {"hide_name": 0, "bits": [*range(2, 60), "x"], "attributes": {}}}}


def test_each_multiplier_gets_its_own_of_a_register_that_many_share():
    module = netlist(MANY)
    assert give_copies(module) == MANY
    cells = module["cells"]
    factors = {cells[f"product{lane}"]["connections"]["A0"][0] for lane in range(MANY)}
    assert len(factors) == MANY and min(factors) >= 60, "nets that nothing else has"
    makers = [cell for cell in cells.values() if cell["connections"].get("Q", [0])[0] in factors]
    assert [maker["connections"]["DI"] for maker in makers] == [[3]] * MANY
    assert [maker["connections"]["CLK"] for maker in makers] == [[2]] * MANY
    # All else is as it was.
    assert cells["table"]["connections"] == {"A": [4]} and cells["shared"] == register(3, 4)
    assert [cells[f"product{lane}"]["connections"]["B0"] for lane in range(MANY)] == [[10 + lane] for lane in range(MANY)]
    assert {tuple(entry["bits"]) for entry in module["netnames"].values()} >= {(net,) for net in factors}


def test_a_register_that_few_share_stays_one():
    module, before = netlist(MANY - 1), netlist(MANY - 1)
    assert give_copies(module) == 0 and module == before
