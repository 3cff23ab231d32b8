"""cocotb bench of `rtl.noise`: the rounding noise's byte of a sample (docs/arithmetic.md, step 7)."""

import random

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.pins import Pins, begin
from cosim.runner import parameters

MASK = (1 << 32) - 1
CLOCKS = 5
"""From the clock of `start` to the first one with `ready`: one to take the inputs, four steps."""


def step(z: int) -> int:
    """xorshift32 behind an addition of the golden ratio."""
    z = (z + 0x9E3779B9) & MASK
    z ^= (z << 13) & MASK
    z ^= z >> 17
    return z ^ ((z << 5) & MASK)


def noise_byte(seed: int, stream: int, n: int, c: int) -> int:
    """The byte all synapses of a layer share: `n` learning samples seen, concept `c` (0 for W)."""
    z = step(seed ^ ((stream << 26) & MASK))
    z = step(z ^ n)
    return step(step(z ^ c)) & 255


@cocotb.test()
async def bytes_of_both_networks(dut):
    """One start after another, at once or after a pause; what the inputs are before and after it does not matter."""
    layer = parameters()["layer"]
    clk, rng, pins = await begin(dut), random.Random(1), Pins(dut)
    held = {"basal": pins.get("basal_byte"), "apical": pins.get("apical_byte")}
    edges, compared = (0, 1, MASK, 1 << 31), 0
    for _ in range(300):
        seed, n = (rng.choice(edges) if rng.random() < 0.2 else rng.getrandbits(32) for _ in range(2))
        apical, c = rng.randrange(2), rng.choice((0, 63, rng.randrange(64)))
        pins.set(start=1, apical=apical, seed=seed, n=n, c=c)
        await RisingEdge(clk)
        pins.set(start=0)
        for clock in range(1, CLOCKS):
            pins.noise("apical", "seed", "n", "c")
            await RisingEdge(clk)
            assert pins.get("ready") == 0, f"ready after {clock} clocks; expected after {CLOCKS}"
        pins.noise("apical", "seed", "n", "c")
        held["apical" if apical else "basal"] = noise_byte(seed, layer + 32 * apical, n, c)
        for _ in range(rng.choice((1, 1, 2, 5))):
            await RisingEdge(clk)
            found = {side: pins.get(f"{side}_byte") for side in held}
            assert pins.get("ready") == 1, f"not ready after {CLOCKS} clocks"
            assert found == held, f"start {compared}: expected {held}, got {found}"
        compared += 1
    assert compared > 200
