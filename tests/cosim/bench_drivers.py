"""cocotb side of test_drivers.py: drivers and monitors around a small stream component, whole and broken."""

import cocotb
import pytest
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import InOrderChecker, StreamDriver, StreamMonitor, Watchdog, start
from cosim.runner import parameters


def payloads(count):
    return [{"a": (37 * n) % 256, "b": n % 16 - 8} for n in range(count)]


def expected(count):
    return [2 * p["a"] + p["b"] % 16 for p in payloads(count)]


@cocotb.test()
async def all_payloads_arrive_in_order_under_stalls(dut):
    clk = await start(dut)
    values = parameters()
    checker = InOrderChecker("doubler", expected(200))
    monitor = StreamMonitor(dut, "o", clk, values["outputs"], seed=2, checker=checker)
    driver = StreamDriver(dut, "i", clk, values["inputs"], seed=1)
    Watchdog(clk, 1000, lambda: len(monitor.received), "doubler")
    driver.send(payloads(200))
    await driver.drained()
    await monitor.wait(200)
    assert checker.done() == 200 == driver.sent


@cocotb.test()
async def the_checker_names_position_and_value(dut):
    clk = await start(dut)
    wrong = expected(20)
    wrong[13] += 1
    checker = InOrderChecker("doubler", wrong)
    monitor = StreamMonitor(dut, "o", clk)
    StreamDriver(dut, "i", clk).send(payloads(20))
    await monitor.wait(20)
    with pytest.raises(AssertionError, match=rf"doubler: payload 13: expected {wrong[13]}, got {wrong[13] - 1}"):
        for payload in monitor.received:
            checker.check(payload)
    with pytest.raises(AssertionError, match="doubler: 6 payloads missing after 13"):
        checker.done()


@cocotb.test()
async def an_offer_stands_until_it_is_taken(dut):
    clk = await start(dut)
    StreamMonitor(dut, "o", clk, "mostly", seed=4)
    driver = StreamDriver(dut, "i", clk, "random", seed=3)
    driver.send(payloads(100))
    offers, refused = [], 0
    while driver.queue:
        await RisingEdge(clk)
        offer = [int(s.value) for s in (dut.i__valid, dut.i__payload__a, dut.i__payload__b)]
        if offers and offers[-1]:
            assert offer == offers[-1]
            refused += 1
        offers.append(offer if offer[0] and not int(dut.i__ready.value) else None)
    assert refused > 50


@cocotb.test()
async def idle_clocks_carry_nothing(dut):
    clk = await start(dut)
    monitor = StreamMonitor(dut, "o", clk)
    StreamDriver(dut, "i", clk)
    for _ in range(50):
        await RisingEdge(clk)
    assert monitor.received == []
