"""The core's ports, clock by clock in Amaranth's own simulator: what the benches' wrapper never does to them."""

import numpy as np
import pytest
from amaranth.sim import Simulator

from cosim.host.memory_map import MemoryMap
from cosim.host.state import with_copies
from golden.config import Config
from golden.integer import IntegerModel
from rtl.core import core_of
from rtl.interface.memory_map import INDEX_BITS, MEMORIES, MEMORY_BITS, settings_of

CONFIG = Config(sizes=(5, 4, 3), lanes=4, block=3)


class Pins:
    """A core under simulation: samples and host accesses, one handshake at a time."""

    def __init__(self, ctx, core):
        self.ctx, self.core, self.regions = ctx, core, MemoryMap(core.config).regions
        self.taken = []

    async def host(self, *accesses, limit=2000):
        """(address, value), or (address, None) to read; one after another. Returns the answers."""
        ctx, core, answers = self.ctx, self.core, []
        for address, value in accesses:
            ctx.set(core.host_i.payload, {"address": int(address), "write": value is not None, "data": value or 0})
            ctx.set(core.host_i.valid, 1)
            for _ in range(limit):
                ready, answered = ctx.get(core.host_i.ready), ctx.get(core.host_o.valid)
                answers += [ctx.get(core.host_o.payload)] * answered
                await self.tick()
                if ready:
                    ctx.set(core.host_i.valid, 0)
                if answered:
                    break
            else:
                raise AssertionError(f"no answer to {address:#x}")
        return answers

    async def load(self, state):
        """Writes memories by name, as they are in golden's state."""
        for name, array in state.items():
            values = np.asarray(array).reshape(-1) & ((1 << self.regions[name].bits) - 1)
            await self.host(*zip(self.regions[name].addresses.reshape(-1).tolist(), values.tolist(), strict=True))

    def at(self, name, *place):
        return self.regions[name].addresses[place]

    async def sample(self, x, label=0, learn=0, recall=0, padding=0, limit=3000):
        """Puts a sample in; results are taken as they come."""
        ctx, core, lanes = self.ctx, self.core, self.core.config.beat
        beats = np.full(core.config.groups(0) * lanes, padding)
        beats[: len(x)] = x
        for beat in beats.reshape(-1, lanes).tolist():
            ctx.set(core.i.payload, {"pixels": beat, "label": label, "learn": learn, "recall": recall})
            ctx.set(core.i.valid, 1)
            for _ in range(limit):
                ready = ctx.get(core.i.ready)
                await self.tick()
                if ready:
                    break
            else:
                raise AssertionError("no beat taken")
        ctx.set(core.i.valid, 0)

    async def tick(self):
        ctx, core = self.ctx, self.core
        if ctx.get(core.o.valid):
            self.taken.append([ctx.get(core.o.payload.voltages[k]) for k in range(core.config.classes)])
        await ctx.tick()

    async def rest(self, limit=4000):
        """Until the core is idle, at the first clock in which it is."""
        for _ in range(limit):
            if self.ctx.get(self.core.idle):
                return
            await self.tick()
        raise AssertionError("no rest")


def simulate(bench, config=CONFIG):
    """Runs `await bench(pins)` on a core."""
    core = core_of(config)
    simulator = Simulator(core)
    simulator.add_clock(1e-8)

    async def testbench(ctx):
        ctx.set(core.o.ready, 1)
        await ctx.tick()
        await bench(Pins(ctx, core))

    simulator.add_testbench(testbench)
    simulator.run()


def test_what_the_host_writes_it_reads_in_the_next_access():
    async def bench(pins):
        for name in ("N0", "S0", "h0", "m1", "E0", "W1", "Theta0", "last1", "h1", "position", "threshold"):
            address = pins.regions[name].addresses.reshape(-1)[-1]
            before, _, after = await pins.host((address, None), (address, 2), (address, None))
            assert (after, before != 2) == (2, True), name

    simulate(bench)


def test_an_address_without_a_register_reads_0():
    async def bench(pins):
        seed, finish = pins.at("seed"), pins.at("finish")
        answers = await pins.host((seed, 1234), (seed, None), (finish, None), (finish + 1, None), (finish + 40, None))
        assert answers[1:] == [1234, 0, 0, 0]

    simulate(bench)


def test_an_address_without_a_memory_writes_nothing():
    """Of every number of a memory's field, those of a block have its own, and all others have none."""

    async def bench(pins):
        addresses = np.unique(np.concatenate([region.addresses.reshape(-1) for region in pins.regions.values()]))
        addresses = addresses[addresses >> (MEMORY_BITS + INDEX_BITS) == 0].tolist()
        before = await pins.host(*((address, None) for address in addresses))
        await pins.host(
            *(((memory << INDEX_BITS) + i, 1 + i) for memory in range(len(MEMORIES), 1 << MEMORY_BITS) for i in (0, 5))
        )
        assert await pins.host(*((address, None) for address in addresses)) == before

    simulate(bench)


