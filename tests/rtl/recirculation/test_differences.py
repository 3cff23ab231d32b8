"""`Differences`, alone, on every pair of counts and every window: the errors are golden's."""

import itertools

import numpy as np
import pytest
import torch
from amaranth.sim import Simulator

from golden.config import Config
from golden.recirculation import difference
from rtl.engine.formats import EngineFormat
from rtl.recirculation.differences import Differences

CONFIG = Config.from_dict({"task": "autoencoder", "sizes": (6, 5, 4), "lanes": 3})
FORM = EngineFormat(CONFIG, (0, 1, 2), 3)
LOW, HIGH = CONFIG.window
INSIDE, BELOW, ABOVE = (LOW + HIGH) // 2, LOW - 1, HIGH
"""Voltages of each kind."""
CLOCKS = 10


def passes() -> np.ndarray:
    """(N, 3 lanes, 3) counts on the way up and after it, and a voltage: every combination, three by three."""
    all_of_them = itertools.product(range(CONFIG.steps + 1), range(CONFIG.steps + 1), (INSIDE, BELOW, LOW, HIGH - 1, ABOVE))
    rows = np.array(list(all_of_them))
    return np.concatenate([rows, rows[: -len(rows) % 3]]).reshape(-1, 3, 3)


async def show(ctx, block, counts, voltages=None, **flags):
    """A group's counts, for a clock."""
    lanes = [
        {"count": int(count), "window": int(v >= LOW) | int(v < HIGH) << 1}
        for count, v in zip(counts, voltages if voltages is not None else [0] * 3, strict=True)
    ]
    given = {
        "context": 1,
        "apical": 0,
        "echo": 0,
        "parity": 0,
        "learn": 1,
        "drawn": 0,
        "last": 0,
        "place": 2,
        "lanes": lanes,
    }
    ctx.set(block.seen.payload, given | flags)
    ctx.set(block.seen.valid, 1)
    await ctx.tick()
    ctx.set(block.seen.valid, 0)


async def answer(ctx, block) -> dict:
    """What comes within some clocks: the errors, an end, a squared error."""
    found = {}
    for _ in range(CLOCKS):
        if ctx.get(block.errors.valid):
            errors = ctx.get(block.errors.payload)
            found |= {"bank": errors["bank"], "place": errors["place"], "errors": [int(g) for g in errors["errors"]]}
        if ctx.get(block.ended.valid):
            found["ended"] = {
                key: int(ctx.get(block.ended.payload[key])) for key in ("context", "apical", "parity", "errors")
            }
        if ctx.get(block.squared.valid):
            found["squared"] = ctx.get(block.squared.payload)
        await ctx.tick()
    return found


def simulate(bench):
    block = Differences(FORM)
    simulator = Simulator(block)
    simulator.add_clock(1e-6)

    async def run(ctx):
        ctx.set(block.learn_theta, 1)
        await bench(ctx, block)

    simulator.add_testbench(run)
    simulator.run()


@pytest.mark.parametrize("side", ["apical", "echo"])
def test_every_difference_in_every_window_is_goldens(side):
    async def bench(ctx, block):
        for group in passes():
            up, after, voltages = group.T
            await show(ctx, block, up)
            await show(ctx, block, after, voltages, **{side: 1})
            found = await answer(ctx, block)
            d = torch.tensor(up - after, dtype=torch.int32)
            expected = difference(d, torch.tensor(voltages, dtype=torch.int32), CONFIG.window)
            assert found["errors"] == expected.tolist()
            assert (found["bank"], found["place"]) == (2 * (side == "apical"), 2)

    simulate(bench)


def test_a_passs_end_says_how_many_errors_it_left_and_layer_0_the_squared_error():
    async def bench(ctx, block):
        await show(ctx, block, (8, 0, 3), context=0, place=0)
        await show(ctx, block, (1, 2, 3), context=0, place=1)
        await show(ctx, block, (0, 0, 3), [INSIDE] * 3, context=0, place=0, apical=1)
        await show(ctx, block, (4, 1, 3), [INSIDE] * 3, context=0, place=1, apical=1, last=1)
        found = await answer(ctx, block)
        assert found["ended"] == {"context": 0, "apical": 1, "parity": 0, "errors": 3}
        assert found["squared"] == 64 + 9 + 1
        # The next sample's begin at 0; a drawn code has no squared error, and leaves no errors.
        await show(ctx, block, (5, 5, 5), [INSIDE] * 3, context=0, place=0, apical=1, parity=1, drawn=1, learn=0, last=1)
        found = await answer(ctx, block)
        assert "errors" not in found
        assert (found["ended"]["errors"], found["squared"]) == (0, 0)

    simulate(bench)


@pytest.mark.parametrize("flags, errors", [({"apical": 1}, [0, 0, 0]), ({"echo": 1}, [8, 8, 8])])
def test_a_theta_that_is_fixed_gets_no_errors(flags, errors):
    async def bench(ctx, block):
        ctx.set(block.learn_theta, 0)
        await show(ctx, block, (2, 2, 2))
        await show(ctx, block, (1, 1, 1), [INSIDE] * 3, **flags)
        assert (await answer(ctx, block))["errors"] == errors

    simulate(bench)
