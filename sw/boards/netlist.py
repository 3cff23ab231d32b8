"""What synthesis made of a core, as Verilog that a simulator takes: each cell of the netlist by what it does."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from golden.config import Config
from sw.boards.synthesis import core_netlist
from sw.boards.tools import Folder, share
from sw.common.errors import CheckError

FAMILIES = ("ecp5", "ice40", "gowin")
"""Those whose cells are all known here."""
ECP5_MODELS = ("DP16KD", "MULT18X18D")
ICE40_MODELS = ("SB_RAM40_4K", "SB_MAC16", "SB_SPRAM256KA")
GOWIN_MODELS = ("SP", "SPX9", "SDPB", "SDPX9B", "DPB", "DPX9B", "MULT18X18", "MULT9X9")
"""Cells that stay modules of their own: by FAMILY_cells.v here, iCE40's by the models that come with yosys."""


def netlist_verilog(folder: Folder, config: Config, family: str) -> str:
    """The core's netlist, as module `core` with the ports of the core itself. core.v and core.net.v lie in the folder then.

    Raises:
        ToolError: yosys refused it. UserError: yosys is not installed.
    """
    core_netlist(folder, config, family)
    text = behaviour(folder / "core.json", family, "core")
    own = files("sw.boards").joinpath(f"{family}_cells.v")
    models = ice40_models() if family == "ice40" else own.read_text(encoding="utf-8")
    return "/* verilator lint_off PINMISSING */\n" + text + models  # a multiplier without registers has no clock


def ice40_models() -> str:
    """Yosys' own models of the cells that stay modules, without their times and what Verilog-2005 has no word for."""
    models = share("ice40", "cells_sim.v").read_text(encoding="utf-8")
    found = (re.search(rf"^module {name} .*?^endmodule\n", models, re.MULTILINE | re.DOTALL)[0] for name in ICE40_MODELS)
    without = re.compile(r"^\s*specify.*?endspecify|`ICE40_DEFAULT_ASSIGNMENT_(?:[01]|V\([^)]*\))", re.MULTILINE | re.DOTALL)
    return "".join(without.sub("", text) for text in found)


def behaviour(path: Path, family: str, top: str) -> str:
    """A flat netlist, as yosys' JSON, as Verilog without cells but for the big ones.

    Raises:
        CheckError: a cell that is not known here.
    """
    module = json.loads(path.read_text(encoding="utf-8"))["modules"][top]
    return "".join(f"{line}\n" for line in _Writer(module, family).lines(top))


