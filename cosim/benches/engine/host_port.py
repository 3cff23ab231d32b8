"""cocotb bench of `rtl.engine.core.EngineCore`: its host port while samples follow each other without a pause.

Parameters: `config`; `x` (B, n_0), `y` (B,), samples to learn; `words`: those of all results, in order.
"""

from itertools import count
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import InOrderChecker, StreamDriver, StreamMonitor, Watchdog, start
from cosim.host.memory_map import MemoryMap
from cosim.runner import parameters
from golden.config import Config
from rtl.engine.host import LATENCY
from rtl.formats import LABEL_BITS, PIXEL_BITS

REGISTER = LATENCY + 6
"""Clocks, at most, from a request to the answer where a register is read."""
SAMPLES = 4
"""Samples that may come in before anything else is answered: those inside, with the one that has begun."""


class HostPort:
    """The core's host port: one request after another."""

    def __init__(self, dut: Any, clk: Any):
        self.dut, self.clk = dut, clk

    async def ask(self, address: int, data: int | None = None) -> tuple[int, int]:
        """The answer to a read, or a write of `data`, and the clocks that it took."""
        dut, taken = self.dut, False
        dut.host_i__payload.value = address | (data is not None) << 32 | (data or 0) << 33
        dut.host_i__valid.value = 1
        for clocks in count(1):
            await RisingEdge(self.clk)
            if str(dut.host_o__valid.value) == "1":
                return dut.host_o__payload.value.to_unsigned(), clocks
            if not taken and str(dut.host_i__ready.value) == "1":
                taken, dut.host_i__valid.value = True, 0


def beats(config: Config, x: np.ndarray, y: np.ndarray) -> list[int]:
    """A core's payloads of samples to learn."""
    groups, lanes = config.groups(0), config.beat
    pixels = np.zeros((len(x), groups * lanes), np.int64)
    pixels[:, : config.sizes[0]] = x
    values = (pixels.reshape(len(x), groups, lanes) << PIXEL_BITS * np.arange(lanes)).sum(-1)
    heads = [int(label) | 1 << LABEL_BITS for label in y]
    return [int(beat) | head << PIXEL_BITS * lanes for row, head in zip(values, heads, strict=True) for beat in row]


@cocotb.test()
async def a_host_is_never_starved_and_disturbs_nothing(dut):
    values = parameters()
    config = Config.from_dict(values["config"])
    regions = MemoryMap(config).regions
    for name in ("host_i__valid", "i__valid", "o__ready"):
        getattr(dut, name).value = 0  # from the reset on
    clk = await start(dut)
    port, driver = HostPort(dut, clk), StreamDriver(dut, "i", clk)
    checker = InOrderChecker("o", values["words"])
    monitor = StreamMonitor(dut, "o", clk, checker=checker)
    Watchdog(clk, 5000, lambda: len(monitor.received))
    for name, array in values["state"].items():
        for address, value in zip(regions[name].addresses.flat, np.ravel(array).tolist(), strict=True):
            await port.ask(int(address), value & 0xFFFFFFFF)
    driver.send(beats(config, np.array(values["x"]), np.array(values["y"])))
    threshold, clocks, memory = (int(regions[name].addresses.flat[0]) for name in ("threshold", "clocks", "S0"))
    asked = 0
    while len(driver.queue) > 4 * config.groups(0):  # a sample waits at the port, all the time
        before, sent = await port.ask(clocks), driver.sent
        found, took = await port.ask(threshold)
        after = await port.ask(clocks)
        assert found == config.threshold, f"threshold: expected {config.threshold}, got {found}"
        assert max(before[1], took, after[1]) <= REGISTER, f"a register's read took {max(before[1], took, after[1])} clocks"
        assert after[0] == before[0] + took + after[1], f"clocks: expected {before[0] + took + after[1]}, got {after[0]}"
        for data in (None, config.threshold):
            sent = driver.sent
            await port.ask(memory if data is None else threshold, data)
            came = (driver.sent - sent) // config.groups(0)
            assert came <= SAMPLES, f"{came} samples went before the host; allowed are {SAMPLES}"
        asked += 1
    assert asked > 3, f"the host asked {asked} times while samples came"
    await driver.drained()
    await monitor.wait(len(values["words"]))
    assert checker.done()
