"""A simulated board's serial port: a pseudo-terminal on one side, the UART of a `UartCore` on the other.

Parameters: `link`, the path at which the terminal is found; `divisor`, of the core. Ends when `link` is gone.
"""

import logging
import os
import pty
import select
import tty
from pathlib import Path

import cocotb
from cocotb.triggers import Timer
from cocotbext.uart import UartSink, UartSource

from cosim.runner import parameters

CLOCK_NS = 10
REST = 0.002
"""Seconds to wait for the host while the line is silent: simulated time stands still."""


@cocotb.test()
async def board(dut):
    """Carries bytes both ways."""
    values = parameters()
    bit = CLOCK_NS * values["divisor"]
    logging.getLogger("cocotb").setLevel(logging.WARNING)
    source, sink = UartSource(dut.rx, baud=1e9 / bit), UartSink(dut.tx, baud=1e9 / bit)
    here, there = pty.openpty()
    tty.setraw(there)
    link, quiet = Path(values["link"]), 0
    await Timer(20 * CLOCK_NS, unit="ns")  # out of reset
    link.symlink_to(os.ttyname(there))
    while link.is_symlink():
        # A reply begins within some thousand clocks; after that nothing moves until the host speaks again.
        if select.select([here], [], [], REST if quiet > 400 else 0)[0]:
            await source.write(os.read(here, 4096))
            quiet = 0
        quiet = 0 if not source.idle() or sink.active else quiet + 1
        await Timer(10 * bit, unit="ns")
        if sink.count():
            os.write(here, bytes(sink.read_nowait()))
            quiet = 0
