"""The core's ports, clock by clock in Amaranth's own simulator: what the benches' wrapper never does to them."""

from itertools import pairwise

import numpy as np
import pytest
from amaranth.sim import Simulator

from golden.config import Config
from golden.integer import IntegerModel
from rtl.core import BsdCore
from rtl.interface.memory_map import MemoryMap, settings_of
from rtl.interface.state import with_copies
from tests.marks import long

CONFIG = Config(sizes=(5, 4, 3), lanes=(4, 3, 2), block=3)


class Pins:
    """A core under simulation: samples and host accesses, one handshake at a time."""

    def __init__(self, ctx, core):
        self.ctx, self.core, self.regions = ctx, core, MemoryMap(core.config).regions
        self.taken = []

    async def host(self, *accesses, limit=100):
        """(address, value), or (address, None) to read; back to back, as soon as the core takes it."""
        ctx, core, answers, sent = self.ctx, self.core, [], 0
        for _ in range(limit + 11 * len(accesses)):
            if sent < len(accesses):
                address, value = accesses[sent]
                ctx.set(core.host_i.payload, {"address": int(address), "write": value is not None, "data": value or 0})
            ctx.set(core.host_i.valid, sent < len(accesses))
            await ctx.delay(0)
            sent += ctx.get(core.host_i.valid) and ctx.get(core.host_i.ready)
            if ctx.get(core.host_o.valid):
                answers.append(ctx.get(core.host_o.payload))
            await ctx.tick()
            if len(answers) == len(accesses):
                ctx.set(core.host_i.valid, 0)
                return answers
        raise AssertionError(f"{len(answers)} answers to {len(accesses)} requests")

    async def load(self, state):
        """Writes memories by name, as they are in golden's state."""
        accesses = []
        for name, array in state.items():
            values = np.asarray(array).reshape(-1) & ((1 << self.regions[name].bits) - 1)
            accesses += zip(self.regions[name].addresses.reshape(-1).tolist(), values.tolist(), strict=True)
        for start in range(0, len(accesses), 64):
            await self.host(*accesses[start : start + 64])

    def at(self, name, *place):
        return self.regions[name].addresses[place]

    async def sample(self, x, label=0, learn=0, recall=0, padding=0, limit=500):
        """Puts a sample in; results are taken as they come."""
        ctx, core, lanes = self.ctx, self.core, self.core.config.lanes[0]
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
            self.taken.append([ctx.get(v) for v in (core.o.payload.voltages[k] for k in range(core.config.classes))])
        await ctx.tick()

    async def rest(self, limit=2000):
        """Until the core is idle, at the first clock in which it is."""
        for _ in range(limit):
            if self.ctx.get(self.core.idle):
                return
            await self.tick()
        raise AssertionError("no rest")


def simulate(bench, config=CONFIG):
    """Runs `await bench(pins)` on a core."""
    core = BsdCore(config)
    simulator = Simulator(core)
    simulator.add_clock(1e-8)

    async def testbench(ctx):
        ctx.set(core.o.ready, 1)
        await ctx.tick()
        await bench(Pins(ctx, core))

    simulator.add_testbench(testbench)
    simulator.run()


def test_what_the_host_writes_it_reads_in_the_next_clock():
    async def bench(pins):
        for name in ("N0", "S0", "h0", "E0", "W1", "Theta0", "flags1", "apical1", "position", "threshold"):
            address = pins.regions[name].addresses.reshape(-1)[-1]
            before, _, after = await pins.host((address, None), (address, 2), (address, None))
            assert (after, before != 2) == (2, True), name

    simulate(bench)


@pytest.mark.parametrize("runs", [20, long(40)])
def test_accesses_in_any_order_find_their_own_words(runs):
    """Back to back: each memory's words, read in runs and one by one, among writes and registers."""

    async def bench(pins):
        random = np.random.default_rng(3)
        held, places = {}, []
        names = ("N0", "S0", "h0", "E0", "E1", "W1", "W2", "Theta0", "flags1", "apical1", "position", "threshold", "margin")
        for name in names:
            for address in sorted(pins.regions[name].addresses.reshape(-1).tolist()):
                held[address] = int(random.integers(0, 3 if name in ("h0", "apical1", "flags1") else 7))
                places.append(address)
        await pins.host(*held.items())
        accesses, expected = [], []
        for _ in range(runs):
            start, count = int(random.integers(0, len(places))), int(random.integers(1, 12))
            for address in places[start : start + count]:
                written = int(random.integers(0, 3)) if random.random() < 0.1 else None
                accesses.append((address, written))
                expected.append(held[address] if written is None else None)
                held[address] = held[address] if written is None else written
        answers = await pins.host(*accesses)
        for number, (value, answer) in enumerate(zip(expected, answers, strict=True)):
            around = accesses[number - 1 : number + 1]
            assert value in (None, answer), f"access {number}, {around}: expected {value}, got {answer}"

    simulate(bench, CONFIG.replace(sizes=(5, 9, 3), lanes=(4, 6, 2)))  # more than four lanes, so that a lane has two parts


