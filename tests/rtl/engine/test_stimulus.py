"""Stimulus, clock by clock in Amaranth's own simulator: blank samples and blocks' ends."""

import pytest
from amaranth.sim import Simulator

from golden.config import UPDATE_DELAY, Config
from rtl.engine.formats import EngineFormat
from rtl.engine.stimulus import Stimulus

CONFIG = Config(sizes=(4, 3, 3), lanes=2)
FORM = EngineFormat(CONFIG, (0, 1, 2), 2)


def simulate(bench):
    """Runs `await bench(ctx, block)` on a block whose layers have room and take every word."""
    block = Stimulus(CONFIG, FORM)
    simulator = Simulator(block)
    simulator.add_clock(1e-8)

    async def testbench(ctx):
        for ready in (block.link.list.room, block.bottom.sample.free, block.link.words.ready, block.bottom.words.ready):
            ctx.set(ready, 1)
        await ctx.tick()
        await bench(ctx, block)

    simulator.add_testbench(testbench)
    simulator.run()


async def sample(ctx, block, label=0, learn=1):
    """Puts a sample in, waits for its end, and returns the header of its last word."""
    ctx.set(block.i.payload, {"pixels": [9, 3], "label": label, "learn": learn, "recall": 0})
    ctx.set(block.i.valid, 1)
    for _ in range(CONFIG.beats):
        while not ctx.get(block.i.ready):
            if ctx.get(block.link.words.valid):
                header = {name: ctx.get(block.link.words.payload.header[name]) for name in ("label", "relearn", "blank")}
            await ctx.tick()
        await ctx.tick()
    ctx.set(block.i.valid, 0)
    await ctx.tick().repeat(3)
    return header


@pytest.mark.parametrize("stream", ["words", "counts"])
def test_a_sample_right_behind_a_finish_changes_nothing_of_the_blanks_that_go_first(stream):
    """The block's own assertions look on, too."""

    async def bench(ctx, block):
        out = block.link.words if stream == "words" else block.bottom.words
        ctx.set(out.ready, 0)
        ctx.set(block.finish, 1)
        await ctx.tick()
        ctx.set(block.finish, 0)
        await ctx.tick().repeat(5)
        assert ctx.get(out.valid)
        before = ctx.get(out.payload.as_value())
        ctx.set(block.i.payload, {"pixels": [15, 15], "label": 2, "learn": 1, "recall": 1})
        for valid in (0, 1):  # a packet's label is there before its first beat
            ctx.set(block.i.valid, valid)
            await ctx.tick().repeat(2)
            assert ctx.get(out.valid) and ctx.get(out.payload.as_value()) == before
        ctx.set(out.ready, 1)
        assert await sample(ctx, block, label=2) == {"label": 2, "relearn": 0, "blank": 0}

    simulate(bench)


def test_a_finish_lets_two_blank_samples_through_and_no_more():
    """As many as an update of W waits for."""

    async def bench(ctx, block):
        ctx.set(block.finish, 1)
        await ctx.tick()
        ctx.set(block.finish, 0)
        words = 0
        for _ in range(40):
            if ctx.get(block.link.words.valid):
                words += 1
                assert ctx.get(block.link.words.payload.header.blank)
                assert not any(ctx.get(block.link.words.payload.trains[p]) for p in range(CONFIG.lanes))
            await ctx.tick()
        assert words == UPDATE_DELAY * CONFIG.beats
        assert ctx.get(block.idle) and ctx.get(block.position) == 0

    simulate(bench)


@pytest.mark.parametrize("seen, block_length", [(3, 2), (3, 3), (3, 4), (4, 1)])
def test_a_block_made_shorter_than_what_it_has_seen_ends_with_its_next_sample(seen, block_length):
    async def bench(ctx, block):
        ctx.set(block.learn_theta, 1)
        ctx.set(block.block, 63)
        for _ in range(seen):
            assert not (await sample(ctx, block))["relearn"]
        ctx.set(block.block, block_length - 1)
        await ctx.tick()
        found = [(await sample(ctx, block))["relearn"] for _ in range(1 + 2 * block_length)]
        assert found == [1, *([0] * (block_length - 1) + [1]) * 2]
        assert ctx.get(block.position) == 0

    simulate(bench)
