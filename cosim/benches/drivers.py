"""For block benches that touch the pins at every clock: a stream's driver and monitor, a checker in order, a watchdog."""

import random
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time

STALLS = ("never", "random", "bursts", "mostly")
"""Patterns for one side of a stream; a matrix of both sides' patterns is a bench's usual set of cases."""

Payload = int | Mapping[str, int]


def stalls(pattern: str, seed: int = 0) -> Iterator[bool]:
    """Endless: True at the clocks when a side waits. Patterns: `STALLS`. Raises ValueError at another."""
    rng = random.Random(seed)
    if pattern not in STALLS:
        raise ValueError(f"stalls: found {pattern!r}; allowed is one of {', '.join(STALLS)}")

    def generate() -> Iterator[bool]:
        while True:
            if pattern == "bursts":
                yield from [False] * rng.randint(1, 12) + [True] * rng.randint(1, 12)
            else:
                yield rng.random() < {"never": 0.0, "random": 0.5, "mostly": 0.9}[pattern]

    return generate()


class _Port:
    """The signals of one flattened stream: `name__valid`, `name__ready`, `name__payload` or `name__payload__FIELD`."""

    def __init__(self, dut: Any, name: str):
        self.name = name
        self.valid, self.ready = getattr(dut, f"{name}__valid"), getattr(dut, f"{name}__ready")
        prefix = f"{name}__payload"
        found = {str(h._name): h for h in dut if str(h._name).startswith(prefix)}
        self.whole = found.get(prefix)
        self.fields = {n[len(prefix) + 2 :]: h for n, h in found.items() if n.startswith(prefix + "__")}
        if self.whole is None and not self.fields:
            raise ValueError(f"stream {name}: found no {prefix}; allowed is a module that has it")

    def put(self, payload: Payload) -> None:
        if isinstance(payload, Mapping):
            for field, value in payload.items():
                self._set(self.fields[field], int(value))
        else:
            self._set(self.whole, int(payload))

    @staticmethod
    def _set(signal: Any, value: int) -> None:
        signal.value = value % (1 << len(signal))  # negative numbers as two's complement

    def get(self) -> Payload:
        if self.whole is not None:
            return self.whole.value.to_unsigned() if len(self.whole) > 1 else int(self.whole.value)
        return {field: int(str(signal.value), 2) for field, signal in self.fields.items()}


class StreamDriver:
    """Sends payloads into an input stream, in order, with stalls. Payload wires hold noise while valid is low.

    Args:
        dut, name, clk: module handle, the stream's port name, the clock's handle.
        pattern: of `STALLS`.
    """

    def __init__(self, dut: Any, name: str, clk: Any, pattern: str = "never", seed: int = 0):
        self.port, self.clk, self.queue = _Port(dut, name), clk, deque()
        self._stalls, self._rng = stalls(pattern, seed), random.Random(seed + 1)
        self.sent = 0
        self.port.valid.value = 0
        self.task = cocotb.start_soon(self._run())

    def send(self, payloads: Iterable[Payload]) -> None:
        """Queues payloads: whole numbers, or a mapping where the payload has fields."""
        self.queue.extend(payloads)

    async def drained(self) -> None:
        """Returns when all that was queued has been taken."""
        while self.queue:
            await RisingEdge(self.clk)

    def _noise(self) -> None:
        for signal in self.port.fields.values() if self.port.whole is None else (self.port.whole,):
            signal.value = self._rng.getrandbits(len(signal))

    async def _run(self) -> None:
        offering = False
        while True:
            # A payload once offered stays until it is taken: stalls come before it only.
            if not offering and self.queue and not next(self._stalls):
                offering = True
                self.port.put(self.queue[0])
                self.port.valid.value = 1
            elif not offering:
                self._noise()
                self.port.valid.value = 0
            await RisingEdge(self.clk)
            if offering and int(self.port.ready.value):
                self.queue.popleft()
                self.sent += 1
                offering = False


class StreamMonitor:
    """Takes payloads from an output stream, with stalls, and checks the stream's rule while it waits.

    Args:
        checker: gets each payload; None: they only lie in `received`.

    Raises (in its task, which fails the test):
        AssertionError: valid fell, or the payload changed, before it was taken.
    """

    def __init__(
        self, dut: Any, name: str, clk: Any, pattern: str = "never", seed: int = 0, checker: "InOrderChecker | None" = None
    ):
        self.port, self.clk, self.checker = _Port(dut, name), clk, checker
        self.received: list[Payload] = []
        self._stalls = stalls(pattern, seed)
        self.task = cocotb.start_soon(self._run())

    async def wait(self, count: int) -> None:
        """Returns when `count` payloads in all have been taken."""
        while len(self.received) < count:
            await RisingEdge(self.clk)

    async def _run(self) -> None:
        waiting = None
        while True:
            ready = not next(self._stalls)
            self.port.ready.value = int(ready)
            await RisingEdge(self.clk)
            valid = str(self.port.valid.value) == "1"
            if waiting is not None:
                assert valid, f"stream {self.port.name}: valid fell before the payload was taken"
                now = self.port.get()
                assert now == waiting, (
                    f"stream {self.port.name}: payload changed from {waiting} to {now} before it was taken"
                )
            if valid and ready:
                self.received.append(self.port.get())
                if self.checker:
                    self.checker.check(self.received[-1])
                waiting = None
            elif valid:
                waiting = self.port.get()


class InOrderChecker:
    """Compares payloads with those expected, in order; `compared` counts. `done` raises if some never came."""

    def __init__(self, name: str, expected: Iterable[Payload] = ()):
        self.name, self.expected, self.compared = name, deque(expected), 0

    def check(self, got: Payload) -> None:
        """Raises AssertionError naming the position, and the field, at a difference or a payload too many."""
        assert self.expected, f"{self.name}: payload {self.compared} is one more than expected: {got}"
        expected = self.expected.popleft()
        if expected != got:
            if isinstance(expected, Mapping):
                field = next(f for f in expected if expected[f] != got.get(f))
                expected, got, at = expected[field], got.get(field), f", {field}"
            else:
                at = ""
            raise AssertionError(f"{self.name}: payload {self.compared}{at}: expected {expected}, got {got}")
        self.compared += 1

    def done(self) -> int:
        """The number compared; raises AssertionError if more were expected."""
        assert not self.expected, f"{self.name}: {len(self.expected)} payloads missing after {self.compared}"
        return self.compared


class Watchdog:
    """Fails the test when `count()` stands still for `limit` clocks: a hang is a failure with a message."""

    def __init__(self, clk: Any, limit: int, count: Any, name: str = "bench"):
        self.clk, self.limit, self.count, self.name = clk, limit, count, name
        self.task = cocotb.start_soon(self._run())

    async def _run(self) -> None:
        last, still = self.count(), 0
        while True:
            await RisingEdge(self.clk)
            now = self.count()
            still = still + 1 if now == last else 0
            last = now
            assert still < self.limit, (
                f"{self.name}: nothing for {self.limit} clocks, at {get_sim_time('ns')} ns, after {now}"
            )


async def start(dut: Any, clk: str = "clk", rst: str = "rst", clocks: int = 3) -> Any:
    """Starts the clock, resets for a few clocks, and returns the clock's handle."""
    clock, reset = getattr(dut, clk), getattr(dut, rst)
    reset.value = 1
    Clock(clock, 10, unit="ns").start()
    for _ in range(clocks):
        await RisingEdge(clock)
    reset.value = 0
    await RisingEdge(clock)
    return clock
