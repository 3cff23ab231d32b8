"""Receiver and Transmitter alone: baud rates that are off, glitches, breaks, and every bit's place on the line."""

import gc
import random
import warnings

import pytest
from amaranth.hdl import UnusedElaboratable
from amaranth.sim import Simulator

from rtl.bus.uart import MIN_DIVISOR, Receiver, Transmitter

CLOCK = 1e-6


def received(divisor: int, line: list[tuple[int, float]]) -> tuple[list[int], int]:
    """Bytes, and errors, that the receiver made of a line: (level, bits' time) pieces, then a long idle."""
    dut = Receiver(divisor)
    found, errors = [], []

    async def sender(ctx):
        await ctx.delay(0.37 * CLOCK)
        for level, bits in line:
            ctx.set(dut.rx, level)
            await ctx.delay(bits * divisor * CLOCK)
        ctx.set(dut.rx, 1)

    async def watch(ctx):
        for _ in range(round(sum(bits for _, bits in line) + 15) * divisor):
            _, _, valid, byte, error = await ctx.tick().sample(dut.o.valid, dut.o.payload, dut.error)
            if valid:
                found.append(byte)
            errors.append(error)

    sim = Simulator(dut)
    sim.add_clock(CLOCK)
    sim.add_testbench(watch)
    sim.add_testbench(sender, background=True)
    sim.run()
    return found, sum(errors)


def pieces(data: list[int], slow: float = 0.0, stop: int = 1) -> list[tuple[int, float]]:
    """Bytes without a pause between them; every bit takes `slow` more than a bit's time."""
    return [(level, 1 + slow) for byte in data for level in (0, *(byte >> bit & 1 for bit in range(8)), stop)]


@pytest.mark.parametrize("divisor", [MIN_DIVISOR, 5, 8, 16])
@pytest.mark.parametrize("slow", [-0.03, 0, 0.03])
def test_bytes_arrive_from_a_sender_that_is_off(divisor, slow):
    data = [0x00, 0xFF, 0x55, 0xAA, 0x01, 0x80, *random.Random(divisor).randbytes(12)]
    slow = slow / 2 if divisor == MIN_DIVISOR else slow
    assert received(divisor, pieces(data, slow)) == (data, 0)


@pytest.mark.parametrize("divisor", [5, 16])
def test_a_byte_without_a_stop_bit_is_dropped(divisor):
    line = pieces([0x12]) + pieces([0x34], stop=0) + [(1, 1)] + pieces([0x56])
    assert received(divisor, line) == ([0x12, 0x56], 1)


@pytest.mark.parametrize("divisor", [5, 16])
def test_a_break_is_one_error_however_long(divisor):
    assert received(divisor, [(0, 57.3), (1, 1), *pieces([0xC3])]) == ([0xC3], 1)


@pytest.mark.parametrize("divisor", [5, 16])
def test_a_pulse_shorter_than_half_a_bit_is_no_start(divisor):
    line = [(1, 2), (0, 0.3), (1, 0.8), *pieces([0xFF]), (1, 0.4), (0, 0.25), (1, 1), *pieces([0x0F])]
    assert received(divisor, line) == ([0xFF, 0x0F], 0)


@pytest.mark.parametrize("divisor", [MIN_DIVISOR, 7])
def test_every_bit_takes_its_clocks(divisor):
    dut, line = Transmitter(divisor), []
    data = [0x00, 0xFF, 0x5A, 0xC0]

    async def give(ctx):
        await ctx.tick().repeat(3)
        for byte in data:
            ctx.set(dut.i.payload, byte)
            ctx.set(dut.i.valid, 1)
            await ctx.tick().until(dut.i.ready)
        ctx.set(dut.i.valid, 0)
        ctx.set(dut.i.payload, 0)
        await ctx.tick().repeat(12 * divisor)

    async def watch(ctx):
        async for _, _, tx in ctx.tick().sample(dut.tx):
            line.append(tx)

    sim = Simulator(dut)
    sim.add_clock(CLOCK)
    sim.add_testbench(give)
    sim.add_testbench(watch, background=True)
    sim.run()
    due = [level for byte in data for level, _ in [*pieces([byte])] for _ in range(divisor)]
    for n in range(len(data), 0, -1):
        due.insert(n * 10 * divisor, 1)  # the clock in which it takes the next byte
    first = line.index(0)
    assert line[:first] == [1] * first
    assert line[first : first + len(due)] == due
    assert set(line[first + len(due) :]) == {1}


@pytest.mark.parametrize("part", [Receiver, Transmitter])
def test_a_bit_of_too_few_clocks_is_refused(part):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusedElaboratable)  # of the part that is not finished
        with pytest.raises(ValueError, match="divisor: found 3; allowed is 4 or more clocks a bit"):
            part(3)
        gc.collect()