def test_reads_of_one_memory_take_a_clock_each():
    async def bench(pins):
        addresses, clocks = pins.regions["W1"].addresses.reshape(-1).tolist(), pins.at("clocks")
        for count in (1, 2, len(addresses)):
            (before,) = await pins.host((clocks, None))
            await pins.host(*((address, None) for address in addresses[:count]))
            (after,) = await pins.host((clocks, None))
            # `before` and the reads take 12 clocks each until what comes after them is asked for.
            assert after - before == 12 + 12 + count - 1, f"{count} reads"

    simulate(bench)


def test_a_sample_that_waits_ends_a_run_of_reads_and_waits_for_its_answers():
    async def bench(pins):
        ctx, core, answers = pins.ctx, pins.core, []
        addresses = pins.regions["W1"].addresses[0, :3].tolist()
        await pins.host(*((address, value) for value, address in enumerate(addresses, 5)))
        await ctx.tick()
        for address in addresses:
            ctx.set(core.host_i.payload, {"address": address, "write": 0, "data": 0})
            ctx.set(core.host_i.valid, 1)
            assert ctx.get(core.host_i.ready)
            await pins.tick()
        ctx.set(core.i.payload, {"pixels": [1, 2, 3, 4], "label": 0, "learn": 0, "recall": 0})
        ctx.set(core.i.valid, 1)
        for _ in range(20):
            assert not ctx.get(core.host_i.ready)
            if ctx.get(core.host_o.valid):
                answers.append(ctx.get(core.host_o.payload))
            assert ctx.get(core.i.ready) == (len(answers) == 3)
            if ctx.get(core.i.ready):
                assert answers == [5, 6, 7]
                return
            await pins.tick()
        raise AssertionError("the sample was never taken")

    simulate(bench)


def test_memories_are_whole_in_the_first_clock_of_rest_after_a_recall():
    async def bench(pins):
        model = IntegerModel(CONFIG)
        await pins.load({name: array for name, array in model.state().items() if name.startswith("Theta")})
        await pins.sample([0] * 5, recall=1)
        await pins.rest()
        # The last concept's norm is the last value of all to be known.
        found = [(await pins.host((pins.at("N0", 2), None)))[0]]
        found += await pins.host(*((pins.at("N0", k), None) for k in (0, 1)))
        expected = (model.h[0].numpy().astype(int) ** 2).sum(1)
        assert found == [expected[2], expected[0], expected[1]]
        assert min(found) > 0

    simulate(bench)


def test_a_request_waits_until_the_core_is_at_rest():
    async def bench(pins):
        ctx, core = pins.ctx, pins.core
        await pins.sample([9, 3, 15, 1, 7], recall=1)
        assert not ctx.get(core.idle)
        ctx.set(core.host_i.payload, {"address": int(pins.at("clocks")), "write": 0, "data": 0})
        ctx.set(core.host_i.valid, 1)
        for _ in range(2000):
            idle, ready = ctx.get(core.idle), ctx.get(core.host_i.ready)
            assert ready <= idle
            if ready:
                return
            await pins.tick()
        raise AssertionError("the request was never taken")

    simulate(bench)


AT_ONCE = Config(sizes=(4, 3), lanes=(4, 3), block=1, dead_zone=0)
"""Both layers have learned a sample at the same time: for some clocks nothing moves, until the recall begins."""


def read_behind_a_block() -> None:
    """A host that asks right behind a block's last sample, with none between, finds what the recall has made of it."""
    model, random = IntegerModel(AT_ONCE, fast=False), np.random.default_rng(1)
    changes = {name: random.integers(2000, 12000, model.state()[name].shape) for name in ("W1", "Theta0")}
    model.load(model.state() | changes | {"h0": random.integers(0, 5, (3, 4))})
    begin, x = with_copies(model.state()), random.integers(1, 16, (1, 4))
    model.train(x, [1])
    expected = with_copies(model.state())
    assert (begin["h0"] != expected["h0"]).any(), "a recall that shows nothing"

    async def bench(pins):
        await pins.load(begin)
        await pins.host(*((pins.at(name), value) for name, value in settings_of(AT_ONCE).items()))
        await pins.sample(x[0], 1, learn=1)
        for name in ("h0", "N0", "flags0", "Theta0"):  # an update of W waits for the next sample
            found = await pins.host(*((address, None) for address in pins.regions[name].addresses.reshape(-1)), limit=600)
            wanted = (expected[name].reshape(-1).astype(np.int64) & 0xFFFFFFFF).tolist()
            assert found == wanted, f"behind a block: {name}: expected {wanted}, got {found}"

    simulate(bench, AT_ONCE)


