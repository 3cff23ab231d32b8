"""The 1/sqrt unit against its model: every N of 13 bits, edges and seeded random ones of 18, one a clock."""

import math
import random

import pytest
from amaranth.back import verilog
from amaranth.sim import Simulator

from cosim.benches.models import rsqrt
from rtl.rsqrt import TABLE, Rsqrt


def run(bits: int, values: list[int]) -> list[tuple[int, int]]:
    """(t, s) of each value; the values go in one a clock."""
    dut = Rsqrt(bits)
    found = []

    async def bench(ctx):
        for value in values + [0] * dut.latency:
            found.append((ctx.get(dut.t), 8 + ctx.get(dut.place)))
            ctx.set(dut.n, value)
            await ctx.tick()

    sim = Simulator(dut)
    sim.add_clock(1e-8)
    sim.add_testbench(bench)
    sim.run()
    return found[dut.latency :]


@pytest.mark.parametrize("bits", [1, 2, 3, 7, 8, 13])
def test_every_value_of_small_widths_is_the_models(bits):
    values = list(range(1 << bits))
    assert run(bits, values) == [rsqrt(n) for n in values]


@pytest.mark.parametrize("bits", [18, 19])
def test_edges_and_random_values_of_large_widths_are_the_models(bits):
    edges = [n for p in range(bits + 1) for n in ((1 << p) - 1, 1 << p, (1 << p) + 1) if n < 1 << bits]
    values = edges + [random.Random(bits).randrange(1 << bits) for _ in range(1000)]
    assert run(bits, values) == [rsqrt(n) for n in values]


def test_the_mantissas_top_bit_says_n_is_not_zero():
    assert len(TABLE) == 48 and TABLE[0] == 255 and all(128 <= t < 256 for t in TABLE)


def test_the_model_is_one_over_the_square_root_within_three_percent():
    for n in range(1, 1 << 14):
        t, s = rsqrt(n)
        assert abs(t / 2**s * math.sqrt(n) - 1) < 0.033


def test_it_converts_to_verilog():
    assert "module rsqrt" in verilog.convert(Rsqrt(18), name="rsqrt", emit_src=False, strip_internal_attrs=True)
