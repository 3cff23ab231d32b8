"""The configuration of the driver's tests, and how each transport to it is opened: name -> (config, folder) -> Transport."""

from contextlib import contextmanager

from cosim import runner
from cosim.build import build
from cosim.elaborate import kept_verilog, verilog
from golden.config import Config
from rtl.bus.uart_core import UartCore
from sw.driver.golden import GoldenTransport
from sw.driver.serial_port import SerialTransport
from sw.driver.sim import SimTransport
from tests.cosim.running import until
from tests.sw.driver.model_board import ModelBoard

CONFIG = Config(sizes=(9, 4, 3), lanes=4, weight_bits=12, block=4)
"""Pixels of two words, and layers whose last group has empty lanes; small, as each test loads and saves it all."""

DIVISOR = 4
_SHELL = """
module board(input rx, output tx);
  reg clk = 0;
  always #5 clk = ~clk;
  reg [2:0] hold = 4;
  always @(posedge clk) if (hold != 0) hold <= hold - 1;
  core dut (.clk(clk), .rst(hold != 0), .rx(rx), .tx(tx), .busy(), .learning(), .error());
endmodule
"""


@contextmanager
def board(config, folder, simulator="verilator"):
    """A simulated board with a `UartCore`; gives the path of its serial port."""
    text = kept_verilog(("serial core", DIVISOR, config.to_dict()), lambda: verilog(UartCore(config, DIVISOR)))
    built = build(_SHELL + text, "board", simulator)
    link = folder / "port"
    run = runner.start(built, "cosim.benches.serial_line", {"link": str(link), "divisor": DIVISOR}, folder=folder)
    try:
        until(lambda: link.is_symlink() or run.process.poll() is not None)
        assert link.is_symlink(), run.failure()
        yield str(link)
        link.unlink(missing_ok=True)
        run.wait(20)
    finally:
        run.stop()


@contextmanager
def serial(config, folder, simulator="verilator", timeout=1.0):
    """A transport to a simulated board. timeout: seconds that a command takes on the line, at most."""
    with board(config, folder, simulator) as port, SerialTransport(port, timeout=timeout) as transport:
        yield transport


@contextmanager
def _model_board(config, folder):
    """The golden model at the end of a serial line."""
    with SerialTransport(ModelBoard(config).port) as transport:
        yield transport


TRANSPORTS = {
    "golden": lambda config, folder: GoldenTransport(config),
    "model board": _model_board,
    "verilator": lambda config, folder: SimTransport(config, folder, "verilator"),
    "serial": serial,
    "icarus": lambda config, folder: SimTransport(config, folder, "icarus"),
}
