"""Registers that many blocks of an ECP5 share, once for each of them: a trick of placement, done to the netlist.

A multiplier stands where the device has one. What 16 lanes multiply with is one register in the design, and its wire to the
lanes' multipliers is longer than a product takes: with a copy beside each of them, a wire has a clock of its own.

`digits` with its bridge on a ULX3S-85F, asked for 110 MHz, seed 1, 368 copies: nextpnr promises 82.4 MHz once it is placed,
with 146,000 tiles of wire, and finds a way for all wires; without them 77.0 MHz and 175,000, and after 46 rounds 700 wires
are still in each other's way. How lucky a placement is, is part of the difference: one seed was tried.
"""

import copy
from collections import defaultdict

BLOCKS = frozenset({"MULT18X18D"})
"""Cells that get registers of their own."""
REGISTER = "TRELLIS_FF"
MANY = 4
"""Blocks from which on a register is copied."""


def give_copies(module: dict) -> int:
    """Changes a module of a netlist, as yosys' JSON, in place: a register that `MANY` blocks or more read gets a copy for
    each of them, of the same input, and goes on to all else as it was. Returns the number of copies."""
    cells, readers = module["cells"], defaultdict(set)
    for name, cell in cells.items():
        if cell["type"] in BLOCKS:
            for port, bits in cell["connections"].items():
                if cell["port_directions"][port] == "input":
                    for bit in bits:
                        readers[bit].add(name)
    registers = {cell["connections"]["Q"][0]: name for name, cell in cells.items() if cell["type"] == REGISTER}
    net = max((bit for entry in module["netnames"].values() for bit in entry["bits"] if isinstance(bit, int)), default=1)
    first = net
    for bit, name in registers.items():
        if len(readers[bit]) < MANY:
            continue
        for number, block in enumerate(sorted(readers[bit])):
            net += 1
            cells[f"{name}_{number}"] = twin = copy.deepcopy(cells[name])
            twin["connections"]["Q"] = [net]
            module["netnames"][f"{name}_Q_{number}"] = {"hide_name": 1, "bits": [net], "attributes": {}}
            connections = cells[block]["connections"]
            for port, bits in connections.items():
                if cells[block]["port_directions"][port] == "input":
                    connections[port] = [net if found == bit else found for found in bits]
    return net - first
