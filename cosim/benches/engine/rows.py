"""cocotb bench of `rtl.engine.rows`: samples of all sources by two channels, walked in any order."""

import random
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import StreamDriver, Watchdog, stalls
from cosim.benches.engine.formats import format_of
from cosim.benches.pins import PATTERNS, Pins, begin, pack, unpack
from cosim.runner import parameters
from rtl.engine.contexts import Source
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import header_layout
from rtl.formats import PIXEL_BITS

CHANNELS = 2
SAMPLES = 40


def count(train: int, steps: int, source: Source) -> int:
    """r of what a row sends: (x T + 8) >> 4 of a pixel, the spikes of a train."""
    return (train * steps + 8) >> 4 if source.direct else train.bit_count()


def sample_of(rng: random.Random, f: EngineFormat, source: Source) -> list[int]:
    """What a source's senders send: nothing, all, the ends only, or some."""
    top = (1 << (PIXEL_BITS if source.direct else f.steps)) - 1
    kind = rng.randrange(6)
    if kind < 2:
        return [(0, top)[kind]] * source.rows
    if kind == 2:
        return [rng.randint(1, top) if j in (0, source.rows - 1) else 0 for j in range(source.rows)]
    return [rng.randint(0, top) if rng.random() < 0.4 else 0 for _ in range(source.rows)]


