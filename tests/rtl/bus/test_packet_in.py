"""PacketIn: how much waits in its ring, and that it stays whole."""

import pytest
from amaranth.sim import Simulator

from golden.config import Config
from rtl.bus.packet_in import PacketIn
from rtl.interface.packets import sample_words

CONFIG = Config(sizes=(24, 3), lanes=8)
"""Packets of 4 words: two of them are the whole ring."""


@pytest.mark.parametrize("pause", [0, 2])
def test_two_packets_and_a_word_wait_and_no_more_is_taken(pause):
    """Word upon word, and with clocks between them."""
    dut, taken, beats = PacketIn(CONFIG), [], []
    words = [(0, 0x76543210, 0xFEDCBA98, 0x02468ACE), (1, 0x13579BDF, 0x0F0F0F0F, 0x89ABCDEF), (2, 1, 2, 3)]
    assert len(words[0]) == sample_words(CONFIG) == 4

    async def host(ctx):
        ctx.set(dut.hold, 1)
        for packet in words:
            for number, word in enumerate(packet):
                ctx.set(dut.i.payload, {"data": word, "last": number == 3})
                ctx.set(dut.i.valid, 1)
                await ctx.tick().until(dut.i.ready)
                taken.append(word)
                ctx.set(dut.i.valid, 0)
                for _ in range(pause):
                    await ctx.tick()

    async def core(ctx):
        ctx.set(dut.o.ready, 1)
        await ctx.tick().repeat(30)
        assert len(taken) == 9, "a ring of two packets, and the register before it"
        ctx.set(dut.hold, 0)
        for _ in range(60):
            _, _, valid, payload = await ctx.tick().sample(dut.o.valid, dut.o.payload)
            if valid:
                beats.append((payload.label, sum(payload.pixels[p] << 4 * p for p in range(8))))

    simulator = Simulator(dut)
    simulator.add_clock(1e-8)
    simulator.add_testbench(host)
    simulator.add_testbench(core)
    simulator.run()
    assert beats == [(packet[0], word) for packet in words for word in packet[1:]]
