"""PacketPorts, clock by clock: a word that a register took goes into its packet, whenever the route turns."""

import pytest
from amaranth.sim import Simulator

from golden.config import Config
from rtl.bus.packet_ports import PacketPorts
from rtl.interface.packets import sample_words
from rtl.interface.registers import ROUTES

CONFIG = Config(sizes=(9, 3), lanes=4, block=4)
WORDS = sample_words(CONFIG)


async def push(ctx, ports, last: int) -> bool:
    """As `Control` does: there is room in one clock, the word comes in the next. Whether there was room."""
    room = ctx.get(ports.room)
    await ctx.tick()
    if room:
        ctx.set(ports.word, {"data": 0, "last": last})
        ctx.set(ports.push, 1)
        await ctx.tick()
        ctx.set(ports.push, 0)
    return bool(room)


@pytest.mark.parametrize("gap", range(8))
def test_a_word_right_behind_a_packet_after_which_the_route_turns_is_refused_or_begins_the_next(gap):
    ports = PacketPorts(CONFIG, ROUTES.index("register"))

    async def bench(ctx):
        ctx.set(ports.route, ROUTES.index("register"))
        ctx.set(ports.stimulus.ready, 1)
        await ctx.tick()
        for word in range(WORDS):
            assert await push(ctx, ports, word == WORDS - 1)
            if word < WORDS - 1:
                await ctx.tick().repeat(4)
            ctx.set(ports.route, ROUTES.index("stream"))
        for _ in range(gap):
            await ctx.tick()
        begun = await push(ctx, ports, 0)
        await ctx.tick().repeat(10)
        for word in range(1, WORDS * begun):
            assert await push(ctx, ports, word == WORDS - 1), "a word is stuck"
            await ctx.tick().repeat(10)
        assert ctx.get(ports.counts.PACKETS) == 1 + begun
        assert ctx.get(ports.counts.DROPPED) == 0
        assert not ctx.get(ports.room), "the route did not turn"

    sim = Simulator(ports)
    sim.add_clock(1e-8)
    sim.add_testbench(bench)
    sim.run()
