"""cocotb side of tests of the module `counter`."""

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import start
from cosim.runner import parameters


@cocotb.test()
async def counts(dut):
    values = parameters()
    dut.step.value = values["step"]
    clk = await start(dut)
    for _ in range(values["clocks"]):
        await RisingEdge(clk)
    expected, got = values["step"] * values["clocks"] + values.get("off", 0), dut.count.value.to_unsigned()
    assert got == expected, f"expected {expected}, got {got}"
