"""How a board's core starts: not before its clock has been stable for a while, and from its first state."""

import pytest
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from rtl.boards.uart_board import BOOT, Start

SETTLE = 6
"""Clocks that synchronisers and the register in front of the reset take, at most."""


def counted(lock) -> list[int]:
    """Values of a counter in the core's domain, a clock each, where the PLL's lock is as this list says."""
    m, count, seen = Module(), Signal(16), []
    m.submodules.start = start = Start()
    m.d.sync += count.eq(count + 1)
    sim = Simulator(m)
    sim.add_clock(1e-6, domain="sync")
    sim.add_clock(1e-6, domain="boot")

    async def bench(context):
        for value in lock:
            context.set(start.locked, value)
            await context.tick("boot")
            seen.append(context.get(count))

    sim.add_testbench(bench)
    sim.run()
    return seen


def test_the_core_waits_until_its_clock_has_been_stable_for_a_while():
    seen = counted([0] * 20 + [1] * (BOOT + 40))
    assert not any(seen[: 20 + BOOT]) and seen[20 + BOOT + SETTLE] > 0


@pytest.mark.parametrize("at", [100, BOOT - 1])
def test_a_lock_that_flickers_is_waited_for_anew(at):
    seen = counted([1] * at + [0] * 2 + [1] * (BOOT + 40))
    assert not any(seen[: at + 2 + BOOT]) and seen[-1] > 0


def test_a_core_whose_lock_is_lost_begins_anew():
    seen = counted([1] * (BOOT + 100) + [0] * 2 + [1] * (BOOT + 40))
    after = seen[BOOT + 100 + SETTLE :]
    assert seen[BOOT + 100] > 50 and not any(after[: BOOT - SETTLE]) and 0 < after[-1] < 50
