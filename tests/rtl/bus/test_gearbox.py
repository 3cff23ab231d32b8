"""The gearbox against plain lists, for shapes that lanes and words divide and others, with stalls on both sides."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.bus.gearbox import Gearbox
from rtl.interface.packets import PIXELS

SHAPES = [(1, 1), (8, 8), (9, 4), (9, 5), (12, 12), (13, 12), (15, 2), (16, 3), (17, 16), (20, 6), (23, 7), (64, 16)]
SHAPES += [(64, 64), (65, 32), (66, 9), (70, 64), (100, 24), (784, 32)]


def played(pixels: int, lanes: int, samples: list[list[int]], stall_i: float, stall_o: float) -> list[tuple[list[int], int]]:
    """The beats (pixels, last) that come out where `samples` go in."""
    dut, rng, beats = Gearbox(pixels, lanes), random.Random(f"{pixels} {lanes} {stall_i}"), []
    words = [w[i : i + PIXELS] for w in samples for i in range(0, pixels, PIXELS)]

    async def give(ctx):
        for word in words:
            while rng.random() < stall_i:
                ctx.set(dut.i.payload, rng.getrandbits(32))
                await ctx.tick()
            ctx.set(dut.i.payload, sum(pixel << (4 * i) for i, pixel in enumerate(word)))
            ctx.set(dut.i.valid, 1)
            await ctx.tick().until(dut.i.ready)
            ctx.set(dut.i.valid, 0)

    async def take(ctx):
        waiting, clocks = None, 0
        while len(beats) < len(samples) * dut.beats:
            ready = rng.random() >= stall_o
            ctx.set(dut.o.ready, ready)
            _, _, valid, payload = await ctx.tick().sample(dut.o.valid, dut.o.payload.as_value())
            assert waiting is None or (valid and payload == waiting), "the payload changed before it was taken"
            waiting, clocks = payload if valid and not ready else None, clocks + 1
            assert clocks < 100 + 20 * len(samples) * (pixels + lanes), f"hangs after {len(beats)} beats"
            if valid and ready:
                beats.append(([payload >> (4 * p) & 15 for p in range(lanes)], payload >> (4 * lanes)))

    sim = Simulator(dut)
    sim.add_clock(1e-8)
    sim.add_testbench(give, background=True)
    sim.add_testbench(take)
    sim.run()
    return beats


@pytest.mark.parametrize("stall_i, stall_o", [(0.0, 0.0), (0.0, 0.6), (0.6, 0.0), (0.4, 0.4)])
@pytest.mark.parametrize("pixels, lanes", SHAPES)
def test_beats_are_the_samples_pixels(pixels, lanes, stall_i, stall_o):
    rng = random.Random(pixels)
    samples = [[rng.randrange(16) for _ in range(pixels)] for _ in range(3 if pixels < 100 else 2)]
    expected = []
    for sample in samples:
        padded = sample + [0] * (-pixels % lanes)
        parts = [padded[i : i + lanes] for i in range(0, len(padded), lanes)]
        expected += [(part, int(number == len(parts) - 1)) for number, part in enumerate(parts)]
    assert played(pixels, lanes, samples, stall_i, stall_o) == expected
