"""The Verilog around a register bus: it makes the clock and plays whole commands, so that Python is woken once for each.

Python fills in a command and counts `request`; when the last word has its answer, `wake` toggles at a falling edge.
"""

TOP = "bus_top"
BURST = 256
"""Most words of one command."""


def wrapped(core: str, name: str = "core") -> str:
    """The Verilog text of the wrapper (module `TOP`) and of a `rtl.bus.control.BusCore` named `name`, to build as one."""
    return _TEXT.format(top=TOP, core=name, burst=BURST) + core


_TEXT = """
module {top};
  // Written by Python, and read at rising clock edges only.
  reg [31:0] request = 0, pause = 0;
  reg [11:0] address = 0;
  reg [8:0] count = 0;
  reg write = 0, ascending = 0;
  reg [32*{burst}-1:0] words = 0;

  // Read by Python: `done` accesses were good; the one after them was refused where `refused`.
  reg wake = 0, refused = 0;
  reg [8:0] done = 0;
  reg [32*{burst}-1:0] answers = 0;

  reg clk = 0;
  always #5 clk = ~clk;
  reg [2:0] hold = 4;
  wire rst = hold != 0;

  reg [31:0] served = 0, waited = 0;
  reg running = 0, asking = 0;
  wire request_ready, response_valid, response_error;
  wire [31:0] response_data;
  wire [11:0] at = address + (ascending ? {{done, 2'b00}} : 0);

  always @(posedge clk) begin
    if (hold != 0) hold <= hold - 1;
    else if (!running) begin
      if (request != served) begin
        running <= 1;
        refused <= 0;
        done <= 0;
        waited <= 0;
      end
    end else if (waited != pause) waited <= waited + 1;
    else if (done == count | refused) begin
      running <= 0;
      served <= request;
    end else if (!asking) begin
      if (request_ready) asking <= 1;
    end else if (response_valid) begin
      asking <= 0;
      refused <= response_error;
      if (!response_error) begin
        answers[done*32 +: 32] <= response_data;
        done <= done + 1;
      end
    end
  end
  wire request_valid = running & waited == pause & done != count & !refused & !asking;

  reg [31:0] told = 0;
  always @(negedge clk) if (served != told) begin
    told <= served;
    wake <= ~wake;
  end

  {core} dut (
    .clk(clk), .rst(rst),
    .bus__request__valid(request_valid), .bus__request__ready(request_ready),
    .bus__request__payload({{words[done*32 +: 32], write, at}}),
    .bus__response__valid(response_valid), .bus__response__ready(1'b1),
    .bus__response__payload({{response_error, response_data}}),
    .stream_i__valid(1'b0), .stream_i__payload(33'b0), .stream_i__ready(),
    .stream_o__ready(1'b0), .stream_o__valid(), .stream_o__payload(), .busy(), .learning(), .error()
  );
endmodule
"""
