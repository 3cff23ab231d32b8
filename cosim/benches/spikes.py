"""cocotb bench of `rtl.spikes.ActiveRows`: the rows of a pass (docs/arithmetic.md, steps 2 and 10)."""

import random
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import StreamDriver, Watchdog, stalls
from cosim.benches.pins import PATTERNS, Pins, begin, pack, unpack
from cosim.runner import parameters

SAMPLES = 16


def count(row: int, steps: int, direct: bool) -> int:
    """r of a pixel, (x T + 8) >> 4, or of a spike train."""
    return (row * steps + 8) >> 4 if direct else row.bit_count()


def lists(rows: list[int], olds: list[int]) -> tuple[list[tuple], list[tuple]]:
    """(row, train, old count) of the rows active now, and of those active in the last sample only; both ascending."""
    entries = [(j, train, old) for j, (train, old) in enumerate(zip(rows, olds, strict=True))]
    return [e for e in entries if e[1]], [e for e in entries if not e[1] and e[2]]


class Rows:
    """The bench's side: host port, and the walk through both lists of a job."""

    def __init__(self, clk, pins: Pins, shape: dict, pattern: str):
        self.clk, self.pins, self.pauses, self.pending = clk, pins, stalls(pattern, 4), [None, None]
        self.size, self.lanes, self.planes = shape["size"], shape["lanes"], shape["planes"]
        self.steps, self.direct, self.slots = shape["steps"], shape["direct"], shape["slots"]
        self.words, self.count_bits = -(-self.size // self.lanes), self.steps.bit_length()
        self.word_bits = max(1, (self.words - 1).bit_length())
        self.row_bits, self.list_bits = max(self.size - 1, 1).bit_length(), self.size.bit_length()
        self.compared = 0

    async def clock(self, presented: tuple | None = None) -> None:
        """One clock; the entry of the list position that was presented two clocks before is there at its end."""
        await RisingEdge(self.clk)
        wanted = self.pending.pop(0)
        if wanted is not None:
            found = tuple(unpack(self.pins.get("entry"), self.row_bits, self.planes, self.count_bits))
            assert found == wanted, f"entry {self.compared}: expected {wanted}, got {found}"
            self.compared += 1
        self.pending.append(presented)

    async def host_write(self, counts: list[list[int]]) -> None:
        """Counts of the last sample in every slot, one lane at a time."""
        self.pins.set(host_select=1)
        for slot in range(self.slots):
            for j in range(self.size):
                address = (slot << self.word_bits) + j // self.lanes
                self.pins.set(host_address=address, host_write=0, host_data=counts[slot][j])
                for _ in range(4):
                    await self.clock()
                self.pins.set(host_write=1 << j % self.lanes)
                await self.clock()
        self.pins.set(host_select=0, host_write=0)
        for _ in range(4):  # the last count goes in, and the first word's counts are read ahead
            await self.clock()

    async def host_read(self) -> list[list[int]]:
        """The counts in every slot."""
        counts = []
        self.pins.set(host_select=1)
        for slot in range(self.slots):
            row = []
            for word in range(self.words):
                self.pins.set(host_address=(slot << self.word_bits) + word)
                for _ in range(4):
                    await self.clock()
                row += unpack(self.pins.get("host_read"), *[self.count_bits] * self.lanes)
            counts.append(row[: self.size])
        self.pins.set(host_select=0)
        return counts

    async def walk(self, head: tuple, new: list[tuple], old: list[tuple]) -> None:
        """Waits for a job, compares it and its entries, and releases it with the last one."""
        pins = self.pins
        pins.set(release=0)
        await self.clock()
        while not pins.get("job_valid") or next(self.pauses):
            pins.noise("index", "back")
            await self.clock()
        found = tuple(unpack(pins.get("job"), self.list_bits, self.list_bits, 6, 1, 1))
        assert found == (len(new), len(old), *head), f"job: expected {(len(new), len(old), *head)}, got {found}"
        assert pins.get("busy")
        steps = [(0, i, e) for i, e in enumerate(new)] + [(1, i, e) for i, e in enumerate(old)]
        for number, (back, index, entry) in enumerate(steps, 1):
            while next(self.pauses):
                pins.noise("index", "back")
                await self.clock()
                assert pins.get("job_valid")
            pins.set(index=index, back=back, release=number == len(steps))
            await self.clock(entry)
        if not steps:
            pins.set(release=1)
            await self.clock()


def stimulus(rng: random.Random, shape: dict) -> list[int]:
    """Rows of a sample: none, all, the ends only, or some."""
    size, top = shape["size"], (1 << shape["planes"]) - 1
    kind = rng.randrange(6)
    if kind < 2:
        return [(0, top)[kind]] * size
    if kind == 2:
        return [rng.randint(1, top) if j in (0, size - 1) else 0 for j in range(size)]
    return [rng.randint(0, top) if rng.random() < 0.4 else 0 for _ in range(size)]


@cocotb.test()
async def a_new_chip_remembers_nothing_or_the_target_codes(dut):
    """First of all tests: what the memory holds before anything is written."""
    shape = parameters()["shape"]
    assert shape["slots"], "a list without counts: nothing to look at"
    clk = await begin(dut)
    rows = Rows(clk, Pins(dut), shape, "never")
    found = await rows.host_read()
    for slot, counts in enumerate(found):
        assert counts == [shape["steps"] if shape["targets"] and j == slot else 0 for j in range(shape["size"])]


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def every_active_row_is_listed_once(dut, producer, consumer):
    """Samples back to back, the next listed while the last is walked; counts of last samples loaded and read by the host."""
    shape, rng = parameters()["shape"], random.Random(f"{producer} {consumer}")
    clk, pins = await begin(dut), Pins(dut)
    rows = Rows(clk, pins, shape, consumer)
    olds = [[rng.choice((0, rng.randint(0, rows.steps))) for _ in range(rows.size)] for _ in range(rows.slots)]
    await rows.host_write(olds)
    driver, expected = StreamDriver(dut, "i", clk, producer, seed=3), deque()
    done = []
    Watchdog(clk, 2000, lambda: (len(done), rows.compared, driver.sent), "spikes")
    for n in range(SAMPLES):
        sample, head = stimulus(rng, shape), (rng.randrange(64), rng.randrange(2), rng.randrange(2))
        padded = [(j, rows.planes) for j in sample + [0] * (rows.words * rows.lanes - rows.size)]
        for word in range(rows.words):
            trains = padded[word * rows.lanes : (word + 1) * rows.lanes]
            driver.send([pack(*trains, (head[0], 6), (head[1], 1), (head[2], 1))])
        last = olds[n % rows.slots] if rows.slots else [0] * rows.size
        expected.append((head, *lists(sample, last)))
        if rows.slots:
            olds[n % rows.slots] = [count(j, rows.steps, rows.direct) for j in sample]
    while expected:
        await rows.walk(*expected.popleft())
        done.append(1)
    pins.set(release=0)
    for _ in range(3):
        await rows.clock()
    assert not pins.get("busy") and not pins.get("job_valid") and driver.sent == SAMPLES * rows.words
    assert await rows.host_read() == olds
