"""The Verilog test wrapper around a core: it makes the clock and works from queues, so that Python is woken once a batch.

Python writes samples into `ring` and counts them in `queued`; results with a clock stamp come back in `results_ring`,
counted in `results`. The pipeline stays full while Python works on what is finished. `burst_*` does the same for the host
port. Python sleeps on `wake`, which toggles at a falling clock edge, when every value is at rest.
"""

import re
from dataclasses import dataclass

from cosim.build import SHOWN, WRITTEN
from golden.config import Config
from rtl.formats import LABEL_BITS, PIXEL_BITS
from rtl.interface.results import result_parts

TOP = "bench_top"
DEPTH = 32
"""Samples, and results, that fit the queues."""
BURST = 256
"""Most words of one host-port burst."""
WAKE_RESULTS, WAKE_BURST, WAKE_CLOCK = 0, 1, 2
"""What Python waits for: that many results in all, the end of a burst, a clock."""


@dataclass(frozen=True)
class Widths:
    """Bits of the core's streams, and of a queue's slots; all fields lie LSB first in the order given."""

    config: Config

    @property
    def beats(self) -> int:
        """Beats a sample, G0."""
        return self.config.beats

    @property
    def beat(self) -> int:
        return PIXEL_BITS * self.config.beat

    @property
    def flags(self) -> tuple[str, ...]:
        """What a sample says of itself behind its label."""
        return ("learn", "recall", "last") if self.config.recurrent else ("learn", "recall")

    @property
    def head(self) -> int:
        """A sample's bits beside its pixels: label (6) and flags."""
        return LABEL_BITS + len(self.flags)

    @property
    def sample(self) -> int:
        """A slot of `ring`: pixels of all beats, and head."""
        return self.beats * self.beat + self.head

    @property
    def result(self) -> int:
        """A result of the core: the values of `rtl.interface.results`, one behind the other."""
        return sum(part.bits * part.count for part in result_parts(self.config))

    @property
    def slot(self) -> int:
        """A slot of `results_ring`: a result and its clock stamp (32)."""
        return self.result + 32


def wrapped(core: str, config: Config, name: str = "core") -> str:
    """The Verilog text of the wrapper (module `TOP`) and the core, to build as one.

    Args:
        core: Verilog of a core with the ports of `rtl.core.core_of`; each payload is one vector.
        name: the core's module name.

    Raises:
        ValueError: no such module, or a payload of another width than this configuration's.
    """
    w = Widths(config)
    _check(core, name, {"i__payload": w.beat + w.head, "o__payload": w.result, "host_i__payload": 65, "host_o__payload": 32})
    links = [f".{p}({p})" for p in ("clk", "rst", "idle", "i__valid", "i__ready", "o__valid", "o__ready")]
    links += [f".host_{p}(host_{p})" for p in ("i__valid", "i__ready", "o__valid")]
    links += [".i__payload({head, pixels})", ".o__payload(result)"]
    links += [".host_i__payload({host_data, b_write, host_address})", ".host_o__payload(host_word)"]
    return _TEXT.format(
        top=TOP, core=name, links=",\n    ".join(links), depth=DEPTH, ring_bits=DEPTH.bit_length() - 1, burst=BURST,
        rw=WRITTEN, sample=w.sample, pixels=w.sample - w.head, head=w.head, beat=w.beat, beats=w.beats, result=w.result,
        slot=w.slot, shown=SHOWN,
    ) + core  # fmt: skip


def _check(core: str, name: str, widths: dict[str, int]) -> None:
    """Verilog joins ports and wires of different widths in silence: here it is an error."""
    found = re.search(rf"^module \\?{re.escape(name)}\s*\(.*?^endmodule", core, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"wrapper: found no module {name!r} in the Verilog text; allowed is a text that has it")
    for port, width in widths.items():
        declared = re.search(rf"(?:input|output)\s+(?:wire|reg)?\s*(?:\[(\d+):0\])?\s*{port}\b", found.group(0))
        bits = int(declared.group(1) or 0) + 1 if declared else 0
        if bits != width:
            raise ValueError(f"wrapper: found {bits} bits of {name}.{port}; allowed is {width} for this configuration")


