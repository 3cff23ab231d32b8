"""PacketIn: how much waits in its ring, that it stays whole, and what is made of its header."""

import pytest
from amaranth.sim import Simulator

from golden.config import Config
from rtl.bus.packet_in import PacketIn
from rtl.interface.packets import sample_words

CONFIG = Config(sizes=(24, 3), lanes=8)
"""Packets of 4 words: two of them are the whole ring."""
DRAWS = Config.from_dict({"task": "autoencoder", "sizes": [3, 9], "lanes": 4, "learn": False})
"""Packets of 3 words, for codes of 9: samples of 3 beats."""

FORETELLS = Config.from_dict({"task": "sequence", "recurrent": True, "sizes": [3, 3], "lanes": 4})
"""Packets of 2 words, samples of one beat."""


def test_bit_16_ends_a_sequence_and_the_bits_above_mean_nothing():
    dut, found = PacketIn(FORETELLS), []
    headers = [0x00000, 0x10001, 0xFFFE0002, 0xFFFF0000]

    async def host(ctx):
        for header in headers:
            for number, word in enumerate((header, 0x123)):
                ctx.set(dut.i.payload, {"data": word, "last": number})
                ctx.set(dut.i.valid, 1)
                await ctx.tick().until(dut.i.ready)
        ctx.set(dut.i.valid, 0)

    async def core(ctx):
        ctx.set(dut.o.ready, 1)
        for _ in range(80):
            _, _, valid, payload = await ctx.tick().sample(dut.o.valid, dut.o.payload)
            if valid:
                found.append((payload.label, payload.last))

    simulator = Simulator(dut)
    simulator.add_clock(1e-8)
    simulator.add_testbench(host)
    simulator.add_testbench(core)
    simulator.run()
    assert found == [(0, 0), (1, 1), (2, 0), (0, 1)]


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


def test_a_code_is_drawn_without_learning_too_and_any_label_will_do():
    dut, found = PacketIn(DRAWS), []
    assert sample_words(DRAWS) == 3
    packets = [(mode, (0xFFFFFFFF, 0x76543210 + mode, 0xFFFFFFF8)) for mode in range(3)]

    async def host(ctx):
        for mode, packet in packets:
            for number, word in enumerate(packet):
                ctx.set(dut.mode, mode)
                ctx.set(dut.i.payload, {"data": word, "last": number == 2})
                ctx.set(dut.i.valid, 1)
                await ctx.tick().until(dut.i.ready)
        ctx.set(dut.i.valid, 0)

    async def core(ctx):
        ctx.set(dut.o.ready, 1)
        for _ in range(150):
            _, _, valid, payload, label = await ctx.tick().sample(dut.o.valid, dut.o.payload, dut.label)
            assert not label
            if valid:
                found.append((payload.learn, payload.recall, sum(payload.pixels[p] << 4 * p for p in range(4))))

    simulator = Simulator(dut)
    simulator.add_clock(1e-8)
    simulator.add_testbench(host)
    simulator.add_testbench(core)
    simulator.run()
    values = [(0x3210 + mode, 0x7654, 0xFFF8) for mode in range(3)]
    assert found == [(0, int(mode == 2), value) for mode in range(3) for value in values[mode]]
