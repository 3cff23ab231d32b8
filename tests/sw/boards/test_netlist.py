"""A netlist as plain Verilog: tables and flip-flops by themselves, and a whole core after synthesis against golden."""

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from golden.config import Config
from sw.boards import netlist as netlists
from sw.boards.baselines import grown, load
from sw.boards.netlist import _table, behaviour, ice40_models, netlist_verilog
from sw.boards.synthesis import count
from sw.boards.tools import Folder
from sw.common.errors import CheckError
from sw.design.clocks import measure

pytestmark = pytest.mark.boards
CONFIG = Config(name="small", sizes=(6, 4, 2), lanes=1, block=8)


def evaluate(expression, values):
    """A Verilog expression of one bit in Python."""
    text = re.sub(r"(\S+) \? (.+) : (.+)", r"\1 ? \2 : \3", expression.replace("1'b", ""))
    while "?" in text:  # innermost first
        text = re.sub(r"\((\w+) \? ([^?:]+) : ([^?:]+)\)", r"((\2) if \1 else (\3))", text)
    return eval(re.sub(r"~(\w)", r"(1 - \1)", text), {}, values) & 1


def test_a_table_is_said_as_an_expression_that_has_its_values():
    draw = random.Random(0)
    for size in (1, 2, 3, 4):
        for _ in range(150):
            init = "".join(draw.choice("01") for _ in range(1 << size))
            expression = _table(init, list("abcd"[:size]))
            for row in range(1 << size):
                values = {name: row >> place & 1 for place, name in enumerate("abcd")}
                assert evaluate(expression, values) == int(init[-1 - row]), (init, expression, row)


def test_a_table_with_a_constant_input_does_without_it():
    assert _table("0110", ["a", "1'b0"]) == "a" and _table("0110", ["a", "1'b1"]) == "~a"


@pytest.fixture(scope="module")
def netlist(tmp_path_factory):
    folder = Folder(tmp_path_factory.mktemp("netlist"))
    return folder, netlist_verilog(folder, CONFIG, "ecp5")


def test_a_netlist_says_what_golden_says(netlist):
    """Every value of every sample, and every memory at the end."""
    clocks = measure(CONFIG, verilog=netlist[1], simulator="icarus", learned=40, inferred=5)
    assert clocks.values > 500


@pytest.mark.parametrize("lanes, weight_bits", [(2, 12), (1, 16)])
def test_a_netlist_of_gowins_cells_says_what_golden_says(tmp_path, lanes, weight_bits):
    config = CONFIG.replace(lanes=lanes, weight_bits=weight_bits)
    text = netlist_verilog(Folder(tmp_path), config, "gowin")
    assert measure(config, verilog=text, simulator="icarus", learned=24, inferred=3).values > 300


@pytest.mark.parametrize(
    "cell, width",
    [*(("SP", 1 << n) for n in range(6)), ("SPX9", 9), ("SPX9", 18), ("SPX9", 36)],
    ids=lambda value: str(value),
)
def test_a_memory_of_gowins_gives_back_what_was_written_whatever_its_width(tmp_path, cell, width):
    """Cores that are small enough to be simulated here have none of less than 18 bits."""
    shift = width.bit_length() - 1  # of a word's place; below it are enables of its bytes, if it has some
    enables, draw = {4: 3, 5: 15}.get(shift, 0), random.Random(0)
    places = draw.sample(range(1 << 14 - shift), 40)
    words = {place: draw.getrandbits(width) for place in places}
    steps = [f"at({place << shift | enables}, 1, {width}'d{word});" for place, word in words.items()]
    steps += [f'at({place << shift | enables}, 0, 0); $display("%0d", said[{width - 1}:0]);' for place in places]
    bits = 36 if cell == "SPX9" else 32
    bench = f"""module bench;
      reg clock = 0, writes; reg [13:0] address; reg [{bits - 1}:0] given; wire [{bits - 1}:0] said;
      {cell} #(.BIT_WIDTH({width})) dut (.DI(given), .DO(said), .AD(address), .BLKSEL(3'd0), .CLK(clock), .CE(1'b1),
        .OCE(1'b1), .RESET(1'b0), .WRE(writes));
      task at(input [13:0] place, input write, input [{bits - 1}:0] word);
        begin address = place; writes = write; given = word; #1 clock = 1; #1 clock = 0; end
      endtask
      initial begin {" ".join(steps)} end
    endmodule
    """
    cells = Path(netlists.__file__).with_name("gowin_cells.v").read_text()
    (tmp_path / "bench.v").write_text(bench + cells)
    subprocess.run(["iverilog", "-g2005", "-s", "bench", "-o", "bench", "bench.v"], cwd=tmp_path, check=True)
    run = subprocess.run(["vvp", "-n", "bench"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert [int(line) for line in run.stdout.split()] == [words[place] for place in places]


def test_no_block_grew_past_its_baseline(netlist):
    assert grown(count(netlist[0] / "core.json", "ecp5", "core"), load("small-ecp5")) == []


def test_adders_of_a_netlist_without_their_carry_are_found(netlist):
    folder, text = netlist
    cells = json.loads((folder / "core.json").read_text())["modules"]["core"]["cells"]
    adders = [cell for name, cell in cells.items() if ".soma" in name and cell["type"] == "CCU2C"]
    outputs = [f"n{bit}" for cell in adders for bit in cell["connections"].get("S1", [])]
    wrong, count = re.subn(rf"^(assign ({'|'.join(outputs)}) = c\w+) \^ .*;$", r"\1;", text, flags=re.MULTILINE)
    assert count > 4
    with pytest.raises(CheckError, match="expected"):
        measure(CONFIG, verilog=wrong, simulator="icarus", learned=40, inferred=5)


def test_a_core_of_one_lane_says_so_in_the_large_memories_of_an_ice40(tmp_path):
    """What those give after a write is anything, which the memories of the core's own text do not show."""
    config = Config(name="small", sizes=(64, 24, 10), lanes=1, block=4)
    text = netlist_verilog(Folder(tmp_path), config, "ice40")
    assert count(tmp_path / "core.json", "ice40", "core").resources["SPRAM"] == 1
    assert measure(config, verilog=text, simulator="verilator", learned=8, inferred=1).values > 10_000


def test_the_models_of_an_ice40_are_plain_verilog(tmp_path):
    (tmp_path / "models.v").write_text(ice40_models())
    subprocess.run(["iverilog", "-g2005", "-t", "null", "models.v"], cwd=tmp_path, check=True)


def test_a_cell_that_is_not_known_is_named(tmp_path):
    cells = {"x": {"type": "ALU54B", "connections": {}, "parameters": {}}}
    module = {"ports": {}, "netnames": {}, "cells": cells}
    (tmp_path / "a.json").write_text(json.dumps({"modules": {"core": module}}))
    with pytest.raises(CheckError, match="netlist: found a cell ALU54B"):
        behaviour(tmp_path / "a.json", "ecp5", "core")
