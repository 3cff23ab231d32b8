"""cocotb bench of `rtl.engine.neurons`: passes of all layers of an engine, word by word (contract, steps 3, 4, 7, 9)."""

import random
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import StreamMonitor, Watchdog, stalls
from cosim.benches.engine.formats import format_of
from cosim.benches.engine.neurons_model import Model, Pass
from cosim.benches.pins import PATTERNS, Pins, as_signed, begin, unpack
from cosim.runner import parameters
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import entry_layout, errors_layout, pass_layout, word_layout
from rtl.engine.synapses import host_read, host_write
from rtl.formats import SETTINGS

WALKED, FEWEST, MOST = 1800, 10, 150
"""Words of weights in all passes of a test, about; and passes."""
BETWEEN = 2
"""Clocks between two passes."""


def drain(f: EngineFormat) -> int:
    """Clocks between two passes where the second one must wait for words of the first."""
    return max(BETWEEN, f.stages.row.stored - f.stages.row.address)


LONG = 40
"""Rows of a pass with which a soma need not be waited for."""


class Host:
    """Reads and writes weights as soon as it may."""

    def __init__(self, clk, pins: Pins, f: EngineFormat):
        self.clk, self.pins, self.f = clk, pins, f

    async def write(self, weights: list[list[int]]) -> None:
        """All lanes of all words, a lane a clock and a clock before it."""
        free, now = [0] * len(weights), 0
        for lane in range(self.f.lanes):
            for address, word in enumerate(weights):
                while now < free[address]:
                    self.pins.set(host__select=0)
                    self.pins.noise("host__address", "host__data")
                    await RisingEdge(self.clk)
                    now += 1
                self.pins.set(host__select=1, host__address=address)
                await RisingEdge(self.clk)
                self.pins.set(host__write=1 << lane, host__data=word[lane])
                await RisingEdge(self.clk)
                self.pins.set(host__write=0)
                free[address], now = now + 1 + host_write(self.f), now + 2
        for _ in range(host_write(self.f)):
            await RisingEdge(self.clk)

    async def read(self) -> list[list[int]]:
        """All words, one a clock, each `host_read` clocks after its address."""
        found, bits, behind = [], self.f.weight_bits, host_read(self.f)
        self.pins.set(host__select=1)
        for now in range(self.f.words + behind + 1):
            self.pins.set(host__address=min(now, self.f.words - 1))
            await RisingEdge(self.clk)
            if now >= behind:
                word = unpack(self.pins.get("host__read"), *[bits] * self.f.lanes)
                found.append([as_signed(w, bits) for w in word])
        self.pins.set(host__select=0)
        return found[: self.f.words]


class Words:
    """Compares every word, field by field."""

    def __init__(self, f: EngineFormat):
        self.layout, self.expected, self.compared = word_layout(f), deque(), 0

    def check(self, bits: int) -> None:
        assert self.expected, f"word {self.compared}: expected none, got one"
        found, wanted = self.layout.from_bits(bits), self.expected.popleft()
        for name, value in wanted["group"].items():
            got = found["group"][name]
            assert got == value, f"word {self.compared}, {name} of {wanted['group']}: expected {value}, got {got}"
        for lane, values in enumerate(wanted["lanes"]):
            got = {name: found["lanes"][lane][name] for name in values}
            assert got == values, f"word {self.compared}, {wanted['group']}, lane {lane}: expected {values}, got {got}"
        self.compared += 1


