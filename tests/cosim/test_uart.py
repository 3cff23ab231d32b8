"""The serial bridge with a register file behind it, against a host with another UART, under both simulators."""

from functools import cache

import pytest

from cosim.build import build
from cosim.elaborate import verilog
from cosim.runner import run
from tests.cosim.uart_top import UartTop
from tests.marks import long

TOP, BENCH = "shell", "cosim.benches.uart"
DIVISOR = 5
"""Clocks a bit: few, so that the simulations are short."""
FRAMES = {"verilator": 200, "icarus": 25}
"""Damaged ones."""
QUICK = "the_crc_of|errors_end|malformed|a_repeated|after_any_damage|a_line_that"
"""Those of few bits on the line."""


SHELL = """
module shell(input rst, input rx, input [1:0] slow,
             output tx, output [15:0] writes, output [15:0] reads, output [7:0] faults);
  reg clk = 0;
  always #5 clk = ~clk;
  uart_top top(.clk(clk), .rst(rst), .rx(rx), .slow(slow), .tx(tx), .writes(writes), .reads(reads), .faults(faults));
endmodule
"""


@cache
def text() -> str:
    return SHELL + verilog(UartTop(DIVISOR), "uart_top")


@pytest.mark.parametrize("simulator, tests", [("icarus", QUICK), long("icarus", None), long("verilator", None)])
def test_the_serial_bridge_answers_as_its_model(simulator, tests):
    values = {"divisor": DIVISOR, "frames": FRAMES[simulator], "seed": 3}
    run(build(text(), TOP, simulator), BENCH, values, tests=tests, timeout=120)