def test_a_request_right_behind_a_block_finds_what_is_recalled():
    read_behind_a_block()


def test_pixels_beyond_the_last_do_not_count():
    async def bench(pins):
        for padding in (0, 15):
            await pins.sample([9, 3, 15, 1, 7], padding=padding, learn=1, label=1)
            await pins.sample([1, 0, 15, 1, 9], padding=padding)
            await pins.rest()
            await pins.host(*((pins.at(name), 0) for name in ("samples", "position")))
        assert pins.taken[0] == pins.taken[2]
        assert pins.taken[1] == pins.taken[3]
        assert len(set(map(tuple, pins.taken))) > 1

    async def with_weights(pins):
        weights = np.random.default_rng(1).integers(1000, 9000, 40)
        await pins.load({name: weights[: pins.regions[name].addresses.size] for name in ("W1", "W2")})
        # A learning rate so low that no weight moves between the two rounds.
        await pins.host(*((pins.at(f"rate{layer}"), 0) for layer in (1, 2)), (pins.at("stochastic"), 0))
        await bench(pins)

    simulate(with_weights)


def test_a_label_that_is_no_concepts_teaches_nothing_and_hangs_nothing():
    async def bench(pins):
        await pins.sample([9, 3, 15, 1, 7], learn=1, label=3)
        await pins.sample([9, 3, 15, 1, 7], learn=1, label=2)
        await pins.rest()
        assert len(pins.taken) == 2
        assert await pins.host((pins.at("samples"), None)) == [1]

    simulate(bench)


GAPS = Config(sizes=(4, 4, 2), lanes=(4, 2, 2), dead_zone=0, learn_theta=False, rate=3)
"""A beat a sample, no recall, and every sample teaches."""


def sweep(gaps: range = range(75), together: int = 5) -> None:
    """Three learning samples, `gaps` clocks from one to the next: in each clock of a sample's life comes another.

    The network goes on from gap to gap: what went wrong at one is still in the weights when they are compared, behind the
    last of each `together`.
    """
    x = np.array([[9, 3, 15, 1], [1, 15, 7, 9], [15, 15, 3, 3]])
    y = np.array([0, 1, 0])
    model, random = IntegerModel(GAPS, fast=False), np.random.default_rng(1)
    changes = {name: random.integers(2000, 12000, model.state()[name].shape) for name in ("W1", "W2")}
    changes |= {name: random.integers(0, 5, model.state()[name].shape) for name in ("h0", "h1")}
    model.load(model.state() | changes)
    begin, ends = with_copies(model.state()), []
    for _ in gaps:
        model.train(x, y)
        ends.append(with_copies(model.state()))
    for before, end in pairwise([begin, *ends]):
        assert (before["W1"] != end["W1"]).any() and (before["W2"] != end["W2"]).any(), "a round that shows nothing"

    async def bench(pins):
        await pins.load(begin)
        await pins.host(*((pins.at(name), value) for name, value in settings_of(GAPS).items()))
        for number, gap in enumerate(gaps):
            some = f"gap of {gaps[number // together * together]} to {gap} clocks"
            try:
                for pixels, label in zip(x, y, strict=True):
                    await pins.sample(pixels, int(label), learn=1)
                    for _ in range(gap):
                        await pins.tick()
                await pins.sample([0] * 4)
                await pins.rest()
            except AssertionError as error:
                raise AssertionError(f"{some}: {error}") from None
            if number % together < together - 1 and gap != gaps[-1]:
                continue
            for name in ("W1", "W2"):
                found = await pins.host(*((address, None) for address in pins.regions[name].addresses.reshape(-1)))
                expected = (ends[number][name].reshape(-1).astype(np.int64) & 0xFFFFFFFF).tolist()
                assert found == expected, f"{some}: {name}: expected {expected}, got {found}"

    simulate(bench, GAPS)


def test_a_sample_may_come_while_the_one_before_is_under_way():
    sweep(range(0, 75, 15))


@pytest.mark.long
def test_a_sample_may_come_in_any_clock_of_the_one_before():
    sweep()


def test_an_address_without_a_register_reads_0():
    async def bench(pins):
        seed, hole = pins.at("seed"), pins.at("walked0")
        answers = await pins.host((seed, 1234), (seed, None), (hole, None), (hole + 40, None))
        assert answers[1:] == [1234, 0, 0]

    simulate(bench, CONFIG.replace(learn=False))