class _Writer:
    """One module. Nets are n0, n1, ...: a wire each, so that a simulator sees no loop where there is none."""

    def __init__(self, module: dict, family: str):
        self.module, self.write = module, {"ecp5": _ecp5, "ice40": _ice40, "gowin": _gowin}[family]
        self.clocked: dict[str, list[str]] = {}
        self.flops: list[str] = []
        self.starts: list[str] = []
        self.number = 0

    def lines(self, top: str) -> Iterator[str]:
        ports = self.module["ports"]
        yield f"module {top} ({', '.join(_name(port) for port in ports)});"
        for port, made in ports.items():
            yield f"{made['direction']} [{len(made['bits']) - 1}:0] {_name(port)};"
        body = [line for cell in self.module["cells"].values() for line in self._cell(cell)]
        nets = {bit for part in (ports, self.module["netnames"]) for made in part.values() for bit in made["bits"]}
        flops = set(self.flops)
        for net in sorted(bit for bit in nets if isinstance(bit, int)):
            yield f"{'reg' if f'n{net}' in flops else 'wire'} n{net};"
        for port, made in ports.items():
            ends = [f"{{{', '.join(map(_net, reversed(made['bits'])))}}}", _name(port)]
            inner, outer = ends if made["direction"] == "input" else reversed(ends)
            yield f"assign {inner} = {outer};"
        yield from body
        for edge, statements in self.clocked.items():
            yield f"always @({edge}) begin"
            yield from statements
            yield "end"
        yield "initial begin"
        yield from self.starts
        yield "end"
        yield "endmodule"

    def _cell(self, cell: dict) -> Iterator[str]:
        kind = cell["type"]
        if kind == "$scopeinfo":
            return
        pins = {pin: [_net(bit) for bit in bits] for pin, bits in cell["connections"].items()}
        done = self.write(self, kind, cell["parameters"], pins)
        if done is None:
            raise CheckError(f"netlist: found a cell {kind}; allowed are those that the simulation knows")
        yield from done

    def flop(
        self, pins: dict, edge: str, start: int, enable: str, reset: str, value: int, over: bool, sync: bool
    ) -> list[str]:
        """A flip-flop. over: its reset does not wait for the enable."""
        out, data = pins["Q"][0], pins["D"][0]
        self.flops.append(out)
        self.starts.append(f"{out} = {start};")
        if reset != "0" and not sync:
            return [
                f"always @(posedge {edge.split()[1]} or posedge ({reset})) if ({reset}) {out} <= {value};",
                f"else if ({enable}) {out} <= {data};",
            ]
        change = f"{out} <= {data};"
        if reset == "0":
            statement = change if enable == "1" else f"if ({enable}) {change}"
        elif over or enable == "1":
            statement = f"if ({reset}) {out} <= {value}; else " + (change if enable == "1" else f"if ({enable}) {change}")
        else:
            statement = f"if ({enable}) {out} <= {reset} ? {value} : {data};"
        self.clocked.setdefault(edge, []).append(statement)
        return []

    def instance(self, kind: str, parameters: dict, pins: dict) -> list[str]:
        """A cell that has a model of its own."""
        self.number += 1
        values = ", ".join(f".{name}({_value(value)})" for name, value in parameters.items())
        wired = ", ".join(f".{pin}({{{', '.join(reversed(nets))}}})" for pin, nets in pins.items())
        return [f"{kind} #({values}) cell{self.number} ({wired});"]

    def memory(self, clock: str, enable: str, start: int, pins: dict) -> list[str]:
        """A distributed memory of 16 words of 4 bits."""
        self.number += 1
        name = f"memory{self.number}"
        write, data, read, out = (f"{{{', '.join(reversed(pins[pin]))}}}" for pin in ("WAD", "DI", "RAD", "DO"))
        self.clocked.setdefault(clock, []).append(f"if ({enable}) {name}[{write}] <= {data};")
        self.starts += [f"{name}[{i}] = {start >> 4 * i & 15};" for i in range(16)]
        return [f"reg [3:0] {name} [0:15];", f"assign {out} = {name}[{read}];"]


def _ecp5(w: _Writer, kind: str, parameters: dict, pins: dict) -> list[str] | None:
    one = {pin: nets[0] for pin, nets in pins.items()}
    if kind == "LUT4":
        return [f"assign {one['Z']} = {_table(parameters['INIT'], [one[p] for p in 'ABCD'])};"]
    if kind == "PFUMX":
        return [f"assign {one['Z']} = {one['C0']} ? {one['ALUT']} : {one['BLUT']};"]
    if kind == "L6MUX21":
        return [f"assign {one['Z']} = {one['SD']} ? {one['D1']} : {one['D0']};"]
    if kind == "CCU2C":
        return _carry(w, parameters, one)
    if kind == "TRELLIS_FF":
        text = {name: _text(value) for name, value in parameters.items()}
        edge = f"{'negedge' if text.get('CLKMUX') == 'INV' else 'posedge'} {one['CLK']}"
        enable = _muxed(text.get("CEMUX", "1"), one.get("CE", "1"))
        reset = _muxed(text.get("LSRMUX", "LSR"), one.get("LSR", "0"))
        value = int(text.get("REGSET") == "SET")
        mode = text.get("SRMODE", "LSR_OVER_CE")
        wired = pins | {"D": pins["DI"]}
        return w.flop(wired, edge, value, enable, reset, value, mode == "LSR_OVER_CE", mode != "ASYNC")
    if kind == "TRELLIS_DPR16X4":
        enable = _muxed(_text(parameters.get("WREMUX", "WRE")), one["WRE"])
        edge = f"{'negedge' if _text(parameters.get('WCKMUX', 'WCK')) == 'INV' else 'posedge'} {one['WCK']}"
        return w.memory(edge, enable, int(parameters.get("INITVAL", "0").replace("x", "0"), 2), pins)
    return w.instance(kind, parameters, pins) if kind in ECP5_MODELS else None