_TEXT = """
module {top};
  // Written by Python, and read at rising clock edges only.
  reg [{sample}-1:0] ring [0:{depth}-1]{rw};
  reg [31:0] queued{rw} = 0;
  reg [1:0] wake_kind{rw} = 0;
  reg [31:0] wake_at{rw} = 0, wake_request{rw} = 0;
  reg [31:0] watchdog{rw} = 0;
  reg [7:0] stall_i{rw} = 0, stall_o{rw} = 0;
  reg [31:0] seed{rw} = 1, seed_request{rw} = 0;
  reg [31:0] burst_request{rw} = 0, burst_address{rw} = 0;
  reg [31:0] burst_count{rw} = 0;
  reg burst_write{rw} = 0;
  reg [32*{burst}-1:0] burst_data{rw} = 0;
  reg [31:0] reset_request{rw} = 0, reset_at{rw} = 0;

  // Read by Python.
  reg wake = 0, hang = 0;
  reg [31:0] clocks = 0, fed = 0, results = 0, sent = 0, got = 0;
  reg [{slot}-1:0] results_ring [0:{depth}-1];
  reg [32*{burst}-1:0] burst_words = 0;

  reg clk = 0;
  always #5 clk = ~clk;

  reg [2:0] hold = 4;
  wire rst = hold != 0;
  reg [31:0] reset_served = 0, seed_served = 0, wake_served = 0, burst_served = 0, quiet = 0, noise = 1;

  // Samples in: a shift register of all beats, refilled with the last beat so that beats follow without a gap.
  reg have = 0, gate_i = 1;
  reg [{pixels}-1:0] held = 0;
  reg [{head}-1:0] held_head = 0;
  reg [31:0] beat = 0;
  wire idle, i__ready;
  wire i__valid = have & gate_i;
  // Nothing may look at a payload that is not valid: pixels are inverted then, the head is anything.
  wire [{beat}-1:0] pixels = held[{beat}-1:0] ^ {{{beat}{{~i__valid}}}};
  wire [{head}-1:0] head = i__valid ? held_head : noise[{head}-1:0];
  wire taken = i__valid & i__ready;
  wire last = beat == {beats} - 1;
  wire [{sample}-1:0] next_sample = ring[fed[{ring_bits}-1:0]];

  // Results out.
  wire o__valid;
  reg o__ready = 1;
  wire [{result}-1:0] result;

  // Host bursts: consecutive addresses, one request and one response a clock if the core can.
  reg b_run = 0, b_write = 0, gate_h = 1, was_idle = 0;
  reg [31:0] b_address = 0, b_count = 0;
  reg [32*{burst}-1:0] b_data = 0;
  wire host_i__ready, host_o__valid;
  wire [31:0] host_word;
  wire host_i__valid = b_run & gate_h & (sent != b_count);
  wire [31:0] host_address = b_address ^ {{32{{~host_i__valid}}}};
  wire [31:0] host_data = b_data[31:0];
  wire host_taken = host_i__valid & host_i__ready;
  wire rest = ~have & (fed == queued) & (results == fed) & idle;

  // Waves show samples, from the clock in which one is here on, not what the host loads and reads.
  reg {shown} = 0;
  always @(posedge clk) {shown} <= ~rest & ~b_run & (queued != 0);

  always @(posedge clk) begin
    clocks <= clocks + 1;
    noise <= next_noise(noise);
    if (seed_request != seed_served) begin
      seed_served <= seed_request;
      noise <= seed;
    end
    if (!gate_i | taken) gate_i <= noise[7:0] >= stall_i;
    if (!gate_h | host_taken) gate_h <= noise[15:8] >= stall_i;
    o__ready <= noise[23:16] >= stall_o;

    if (taken) begin
      held <= held >> {beat};
      beat <= last ? 0 : beat + 1;
    end
    if (!have | (taken & last)) begin
      have <= fed != queued;
      if (fed != queued) begin
        fed <= fed + 1;
        held <= next_sample[{pixels}-1:0];
        held_head <= next_sample[{sample}-1:{pixels}];
      end
    end
    if (o__valid & o__ready) begin
      results_ring[results[{ring_bits}-1:0]] <= {{clocks, result}};
      results <= results + 1;
    end

    was_idle <= rest;
    if (!b_run) begin
      if (burst_request != burst_served & rest & was_idle) begin
        b_run <= 1;
        b_write <= burst_write;
        b_address <= burst_address;
        b_count <= burst_count;
        b_data <= burst_data;
        sent <= 0;
        got <= 0;
      end
    end else begin
      if (host_taken) begin
        sent <= sent + 1;
        b_address <= b_address + 1;
        if (b_write) b_data <= b_data >> 32;
      end
      if (host_o__valid) begin
        burst_words[got*32 +: 32] <= host_word;
        got <= got + 1;
        if (got + 1 == b_count) begin
          b_run <= 0;
          burst_served <= burst_request;
        end
      end
    end

    quiet <= quiet + 1;
    if (taken | (o__valid & o__ready) | host_taken | host_o__valid) quiet <= 0;
    if (wake_request == wake_served) quiet <= 0;

    if (hold != 0) hold <= hold - 1;
    if (reset_request != reset_served & clocks >= reset_at) begin
      reset_served <= reset_request;
      hold <= 1;  // as short as a reset can be
    end
    if (rst) begin
      have <= 0;
      beat <= 0;
      b_run <= 0;
      quiet <= 0;
      // What was queued or under way is given up.
      fed <= queued;
      results <= queued;
      burst_served <= burst_request;
      hang <= 0;
    end else if (watchdog != 0 & quiet >= watchdog & wake_kind != 2) hang <= 1;
  end

  wire [31:0] short_by = results - wake_at;
  wire due = wake_kind == 0 ? ~short_by[31] : wake_kind == 1 ? burst_served == burst_request : clocks >= wake_at;
  always @(negedge clk) if (wake_request != wake_served & (due | hang)) begin
    wake_served <= wake_request;
    wake <= ~wake;
  end

  function [31:0] next_noise(input [31:0] z);
    reg [31:0] a, b;
    begin
      a = z ^ (z << 13);
      b = a ^ (a >> 17);
      next_noise = b ^ (b << 5);
    end
  endfunction

  {core} dut (
    {links}
  );
endmodule
"""
