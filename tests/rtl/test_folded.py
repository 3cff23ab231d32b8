"""The folded core clock by clock: its registers beside those of a core that is not folded, and its program's assembler."""

import numpy as np
import pytest
from amaranth.sim import Simulator

from golden.config import Config
from golden.integer import IntegerModel
from rtl.core import core_of
from rtl.folded.assembler import Program
from rtl.folded.engine import Engine
from rtl.folded.microcode import If
from rtl.folded.plan import Plan
from rtl.folded.program import program
from rtl.interface.memory_map import register_names
from rtl.interface.state import with_copies
from tests.rtl.test_core import Pins

CONFIG = Config(sizes=(5, 4, 3), lanes=1, block=3, dead_zone=0)
FOLDED = CONFIG.replace(folded=True)


class Slow(Pins):
    """One access at a time, and patience."""

    async def host(self, *accesses):
        return [answer for access in accesses for answer in await super(Slow, self).host(access)]


def simulate(core, bench):
    """Runs `await bench(pins)` on a core that has come to rest."""
    simulator = Simulator(core)
    simulator.add_clock(1e-8)

    async def testbench(ctx):
        ctx.set(core.o.ready, 1)
        await ctx.tick()
        pins = Slow(ctx, core)
        while not ctx.get(core.idle):
            await ctx.tick()
        await bench(pins)

    simulator.add_testbench(testbench)
    simulator.run()


@pytest.mark.long
def test_walked_rows_and_results_are_those_of_a_core_that_is_not_folded():
    found = {}
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 16, (7, 5)), rng.integers(0, 3, 7)
    state = with_copies(IntegerModel(CONFIG, fast=False).state())

    async def bench(pins):
        await pins.load(state)
        for pixels, label in zip(x, y, strict=True):
            await pins.sample(pixels, int(label), learn=1, limit=5000)
        await pins.rest(9000)
        await pins.sample(x[0], recall=1)
        await pins.rest(9000)
        walked = await pins.host(*((pins.at(f"walked{layer}"), None) for layer in range(3)))
        found[pins.core.config.folded] = walked, pins.taken

    for config in (CONFIG, FOLDED):
        simulate(core_of(config), bench)
    assert found[True] == found[False]
    assert all(found[True][0]) and len(found[True][1]) >= 8


def test_registers_hold_their_bits_and_count():
    async def bench(pins):
        for name, value, back in (
            ("threshold", 0xFFFFFFFF, 1023),
            ("window_low", 0x1FFF, 0xFFFFFFFF),
            ("window_high", 0xFFF, 0xFFF),
            ("rate2", 0x1D, 13),
            ("seed", 0x80000001, 0x80000001),
            ("position", 0x1003, 3),
            ("walked1", 77, 77),
        ):
            _, found = await pins.host((pins.at(name), value), (pins.at(name), None))
            assert found == back, name
        await pins.host((pins.at("clocks"), 1000))
        first, second = await pins.host((pins.at("clocks"), None), (pins.at("clocks"), None))
        assert 1000 <= first < second < 1200
        hole = int(pins.at("clocks")) + len(register_names(FOLDED))
        _, found = await pins.host((hole, 5), (hole, None))
        assert found == 0

    simulate(core_of(FOLDED), bench)


def test_a_word_of_a_result_is_there_in_the_second_clock_after_the_one_before():
    async def bench(pins):
        ctx, core, gap, gaps = pins.ctx, pins.core, 0, []
        for pixel in range(5):
            ctx.set(core.i.payload, {"pixels": [pixel], "label": 0, "learn": 0, "recall": 0})
            ctx.set(core.i.valid, 1)
            while not ctx.get(core.i.ready):
                await ctx.tick()
            await ctx.tick()
        ctx.set(core.i.valid, 0)
        for _ in range(2000):
            valid = ctx.get(core.o.valid)
            gaps += [gap] if valid else []
            gap = 0 if valid else gap + 1
            await ctx.tick()
        assert len(gaps) == 1 + 3 + 2 * 4 and max(gaps[1:]) == 1

    simulate(Engine(FOLDED), bench)


def test_the_largest_programs_fit_what_an_ice40_has():
    """1,024 lines in 16 of its block memories; 784 - 20 - 10 in its four large ones."""
    for config in (Config.load("micro"), Config(sizes=(784, 20, 10), lanes=1, folded=True, loss="gap")):
        plan = Plan(config)
        assert len(program(plan)) <= 1024 and plan.scratch_bits <= 9
        assert plan.words <= 2 << 14 and plan.concept_bits + plan.neuron_bits <= 14


def test_the_assembler_names_what_is_wrong():
    p = Program()
    p.op(go="nowhere")
    with pytest.raises(ValueError, match="label: found no 'nowhere'"):
        p.finish()
    with pytest.raises(ValueError, match="value: found 3 in a jump to 'x'; allowed is one of them"):
        p.op("x", value=3, go="x", when=If.ZERO)
    with pytest.raises(ValueError, match="scratch: found 1 to read and 2 to write"):
        p.op(fetch=1, keep=2)
    p.label("twice")
    with pytest.raises(ValueError, match="label: found 'twice' twice"):
        p.label("twice")
