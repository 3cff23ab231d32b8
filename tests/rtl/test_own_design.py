"""docs/hardware.md, "In an Amaranth design of your own": the example as it stands there names samples as golden does."""

from pathlib import Path

import numpy as np
from amaranth.sim import Simulator

from cosim.host.memory_map import MemoryMap
from cosim.host.state import with_copies
from golden.config import Config
from golden.integer import IntegerModel
from rtl.convert import verilog
from rtl.interface.memory_map import settings_of

CONFIG = Config(sizes=(4, 2, 2), lanes=2, block=3, dead_zone=0)
PAGE = Path(__file__).parents[2] / "docs" / "hardware.md"


def example():
    """What the page's code makes."""
    section = PAGE.read_text(encoding="utf-8").split("## In an Amaranth design of your own\n")[1].split("\n## ")[0]
    names = {}
    exec(section.split("```python\n")[1].split("```")[0], names)
    return names["Namer"](CONFIG)


async def until(ctx, condition, limit=3000):
    for _ in range(limit):
        if ctx.get(condition):
            return
        await ctx.tick("chip")
    raise AssertionError("never")


async def given(ctx, stream, payload):
    ctx.set(stream.payload, payload)
    ctx.set(stream.valid, 1)
    await until(ctx, stream.ready)
    await ctx.tick("chip")
    ctx.set(stream.valid, 0)


def test_the_pages_example_learns_and_names_as_golden():
    random, model = np.random.default_rng(1), IntegerModel(CONFIG, fast=False)
    state = model.state()
    model.load(state | {name: random.integers(2000, 12000, state[name].shape) for name in ("W1", "W2", "Theta0", "Theta1")})
    begin, dut, regions, seen = with_copies(model.state(), CONFIG), example(), MemoryMap(CONFIG).regions, []
    x, y = random.integers(0, 16, (4, 4)), random.integers(0, 2, 4)

    async def access(ctx, address, value=None):
        await given(ctx, dut.host_i, {"address": int(address), "write": value is not None, "data": int(value or 0)})
        await until(ctx, dut.host_o.valid)
        return ctx.get(dut.host_o.payload)

    async def host(ctx):
        await ctx.tick("chip")
        for name, array in begin.items():
            region = regions[name]
            for address, value in zip(region.addresses.reshape(-1), np.asarray(array).reshape(-1), strict=True):
                await access(ctx, address, int(value) & ((1 << region.bits) - 1))
        for name, value in settings_of(CONFIG).items():
            await access(ctx, regions[name].addresses, value)
        for pixels, label in zip(x.tolist(), y.tolist(), strict=True):
            for beat in range(CONFIG.beats):
                own = pixels[beat * CONFIG.beat :][: CONFIG.beat]
                await given(ctx, dut.i, {"pixels": own, "label": label, "learn": 1, "recall": 0})
        await until(ctx, dut.idle)
        await access(ctx, regions["finish"].addresses, 1)
        await until(ctx, dut.idle)
        found = [await access(ctx, address) for address in regions["W1"].addresses.reshape(-1)]
        assert seen == model.train(x, y).prediction.tolist()
        learned = model.state()["W1"].reshape(-1)
        assert found == (learned.astype(np.int64) & 0xFFFFFFFF).tolist() and (learned != begin["W1"].reshape(-1)).any()

    async def results(ctx):
        async for _, _, said, concept in ctx.tick("chip").sample(dut.said, dut.concept):
            seen.extend([concept] * said)

    simulator = Simulator(dut)
    simulator.add_clock(1e-8, domain="chip")
    simulator.add_testbench(host)
    simulator.add_testbench(results, background=True)
    simulator.run()


def test_the_pages_example_becomes_hardware():
    text = verilog(example(), "namer")
    assert "module namer(" in text and "input chip_clk" in text and "assert" not in text