class Bench:
    """Senders that keep to two samples a source, and what is to be listed for each.

    The lateral source, where there is one, sends what completes the list of the sample behind the one that was walked last.
    """

    def __init__(self, dut, clk, pins: Pins, f: EngineFormat, patterns: tuple[str, str], rng: random.Random):
        self.clk, self.pins, self.f, self.rng = clk, pins, f, rng
        self.sources = f.sources
        self.kept = [[[0] * s.rows for _ in range(s.slots)] for s in self.sources]
        self.seen = [0] * len(self.sources)
        self.expected = [deque() for _ in self.sources]
        self.drivers = [StreamDriver(dut, f"words__{i}", clk, patterns[0], seed=i) for i in range(CHANNELS)]
        self.pauses, self.pending, self.compared, self.walked = stalls(patterns[1], 9), [None] * f.entry_clocks, 0, 0
        self.taken, self.ended = [0] * len(self.sources), False
        if f.lateral_source is not None:
            self.expected[f.lateral_source].append((0, [], []))  # the first sample has none

    def own(self, channel: int) -> list[int]:
        """This channel's sources, but for the lateral one."""
        own = range(channel, len(self.sources), CHANNELS)
        return [number for number in own if number != self.f.lateral_source]

    async def send(self, channel: int) -> None:
        """Samples of this channel's sources, whole ones one after another, as long as each has a list free."""
        lateral = self.f.lateral_source
        lateral = lateral if lateral is not None and lateral % CHANNELS == channel else None
        left = SAMPLES if self.own(channel) else 0
        while left or (lateral is not None and not self.ended):
            free = [number for number in self.own(channel) if left and len(self.expected[number]) < 2]
            if lateral is not None and self.seen[lateral] < self.taken[lateral - 1]:
                free.append(lateral)
            if not free:
                await RisingEdge(self.clk)
                continue
            number = self.rng.choice(free)
            left -= number != lateral
            self._send(channel, number)
            await self.drivers[channel].drained()

    def _send(self, channel: int, number: int) -> None:
        f, source = self.f, self.sources[number]
        sample, header = sample_of(self.rng, f, source), self.rng.getrandbits(header_layout(f).size)
        padded = sample + [0] * (source.words * f.lanes - source.rows)
        for word in range(source.words):
            trains = [(train, f.planes) for train in padded[word * f.lanes : (word + 1) * f.lanes]]
            self.drivers[channel].send([pack(*trains, (number, f.source_bits), (header, header_layout(f).size))])
        kept, slot = self.kept[number], self.seen[number] % source.slots
        first = source.lateral and self.seen[number] < source.slots  # the first sample saw none: nothing to be updated
        olds = [0] * source.rows if first else kept[slot]
        rows = [(source.first_row + j, train, old) for j, (train, old) in enumerate(zip(sample, olds, strict=True))]
        self.expected[number].append((header, [r for r in rows if r[1]], [r for r in rows if not r[1] and r[2]]))
        kept[slot] = [count(train, f.steps, source) for train in sample]
        self.seen[number] += 1

    async def clock(self, wanted: list[tuple] | None = None) -> None:
        """One clock; the entry whose address was presented `entry_clocks` before is there at its end: one of `wanted`."""
        await RisingEdge(self.clk)
        due = self.pending.pop(0)
        if due is not None:
            found = tuple(unpack(self.pins.get("entry"), self.f.row_bits, self.f.planes, self.f.count_bits))
            assert found in due, f"entry {self.compared}: expected one of {due}, got {found}"
            due.remove(found)
            self.compared += 1
        self.pending.append(wanted)

    async def walk(self) -> None:
        """One sample, of any source that has one: its job, its entries, its walked."""
        pins = self.pins
        await self.clock()
        while not pins.get("listing__listed") or next(self.pauses):
            await self.clock()
        number = self.rng.choice([i for i in range(len(self.sources)) if pins.get("listing__listed") >> i & 1])
        header, new, old = self.expected[number][0]
        if number + 1 == self.f.lateral_source:  # rows of both senders, in any order
            _, more, others = self.expected[number + 1].popleft()
            new, old = [*new, *more], [*old, *others]
        pins.set(listing__source=number)
        for _ in range(2):
            await self.clock()
        bits = self.f.row_bits + 1
        job = tuple(unpack(pins.get("listing__job"), bits, bits, header_layout(self.f).size))
        assert job == (len(new), len(old), header), f"source {number}: expected {(len(new), len(old), header)}, got {job}"
        front, back = pins.get("listing__front"), pins.get("listing__back")
        pins.set(listing__taken=1)
        self.taken[number] += 1
        await self.clock()
        pins.set(listing__taken=0)
        for address, entries, i in [(front + i, new, i) for i in range(len(new))] + [
            (back - i, old, i) for i in range(len(old))
        ]:
            while next(self.pauses):
                pins.noise("index")
                await self.clock()
            pins.set(index=address)
            await self.clock(entries if number + 1 == self.f.lateral_source else [entries[i]])
        self.expected[number].popleft()
        self.walked += 1


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def every_active_row_is_listed_once(dut, producer, consumer):
    """Samples of all sources, of both channels at once; and the counts that are kept, read and written by the host."""
    rng = random.Random(f"{producer} {consumer}")
    f = format_of(parameters())
    clk, pins = await begin(dut), Pins(dut)
    bench = Bench(dut, clk, pins, f, (producer, consumer), rng)
    for number, source in enumerate(f.sources):
        for slot, address, lane, j in places(f, source):
            bench.kept[number][slot][j] = rng.choice((0, rng.randint(0, f.steps)))
            pins.set(host__address=address, host__lane=lane, host__data=bench.kept[number][slot][j])
            await bench.clock()
            await bench.clock()
            pins.set(host__write=1)
            await bench.clock()
            pins.set(host__write=0)
            await bench.clock()
    senders = [cocotb.start_soon(bench.send(channel)) for channel in range(CHANNELS)]
    Watchdog(clk, 4000, lambda: (bench.walked, bench.compared, *(d.sent for d in bench.drivers)), "rows")
    total = SAMPLES * sum(bool(bench.own(channel)) for channel in range(CHANNELS))
    while bench.walked < total:
        await bench.walk()
    bench.ended = True
    for sender in senders:
        await sender
    for _ in range(3 if f.lateral_source is None else 10 + f.lanes):  # its last words complete no list
        await bench.clock()
    assert pins.get("idle") and not pins.get("listing__listed") and bench.compared > total
    for number, source in enumerate(f.sources):
        for slot, address, lane, j in places(f, source):
            pins.set(host__address=address, host__lane=lane)
            for _ in range(3):
                await bench.clock()
            assert pins.get("host__read") == bench.kept[number][slot][j], f"source {number}, slot {slot}, row {j}"


def places(f: EngineFormat, source: Source):
    """(slot, address, lane, row) of every count that is kept of a source."""
    for slot in range(source.slots):
        for j in range(source.rows):
            yield slot, source.count_base + slot * source.words + j // f.lanes, j % f.lanes, j