def _carry(w: _Writer, parameters: dict, one: dict[str, str]) -> list[str]:
    """CCU2C: two bits of an adder; INJECT1_x cuts the carry off."""
    w.number += 1
    lines, carry = [], one.get("CIN", "0")
    for half in (0, 1):
        inputs = [one.get(f"{pin}{half}", "1") for pin in "ABCD"]
        init, name = parameters[f"INIT{half}"], f"c{w.number}_{half}"
        cut = _text(parameters.get(f"INJECT1_{half}", "YES")) == "YES"
        lines += [f"wire {name} = {_table(init, inputs)};"]
        if one.get(f"S{half}"):
            lines.append(f"assign {one[f'S{half}']} = {name}" + (";" if cut else f" ^ ({carry});"))
        generated = "1'b0" if cut else _table(init[-4:], inputs[:2])
        lines.append(f"wire {name}o = {name} ? ({carry}) : {generated};")
        carry = f"{name}o"
    return lines + ([f"assign {one['COUT']} = {carry};"] if one.get("COUT") else [])


def _ice40(w: _Writer, kind: str, parameters: dict, pins: dict) -> list[str] | None:
    one = {pin: nets[0] for pin, nets in pins.items()}
    if kind == "SB_LUT4":
        return [f"assign {one['O']} = {_table(parameters['LUT_INIT'], [one[f'I{i}'] for i in range(4)])};"]
    if kind == "SB_CARRY":
        a, b, c = one["I0"], one["I1"], one["CI"]
        return [f"assign {one['CO']} = ({a} & {b}) | ({a} & {c}) | ({b} & {c});"]
    if kind.startswith("SB_DFF"):
        found = re.fullmatch(r"SB_DFF(N?)(E?)(SS|SR|S|R)?", kind)
        edge = f"{'negedge' if found[1] else 'posedge'} {one['C']}"
        value, sync = int((found[3] or "").endswith("S")), found[3] in (None, "SS", "SR")
        reset = one["S" if value else "R"] if found[3] else "0"
        return w.flop(pins, edge, 0, one["E"] if found[2] else "1", reset, value, False, sync)
    return w.instance(kind, parameters, pins) if kind in ICE40_MODELS else None


ALU = {0: ("{0} ^ {1}", "{0}"), 1: ("{0} ^ ~{1}", "{0}"), 2: ("{2} ? {0} ^ {1} : {0} ^ ~{1}", "{0}")}
"""What an ALU of Gowin's passes a carry on by, and what it makes of it otherwise, by ALU_MODE: adds, subtracts, either."""