def test_pixels_beyond_the_last_do_not_count():
    async def bench(pins):
        weights = np.random.default_rng(1).integers(1000, 9000, 40)
        await pins.load({name: weights[: pins.regions[name].addresses.size] for name in ("W1", "W2")})
        for padding in (0, 15):
            await pins.sample([9, 3, 15, 1, 7], padding=padding)
            await pins.sample([1, 0, 15, 1, 9], padding=padding)
            await pins.rest()
        assert pins.taken[0] == pins.taken[2]
        assert pins.taken[1] == pins.taken[3]
        assert len(set(map(tuple, pins.taken))) > 1

    simulate(bench)


def test_a_label_that_is_no_concepts_teaches_nothing_and_hangs_nothing():
    async def bench(pins):
        await pins.sample([9, 3, 15, 1, 7], learn=1, label=3)
        await pins.sample([9, 3, 15, 1, 7], learn=1, label=2)
        await pins.rest()
        assert len(pins.taken) == 2
        assert await pins.host((pins.at("position"), None), (pins.at("samples0"), None)) == [1, 1]

    simulate(bench)


AT_ONCE = Config(sizes=(4, 3), lanes=4, block=1, dead_zone=0)
"""Every sample ends a block."""


@pytest.mark.parametrize("rest", [False, pytest.param(True, marks=[pytest.mark.long])])
def test_a_host_right_behind_a_blocks_last_sample_finds_what_the_recall_has_made_of_it(rest):
    """At once, or in the first clock of rest: the last concept's norm is the last value of all to be known."""
    model, random = IntegerModel(AT_ONCE, fast=False), np.random.default_rng(1)
    changes = {name: random.integers(2000, 12000, model.state()[name].shape) for name in ("W1", "Theta0")}
    model.load(model.state() | changes | {"h0": random.integers(0, 5, (3, 4))})
    begin, x = with_copies(model.state(), AT_ONCE), random.integers(1, 16, (1, 4))
    model.train(x, [1])
    expected = with_copies(model.state(), AT_ONCE)
    assert (begin["h0"] != expected["h0"]).any(), "a recall that shows nothing"

    async def bench(pins):
        await pins.load(begin)
        await pins.host(*((pins.at(name), value) for name, value in settings_of(AT_ONCE).items()))
        await pins.sample(x[0], 1, learn=1)
        if rest:
            await pins.rest()
        for name in ("N0", "h0", "Theta0", "E0"):  # an update of W waits for two samples
            found = await pins.host(*((address, None) for address in pins.regions[name].addresses.reshape(-1)[::-1]))
            wanted = (expected[name].reshape(-1).astype(np.int64) & 0xFFFFFFFF).tolist()
            assert found[::-1] == wanted, f"{name}: expected {wanted}, got {found[::-1]}"

    simulate(bench, AT_ONCE)


GAPS = Config(sizes=(4, 4, 2), lanes=2, dead_zone=0, learn_theta=False, rate=3)
"""No recall, and nearly every sample teaches."""


def sweep(gaps: range) -> None:
    """Three learning samples, `gaps` clocks from one to the next: in each clock of a sample's life comes another.

    The network goes on from gap to gap: what went wrong at one is in the weights that are compared behind the last.
    """
    x = np.array([[9, 3, 15, 1], [1, 15, 7, 9], [15, 15, 3, 3]])
    y = np.array([0, 1, 0])
    model, random = IntegerModel(GAPS, fast=False), np.random.default_rng(1)
    changes = {name: random.integers(2000, 12000, model.state()[name].shape) for name in ("W1", "W2")}
    changes["m1"] = random.integers(-31, 32, model.state()["m1"].shape)
    model.load(model.state() | changes)
    begin, voltages = with_copies(model.state(), GAPS), []
    for _ in gaps:
        voltages += model.train(x, y).voltages.tolist()
    expected = model.state()
    assert all((begin[name] != expected[name]).any() for name in ("W1", "W2")), "a training that shows nothing"

    async def bench(pins):
        await pins.load(begin)
        await pins.host(*((pins.at(name), value) for name, value in settings_of(GAPS).items()))
        for gap in gaps:
            for pixels, label in zip(x, y, strict=True):
                await pins.sample(pixels, int(label), learn=1)
                for _ in range(gap):
                    await pins.tick()
        await pins.rest()
        assert pins.taken == voltages
        await pins.host((pins.at("finish"), 1))
        await pins.rest()
        for name in ("W1", "W2"):
            found = await pins.host(*((address, None) for address in pins.regions[name].addresses.reshape(-1)))
            assert found == (expected[name].reshape(-1).astype(np.int64) & 0xFFFFFFFF).tolist(), name

    simulate(bench, GAPS)


def test_a_sample_may_come_while_the_one_before_is_under_way():
    sweep(range(0, 160, 80))


@pytest.mark.long
def test_a_sample_may_come_in_any_clock_of_the_one_before():
    sweep(range(0, 240, 3))