class Bench:
    """The blocks around: schedule, list, learner, whoever takes the words."""

    def __init__(self, dut, clk, pins: Pins, f: EngineFormat, patterns: tuple[str, str], rng: random.Random):
        self.clk, self.pins, self.f, self.rng = clk, pins, f, rng
        self.words, self.gaps, self.gaps_of_errors = Words(f), stalls(patterns[0], 1), stalls(patterns[0], 2)
        self.monitor = StreamMonitor(dut, "words", clk, patterns[1], seed=3, checker=self.words)
        self.list = [0] * (1 << f.list_bits)
        self.walked, self.taken, self.released, self.changes = deque(), 0, [], deque()
        self.due_words = self.clocks = 0

    async def watch(self) -> None:
        """The list, which is poisoned when a pass has been released; and what comes out beside the words."""
        f, pins = self.f, self.pins
        asked = [0] * (f.entry_clocks - 1)
        while True:
            await RisingEdge(self.clk)
            self.clocks += 1
            asked.append(pins.get("index"))
            pins.set(entry=self.list[asked.pop(0)])
            if pins.get("released__valid"):
                assert self.walked, "released: expected no pass inside, got one"
                self.released.append(self.clocks)
                walked, found = self.walked.popleft(), unpack(pins.get("released__payload"), f.context_bits, 1)
                wanted = [walked.context, int(walked.apical)]
                assert found == wanted, f"released: expected {wanted}, got {found}"
                for address in walked.addresses():
                    self.list[address] = self.rng.getrandbits(entry_layout(f).size)
            if pins.get("changed"):
                found = unpack(pins.get("changes"), f.context_bits, f.slot_bits, 40)
                assert self.changes, f"changes: expected none, got {found}"
                wanted = self.changes.popleft()
                assert found == wanted, f"changes: expected {wanted}, got {found}"
            if pins.get("idle") and not pins.get("passes__valid"):
                late = self.due_words - self.words.compared
                assert not late, f"idle: expected no word to come, got {late}"

    async def tell_errors(self, work: Pass) -> None:
        """Those that wait for this pass, before it is offered."""
        for place, errors in work.errors.items():
            while next(self.gaps_of_errors):
                self.pins.set(errors__valid=0)
                self.pins.noise("errors__payload")
                await RisingEdge(self.clk)
            told = {"bank": work.bank, "place": place, "live": any(errors), "errors": errors}
            payload = errors_layout(self.f).const(told)
            self.pins.set(errors__valid=1, errors__payload=payload.as_bits())
            await RisingEdge(self.clk)
            self.pins.set(errors__valid=0)
            self.pins.noise("errors__payload")

    async def run(self, passes: list[Pass], pauses: bool = True) -> None:
        """Passes, each offered as soon as what it needs is there; with pauses, half of them when nothing is inside."""
        f, pins = self.f, self.pins
        for number, work in enumerate(passes):
            while len(self.released) < number - 1:  # its list's place, and its errors', are free
                await RisingEdge(self.clk)
            while number % 2 and pauses and not pins.get("idle"):  # so that it is taken in the clock in which it is offered
                await RisingEdge(self.clk)
            await self.tell_errors(work)
            await RisingEdge(self.clk)
            for address, entry in work.listed():
                self.list[address] = entry_layout(f).const(dict(zip(("row", "train", "old"), entry, strict=True))).as_bits()
            while next(self.gaps):
                pins.noise("passes__payload")
                await RisingEdge(self.clk)
            pins.set(passes__valid=1, passes__payload=pass_layout(f).const(work.payload()).as_bits())
            await RisingEdge(self.clk)
            while not pins.get("passes__ready"):
                await RisingEdge(self.clk)
            self.walked.append(work)
            self.words.expected.extend(work.words)
            self.due_words += len(work.words)
            if f.learn and not work.apical:
                self.changes.append([work.context, work.slot, work.saturations])
            pins.set(passes__valid=0)
        await RisingEdge(self.clk)
        while not pins.get("idle"):
            await RisingEdge(self.clk)
        assert not self.words.expected and not self.changes, f"expected {self.words.expected}, {self.changes}, got none"


async def prepared(dut, seed: str, patterns: tuple[str, str]) -> tuple[Bench, Host, Model]:
    """Settings and weights of any kind, in the model and in the block."""
    f, rng = format_of(parameters()), random.Random(seed)
    clk, pins = await begin(dut), Pins(dut)
    settings = {"threshold": rng.choice((2, 64, 300, 1023)), "window_low": rng.randint(-500, 0)}
    settings["window_high"] = rng.randint(0, 1 << SETTINGS["window_high"][0] - 2)
    pins.set(**settings)
    top = 1 << f.weight_bits - 1
    kinds = (lambda: rng.choice((-top, top - 1)), lambda: rng.randrange(-top, top), lambda: rng.randrange(-top, top) // 8)
    model = Model(f, [[rng.choice(kinds)() for _ in range(f.lanes)] for _ in range(f.words)], settings)
    host = Host(clk, pins, f)
    await host.write(model.weights)
    found = await host.read()
    assert found == model.weights, f"expected {model.weights}, got {found}"
    bench = Bench(dut, clk, pins, f, patterns, rng)
    cocotb.start_soon(bench.watch())
    Watchdog(clk, 3000, lambda: (bench.words.compared, len(bench.released)), "neurons")
    return bench, host, model


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS[:2] + PATTERNS[3:]))
async def every_word_and_every_weight(dut, producer, consumer):
    """Weights loaded by the host, passes of any layer and side, late errors, a late consumer, weights read by the host."""
    bench, host, model = await prepared(dut, f"{producer} {consumer}", (producer, consumer))
    count = max(FEWEST, min(MOST, WALKED // bench.f.words))
    passes = [model.some_pass(bench.rng) for _ in range(count)]
    await bench.run(passes)
    found = await host.read()
    for address, word in enumerate(found):
        wanted = model.weights[address]
        assert word == wanted, f"word {address} of the weights: expected {wanted}, got {word}"


@cocotb.test()
async def a_row_takes_a_clock(dut):
    """Of passes with many rows: nothing between groups, two clocks between passes, more only to wait for words; and where
    the memory has one port, a clock for each word that is written."""
    f = format_of(parameters())
    if f.most_rows < LONG:
        return
    bench, _, model = await prepared(dut, "clocks", ("never", "never"))
    passes = [model.some_pass(bench.rng, dense=True) for _ in range(FEWEST)]
    await bench.run(passes, pauses=False)
    for before, work, begins, ends in zip(passes, passes[1:], bench.released, bench.released[1:], strict=False):
        again = (before.context, before.apical) == (work.context, work.apical)
        over = ends - begins - work.rows
        most = (drain(f) if again else BETWEEN) + (work.written if f.slow else 0)
        assert BETWEEN <= over <= most, f"{work.rows} rows: expected {BETWEEN} to {most} more, got {over}"
