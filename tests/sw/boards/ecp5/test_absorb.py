"""Registers in a block of the netlist: which go in, and that the netlist does in every clock what it did before."""

import json
import random
import subprocess
from importlib.resources import files

import pytest

from sw.boards.ecp5.absorb import absorb
from sw.boards.netlist import behaviour
from sw.boards.synthesis import synthesise
from sw.boards.tools import Folder

pytestmark = pytest.mark.boards
CIRCUIT = """
module top(input clk, ce, ce2, rst, write, input [8:0] a, b, c, input [35:0] word,
           output reg [17:0] all, with_reset, held, output [17:0] shared, output reg [8:0] late,
           output reg [17:0] one_side, both_controls, output [17:0] twice, output reg [17:0] began,
           output reg [17:0] narrow, output reg [35:0] wide, output reg [17:0] enabled, output [17:0] seen);
    // goes in: both operands and the product
    reg [8:0] a0 = 0, b0 = 0;
    always @(posedge clk) begin a0 <= a; b0 <= b; all <= a0 * b0; end
    // operands with an enable each, a product with a reset: nothing goes in
    reg [8:0] a1 = 0, b1 = 0;
    always @(posedge clk) begin if (ce) a1 <= a; if (ce2) b1 <= c; with_reset <= rst ? 0 : $signed(a1) * $signed(b1); end
    // an operand that others read
    reg [8:0] a2 = 0, b2 = 0;
    always @(posedge clk) begin a2 <= a + 5; b2 <= c; held <= a2 * b2; late <= b2; end
    // operands go in, the product is no register
    reg [8:0] a3 = 0, b3 = 0;
    always @(posedge clk) begin a3 <= b + 1; b3 <= c + 1; end
    assign shared = a3 * b3;
    // one operand is no register: the product alone goes in
    reg [8:0] a4 = 0;
    always @(posedge clk) begin a4 <= c ^ 7; one_side <= a4 * (a ^ b); end
    // a product with enable and reset, one with two readers, an operand that begins with 1: nothing goes in
    always @(posedge clk) if (rst) both_controls <= 0; else if (ce) both_controls <= (a ^ c) * (b ^ c);
    wire [17:0] product = (a ^ {9{ce}}) * (b ^ {9{ce2}});
    reg [17:0] first = 0;
    always @(posedge clk) first <= product;
    assign twice = first ^ product;
    reg [8:0] a5 = 1, b5 = 0;
    always @(posedge clk) begin a5 <= a ^ b; b5 <= b + 3; end
    reg [17:0] square = 5;
    always @(posedge clk) began <= ^square;
    always @(posedge clk) square <= a5 * b5;
    // memories: of 18 and 36 bits with a register, one whose register has an enable, one that is read without
    (* no_rw_check *) reg [17:0] memory0 [0:1023];
    (* no_rw_check *) reg [17:0] memory2 [0:1023];
    (* no_rw_check *) reg [17:0] memory3 [0:1023];
    (* no_rw_check *) reg [35:0] memory1 [0:511];
    reg [17:0] read0, read2, read3;
    reg [35:0] read1;
    always @(posedge clk) begin
        if (write) begin
            memory0[{a, 1'b1}] <= word; memory1[a] <= word; memory2[{a, 1'b0}] <= word; memory3[{b, 1'b0}] <= word;
        end
        read0 <= memory0[{b, c[0]}]; narrow <= read0;
        read1 <= memory1[b]; wide <= read1;
        read2 <= memory2[{b, 1'b0}]; if (ce) enabled <= read2;
        read3 <= memory3[{c, 1'b0}];
    end
    assign seen = read3;
endmodule
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = Folder(tmp_path_factory.mktemp("absorb"))
    (folder / "top.v").write_text(CIRCUIT)
    synthesise(folder, "ecp5", "top.v")
    return folder


def cells(folder, name, kind):
    found = json.loads((folder / name).read_text())["modules"]["top"]["cells"].values()
    return [cell for cell in found if cell["type"] == kind]


def test_what_obeys_its_clock_alone_goes_in_and_nothing_else(folder):
    module = json.loads((folder / "top.plain.json").read_text())["modules"]["top"]
    assert absorb(module) == {"operands": 3, "products": 3, "memories": 2}


def test_a_product_with_two_registers_stays_outside(folder):
    module = json.loads((folder / "top.plain.json").read_text())["modules"]["top"]
    name, flop = next((name, cell) for name, cell in module["cells"].items() if name.startswith("all_TRELLIS_FF"))
    module["cells"]["another"] = flop | {"connections": flop["connections"] | {"Q": [99_999]}}
    assert absorb(module)["products"] == 2 and name in module["cells"]


def test_a_register_goes_in_once(folder):
    before, after = (len(cells(folder, name, "TRELLIS_FF")) for name in ("top.plain.json", "top.json"))
    # three times two operands of 9 bits, less the one that others read, and a product of 18; 18 and 36 bits of memories
    assert before - after == 6 * 9 - 9 + 3 * 18 + 18 + 36
    kept = json.loads((folder / "top.json").read_text())["modules"]["top"]
    assert sum(cell["parameters"].get("REG_OUTPUT_CLK") == "CLK0" for cell in cells(folder, "top.json", "MULT18X18D")) == 3
    assert absorb(kept)["memories"] == 0


def test_the_netlist_does_what_it_did_in_every_clock(folder):
    draw, lines = random.Random(3), []
    for _ in range(600):
        bits = [draw.random() < 0.6 for _ in range(2)] + [draw.random() < 0.15, draw.random() < 0.5]
        few = draw.random() < 0.5  # addresses that meet each other
        numbers = [draw.randrange(4 if few else 512) for _ in range(3)]
        words = [*map(int, bits), *numbers, draw.getrandbits(36)]
        lines.append(" ".join(f"{word:x}" for word in words))
    (folder / "stimulus.txt").write_text("\n".join(lines) + "\n")
    seen = []
    for name in ("top.plain.json", "top.json"):
        ports = json.loads((folder / name).read_text())["modules"]["top"]["ports"]
        outputs = [port for port, made in ports.items() if made["direction"] == "output"]
        wires = "".join(f"wire [{len(ports[port]['bits']) - 1}:0] {port};" for port in outputs)
        bench = f"""
        module bench;
            reg clk = 0; reg ce, ce2, rst, write; reg [8:0] a, b, c; reg [35:0] word; {wires}
            top dut({", ".join(f".{port}({port})" for port in ports)});
            integer file, got;
            initial begin
                file = $fopen("stimulus.txt", "r");
                got = $fscanf(file, "%h %h %h %h %h %h %h %h", ce, ce2, rst, write, a, b, c, word);
                while (got == 8) begin
                    #1 $display("{" ".join("%h" for _ in outputs)}", {", ".join(outputs)});
                    #1 clk = 1; #1 clk = 0;
                    got = $fscanf(file, "%h %h %h %h %h %h %h %h", ce, ce2, rst, write, a, b, c, word);
                end
            end
        endmodule"""
        models = files("sw.boards.ecp5").joinpath("cells.v").read_text()
        (folder / "bench.v").write_text(behaviour(folder / name, "ecp5", "top") + models + bench)
        subprocess.run(["iverilog", "-g2005", "-o", "bench", "bench.v"], cwd=folder.path, check=True)
        done = subprocess.run(["vvp", "-n", "bench"], cwd=folder.path, check=True, capture_output=True, text=True)
        seen.append(done.stdout.splitlines())
    assert len(seen[0]) == 600 and len(set(seen[0])) > 500
    assert seen[0] == seen[1]
