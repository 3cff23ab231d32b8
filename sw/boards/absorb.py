"""Registers of an ECP5 netlist into the blocks they stand beside, which have their own.

Yosys leaves them outside: a multiplier's product then comes 3.9 ns after its operands, and what a block RAM reads 5.6 ns
after its clock, with a wire on each side. From a block's own register either comes in 0.7 ns (nextpnr's, speed grade 6).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

MULTIPLIER, MEMORY, FLOP = "MULT18X18D", "DP16KD", "TRELLIS_FF"
OPERANDS = {side: [f"{side}{i}" for i in range(18)] for side in "AB"}
PRODUCT = [f"P{i}" for i in range(36)]
ALWAYS, NEVER = "1", "0"
"""The control that is none: an enable, a reset."""

Net = int | str


@dataclass(frozen=True)
class Control:
    """What a register obeys: nets of its clock, enable and synchronous reset."""

    clock: Net
    enable: Net
    reset: Net


def absorb(module: dict) -> dict[str, int]:
    """Changes a flat ECP5 netlist, a module of yosys' JSON, and says how many blocks of a kind took registers.

    A register goes in where it begins with 0 and goes to 0, as all of a block's do; where all of a port's registers obey the
    same; where a block's output has no other reader; and where an enable and a reset do not come together, as the block's
    reset may wait for its enable. A multiplier's two operands go in both or neither: nextpnr knows no other times.
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
        operands = {side: self._before(cell, ports) for side, ports in OPERANDS.items()}
        product = self._behind(cell, PRODUCT)
        controls = [*operands.values(), product] if all(operands.values()) else [product]
        clocks = {control.clock for control in controls if control}
        if len(clocks) != 1:
            return
        cell["parameters"] |= {"GSR": "DISABLED", "RESETMODE": "SYNC"}
        self._connect(name, cell, "CLK0", clocks.pop())
        pins = _Pins(self, name, cell)
        if all(operands.values()):
            for side, control in operands.items():
                pins.set(f"REG_INPUT{side}", control)
                self._pull(name, cell, OPERANDS[side])
            self.taken["operands"] += 1
        if product:
            pins.set("REG_OUTPUT", product)
            self._push(cell, PRODUCT)
            self.taken["products"] += 1

    def _memory(self, name: str, cell: dict) -> None:
        """A block RAM's read port: both halves of a word of 36 bits, which is read by port B, or neither."""
        wide = int(cell["parameters"]["DATA_WIDTH_B"], 2) == 36
        for side in ("B",) if wide else "AB":
            ports = [f"DO{half}{i}" for half in (("A", "B") if wide else side) for i in range(18)]
            control, clock = self._behind(cell, ports), cell["connections"][f"CLK{side}"][0]
            if control is None or control != Control(clock, ALWAYS, NEVER):
                continue
            for half in ("A", "B") if wide else side:
                cell["parameters"][f"REGMODE_{half}"] = "OUTREG"
                self._connect(name, cell, f"OCE{half}", ALWAYS)
            self._push(cell, ports)
            self.taken["memories"] += 1

    def _flop(self, bit: Net) -> dict | None:
        """The register that makes this net, if it may go into a block."""
        cell = self.cells.get(self.driver.get(bit, ""))
        return cell if cell and cell["type"] == FLOP and _control(cell) else None

    def _before(self, cell: dict, ports: list[str]) -> Control | None:
        """What the registers before these inputs obey, where each input is one or 0."""
        bits = [cell["connections"][port][0] for port in ports]
        flops = [self._flop(bit) for bit in bits if bit != NEVER]
        return _common(_control(flop) if flop else None for flop in flops)

    def _behind(self, cell: dict, ports: list[str]) -> Control | None:
        """What the registers behind these outputs obey, where each output has one and no other reader, or none at all."""
        controls = []
        for bit in _bits(cell, ports):
            readers = self.readers[bit]
            if readers:
                flop = self.cells.get(next(iter(readers))[0]) if len(readers) == 1 else None
                data = flop is not None and flop["type"] == FLOP and next(iter(readers))[1] == "DI"
                controls.append(_control(flop) if data else None)
        return _common(controls)

    def _pull(self, name: str, cell: dict, ports: list[str]) -> None:
        """The inputs' registers are the block's; one that others read stays for them."""
        for port in ports:
            bit = cell["connections"][port][0]
            if bit == NEVER:
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


class _Pins:
    """A multiplier's enables and resets: four of each, and a register names the one that it obeys."""

    def __init__(self, netlist: _Netlist, name: str, cell: dict):
        self.netlist, self.name, self.cell = netlist, name, cell
        self.nets: dict[str, list[Net]] = {"CE": [], "RST": []}

    def set(self, register: str, control: Control) -> None:
        self.cell["parameters"][f"{register}_CLK"] = "CLK0"
        for kind, net in (("CE", control.enable), ("RST", control.reset)):
            nets = self.nets[kind]
            if net not in nets:
                self.netlist._connect(self.name, self.cell, f"{kind}{len(nets)}", net)
                nets.append(net)
            self.cell["parameters"][f"{register}_{kind}"] = f"{kind}{nets.index(net)}"


def _bits(cell: dict, ports: Iterable[str]) -> list[Net]:
    return [bit for port in ports for bit in cell["connections"].get(port, [])]


def _common(controls: Iterable[Control | None]) -> Control | None:
    found = set(controls)
    return found.pop() if len(found) == 1 else None


def _control(flop: dict) -> Control | None:
    """What a register obeys, if a block's own can."""
    text = {name: value.strip() for name, value in flop["parameters"].items()}
    pins = {port: bits[0] for port, bits in flop["connections"].items()}
    enable = {"1": ALWAYS, "CE": pins.get("CE", ALWAYS)}.get(text.get("CEMUX", "CE"))
    reset = pins.get("LSR", NEVER) if text.get("LSRMUX", "LSR") == "LSR" else None
    both = enable != ALWAYS and reset != NEVER
    if None in (enable, reset) or both or text.get("CLKMUX", "CLK") != "CLK" or text.get("REGSET", "RESET") != "RESET":
        return None
    if reset != NEVER and text.get("SRMODE") == "ASYNC":
        return None
    return Control(pins["CLK"], enable, reset)
