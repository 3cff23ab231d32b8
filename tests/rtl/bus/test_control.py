"""Control with a core of a few lines: memory is reached while it is idle only, and no sample begins under that access."""

import random

import numpy as np
import pytest
from amaranth.hdl import Cat, Module
from amaranth.lib import wiring
from amaranth.sim import Simulator

from cosim.host.packets import pack_samples
from golden.config import Config
from rtl.bus import control
from rtl.bus.axi import AxiCore
from rtl.bus.control import BusCore, Control
from rtl.bus.uart_core import UartCore
from rtl.interface.memory_map import REGISTERS
from rtl.interface.packets import result_words
from rtl.interface.registers import ADDRESS, ERRORS, FIRST_SETTING, MODES

CONFIG = Config(sizes=(9, 3), lanes=4, block=4)
SAMPLES = 60
BUSY = 1 << list(ERRORS).index("busy")


class Host:
    """The bench's state, and one coroutine for each port of the control."""

    def __init__(self, seed: int, pause: float):
        self.dut, self.rng, self.pause = Control(CONFIG), random.Random(seed), pause
        self.beats = self.results = self.words = 0
        self.accessing, self.answered, self.refused = False, 0, 0

    async def samples(self, ctx):
        """Packets, with a pause before some of the words, so that the core is idle between some of the samples."""
        x = np.array([[self.rng.randrange(16) for _ in range(9)] for _ in range(SAMPLES)])
        for packet in pack_samples(CONFIG, x).tolist():
            for index, word in enumerate(packet):
                while self.rng.random() < self.pause:
                    await ctx.tick()
                ctx.set(self.dut.stream_i.payload, {"data": word, "last": index == len(packet) - 1})
                ctx.set(self.dut.stream_i.valid, 1)
                await ctx.tick().until(self.dut.stream_i.ready)
                ctx.set(self.dut.stream_i.valid, 0)

    async def core(self, ctx):
        """Takes samples, gives results some clocks later. idle is as a core's: not while a beat is offered."""
        dut, due = self.dut, []
        offering = False
        while True:
            ready = len(due) < 3 * result_words(CONFIG) and self.rng.random() < 0.7
            ctx.set(dut.stimulus.ready, ready)
            if due and due[0] <= 0:
                offering = True
            ctx.set(dut.result.valid, offering)
            inside = bool(due) or self.beats % CONFIG.groups(0) != 0
            offered = ctx.get(dut.stimulus.valid)
            ctx.set(dut.core_idle, not inside and not offered)
            assert not (self.accessing and (inside or offered)), "a sample and a host access at once"
            _, _, valid, taken = await ctx.tick().sample(dut.stimulus.valid, dut.result.ready)
            due = [clocks - 1 for clocks in due]
            if valid and ready:
                self.beats += 1
                if self.beats % CONFIG.groups(0) == 0:
                    due += [self.rng.randrange(4, 25), *[0] * (result_words(CONFIG) - 1)]
            if offering and taken:
                due.pop(0)
                offering, self.results = False, self.results + 1  # words

    async def memory(self, ctx):
        """Answers each request, with its address, some clocks later."""
        dut = self.dut
        while True:
            ctx.set(dut.host_i.ready, 0)
            _, _, valid, request = await ctx.tick().sample(dut.host_i.valid, dut.host_i.payload)
            self.accessing = bool(valid) and request.address >> 28 != REGISTERS
            if valid:
                await ctx.tick().repeat(self.rng.randrange(1, 4))
                ctx.set(dut.host_i.ready, 1)
                await ctx.tick()
                ctx.set(dut.host_i.ready, 0)
                for _ in range(self.rng.randrange(5)):
                    await ctx.tick()
                ctx.set(dut.host_o.payload, request.address)
                ctx.set(dut.host_o.valid, 1)
                await ctx.tick()
                ctx.set(dut.host_o.valid, 0)
                self.accessing = False

    async def sink(self, ctx):
        while True:
            ctx.set(self.dut.stream_o.ready, self.rng.random() < 0.8)
            _, _, valid, ready = await ctx.tick().sample(self.dut.stream_o.valid, self.dut.stream_o.ready)
            self.words += valid and ready

    async def host(self, ctx):
        """Reads the window and a setting again and again; each answer is the right one, or a refusal."""
        window = 0
        while self.words < SAMPLES * result_words(CONFIG):
            at = self.rng.choice((ADDRESS["WINDOW_DATA"], FIRST_SETTING + 4))
            data, error = await self.access(ctx, at)
            assert not (error and at == FIRST_SETTING + 4), "a register was not read"
            if error:
                self.refused += 1
            else:
                self.answered += 1
                assert data == (window if at == ADDRESS["WINDOW_DATA"] else (15 << 28) + 1)
                window += at == ADDRESS["WINDOW_DATA"]
            await ctx.tick().repeat(self.rng.randrange(1, 12))
        assert (await self.access(ctx, ADDRESS["WINDOW_ADDRESS"]))[0] == window
        assert (await self.access(ctx, ADDRESS["ERRORS"]))[0] == BUSY
        assert [(await self.access(ctx, ADDRESS[n]))[0] for n in ("PACKETS", "RESULTS")] == [SAMPLES, SAMPLES]

    async def access(self, ctx, address: int, value: int | None = None) -> tuple[int, int]:
        """A read, or a write of a value: data and error; it is answered within a few clocks."""
        bus = self.dut.bus
        ctx.set(bus.request.payload, {"address": address, "write": value is not None, "data": value or 0})
        ctx.set(bus.request.valid, 1)
        await ctx.tick().until(bus.request.ready)
        ctx.set(bus.request.valid, 0)
        ctx.set(bus.response.ready, 1)
        for _ in range(20):
            _, _, valid, response = await ctx.tick().sample(bus.response.valid, bus.response.payload)
            if valid:
                ctx.set(bus.response.ready, 0)
                return response.data, response.error
        raise AssertionError("the bus hangs")