def _gowin(w: _Writer, kind: str, parameters: dict, pins: dict) -> list[str] | None:
    one = {pin: nets[0] for pin, nets in pins.items()}
    if found := re.fullmatch(r"LUT([1-4])", kind):
        size = int(found[1])
        return [f"assign {one['F']} = {_table(parameters['INIT'][-(1 << size) :], [one[f'I{i}'] for i in range(size)])};"]
    if kind in ("VCC", "GND"):
        return [f"assign {one['V' if kind == 'VCC' else 'G']} = 1'b{int(kind == 'VCC')};"]
    if kind == "ALU":
        mode = int(parameters["ALU_MODE"], 2)
        return _alu(w, ALU[mode], one) if mode in ALU else None
    if found := re.fullmatch(r"DFF(N?)([SRPC]?)(E?)", kind):
        edge = f"{'negedge' if found[1] else 'posedge'} {one['CLK']}"
        pin = {"S": "SET", "R": "RESET", "P": "PRESET", "C": "CLEAR"}.get(found[2], "")
        value = int(found[2] in ("S", "P"))
        start = int(parameters.get("INIT", str(value)).replace("x", "0"), 2)
        enable, reset = one["CE"] if found[3] else "1", one[pin] if pin else "0"
        return w.flop(pins, edge, start, enable, reset, value, True, found[2] not in ("P", "C"))
    if found := re.fullmatch(r"RAM16SDP([124])", kind):
        tables = [int(parameters[f"INIT_{i}"].replace("x", "0"), 2) for i in range(int(found[1]))]
        start = sum((table >> word & 1) << 4 * word + i for i, table in enumerate(tables) for word in range(16))
        return w.memory(f"posedge {one['CLK']}", one["WRE"], start, pins)
    parts = [parameters[f"INIT_RAM_{i:02X}"] for i in reversed(range(64)) if f"INIT_RAM_{i:02X}" in parameters]
    rest = {name: value for name, value in parameters.items() if not name.startswith("INIT_RAM_")}
    whole = {"INIT": "".join(parts).replace("x", "0")} if parts else {}
    return w.instance(kind, rest | whole, pins) if kind in GOWIN_MODELS else None


def _alu(w: _Writer, mode: tuple[str, str], one: dict[str, str]) -> list[str]:
    """A bit of an adder."""
    w.number += 1
    passes, else_out = (text.format(*(one.get(pin, "1'b0") for pin in ("I0", "I1", "I3"))) for text in mode)
    carry, lines = one.get("CIN", "1'b0"), [f"wire a{w.number} = {passes};"]
    if one.get("SUM"):
        lines.append(f"assign {one['SUM']} = a{w.number} ^ {carry};")
    if one.get("COUT"):
        lines.append(f"assign {one['COUT']} = a{w.number} ? {carry} : {else_out};")
    return lines


def _net(bit: int | str) -> str:
    return f"n{bit}" if isinstance(bit, int) else f"1'b{bit if bit in '01' else '0'}"


def _name(port: str) -> str:
    return port if re.fullmatch(r"[A-Za-z_]\w*", port) else f"\\{port} "


def _text(value: str) -> str:
    """A parameter that is a text: yosys ends those that look like bits with a blank."""
    return value.strip()


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    if len(value) > 1000 and re.fullmatch(r"[01]+", value):  # a memory's contents: Icarus takes no word of 16,384 letters
        return f"{len(value)}'h{int(value, 2):x}"
    return f"{len(value)}'b{value}" if re.fullmatch(r"[01xz]+", value) else f'"{_text(value)}"'


def _muxed(mode: str, net: str) -> str:
    return {"1": "1", "0": "0", "INV": f"~{net}"}.get(mode, net)


def _table(init: str, inputs: list[str]) -> str:
    """A table of 2^n bits, as text, at its inputs, lowest first, as an expression with few terms."""
    if len(set(init)) == 1:
        return f"1'b{init[0]}"
    high, low = init[: len(init) // 2], init[len(init) // 2 :]
    net, inner = inputs[-1], inputs[:-1]
    if high == low or net == "1'b0":
        return _table(low, inner)
    if net == "1'b1":
        return _table(high, inner)
    flat = {value: len(set(value)) == 1 and value[0] for value in (high, low)}
    if flat[low] == "0":
        return net if flat[high] == "1" else f"({net} & {_table(high, inner)})"
    if flat[low] == "1":
        return f"~{net}" if flat[high] == "0" else f"(~{net} | {_table(high, inner)})"
    if flat[high] == "0":
        return f"(~{net} & {_table(low, inner)})"
    if flat[high] == "1":
        return f"({net} | {_table(low, inner)})"
    if all(a != b for a, b in zip(high, low, strict=True)):
        return f"({net} ^ {_table(low, inner)})"
    return f"({net} ? {_table(high, inner)} : {_table(low, inner)})"
