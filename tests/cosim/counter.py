"""A small design for the tests of builds and runs. It has a delay, as the cores' wrapper has: so Verilator's own C++, which
is kept for all designs of the same switches, is built once for both."""

BENCH = "tests.cosim.bench_counter"
COUNTER = """
module counter(input clk, input rst, input [7:0] step, output reg [15:0] count);
  localparam OF = "TAG";
  initial begin count = 0; #1; end
  always @(posedge clk) count <= rst ? 0 : count + step;
endmodule
"""


def text(tag):
    """A design of its own for a test, so that builds of other tests do not count."""
    return COUNTER.replace("TAG", tag)
