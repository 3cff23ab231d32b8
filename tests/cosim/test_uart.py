"""The serial bridge with a register file behind it, against a host with another UART, under both simulators."""

from functools import cache

import pytest
from amaranth.back import verilog

from cosim.bench import run
from cosim.build import build
from cosim.simulators import SIMULATORS
from tests.cosim.uart_top import UartTop

DIVISOR = 5
"""Clocks a bit: few, so that the simulations are short."""
FRAMES = {"verilator": 200, "icarus": 40}
"""Damaged ones."""


@cache
def text() -> str:
    return verilog.convert(UartTop(DIVISOR), name="uart_top", emit_src=False, strip_internal_attrs=True)


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_the_serial_bridge_answers_as_its_model(simulator):
    values = {"divisor": DIVISOR, "frames": FRAMES[simulator], "seed": 3}
    run(build(text(), "uart_top", simulator), "cosim.bench_uart", values, timeout=120)