def test_lights_say_that_the_core_is_busy_that_it_learns_and_that_an_error_stands():
    bench = Host(1, 0.0)
    dut = bench.dut

    def lights(ctx):
        return [ctx.get(light) for light in (dut.busy, dut.learning, dut.error)]

    async def host(ctx):
        for idle in (0, 1, 0, 1):
            ctx.set(dut.core_idle, idle)
            await ctx.tick().repeat(4)
            assert lights(ctx) == [1 - idle, 0, 0]
        for mode, name in enumerate(MODES):
            await bench.access(ctx, ADDRESS["MODE"], mode)
            assert lights(ctx) == [0, int(name == "learn"), 0]
        assert await bench.access(ctx, ADDRESS["IDENTITY"], 1) == (0, 1)
        await ctx.tick().repeat(4)
        assert lights(ctx) == [0, 0, 1], "it stays until it is cleared"
        await bench.access(ctx, ADDRESS["ERRORS"], (1 << len(ERRORS)) - 1)
        await ctx.tick().repeat(2)
        assert lights(ctx) == [0, 0, 0]

    sim = Simulator(dut)
    sim.add_clock(1e-8)
    sim.add_testbench(host)
    sim.run()


class Still(Control):
    """A control of which only the ports are there."""

    def elaborate(self, platform):
        return Module()


class StillCore(wiring.Component):
    """The ports of a core that such a control has."""

    def __init__(self, still: Still):
        ports = {"i": "stimulus", "o": "result", "host_i": "host_i", "host_o": "host_o", "idle": "core_idle"}
        super().__init__({own: still.signature.members[name].flip() for own, name in ports.items()})

    def elaborate(self, platform):
        return Module()


@pytest.mark.parametrize("around", [BusCore, AxiCore, lambda config: UartCore(config, 8)], ids=["bus", "axi", "uart"])
def test_lights_and_a_cores_idle_go_through_what_is_around_the_control(monkeypatch, around):
    inner = Still(CONFIG)
    core = StillCore(inner)
    monkeypatch.setattr(control, "Control", lambda config, route: inner)
    monkeypatch.setattr(control, "word_core_of", lambda config: core)
    dut = around(CONFIG)
    names = ("busy", "learning", "error")

    async def host(ctx):
        for lit in range(8):
            ctx.set(Cat(*(getattr(inner, name) for name in names)), lit)
            ctx.set(core.idle, lit & 1)
            assert ctx.get(Cat(*(getattr(dut, name) for name in names))) == lit
            assert ctx.get(inner.core_idle) == lit & 1

    sim = Simulator(dut)  # no clock: they are wires
    sim.add_testbench(host)
    sim.run()


@pytest.mark.parametrize("seed, pause", [(1, 0.0), (2, 0.8), (3, 0.95), (4, 0.95)])
def test_samples_and_accesses_exclude_each_other(seed, pause):
    bench = Host(seed, pause)
    sim = Simulator(bench.dut)
    sim.add_clock(1e-8)
    for part in (bench.samples, bench.core, bench.memory, bench.sink):
        sim.add_testbench(part, background=True)
    sim.add_testbench(bench.host)
    sim.run()
    assert bench.results == SAMPLES * result_words(CONFIG) and bench.refused > 10
    assert bench.answered > 50 or pause < 0.9  # a core that is seldom idle may refuse all
