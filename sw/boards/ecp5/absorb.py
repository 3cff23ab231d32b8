"""Registers of an ECP5 netlist into the blocks they stand beside, which have their own.

Yosys leaves them outside: a multiplier's product then comes 3.9 ns after its operands, and what a block RAM reads 5.6 ns
after its clock, with a wire on each side. From a block's own register either comes in 0.7 ns (nextpnr's, speed grade 6).
"""

from collections import defaultdict
from collections.abc import Iterable

MULTIPLIER, MEMORY, FLOP = "MULT18X18D", "DP16KD", "TRELLIS_FF"
OPERANDS = {side: [f"{side}{i}" for i in range(18)] for side in "AB"}
PRODUCT = [f"P{i}" for i in range(36)]
ONE, ZERO = "1", "0"

Net = int | str


def absorb(module: dict) -> dict[str, int]:
    """Changes a flat ECP5 netlist, a module of yosys' JSON, and says how many blocks of a kind took registers.

    A register goes in where it begins with 0 and has neither an enable nor a reset, for which nextpnr has no bits at the
    products of two multipliers in four; where all of a port's registers have one clock; and where a block's output has no
    other reader. A multiplier's two operands go in both or neither: nextpnr knows no other times.
    """
    return _Netlist(module).absorb()


class _Netlist:
    """Cells with who drives a net, and who reads it."""

    def __init__(self, module: dict):
        self.cells: dict[str, dict] = module["cells"]
        self.driver: dict[Net, str] = {}
        self.readers: dict[Net, set[tuple[str, str]]] = defaultdict(set)
        for name, cell in self.cells.items():
            for port, bits in cell["connections"].items():
                for bit in bits:
                    if cell["port_directions"].get(port) == "output":
                        self.driver[bit] = name
                    else:
                        self.readers[bit].add((name, port))
        for port, made in module["ports"].items():
            for bit in made["bits"]:
                self.readers[bit].add(("", port))
        self.taken = {"operands": 0, "products": 0, "memories": 0}

    def absorb(self) -> dict[str, int]:
        for name, cell in list(self.cells.items()):
            if cell["type"] == MULTIPLIER:
                self._multiplier(name, cell)
            elif cell["type"] == MEMORY:
                self._memory(name, cell)
        return self.taken

    def _multiplier(self, name: str, cell: dict) -> None:
        operands, product = [self._before(cell, ports) for ports in OPERANDS.values()], self._behind(cell, PRODUCT)
        both = None not in operands
        clocks = {clock for clock in [*(operands if both else []), product] if clock is not None}
        if len(clocks) != 1:
            return
        cell["parameters"] |= {"GSR": "DISABLED", "RESETMODE": "SYNC"}
        for pin, net in (("CLK0", clocks.pop()), ("CE0", ONE), ("RST0", ZERO)):
            self._connect(name, cell, pin, net)
        if both:
            for side, ports in OPERANDS.items():
                cell["parameters"][f"REG_INPUT{side}_CLK"] = "CLK0"
                self._pull(name, cell, ports)
            self.taken["operands"] += 1
        if product is not None:
            cell["parameters"]["REG_OUTPUT_CLK"] = "CLK0"
            self._push(cell, PRODUCT)
            self.taken["products"] += 1

    def _memory(self, name: str, cell: dict) -> None:
        """A block RAM's read port: both halves of a word of 36 bits, which is read by port B, or neither."""
        wide = int(cell["parameters"]["DATA_WIDTH_B"], 2) == 36
        for side in ("B",) if wide else "AB":
            halves = "AB" if wide else side
            ports = [f"DO{half}{i}" for half in halves for i in range(18)]
            clock, enable, reset = (cell["connections"][f"{pin}{side}"][0] for pin in ("CLK", "CE", "RST"))
            if self._behind(cell, ports) != clock or (enable, reset) != (ONE, ZERO):
                continue
            for half in halves:
                cell["parameters"][f"REGMODE_{half}"] = "OUTREG"
                self._connect(name, cell, f"OCE{half}", ONE)
            self._push(cell, ports)
            self.taken["memories"] += 1

    def _before(self, cell: dict, ports: list[str]) -> Net | None:
        """The clock of the registers before these inputs, where each input is one or 0."""
        bits = [cell["connections"][port][0] for port in ports]
        return _common(_clock(self.cells.get(self.driver.get(bit, ""))) for bit in bits if bit != ZERO)

    def _behind(self, cell: dict, ports: list[str]) -> Net | None:
        """The clock of the registers behind these outputs, where each output has one and no other reader, or none at all."""
        clocks = []
        for readers in (self.readers[bit] for port in ports for bit in cell["connections"].get(port, [])):
            if readers:
                name, port = next(iter(readers))
                clocks.append(_clock(self.cells.get(name)) if len(readers) == 1 and port == "DI" else None)
        return _common(clocks)

    def _pull(self, name: str, cell: dict, ports: list[str]) -> None:
        """The inputs' registers are the block's; one that others read stays for them."""
        for port in ports:
            bit = cell["connections"][port][0]
            if bit == ZERO:
                continue
            flop = self.driver[bit]
            self._connect(name, cell, port, self.cells[flop]["connections"]["DI"][0])
            if not self.readers[bit]:
                self._remove(flop)

    def _push(self, cell: dict, ports: list[str]) -> None:
        """The outputs' registers are the block's."""
        for port in ports:
            for bit in cell["connections"].get(port, []):
                for flop, _ in list(self.readers[bit]):
                    cell["connections"][port] = self.cells[flop]["connections"]["Q"]
                    self._remove(flop)

    def _connect(self, name: str, cell: dict, port: str, bit: Net) -> None:
        for old in cell["connections"].get(port, []):
            self.readers[old].discard((name, port))
        cell["connections"][port] = [bit]
        cell["port_directions"][port] = "input"
        self.readers[bit].add((name, port))

    def _remove(self, flop: str) -> None:
        for port, bits in self.cells.pop(flop)["connections"].items():
            for bit in bits:
                self.readers[bit].discard((flop, port))


def _common(clocks: Iterable[Net | None]) -> Net | None:
    found = set(clocks)
    return found.pop() if len(found) == 1 else None


def _clock(cell: dict | None) -> Net | None:
    """The clock of a register that a block's own can be."""
    if cell is None or cell["type"] != FLOP:
        return None
    text = {name: value.strip() for name, value in cell["parameters"].items()}
    pins = {port: bits[0] for port, bits in cell["connections"].items()}
    enabled = text.get("CEMUX", "CE") == "1" or (text.get("CEMUX", "CE") == "CE" and pins.get("CE", ONE) == ONE)
    never = text.get("LSRMUX", "LSR") == "LSR" and pins.get("LSR", ZERO) == ZERO
    plain = text.get("CLKMUX", "CLK") == "CLK" and text.get("REGSET", "RESET") == "RESET"
    return pins["CLK"] if enabled and never and plain else None
